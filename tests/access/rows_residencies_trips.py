"""Trips: the artist's pages, the desk's, the scales."""

from __future__ import annotations

from typing import Any

from residencies.models import ScaleVersion
from tests.access.desk import Desk
from tests.access.matrix import ADMINISTRATOR, ARTIST, COORDINATOR, STAFF, Row
from tests.access.world import World
from tests.factories.residencies import ResidencyFactory
from tests.factories.trips import trip

HANDS = COORDINATOR | ADMINISTRATOR


def build(world: World) -> None:
    """The scales, and a claim by train of the world's residency."""
    if not world.residency.periods.exists():
        _periods(world)
    world.trip = trip(world.residency, mode="train")
    world.trip_line = world.trip.lines.get()
    # Not used by any claim: an administrator may change it.
    world.scale = ScaleVersion.objects.get(kind="fiscal")


def _periods(world: World) -> None:
    for period in ResidencyFactory(season=world.residency.season).periods.all():
        period.pk, period.residency = None, world.residency
        period.save()


def of_residency(*names: str) -> Any:
    values = {
        "key": lambda w: w.trip.payment.uuid,
        "period": lambda w: w.residency.periods.order_by("starts_on")[1].uuid,
        "mode": lambda w: "voiture",
    }
    return lambda w: {"uuid": w.residency.uuid} | {name: values[name](w) for name in names}


def at_desk(w: World) -> dict[str, Any]:
    return {"key": w.residency.uuid, "trip": w.trip.payment.uuid}


DESK = {
    "residencies.scaleversion": Desk(
        lambda w: w.scale, readers=STAFF, add=ADMINISTRATOR, change=ADMINISTRATOR, delete=ADMINISTRATOR
    )
}
BASE = "admin:residencies_residency_trip"
ROWS: list[Row] = [
    Row("studio:trip_new", kwargs=of_residency(), get={ARTIST: 200}),
    Row("studio:trip_write", kwargs=of_residency("period", "mode"), get={ARTIST: 200}, post={ARTIST: 422}),
    Row("studio:trip", kwargs=of_residency("key"), get={ARTIST: 200}),
    Row("studio:trip_change", kwargs=of_residency("key"), get={ARTIST: 200}, post={ARTIST: 422}),
    # Taken back once: afterwards the page says that it is.
    Row("studio:trip_withdraw", kwargs=of_residency("key"), get={ARTIST: 200}, post={ARTIST: 302}),
    Row(BASE, kwargs=at_desk, get={HANDS: 200}),
    Row(f"{BASE}_line", kwargs=lambda w: at_desk(w) | {"line": w.trip_line.uuid}, get={HANDS: 200}, post={HANDS: 422}),
]
