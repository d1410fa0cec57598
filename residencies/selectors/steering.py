"""Reading the steering of a season: committees, minutes, open actions. Each says its queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.text import slugify

from candidatures.models import Season
from clea.documents.access import Grant
from clea.documents.models import StoredFile
from residencies.enums.steering import ActionState, MeetingState, Presence, RhythmUnit
from residencies.methods import rhythm as methods
from residencies.models import Action, Attendee, Event, Meeting, MeetingPaper, SteeringRhythm
from structures.models import Institution, Territory

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User


# The season --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RhythmRow:
    """A committee's rhythm, the dates it proposes, and the meetings it asked for that have no room."""

    rhythm: SteeringRhythm
    parts: Sequence[methods.Part]

    @property
    def days(self) -> list[date]:
        return [day for part in self.parts for day in part.days]

    @property
    def short(self) -> list[methods.Part]:
        return [part for part in self.parts if part.missing]


def rhythms(season: Season, today: date) -> list[RhythmRow]:
    """Each committee's rhythm with the days left to propose, from tomorrow to the season's end. Three queries."""
    rows = list(SteeringRhythm.objects.filter(season=season))
    if not rows:
        return []
    meetings = Meeting.objects.standing().filter(season=season).values_list("kind", "starts_at")
    days = [(kind, timezone.localdate(at)) for kind, at in meetings]
    events = Event.objects.filter(season=season).exclude(state="cancelled").values_list("starts_at", flat=True)
    busy = {timezone.localdate(at) for at in events}
    first = max(season.starts_on, date.fromordinal(today.toordinal() + 1))
    found = []
    for row in rows:
        held = {day for kind, day in days if kind == row.kind}
        wanted = methods.Wanted(row.times, row.weekday, quarterly=row.unit == RhythmUnit.QUARTER)
        parts = (
            methods.propose(
                wanted,
                first=first,
                last=season.ends_on,
                zone=season.programme.territory.school_zone,
                held=held,
                taken=busy | {day for _kind, day in days},
            )
            if first <= season.ends_on
            else []
        )
        found.append(RhythmRow(row, parts))
    return found


def meetings(season: Season) -> QuerySet[Meeting]:
    """Every meeting of a season with its counts, the latest first. One query."""
    return (
        Meeting.objects.filter(season=season)
        .annotate(
            points=Count("items", distinct=True),
            people=Count("attendees", distinct=True),
            pending=Count("actions", filter=Q(actions__state=ActionState.OPEN), distinct=True),
        )
        .order_by("-starts_at", "-pk")
    )


def open_actions(season: Season) -> QuerySet[Action]:
    """What is still to be done of what the season's committees decided, the nearest day first. One query."""
    return (
        Action.objects.pending()
        .filter(meeting__season=season)
        .exclude(meeting__state=MeetingState.CANCELLED)
        .select_related("meeting")
    )


# Around one meeting ------------------------------------------------------------------------------


def last_meeting(meeting: Meeting) -> Meeting | None:
    """The one before it, of the same committee of the territory, another season's if need be. One query."""
    return (
        Meeting.objects.standing()
        .filter(season__programme__territory=meeting.territory, kind=meeting.kind, starts_at__lt=meeting.starts_at)
        .exclude(pk=meeting.pk)
        .order_by("-starts_at", "-pk")
        .first()
    )


def last_seats(meeting: Meeting, institutions: Iterable[Institution]) -> dict[int, list[Attendee]]:
    """Who sat for each of these the last time, by institution. One query."""
    rows = (
        Attendee.objects.filter(
            institution__in=[row.pk for row in institutions],
            meeting__season__programme__territory=meeting.territory,
        )
        .exclude(meeting=meeting)
        .select_related("meeting")
        .order_by("-meeting__starts_at", "-meeting__pk", "name", "pk")
    )
    found: dict[int, tuple[int, list[Attendee]]] = {}
    for row in rows:
        assert row.institution_id is not None
        at, seats = found.setdefault(row.institution_id, (row.meeting_id, []))
        if row.meeting_id == at:
            seats.append(row)
    return {key: seats for key, (_at, seats) in found.items()}


# Minutes -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    number: int
    title: str
    words: str
    said: str
    decisions: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Person:
    """Without ``name`` in what is published."""

    organisation: str
    role: str
    name: str = ""

    @property
    def label(self) -> str:
        return ", ".join(part for part in (self.name, self.organisation, self.role) if part)


@dataclass(frozen=True)
class Todo:
    """Without ``owner`` in what is published."""

    what: str
    due_on: date
    owner: str = ""


@dataclass(frozen=True)
class Minutes:
    """What minutes say. ``public``: no name of a person beside those the coordination typed in the texts."""

    title: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    place: str
    introduction: str
    present: tuple[Person, ...]
    excused: tuple[Person, ...]
    absent: tuple[Person, ...]
    points: tuple[Point, ...]
    decisions: tuple[tuple[int, str], ...]
    actions: tuple[Todo, ...]
    papers: tuple[str, ...] = field(default=())
    public: bool = False

    @property
    def is_written(self) -> bool:
        return any(point.said or point.decisions for point in self.points) or bool(self.decisions)

    @property
    def has_decisions_by_point(self) -> bool:
        return any(point.decisions for point in self.points)

    def texts(self) -> list[str]:
        """Everything that was typed and that the public would read."""
        found = [self.title, self.place, self.introduction, *(text for _n, text in self.decisions)]
        for point in self.points:
            found += [point.title, point.words, point.said, *(text for _n, text in point.decisions)]
        found += [part for person in (*self.present, *self.excused) for part in (person.organisation, person.role)]
        return [*found, *(todo.what for todo in self.actions)]


def minutes(meeting: Meeting, *, public: bool = False) -> Minutes:
    """What the minutes of a meeting say now. Four queries, five with the papers of the internal edition."""
    decisions = list(meeting.decisions.all())
    points = []
    for number, item in enumerate(meeting.items.all(), 1):
        own = tuple((row.position, row.text) for row in decisions if row.item_id == item.pk)
        points.append(Point(number, item.title, item.words, item.said, own))
    attendees = list(meeting.attendees.all())

    def people(presence: Presence) -> tuple[Person, ...]:
        rows = [
            Person(row.organisation, row.role, "" if public else row.name)
            for row in attendees
            if row.presence == presence
        ]
        return tuple(dict.fromkeys(row for row in rows if row.label))

    return Minutes(
        title=meeting.title,
        kind=meeting.get_kind_display(),
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        place=meeting.place,
        introduction=meeting.introduction,
        present=people(Presence.PRESENT),
        excused=people(Presence.EXCUSED),
        absent=() if public else people(Presence.ABSENT),
        points=tuple(points),
        decisions=tuple((row.position, row.text) for row in decisions if row.item_id is None),
        actions=tuple(Todo(row.what, row.due_on, "" if public else row.owner) for row in meeting.actions.all()),
        papers=() if public else tuple(meeting.papers.values_list("title", flat=True)),
        public=public,
    )


def file_name(meeting: Meeting) -> str:
    """What a browser saves."""
    on = timezone.localdate(meeting.starts_at).isoformat()
    return f"compte-rendu-{slugify(meeting.title)[:60] or 'reunion'}-{on}.pdf"


# For everybody -----------------------------------------------------------------------------------


def published() -> list[tuple[Season, list[Meeting]]]:
    """Published minutes by season, the latest first. One query."""
    rows = (
        Meeting.objects.published()
        .select_related("season__programme__territory")
        .order_by("-season__starts_on", "season_id", "-starts_at")
    )
    return [(season, list(group)) for season, group in groupby(rows, key=lambda row: row.season)]


def public_meeting(key: UUID) -> Meeting | None:
    """A meeting whose minutes are published. One query."""
    return (
        Meeting.objects.published()
        .select_related("season__programme__territory", "public_minutes", "minutes")
        .filter(uuid=key)
        .first()
    )


def public_papers(meeting: Meeting) -> QuerySet[MeetingPaper]:
    return meeting.papers.filter(is_public=True).select_related("stored_file")


# Files -------------------------------------------------------------------------------------------


def resolve(user: User | AnonymousUser, stored_file: StoredFile) -> Grant | None:
    """Papers and minutes are the coordination's; the public has its own addresses. Two or three queries."""
    meeting = Meeting.objects.filter(Q(minutes=stored_file) | Q(public_minutes=stored_file)).first()
    name = file_name(meeting) if meeting is not None else ""
    if meeting is None:
        paper = MeetingPaper.objects.filter(stored_file=stored_file).select_related("meeting").first()
        if paper is None:
            return None
        meeting, name = paper.meeting, f"{slugify(paper.title)[:80] or 'document'}.pdf"
    reads = Territory.objects.coordinated_by(user).filter(programmes__seasons=meeting.season_id).exists()
    return Grant(filename=name, journal_target=meeting) if reads else None
