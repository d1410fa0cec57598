"""What the pages of the welcome read: programme, stays, inventories, check-ins, incidents, suppliers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from candidatures.models import Season
from residencies.enums import InventoryMoment, SessionState, VisitState
from residencies.methods.travel import Figures, road_km
from residencies.models import (
    CheckIn,
    Incident,
    IncidentStep,
    Inventory,
    InventoryLine,
    Residency,
    Session,
    Stay,
    Supplier,
    Visit,
)
from residencies.rules import welcome as rules
from residencies.selectors.planning_rules import planning_rules
from structures.models import Commune
from structures.search import lines

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from structures.models import Territory


# The programme -------------------------------------------------------------------------------


def visits_of(scope: Residency | Season, *, cancelled: bool = True) -> QuerySet[Visit]:
    """The discovery visits of a residency or of a season, in the order of time, their place with each. One query.

    The residencies of each are another query: ``prefetch_related("residencies")``.
    """
    rows = Visit.objects.select_related("structure__commune", "commune")
    rows = rows.filter(season=scope) if isinstance(scope, Season) else rows.filter(residencies=scope)
    return rows if cancelled else rows.exclude(state=VisitState.CANCELLED)


def by_day(visits: Iterable[Visit]) -> list[tuple[date, list[Visit]]]:
    """Visits under their local day."""
    return [(day, list(rows)) for day, rows in groupby(visits, key=lambda row: timezone.localdate(row.starts_at))]


@dataclass(frozen=True)
class Clash:
    """Something a residency already does at that time."""

    residency: str
    what: str
    starts_at: datetime
    ends_at: datetime


def clashes(
    residencies: Sequence[Residency], starts_at: datetime, ends_at: datetime, *, but: Visit | None = None
) -> list[Clash]:
    """Visits and sessions of these residencies that overlap this time. Two queries.

    One ends when the other begins: no clash. The time to travel is not looked at.
    """
    keys = [row.pk for row in residencies]
    names = {row.pk: row.artist_name for row in residencies}
    overlap = Q(starts_at__lt=ends_at, ends_at__gt=starts_at)
    visits = (
        Visit.residencies.through.objects.filter(residency__in=keys)
        .exclude(visit__state=VisitState.CANCELLED)
        .filter(visit__starts_at__lt=ends_at, visit__ends_at__gt=starts_at)
        .select_related("visit")
        .order_by("visit__starts_at", "pk")
    )
    if but is not None:
        visits = visits.exclude(visit=but.pk)
    found = [Clash(names[row.residency_id], row.visit.title, row.visit.starts_at, row.visit.ends_at) for row in visits]
    sessions = (
        Session.residencies.through.objects.filter(
            residency__in=keys,
            session__in=Session.objects.filter(overlap).exclude(
                state__in=[SessionState.CANCELLED, SessionState.NOT_HELD]
            ),
        )
        .select_related("session__activity")
        .order_by("session__starts_at", "pk")
    )
    found.extend(
        Clash(names[row.residency_id], row.session.activity.title, row.session.starts_at, row.session.ends_at)
        for row in sessions
    )
    return found


# Lodging -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StayView:
    """A stay and its inventories. ``waits``: entry, exit, agreement or nothing (see ``rules.welcome.pending``)."""

    stay: Stay
    entry: Inventory | None
    exit: Inventory | None
    waits: str

    @property
    def is_over(self) -> bool:
        return self.stay.ends_on <= timezone.localdate()

    @property
    def entry_due(self) -> bool:
        return self.waits == "entry"

    @property
    def exit_due(self) -> bool:
        return self.waits == "exit"


def stays_of(residency: Residency, today: date | None = None) -> list[StayView]:
    """The stays of a residency, their lodging and inventories with each. Two queries."""
    rows = residency.stays.select_related("lodging__commune").prefetch_related("inventories")
    return [_view(row, today or timezone.localdate()) for row in rows]


def _view(stay: Stay, today: date) -> StayView:
    rows = list(stay.inventories.all())
    by_moment = {row.moment: row for row in rows}
    return StayView(
        stay,
        by_moment.get(InventoryMoment.ENTRY),
        by_moment.get(InventoryMoment.EXIT),
        rules.pending(stay, rows, today),
    )


def inventory_of(stay: Stay, moment: str) -> Inventory | None:
    """An inventory and its lines. Two queries."""
    return stay.inventories.filter(moment=moment).prefetch_related("lines").select_related("agreed_by").first()


def prefilled(stay: Stay, moment: str, entry: Inventory | None) -> list[InventoryLine]:
    """The lines a new inventory begins with, unsaved: the lodging's own, or those of the entry for the exit."""
    if moment == InventoryMoment.EXIT and entry is not None:
        return [InventoryLine(order=row.order, item=row.item, condition=row.condition) for row in entry.lines.all()]
    return [InventoryLine(order=n, item=item[:200]) for n, item in enumerate(lines(stay.lodging.inventory))]


@dataclass(frozen=True)
class Told:
    """An inventory as a page or a PDF shows it, beside the entry when it is the exit."""

    inventory: Inventory
    lines: list[InventoryLine]
    entry: Inventory | None
    differences: list[tuple[str, str, str, str]]

    @property
    def keys_missing(self) -> int:
        """Keys given at the entry and not back at the exit."""
        if self.entry is None or self.entry.keys is None or self.inventory.keys is None:
            return 0
        return max(self.entry.keys - self.inventory.keys, 0)


def told(inventory: Inventory) -> Told:
    """Everything an inventory says. One query for its lines, two more for an exit."""
    rows = list(inventory.lines.all())
    entry = inventory_of(inventory.stay, InventoryMoment.ENTRY) if inventory.moment == InventoryMoment.EXIT else None
    found = rules.differences(list(entry.lines.all()), rows) if entry is not None else []
    return Told(inventory, rows, entry, found)


# Check-ins and incidents ----------------------------------------------------------------------


def check_ins_of(residency: Residency) -> list[CheckIn]:
    """In the order of their days. One query."""
    return list(residency.check_ins.all())


def shared_check_ins(residency: Residency) -> list[CheckIn]:
    """What the artist reads: those to come, and those held of which something is shared. One query.

    ``words`` is not read at all: it is for the coordination.
    """
    rows = residency.check_ins.filter(Q(held_on=None) | ~Q(shared="") | ~Q(next_steps=""))
    return list(rows.defer("words"))


def incidents_of(residency: Residency) -> list[Incident]:
    """For the coordination: the open ones first. One query."""
    order = {"open": 0, "followed": 1, "closed": 2}
    return sorted(residency.incidents.select_related("opened_by"), key=lambda row: order[row.state])


def shared_incidents(residency: Residency) -> QuerySet[Incident]:
    """What the artist knows of: their own, and those of which a step was shared. Shared steps only."""
    steps = IncidentStep.objects.filter(shared=True)
    return (
        residency.incidents.filter(Q(by_artist=True) | Exists(steps.filter(incident=OuterRef("pk"))))
        .prefetch_related(Prefetch("steps", queryset=steps.select_related("made_by"), to_attr="shared_steps"))
        .order_by("-opened_at", "-pk")
    )


# Reuse suppliers -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reach:
    """A supplier, and how far by road from where the artist goes next, when both are known."""

    supplier: Supplier
    km: float | None


def next_session(residency: Residency, now: datetime) -> Session | None:
    """The next planned session, its place with it. One query."""
    return (
        Session.objects.filter(residencies=residency, state=SessionState.PLANNED, starts_at__gte=now)
        .select_related("host__commune", "commune", "activity")
        .order_by("starts_at", "pk")
        .first()
    )


def suppliers_near(territory: Territory, place: Commune | None) -> list[Reach]:
    """The suppliers of a territory, the nearest first when a place is given. One query, two with a place."""
    rows = Supplier.objects.filter(territory=territory, is_active=True).select_related("commune")
    if place is None:
        return [Reach(row, None) for row in rows]
    figures = Figures.of(planning_rules(territory))
    found = [Reach(row, road_km(place, where(row), figures)) for row in rows]
    return sorted(found, key=lambda row: (row.km is None, row.km or 0.0, row.supplier.name))


def where(supplier: Supplier) -> Commune | None:
    """The point distances are taken from: its own, else its commune's centre. No query."""
    if supplier.latitude is not None and supplier.longitude is not None:
        return Commune(latitude=supplier.latitude, longitude=supplier.longitude)
    return supplier.commune
