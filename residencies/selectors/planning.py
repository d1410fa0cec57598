"""What is known of a span of time, for the planning: nine queries, whatever the number of sessions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import CharField, Count, Exists, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from residencies.enums import DayPart, EventState, PaperKind, SessionState, VisitState, WarningCode
from residencies.methods.travel import Figures
from residencies.methods.warnings import Artist, Draft, PlanWarning, Spot, Taken, Team, World, unanswered, warnings
from residencies.methods.weeks import FIRST_DAY, LAST_DAY
from residencies.models import (
    Activity,
    Event,
    MeetingSlot,
    Paper,
    Period,
    PresenceDay,
    Residency,
    Session,
    Visit,
    Waiver,
)
from residencies.selectors.links import links
from residencies.selectors.planning_rules import planning_rules
from structures.models import Closure, Commune, Structure, Territory

#: How far around a draft its neighbours are looked for.
MARGIN = timedelta(days=2)


class _Line(NamedTuple):
    """A moment as each table tells it, for one of its people: the columns of one union, in this order."""

    kind: str
    uuid: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    house: int | None
    house_name: str
    commune: int | None
    place: str
    #: Who it takes: nought for nobody.
    residency: int
    structure: int
    #: Of a meeting: its event, and how long it lasts.
    event: int
    minutes: int

    @property
    def key(self) -> str:
        return f"{self.kind}{self.uuid.hex}"


def spot(host: Structure | None, commune: Commune | None, place: str = "") -> Spot:
    """Where a session takes place: its commune is the host's unless said otherwise."""
    where = commune or (host.commune if host else None)
    return _spot(host.pk if host else None, host.name if host else "", where, place)


def _spot(host: int | None, name: str, where: Commune | None, place: str) -> Spot:
    return Spot(host, where, place, ", ".join(part for part in (name, place, where.name if where else "") if part))


def session_key(session: Session) -> str:
    return f"s{session.uuid.hex}"


def world(
    territory: Territory,
    *,
    residencies: Iterable[int],
    structures: Iterable[int],
    start: datetime,
    end: datetime,
) -> World:
    """Everything that touches these residencies and structures between two moments. Nine queries."""
    people, places = set(residencies), set(structures)
    rules = planning_rules(territory)
    window = {"starts_at__lt": end + MARGIN, "ends_at__gt": start - MARGIN}
    return World(
        figures=Figures.of(rules),
        zone=territory.school_zone,
        team_size=rules.team_size,
        day_starts=rules.day_starts,
        day_ends=rules.day_ends,
        artists=_artists(people),
        teams=_teams(places),
        taken=_taken(people, places, window),
        waived=_waived(people, places, window),
    )


def _artists(people: set[int]) -> dict[int, Artist]:
    """Three queries."""
    signed = Paper.objects.signed().filter(kind=PaperKind.CONTRACT, residency=OuterRef("pk"))
    rows = (
        Residency.objects.filter(pk__in=people)
        .annotate(contracted=Exists(signed))
        .prefetch_related(
            Prefetch("periods", queryset=Period.objects.order_by("starts_on")),
            Prefetch("presence", queryset=PresenceDay.objects.order_by("day")),
        )
    )
    return {
        row.pk: Artist(
            key=row.uuid.hex,
            name=row.artist_name,
            periods=tuple((period.starts_on, period.ends_on) for period in row.periods.all()),
            due=row.contract_days,
            basis=row.count_basis,
            parts={day.day: day.done or day.planned or DayPart.FULL for day in row.presence.all()},
            contracted=row.contracted,
        )
        for row in rows
    }


def _teams(places: set[int]) -> dict[int, Team]:
    """Two queries."""
    rows = (
        Structure.objects.filter(pk__in=places)
        .only("uuid", "name", "is_active")
        .annotate(size=Count("professionals"))
        .prefetch_related("closures")
    )
    return {
        row.pk: Team(key=row.uuid.hex, name=row.name, size=row.size, closures=_closed(row))
        for row in rows.order_by("pk")
    }


def _closed(structure: Structure) -> tuple[Closure, ...]:
    """When it does not receive: never again, once it has ceased. No query when they are prefetched."""
    if structure.is_active:
        return tuple(structure.closures.all())
    return (Closure(structure=structure, starts_on=FIRST_DAY, ends_on=LAST_DAY, reason=_("définitivement")),)


def _taken(people: set[int], places: set[int], window: Mapping[str, datetime]) -> list[Taken]:
    """The moments given already, each once, with those of these people whom it takes. Two queries."""
    tables = (*_of_sessions(people, places, window), _of_visits(people, places, window),
              *_of_events(people, places, window))  # fmt: skip
    lines = [_Line(*values) for values in tables[0].union(*tables[1:], all=True)]
    communes = Commune.objects.only("name", "latitude", "longitude").in_bulk(
        {line.commune for line in lines if line.commune}
    )
    # The artist of an event is there all along, not for the meetings alone.
    there = {(line.event, line.residency) for line in lines if line.kind == "e"}
    moments: dict[str, _Line] = {}
    who: dict[str, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    for line in lines:
        moments.setdefault(line.key, line)
        residencies, structures = who[line.key]
        if line.residency in people and not (line.kind == "m" and (line.event, line.residency) in there):
            residencies.add(line.residency)
        if line.structure in places:
            structures.add(line.structure)
    return [
        Taken(
            key,
            line.title,
            line.starts_at,
            line.starts_at + timedelta(minutes=line.minutes) if line.kind == "m" else line.ends_at,
            _spot(line.house, line.house_name, communes[line.commune] if line.commune else None, line.place),
            frozenset(who[key][0]),
            frozenset(who[key][1]),
        )
        for key, line in moments.items()
    ]


def _columns(rows: QuerySet[Any], kind: str, path: str, house: str, **told: Any) -> QuerySet[Any]:
    """The rows as :class:`_Line`, ``told`` apart. ``path`` leads to the moment, ``house`` to the structure it is in."""
    nobody = Value(0)
    columns: dict[str, Any] = {
        "kind": Value(kind, output_field=CharField()),
        "uuid": f"{path}__uuid",
        "title": f"{path}__title",
        "starts_at": f"{path}__starts_at",
        "ends_at": f"{path}__ends_at",
        "house": f"{path}__{house}_id",
        "house_name": Coalesce(f"{path}__{house}__name", Value("")),
        "commune": Coalesce(f"{path}__commune_id", f"{path}__{house}__commune_id"),
        "place": f"{path}__place",
        "residency": nobody,
        "structure": nobody,
        "event": nobody,
        "minutes": nobody,
    } | told
    return rows.order_by().values_list(*(columns[name] for name in _Line._fields))


def _asked(path: str, window: Mapping[str, datetime]) -> dict[str, Any]:
    return {f"{path}__{name}": value for name, value in window.items()}


def _of_sessions(people: set[int], places: set[int], window: Mapping[str, datetime]) -> Iterator[QuerySet[Any]]:
    """Through their artists, and through their structures."""
    asked = {**_asked("session", window), "session__state__in": [SessionState.PLANNED, SessionState.HELD]}
    with_them = Session.residencies.through.objects.filter(residency__in=people, **asked)
    title = "session__activity__title"
    yield _columns(with_them, "s", "session", "host", title=title, residency="residency_id")
    there = Session.structures.through.objects.filter(structure__in=places, **asked)
    yield _columns(there, "s", "session", "host", title=title, structure="structure_id")


def _of_visits(people: set[int], places: set[int], window: Mapping[str, datetime]) -> QuerySet[Any]:
    """A structure that is visited receives: its team is taken."""
    links = Visit.residencies.through.objects.filter(
        Q(residency__in=people) | Q(visit__structure__in=places), **_asked("visit", window)
    ).exclude(visit__state=VisitState.CANCELLED)
    taken = Coalesce("visit__structure_id", Value(0))
    return _columns(links, "v", "visit", "structure", residency="residency_id", structure=taken)


def _of_events(people: set[int], places: set[int], window: Mapping[str, datetime]) -> Iterator[QuerySet[Any]]:
    """The artist of an event is there all along; a meeting takes its structure too."""
    hidden = [EventState.DRAFT, EventState.CANCELLED]
    links = Event.residencies.through.objects.filter(residency__in=people, **_asked("event", window))
    yield _columns(
        links.exclude(event__state__in=hidden), "e", "event", "structure", residency="residency_id", event="event_id"
    )
    meetings = MeetingSlot.objects.filter(
        Q(residency__in=people) | Q(structure__in=places),
        starts_at__lt=window["starts_at__lt"],
        starts_at__gt=window["ends_at__gt"] - timedelta(hours=2),
    ).exclude(event__state__in=hidden)
    own = {"uuid": "uuid", "starts_at": "starts_at", "ends_at": "starts_at", "minutes": "event__slot_minutes"}
    who = {"residency": "residency_id", "structure": "structure_id", "event": "event_id"}
    yield _columns(meetings, "m", "event", "structure", **own, **who)


def _waived(people: set[int], places: set[int], window: Mapping[str, datetime]) -> dict[str, set[str]]:
    """The clashes of these sessions that somebody accepted knowingly, by session. One query."""
    links = Session.residencies.through.objects.filter(residency__in=people).values("session_id")
    hosted = Session.structures.through.objects.filter(structure__in=places).values("session_id")
    rows = Waiver.objects.filter(
        Q(session__in=links) | Q(session__in=hosted),
        code__in=[WarningCode.ARTIST_TAKEN, WarningCode.TRAVEL, WarningCode.STRUCTURE_TAKEN],
        **{f"session__{name}": value for name, value in window.items()},
    ).values_list("session__uuid", "key")
    found: dict[str, set[str]] = defaultdict(set)
    for uuid, key in rows:
        found[f"s{uuid.hex}"].add(key)
    return found


# Sessions already planned ------------------------------------------------------------------------


@dataclass(frozen=True)
class Review:
    """A planned session that something now breaks, and nobody said knowingly."""

    session: Session
    warnings: tuple[PlanWarning, ...]


def draft_of(session: Session, activity: Activity, residencies: Iterable[int], structures: Iterable[int]) -> Draft:
    """The session as it stands, with its artists and its structures."""
    return Draft(
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        kind=activity.kind,
        residencies=frozenset(residencies),
        structures=frozenset(structures),
        spot=spot(session.host, session.commune, session.place),
        life_stage=activity.life_stage,
        key=session_key(session),
    )


def to_review(territory: Territory, sessions: Iterable[Session]) -> dict[int, Review]:
    """Sessions, by key, with their warnings that nobody waived. Eleven queries, none for no session.

    Only planned ones are looked at: what took place is past praying for. The activity, the host with its commune
    and the commune are read from the session: select them for a list.
    """
    rows = [row for row in sessions if row.state == SessionState.PLANNED]
    if not rows:
        return {}
    artists, houses = links(Session, [row.pk for row in rows])
    drafts = {row.pk: draft_of(row, row.activity, artists[row.pk], houses[row.pk]) for row in rows}
    known = world(
        territory,
        residencies={pk for draft in drafts.values() for pk in draft.residencies},
        structures={pk for draft in drafts.values() for pk in draft.structures},
        start=min(row.starts_at for row in rows),
        end=max(row.ends_at for row in rows),
    )
    waived: dict[int, set[str]] = defaultdict(set)
    for pk, key in Waiver.objects.filter(session__in=list(drafts)).values_list("session_id", "key"):
        waived[pk].add(key)
    found = {}
    for row in rows:
        left = tuple(unanswered(warnings(drafts[row.pk], known), waived[row.pk], known))
        if left:
            found[row.pk] = Review(row, left)
    return found
