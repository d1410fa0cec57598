"""The figures of a bilan and what is behind them: the public trace, the desk's pages, the older reports typed there."""

from __future__ import annotations

from typing import Any

from residencies.models import HandEntry
from tests.access.matrix import ABSENT, ADMINISTRATOR, COORDINATOR, EVERYONE, OTHER_COORDINATOR, Role, Row
from tests.access.world import World

READERS = COORDINATOR | ADMINISTRATOR


def build(world: World) -> None:
    """An older report of the season, one line of it."""
    world.hand_entry = HandEntry.objects.create(season=world.residency.season, title="Résidence d'un rapport")


def season(w: World) -> dict[str, Any]:
    return {"key": w.residency.season.uuid}


def entry(w: World) -> dict[str, Any]:
    return season(w) | {"entry": w.hand_entry.uuid}


def page(name: str, kwargs: Any, *, sent: int = 0) -> Row:
    """A page of the desk. ``sent``: what an empty POST answers, if it takes one."""
    post: dict[Role, int | str] = {READERS: sent, OTHER_COORDINATOR: ABSENT} if sent else {}
    return Row(
        f"admin:residencies_season_{name}",
        kwargs=kwargs,
        get={READERS: 200, OTHER_COORDINATOR: ABSENT},
        post=post,
    )


ROWS: list[Row] = [
    # Of a published bilan; that of a draft is nowhere.
    Row("residencies:bilan_trace", kwargs=lambda w: {"slug": w.old_bilan.slug}, get={EVERYONE: 200}),
    page("bilan", season),
    page("bilan_trace", season),
    page("hand_add", season, sent=422),
    page("hand_load", season, sent=422),
    page("hand_change", entry, sent=422),
    # Another version than the one shown: nothing goes, and it is said on the page of the figures.
    page("hand_remove", entry, sent=302),
]
