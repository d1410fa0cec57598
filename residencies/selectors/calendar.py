"""What a calendar shows: sessions, visits, events, periods, holidays and closures, from one call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db.models import BooleanField, CharField, Q, QuerySet, UUIDField, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from candidatures.models import Season
from residencies.enums import ActivityKind, EventState, SessionState, VisitState
from residencies.methods.entries import FILTERS, PARIS, TIMED, Entry, Kind, Who, holidays, order, with_clashes
from residencies.models import Event, Period, Residency, Session, Visit
from structures.models import Closure, Structure, Territory

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

__all__ = ["FILTERS", "TIMED", "Entry", "Kind", "Scope", "Who", "entries"]


@dataclass(frozen=True)
class Scope:
    """Whose calendar: the territory always, then a season, one residency or one structure.

    ``kinds`` keeps some of the timed kinds only, one at least. ``residencies`` keeps these of a season.
    ``with_structures``: say which structures take part in each session.
    """

    territory: Territory
    season: Season | None = None
    residency: Residency | None = None
    structure: Structure | None = None
    kinds: frozenset[Kind] = TIMED
    residencies: frozenset[int] | None = None
    with_structures: bool = False

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

    Three queries whatever the number of rows: what has hours, who is there, and the periods or the
    closures; one more when the scope asks for the structures. Holidays ask the database nothing.
    """
    window = Window(start, end)
    found: list[Entry] = [*holidays(scope.territory.school_zone, start, end)]
    found += _periods(scope, window) if scope.structure is None else _closures(scope.structure, window)
    found += _timed(scope, window)
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


# What has hours ----------------------------------------------------------------------------------------

#: States in words, and those of what does not take place.
_STATES: dict[Kind, dict[str, str | _StrPromise]] = {
    Kind.SESSION: dict(SessionState.choices),
    Kind.VISIT: dict(VisitState.choices),
    Kind.EVENT: dict(EventState.choices),
}
_OFF = frozenset({SessionState.CANCELLED, SessionState.NOT_HELD, VisitState.CANCELLED, EventState.CANCELLED})


def _timed(scope: Scope, window: Window) -> list[Entry]:
    """Sessions, visits and events: one query for the three, one for who is there, one if structures are told."""
    tables: dict[Kind, QuerySet[Any]] = {
        Kind.SESSION: _sessions(scope, window),
        Kind.VISIT: _visits(scope, window),
        Kind.EVENT: _events(scope, window),
    }
    kept = [kind for kind in FILTERS if kind in scope.kinds]
    first, *others = [_columns(kind, tables[kind]) for kind in kept]
    rows = first.union(*others, all=True)
    who = _who(kept, tables)
    houses = _houses(tables[Kind.SESSION]) if scope.with_structures and Kind.SESSION in kept else {}
    found = [_entry(row, who, houses) for row in rows]
    sessions = [entry for entry in found if entry.kind == Kind.SESSION]
    return [*with_clashes(sessions), *(entry for entry in found if entry.kind != Kind.SESSION)]


def _sessions(scope: Scope, window: Window) -> QuerySet[Session]:
    rows = Session.objects.filter(window.moments())
    if scope.residency is not None:
        rows = rows.filter(residencies=scope.residency)
    elif scope.season is not None:
        rows = rows.filter(activity__season=scope.season)
    elif scope.structure is not None:
        # It takes part, or lends the place.
        through = Session.structures.through.objects.filter(structure=scope.structure)
        rows = rows.filter(Q(pk__in=through.values("session")) | Q(host=scope.structure))
    else:
        rows = rows.filter(activity__season__programme__territory=scope.territory)
    if scope.residencies is not None:
        with_them = Session.residencies.through.objects.filter(residency__in=scope.residencies)
        rows = rows.filter(pk__in=with_them.values("session"))
    return rows


def _visits(scope: Scope, window: Window) -> QuerySet[Visit]:
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
        with_them = Visit.residencies.through.objects.filter(residency__in=scope.residencies)
        rows = rows.filter(pk__in=with_them.values("visit"))
    return rows


def _events(scope: Scope, window: Window) -> QuerySet[Event]:
    """Announced events; cancelled ones stay, said so. A residency has those it attends; others, the territory's."""
    rows = Event.objects.filter(window.moments()).exclude(state=EventState.DRAFT)
    if scope.residency is not None:
        rows = rows.filter(residencies=scope.residency)
    elif scope.season is not None:
        rows = rows.filter(season=scope.season)
    else:
        rows = rows.filter(season__programme__territory=scope.territory)
    if scope.residencies is not None:
        with_them = Event.residencies.through.objects.filter(residency__in=scope.residencies)
        rows = rows.filter(pk__in=with_them.values("event"))
    return rows


class _Row(NamedTuple):
    """The columns that the three tables give, in this order."""

    kind: str
    pk: int
    uuid: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    state: str
    house: str
    place: str
    commune: str
    is_public: bool
    sequence: int
    updated_at: datetime
    activity: UUID | None
    activity_kind: str


def _columns(kind: Kind, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows as :class:`_Row`. Sessions come first in the union: the types of the columns are theirs."""
    house = {Kind.SESSION: "host", Kind.VISIT: "structure", Kind.EVENT: "structure"}[kind]
    session = kind == Kind.SESSION
    nobody = Value("", output_field=CharField())
    public: Any = {
        Kind.SESSION: "is_public",
        Kind.VISIT: Value(False, output_field=BooleanField()),
        Kind.EVENT: "open_to_public",
    }[kind]
    return rows.order_by().values_list(
        Value(str(kind), output_field=CharField()),
        "pk",
        "uuid",
        "activity__title" if session else "title",
        "starts_at",
        "ends_at",
        "state",
        # An event says its place whole.
        nobody if kind == Kind.EVENT else Coalesce(f"{house}__name", nobody),
        "place",
        Coalesce("commune__name", f"{house}__commune__name", nobody),
        public,
        "sequence",
        "updated_at",
        "activity__uuid" if session else Value(None, output_field=UUIDField()),
        "activity__kind" if session else nobody,
    )


def _entry(values: Any, who: dict[tuple[str, int], list[Who]], houses: dict[int, list[str]]) -> Entry:
    row = _Row(*values)
    kind = Kind(row.kind)
    return Entry(
        kind,
        row.title,
        *_days(row.starts_at, row.ends_at),
        uuid=row.uuid,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state=row.state,
        state_label=str(_STATES[kind][row.state]),
        cancelled=row.state in _OFF,
        place=", ".join(part for part in (row.house, row.place) if part),
        commune=row.commune,
        who=tuple(sorted(who.get((row.kind, row.pk), []), key=lambda one: (one.name, one.pk))),
        structures=tuple(houses.get(row.pk, [])) if kind == Kind.SESSION else (),
        activity=row.activity,
        activity_kind=str(ActivityKind(row.activity_kind).label) if row.activity_kind else "",
        is_public=row.is_public,
        sequence=row.sequence,
        updated_at=row.updated_at,
    )


def _who(kinds: Sequence[Kind], tables: dict[Kind, QuerySet[Any]]) -> dict[tuple[str, int], list[Who]]:
    """Which residencies are at each row. One query."""
    through: dict[Kind, tuple[Any, str]] = {
        Kind.SESSION: (Session.residencies.through, "session"),
        Kind.VISIT: (Visit.residencies.through, "visit"),
        Kind.EVENT: (Event.residencies.through, "event"),
    }
    parts = []
    for kind in kinds:
        model, name = through[kind]
        rows = model.objects.filter(**{f"{name}__in": tables[kind].order_by().values("pk")})
        told = Value(str(kind), output_field=CharField())
        parts.append(rows.values_list(told, f"{name}_id", "residency_id", "residency__artist_name"))
    found: dict[tuple[str, int], list[Who]] = defaultdict(list)
    for word, row, pk, name in parts[0].union(*parts[1:], all=True):
        found[word, row].append(Who(pk, name))
    return found


def _houses(sessions: QuerySet[Session]) -> dict[int, list[str]]:
    """Which structures take part in each session. One query."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = Session.structures.through.objects.filter(session__in=sessions.order_by().values("pk"))
    for row, name in rows.order_by("structure__name_key").values_list("session_id", "structure__name"):
        found[row].append(name)
    return found


# What has days ---------------------------------------------------------------------------------------


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
        title = _("Structure fermée : %(reason)s") % {"reason": row.reason} if row.reason else _("Structure fermée")
        if row.weekday is not None:
            first = window.start + timedelta(days=(row.weekday - window.start.weekday()) % 7)
            for week in range((window.end - first).days // 7 + 1):
                day = first + timedelta(weeks=week)
                found.append(Entry(Kind.CLOSURE, title, day, day, uuid=row.uuid))
        elif row.starts_on and row.ends_on and row.starts_on <= window.end and row.ends_on >= window.start:
            found.append(Entry(Kind.CLOSURE, title, row.starts_on, row.ends_on, uuid=row.uuid))
    return found


def _days(starts_at: datetime, ends_at: datetime) -> tuple[date, date]:
    """The local days a moment touches: what ends at midnight does not touch the next day."""
    return starts_at.astimezone(PARIS).date(), (ends_at - timedelta(microseconds=1)).astimezone(PARIS).date()
