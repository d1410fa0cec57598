"""Coverage: the artist's pages, the desk's, the reference rows."""

from __future__ import annotations

from datetime import date

from residencies.models import PastAction, PlanningRules
from tests.access.desk import NOBODY, Desk
from tests.access.matrix import ABSENT, ADMINISTRATOR, ARTIST, COORDINATOR, OTHER_COORDINATOR, STAFF, Row
from tests.access.world import World
from tests.factories.structures import CommuneFactory

READERS = COORDINATOR | ADMINISTRATOR


def build(world: World) -> None:
    world.planning_rules = PlanningRules.objects.create(territory=world.territory)
    world.past_action = PastAction.objects.create(
        territory=world.territory,
        season_name="2024-2025",
        commune=CommuneFactory(territory=world.territory, slug="commune-d-avant"),
    )


DESK = {
    "residencies.planningrules": Desk(lambda w: w.planning_rules, delete=NOBODY),
    "residencies.pastaction": Desk(lambda w: w.past_action),
}

MONDAY = date(2027, 2, 1).isoformat()

ROWS = [
    *(
        Row(name, kwargs=lambda w: {"uuid": w.residency.uuid}, get={ARTIST: 200})
        for name in ("studio:coverage", "studio:where_next")
    ),
    Row(
        "admin:residencies_residency_coverage",
        kwargs=lambda w: {"key": w.residency.uuid},
        get={READERS: 200, OTHER_COORDINATOR: ABSENT},
        post={READERS: (200, 405), OTHER_COORDINATOR: ABSENT},
        shown={READERS: lambda w: w.host.name},
    ),
    *(
        Row(
            f"admin:residencies_season_{name}",
            kwargs=lambda w: {"key": w.residency.season.uuid},
            query=lambda w: {"semaine": MONDAY},
            get={READERS: 200, OTHER_COORDINATOR: ABSENT},
            post={READERS: (200, 405), OTHER_COORDINATOR: ABSENT},
        )
        for name in ("coverage", "where_next")
    ),
    Row(
        "admin:residencies_season_coverage_export",
        kwargs=lambda w: {"key": w.residency.season.uuid},
        data=lambda w: {"form": "csv"},
        post={READERS: 200, OTHER_COORDINATOR: ABSENT},
    ),
    # Sheets in and out. Nothing sent: the form again, or back to it.
    Row("admin:residencies_pastaction_import", get={STAFF: 200}, post={STAFF: (200, 302)}),
    Row("admin:residencies_pastaction_process_import", get={}, post={STAFF: (200, 302)}),
    Row("admin:residencies_pastaction_export", get={STAFF: 200}, post={STAFF: (200, 302)}),
]
