"""What is known of a span of time, for the planning: twelve queries, whatever the number of sessions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Prefetch, Q
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
from residencies.selectors.planning_rules import planning_rules
from structures.models import Closure, Commune, Structure, Territory

#: How far around a draft its neighbours are looked for.
MARGIN = timedelta(days=2)


@dataclass
class _Row:
    """What is being gathered of one moment."""

    title: str
    starts_at: datetime
    ends_at: datetime
    spot: Spot
    residencies: set[int] = field(default_factory=set)
    structures: set[int] = field(default_factory=set)


class _Gathered:
    """Moments met through several of their people, each once."""

    def __init__(self) -> None:
        self.rows: dict[str, _Row] = {}

    def add(self, key: str, row: _Row) -> _Row:
        return self.rows.setdefault(key, row)

    def taken(self) -> list[Taken]:
        return [
            Taken(
                key,
                row.title,
                row.starts_at,
                row.ends_at,
                row.spot,
                frozenset(row.residencies),
                frozenset(row.structures),
            )
            for key, row in self.rows.items()
        ]


def spot(host: Structure | None, commune: Commune | None, place: str = "") -> Spot:
    """Where a session takes place: its commune is the host's unless said otherwise."""
    where = commune or (host.commune if host else None)
    label = ", ".join(str(part) for part in (host, place, where) if part)
    return Spot(host.pk if host else None, where, place, label)


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
    """Everything that touches these residencies and structures between two moments. Twelve queries."""
    people, places = set(residencies), set(structures)
    rules = planning_rules(territory)
    window = {"starts_at__lt": end + MARGIN, "ends_at__gt": start - MARGIN}
    gathered = _Gathered()
    _sessions(gathered, people, places, window)
    _visits(gathered, people, places, window)
    _events(gathered, people, places, window)
    return World(
        figures=Figures.of(rules),
        zone=territory.school_zone,
        team_size=rules.team_size,
        day_starts=rules.day_starts,
        day_ends=rules.day_ends,
        artists=_artists(people),
        teams=_teams(places),
        taken=gathered.taken(),
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
    rows = Structure.objects.filter(pk__in=places).annotate(size=Count("professionals")).prefetch_related("closures")
    return {
        row.pk: Team(key=row.uuid.hex, name=row.name, size=row.size, closures=_closed(row))
        for row in rows.order_by("pk")
    }


def _closed(structure: Structure) -> tuple[Closure, ...]:
    """When it does not receive: never again, once it has ceased. No query when they are prefetched."""
    if structure.is_active:
        return tuple(structure.closures.all())
    return (Closure(structure=structure, starts_on=FIRST_DAY, ends_on=LAST_DAY, reason=_("définitivement")),)


def _sessions(gathered: _Gathered, people: set[int], places: set[int], window: Mapping[str, datetime]) -> None:
    """Two queries: through their artists, and through their structures."""
    asked = {f"session__{name}": value for name, value in window.items()}
    asked["session__state__in"] = [SessionState.PLANNED, SessionState.HELD]  # type: ignore[assignment]
    related = ("session__activity", "session__host__commune", "session__commune")
    for link in Session.residencies.through.objects.filter(residency__in=people, **asked).select_related(*related):
        _session(gathered, link.session).residencies.add(link.residency_id)
    for there in Session.structures.through.objects.filter(structure__in=places, **asked).select_related(*related):
        _session(gathered, there.session).structures.add(there.structure_id)


def _session(gathered: _Gathered, session: Session) -> _Row:
    where = spot(session.host, session.commune, session.place)
    return gathered.add(session_key(session), _Row(session.activity.title, session.starts_at, session.ends_at, where))


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


def _visits(gathered: _Gathered, people: set[int], places: set[int], window: Mapping[str, datetime]) -> None:
    """One query. A structure that is visited receives: its team is taken."""
    links = (
        Visit.residencies.through.objects.filter(
            Q(residency__in=people) | Q(visit__structure__in=places),
            **{f"visit__{name}": value for name, value in window.items()},
        )
        .exclude(visit__state=VisitState.CANCELLED)
        .select_related("visit__structure__commune", "visit__commune")
    )
    for link in links:
        visit = link.visit
        row = gathered.add(
            f"v{visit.uuid.hex}",
            _Row(visit.title, visit.starts_at, visit.ends_at, spot(visit.structure, visit.commune, visit.place)),
        )
        if link.residency_id in people:
            row.residencies.add(link.residency_id)
        if visit.structure_id in places:
            row.structures.add(visit.structure_id)


def _events(gathered: _Gathered, people: set[int], places: set[int], window: Mapping[str, datetime]) -> None:
    """Two queries: the artist of an event is there all along; a meeting takes its structure too."""
    hidden = [EventState.DRAFT, EventState.CANCELLED]
    asked = {f"event__{name}": value for name, value in window.items()}
    links = (
        Event.residencies.through.objects.filter(residency__in=people, **asked)
        .exclude(event__state__in=hidden)
        .select_related("event__structure__commune", "event__commune")
    )
    there: dict[int, set[int]] = defaultdict(set)
    for link in links:
        event = link.event
        there[event.pk].add(link.residency_id)
        gathered.add(
            f"e{event.uuid.hex}", _Row(event.title, event.starts_at, event.ends_at, _event_spot(event))
        ).residencies.add(link.residency_id)
    meetings = (
        MeetingSlot.objects.filter(
            Q(residency__in=people) | Q(structure__in=places),
            starts_at__lt=window["starts_at__lt"],
            starts_at__gt=window["ends_at__gt"] - timedelta(hours=2),
        )
        .exclude(event__state__in=hidden)
        .select_related("event__structure__commune", "event__commune")
    )
    for meeting in meetings:
        event = meeting.event
        row = gathered.add(
            f"m{meeting.uuid.hex}",
            _Row(
                event.title,
                meeting.starts_at,
                meeting.starts_at + timedelta(minutes=event.slot_minutes),
                _event_spot(event),
            ),
        )
        if meeting.residency_id in people - there[event.pk]:
            row.residencies.add(meeting.residency_id)
        if meeting.structure_id in places:
            row.structures.add(meeting.structure_id)


def _event_spot(event: Event) -> Spot:
    return spot(event.structure, event.commune, event.place)


# Sessions already planned ------------------------------------------------------------------------


@dataclass(frozen=True)
class Review:
    """A planned session that something now breaks, and nobody said knowingly."""

    session: Session
    warnings: tuple[PlanWarning, ...]


def draft_of(session: Session, activity: Activity) -> Draft:
    """The session as it stands. Reads its residencies and structures: prefetch them for a list."""
    return Draft(
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        kind=activity.kind,
        residencies=frozenset(row.pk for row in session.residencies.all()),
        structures=frozenset(row.pk for row in session.structures.all()),
        spot=spot(session.host, session.commune, session.place),
        life_stage=activity.life_stage,
        key=session_key(session),
    )


def to_review(territory: Territory, sessions: Sequence[Session]) -> dict[int, Review]:
    """Sessions, by key, with their warnings that nobody waived. Sixteen queries, none for no session.

    Only planned ones are looked at: what took place is past praying for.
    """
    rows = list(
        Session.objects.filter(pk__in=[row.pk for row in sessions], state=SessionState.PLANNED)
        .select_related("activity", "host__commune", "commune")
        .prefetch_related(
            Prefetch("residencies", queryset=Residency.objects.only("pk")),
            Prefetch("structures", queryset=Structure.objects.only("pk")),
            Prefetch("waivers", queryset=Waiver.objects.only("session_id", "key")),
        )
    )
    if not rows:
        return {}
    drafts = {row.pk: draft_of(row, row.activity) for row in rows}
    known = world(
        territory,
        residencies={pk for draft in drafts.values() for pk in draft.residencies},
        structures={pk for draft in drafts.values() for pk in draft.structures},
        start=min(row.starts_at for row in rows),
        end=max(row.ends_at for row in rows),
    )
    found = {}
    for row in rows:
        waived = {waiver.key for waiver in row.waivers.all()}
        left = tuple(unanswered(warnings(drafts[row.pk], known), waived, known))
        if left:
            found[row.pk] = Review(row, left)
    return found
