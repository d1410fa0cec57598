"""The financing plan, the closing of a season: the desk's pages."""

from __future__ import annotations

from typing import Any

from tests.access.desk import Desk
from tests.access.matrix import ADMINISTRATOR, COORDINATOR, Row
from tests.access.world import World
from tests.factories.funding import FunderFactory

HANDS = COORDINATOR | ADMINISTRATOR


def build(world: World) -> None:
    """A funder without a share: it may be removed."""
    world.funder = FunderFactory(territory=world.territory, name="Financeur du monde")


DESK = {"residencies.funder": Desk(lambda w: w.funder)}


def season(w: World) -> dict[str, Any]:
    return {"key": w.residency.season.uuid}


ROWS: list[Row] = [
    Row("admin:residencies_season_money", kwargs=season, get={HANDS: 200}),
    Row("admin:residencies_season_money_shares", kwargs=season, get={HANDS: 200}, post={HANDS: (200, 302)}),
    Row("admin:residencies_season_closing", kwargs=season, get={HANDS: 200}, post={HANDS: 422}),
    Row(
        "admin:residencies_season_reopening",
        kwargs=season,
        get={COORDINATOR: 403, ADMINISTRATOR: 200},
        post={COORDINATOR: 403, ADMINISTRATOR: 422},
    ),
    Row("admin:residencies_season_money_export", kwargs=season, get={HANDS: 405}, post={HANDS: 404}),
]
