"""Money: the desk's pages of a residency and of a season, the artist's page."""

from __future__ import annotations

from typing import Any

from residencies.enums.money import PaymentState
from tests.access.matrix import ADMINISTRATOR, ARTIST, COORDINATOR, Row
from tests.access.world import World
from tests.factories.money import PaymentFactory

HANDS = COORDINATOR | ADMINISTRATOR


def build(world: World) -> None:
    """A payment that its artist claimed."""
    world.money_payment = PaymentFactory(residency=world.residency, state=PaymentState.CLAIMED, label="Voyage du monde")


def residency(w: World) -> dict[str, Any]:
    return {"key": w.residency.uuid}


def season(w: World) -> dict[str, Any]:
    return {"key": w.residency.season.uuid}


def payment(**more: Any) -> Any:
    return lambda w: season(w) | {"payment": w.money_payment.uuid} | more


def own(w: World) -> dict[str, Any]:
    return {"uuid": w.residency.uuid}


R, S = "admin:residencies_residency_money", "admin:residencies_season_payment"

ROWS: list[Row] = [
    Row(R, kwargs=residency, get={HANDS: 200}, shown={HANDS: lambda w: "Voyage du monde"}),
    Row(f"{R}_budget", kwargs=residency, get={HANDS: 200}, post={HANDS: 422}),
    Row(f"{R}_rules", kwargs=residency, get={HANDS: 405}, post={HANDS: 302}),
    Row(f"{R}_schedule", kwargs=residency, get={HANDS: 200}, post={HANDS: 422}),
    Row(f"{R}_lump_sum", kwargs=residency, get={HANDS: 200}, post={HANDS: 422}),
    Row(f"{R}_expense", kwargs=residency, get={HANDS: 200}, post={HANDS: 422}),
    Row(f"{R}_statement", kwargs=residency, get={HANDS: 200}),
    Row(f"{S}s", kwargs=season, get={HANDS: 200}),
    Row(f"{S}s_expense", kwargs=season, get={HANDS: 200}, post={HANDS: 422}),
    Row(f"{S}s_act", kwargs=season, get={HANDS: 405}, post={HANDS: 404}),
    Row(f"{S}s_export", kwargs=season, get={HANDS: 405}, post={HANDS: 404}),
    Row(S, kwargs=payment(), get={HANDS: 200}),
    Row(f"{S}_change", kwargs=payment(), get={HANDS: 200}, post={HANDS: 422}),
    Row(f"{S}_act", kwargs=payment(act="refuser"), get={HANDS: 200}, post={HANDS: 422}),
    Row("studio:money", kwargs=own, get={ARTIST: 200}, shown={ARTIST: lambda w: "Voyage du monde"}),
    Row("studio:money_statement", kwargs=own, get={ARTIST: 200}),
]
