"""What a calendar shows: sessions, visits, events, periods, holidays and closures, from one call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from candidatures.models import Season
from residencies.enums import EventState, SessionState, VisitState
from residencies.methods.entries import FILTERS, PARIS, TIMED, Entry, Kind, Who, holidays, order, with_clashes
from residencies.models import Event, Period, Residency, Session, Visit
from structures.models import Closure, Structure, Territory

__all__ = ["FILTERS", "TIMED", "Entry", "Kind", "Scope", "Who", "entries"]


@dataclass(frozen=True)
class Scope:
    """Whose calendar: the territory always, then a season, one residency or one structure.

    ``kinds`` keeps some of the timed kinds only. ``residencies`` keeps these of a season.
    """

    territory: Territory
    season: Season | None = None
    residency: Residency | None = None
    structure: Structure | None = None
    kinds: frozenset[Kind] = TIMED
    residencies: frozenset[int] | None = None

    @classmethod
    def of_residency(cls, residency: Residency, kinds: frozenset[Kind] = TIMED) -> Scope:
        return cls(territory=residency.territory, season=residency.season, residency=residency, kinds=kinds)

    @classmethod
    def of_season(
        cls, season: Season, kinds: frozenset[Kind] = TIMED, residencies: Iterable[int] | None = None
    ) -> Scope:
        kept = None if residencies is None else frozenset(residencies)
        return cls(territory=season.programme.territory, season=season, kinds=kinds, residencies=kept)

    @classmethod
    def of_structure(cls, structure: Structure, kinds: frozenset[Kind] = TIMED) -> Scope:
        return cls(territory=structure.territory, structure=structure, kinds=kinds)

    @classmethod
    def of_territory(cls, territory: Territory, kinds: frozenset[Kind] = TIMED) -> Scope:
        return cls(territory=territory, kinds=kinds)


def entries(scope: Scope, start: date, end: date) -> list[Entry]:
    """Everything of the scope between two local days, both included, in the order of time.

    Nine queries at most, whatever the number of rows: sessions and who is there (3), visits (2),
    events (2), periods (1), closures (1). Holidays ask the database nothing.
    """
    window = Window(start, end)
    found: list[Entry] = [*holidays(scope.territory.school_zone, start, end)]
    if scope.structure is None:
        found += _periods(scope, window)
    else:
        found += _closures(scope.structure, window)
    if Kind.SESSION in scope.kinds:
        found += with_clashes(_sessions(scope, window))
    if Kind.VISIT in scope.kinds:
        found += _visits(scope, window)
    if Kind.EVENT in scope.kinds:
        found += _events(scope, window)
    return sorted(found, key=order)


@dataclass(frozen=True)
class Window:
    """Two local days, both included, and the moments they stand for."""

    start: date
    end: date

    @property
    def opens(self) -> datetime:
        return datetime.combine(self.start, time(), PARIS)

    @property
    def closes(self) -> datetime:
        return datetime.combine(self.end + timedelta(days=1), time(), PARIS)

    def moments(self) -> Q:
        """Rows whose time touches these days."""
        return Q(starts_at__lt=self.closes, ends_at__gt=self.opens)

    def spans(self) -> Q:
        """Rows whose days touch these days."""
        return Q(starts_on__lte=self.end, ends_on__gte=self.start)


# One kind of row each --------------------------------------------------------------------------------


def _sessions(scope: Scope, window: Window) -> list[Entry]:
    """Three queries: the sessions, who is there, which structures take part."""
    rows = Session.objects.filter(window.moments())
    if scope.residency is not None:
        rows = rows.filter(residencies=scope.residency)
    elif scope.season is not None:
        rows = rows.filter(activity__season=scope.season)
    elif scope.structure is not None:
        rows = rows.filter(_at(scope.structure))
    else:
        rows = rows.filter(activity__season__programme__territory=scope.territory)
    if scope.residencies is not None:
        through = Session.residencies.through.objects.filter(residency__in=scope.residencies)
        rows = rows.filter(pk__in=through.values("session"))
    found = list(rows.select_related("activity", "host__commune", "commune").order_by("starts_at", "pk"))
    who = _named(
        Session.residencies.through.objects.filter(session__in=rows.values("pk")),
        "session_id",
    )
    houses = _housed(Session.structures.through.objects.filter(session__in=rows.values("pk")))
    return [_session(row, who[row.pk], houses[row.pk]) for row in found]


def _at(structure: Structure) -> Q:
    """Sessions of a structure: it takes part, or lends the place."""
    through = Session.structures.through.objects.filter(structure=structure)
    return Q(pk__in=through.values("session")) | Q(host=structure)


def _session(row: Session, who: tuple[Who, ...], houses: tuple[str, ...]) -> Entry:
    return Entry(
        Kind.SESSION,
        row.activity.title,
        *_days(row.starts_at, row.ends_at),
        uuid=row.uuid,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state=row.state,
        state_label=row.get_state_display(),
        cancelled=row.state in (SessionState.CANCELLED, SessionState.NOT_HELD),
        place=", ".join(part for part in (row.host.name if row.host else "", row.place) if part),
        commune=row.where.name if row.where else "",
        who=who,
        structures=houses,
        activity=row.activity.uuid,
        pk=row.pk,
        activity_kind=row.activity.get_kind_display(),
        is_public=row.is_public,
        sequence=row.sequence,
        updated_at=row.updated_at,
    )


def _visits(scope: Scope, window: Window) -> list[Entry]:
    rows = Visit.objects.filter(window.moments())
    if scope.residency is not None:
        rows = rows.filter(residencies=scope.residency)
    elif scope.season is not None:
        rows = rows.filter(season=scope.season)
    elif scope.structure is not None:
        rows = rows.filter(structure=scope.structure)
    else:
        rows = rows.filter(season__programme__territory=scope.territory)
    if scope.residencies is not None:
        through = Visit.residencies.through.objects.filter(residency__in=scope.residencies)
        rows = rows.filter(pk__in=through.values("visit"))
    found = list(rows.select_related("structure__commune", "commune").order_by("starts_at", "pk"))
    who = _named(Visit.residencies.through.objects.filter(visit__in=rows.values("pk")), "visit_id")
    return [
        Entry(
            Kind.VISIT,
            row.title,
            *_days(row.starts_at, row.ends_at),
            uuid=row.uuid,
            pk=row.pk,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            state=row.state,
            state_label=row.get_state_display(),
            cancelled=row.state == VisitState.CANCELLED,
            place=", ".join(part for part in (row.structure.name if row.structure else "", row.place) if part),
            commune=row.where.name if row.where else "",
            who=who[row.pk],
            sequence=row.sequence,
            updated_at=row.updated_at,
        )
        for row in found
    ]


def _events(scope: Scope, window: Window) -> list[Entry]:
    """Announced events; cancelled ones stay, said so. A residency has those it attends; others, the territory's."""
    rows = Event.objects.filter(window.moments()).exclude(state=EventState.DRAFT)
    if scope.residency is not None:
        rows = rows.filter(residencies=scope.residency)
    elif scope.season is not None:
        rows = rows.filter(season=scope.season)
    else:
        rows = rows.filter(season__programme__territory=scope.territory)
    if scope.residencies is not None:
        through = Event.residencies.through.objects.filter(residency__in=scope.residencies)
        rows = rows.filter(pk__in=through.values("event"))
    found = list(rows.select_related("structure__commune", "commune").order_by("starts_at", "pk"))
    who = _named(Event.residencies.through.objects.filter(event__in=rows.values("pk")), "event_id")
    return [
        Entry(
            Kind.EVENT,
            row.title,
            *_days(row.starts_at, row.ends_at),
            uuid=row.uuid,
            pk=row.pk,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            state=row.state,
            state_label=row.get_state_display(),
            cancelled=row.state == EventState.CANCELLED,
            place=row.place,
            commune=row.where.name if row.where else "",
            who=who[row.pk],
            is_public=row.open_to_public,
            sequence=row.sequence,
            updated_at=row.updated_at,
        )
        for row in found
    ]


def _periods(scope: Scope, window: Window) -> list[Entry]:
    rows: QuerySet[Period] = Period.objects.filter(window.spans())
    if scope.residency is not None:
        rows = rows.filter(residency=scope.residency)
    elif scope.season is not None:
        rows = rows.filter(residency__season=scope.season)
    else:
        rows = rows.filter(residency__season__programme__territory=scope.territory)
    if scope.residencies is not None:
        rows = rows.filter(residency__in=scope.residencies)
    return [
        Entry(
            Kind.PERIOD,
            row.title,
            row.starts_on,
            row.ends_on,
            uuid=row.uuid,
            who=(Who(row.residency_id, row.residency.artist_name),),
            # A period has no version of its own: it changes with its residency.
            sequence=row.residency.version,
            updated_at=row.residency.updated_at,
        )
        for row in rows.select_related("residency").order_by("starts_on", "residency__artist_name", "pk")
    ]


def _closures(structure: Structure, window: Window) -> list[Entry]:
    """Days closed, a day of every week included, an entry a run."""
    found = []
    for row in Closure.objects.filter(structure=structure):
        title = row.reason or _("Fermé")
        if row.weekday is not None:
            first = window.start + timedelta(days=(row.weekday - window.start.weekday()) % 7)
            for week in range((window.end - first).days // 7 + 1):
                day = first + timedelta(weeks=week)
                found.append(Entry(Kind.CLOSURE, title, day, day, uuid=row.uuid))
        elif row.starts_on and row.ends_on and row.starts_on <= window.end and row.ends_on >= window.start:
            found.append(Entry(Kind.CLOSURE, title, row.starts_on, row.ends_on, uuid=row.uuid))
    return found


def _named(through: QuerySet[Session.residencies.through], key: str) -> dict[int, tuple[Who, ...]]:  # type: ignore[name-defined]
    """Who is at each row. One query."""
    found: dict[int, list[Who]] = defaultdict(list)
    rows = through.order_by("residency__artist_name", "residency_id")
    for row, pk, name in rows.values_list(key, "residency_id", "residency__artist_name"):
        found[row].append(Who(pk, name))
    return defaultdict(tuple, {row: tuple(who) for row, who in found.items()})


def _housed(through: QuerySet[Session.structures.through]) -> dict[int, tuple[str, ...]]:  # type: ignore[name-defined]
    """Which structures take part in each session. One query."""
    found: dict[int, list[str]] = defaultdict(list)
    for row, name in through.order_by("structure__name_key").values_list("session_id", "structure__name"):
        found[row].append(name)
    return defaultdict(tuple, {row: tuple(names) for row, names in found.items()})


def _days(starts_at: datetime, ends_at: datetime) -> tuple[date, date]:
    """The local days a moment touches: what ends at midnight does not touch the next day."""
    return starts_at.astimezone(PARIS).date(), (ends_at - timedelta(microseconds=1)).astimezone(PARIS).date()
