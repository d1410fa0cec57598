"""The bilans: what anyone reads, and the desk's publication."""

from __future__ import annotations

from django.utils import timezone

from residencies.enums.bilan import BilanState
from residencies.models import Bilan
from tests.access.matrix import ABSENT, ADMINISTRATOR, COORDINATOR, EVERYONE, OTHER_COORDINATOR, Row
from tests.access.world import World
from tests.factories.bilan_pages import earlier

PUBLIC = {EVERYONE: 200}
READERS = COORDINATOR | ADMINISTRATOR


def build(world: World) -> None:
    """A draft of the world's season, and the published bilan of the one before, without a figure."""
    season = world.residency.season
    world.bilan = Bilan.objects.create(season=season, slug="bilan-en-cours", title="Bilan caché en cours")
    world.old_bilan = Bilan.objects.create(
        season=earlier(season),
        slug="bilan-d-avant",
        title="Bilan d'avant",
        state=BilanState.PUBLISHED,
        published_at=timezone.now(),
    )


ROWS: list[Row] = [
    Row("residencies:bilans", get=PUBLIC, hidden={EVERYONE: lambda w: w.bilan.title}),
    *(
        Row(f"residencies:{name}", kwargs=lambda w: {"slug": w.old_bilan.slug}, get=PUBLIC)
        for name in ("bilan", "bilan_pdf", "bilan_xlsx", "bilan_csv")
    ),
    *(
        Row(
            f"admin:residencies_season_{name}",
            kwargs=lambda w: {"key": w.residency.season.uuid},
            get={READERS: 200, OTHER_COORDINATOR: ABSENT},
        )
        for name in ("bilan_preview", "bilan_publishing")
    ),
    Row(
        "admin:residencies_season_bilan_words",
        kwargs=lambda w: {"key": w.residency.season.uuid},
        get={READERS: 200, OTHER_COORDINATOR: ABSENT},
        post={READERS: 422, OTHER_COORDINATOR: ABSENT},
    ),
    # Nothing seen: refused with a message, back to the figures. The PDF is made by a job.
    *(
        Row(
            f"admin:residencies_season_{name}",
            kwargs=lambda w: {"key": w.residency.season.uuid},
            post={READERS: 302, OTHER_COORDINATOR: ABSENT},
        )
        for name in ("bilan_publish", "bilan_take_back", "bilan_preview_pdf")
    ),
]
