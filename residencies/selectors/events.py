"""What the pages of events show."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.utils import timezone

from candidatures.methods.timetable import Span
from residencies.enums import EventState, RegistrationState
from residencies.methods import timetable
from residencies.models import (
    Event,
    MeetingSlot,
    MeetingWish,
    Registration,
    Residency,
    ResidencyArtist,
    Room,
    Unavailability,
)
from structures.models import Structure, Territory

if TYPE_CHECKING:
    from uuid import UUID

_ADDRESS = re.compile(r"[^\s<>,;()]+@[^\s<>,;()]+\.[^\s<>,;()]+")


def addresses(text: str) -> tuple[str, ...]:
    """The addresses in « qui vient », one a person, in lower case: what tells that two names are one person."""
    return tuple(dict.fromkeys(found.casefold().rstrip(".") for found in _ADDRESS.findall(text)))


# Public and team pages ----------------------------------------------------------------------------


def public(slug: str) -> Event | None:
    """An event the public may read: announced, or cancelled once it was. Two queries with its programme.

    ``present`` holds the artists who were announced.
    """
    return (
        Event.objects.filter(slug=slug, state__in=[EventState.PUBLISHED, EventState.CANCELLED])
        .select_related("season__programme__territory", "structure__commune", "commune")
        .prefetch_related(
            "programme",
            Prefetch("residencies", Residency.objects.published().order_by("artist_name"), to_attr="present"),
        )
        .first()
    )


@dataclass(frozen=True)
class Places:
    """People expected, people waiting, and what is left (``None``: no limit)."""

    taken: int
    waiting: int
    left: int | None


def places(event: Event) -> Places:
    """How full it is, in people. One query."""
    found = Registration.objects.filter(event=event).aggregate(
        taken=Sum("people", filter=Q(state=RegistrationState.CONFIRMED)),
        waiting=Sum("people", filter=Q(state=RegistrationState.WAITING)),
    )
    taken = found["taken"] or 0
    left = None if event.capacity is None else max(0, event.capacity - taken)
    return Places(taken, found["waiting"] or 0, left)


def team_events(structure: Structure) -> list[tuple[Event, Registration | None, int]]:
    """The territory's announced events, the next first, then those of the year past, with one's own registration
    and number of meetings. Three queries."""
    now = timezone.now()
    rows = list(
        Event.objects.filter(
            season__programme__territory=structure.territory_id,
            state__in=[EventState.PUBLISHED, EventState.CANCELLED],
            ends_at__gte=now - timedelta(days=366),
        )
        .select_related("season__programme__territory", "structure__commune", "commune")
        .order_by("starts_at", "pk")
    )
    mine = {
        row.event_id: row
        for row in Registration.objects.filter(structure=structure, event__in=rows).exclude(
            state=RegistrationState.CANCELLED
        )
    }
    meetings = dict(
        MeetingSlot.objects.filter(structure=structure, event__in=rows, event__timetable_told_at__isnull=False)
        .order_by()
        .values_list("event")
        .annotate(n=Count("pk"))
    )
    shown = [(event, mine.get(event.pk), meetings.get(event.pk, 0)) for event in rows]
    return [row for row in shown if row[0].ends_at >= now] + [row for row in reversed(shown) if row[0].ends_at < now]


def team_event(structure: Structure, uuid: UUID) -> Event | None:
    """An announced event of the structure's territory. Two queries."""
    return (
        Event.objects.filter(
            season__programme__territory=structure.territory_id,
            state__in=[EventState.PUBLISHED, EventState.CANCELLED],
            uuid=uuid,
        )
        .select_related("season__programme__territory", "structure__commune", "commune")
        .prefetch_related("programme")
        .first()
    )


def registration_of(event: Event, structure: Structure) -> Registration | None:
    """The structure's standing registration. One query."""
    return (
        Registration.objects.filter(event=event, structure=structure).exclude(state=RegistrationState.CANCELLED).first()
    )


def wishes_of(event: Event, structure: Structure) -> list[Residency]:
    """The artists the structure asked for, first wish first. One query."""
    rows = MeetingWish.objects.filter(event=event, structure=structure).select_related("residency")
    return [row.residency for row in rows.order_by("rank", "pk")]


def away_of(event: Event, structure: Structure) -> list[Unavailability]:
    """When the structure's people are not there. One query."""
    return list(Unavailability.objects.filter(event=event, structure=structure))


def structure_meetings(event: Event, structure: Structure) -> list[MeetingSlot]:
    """The structure's timetable, once it was announced. One query."""
    if event.timetable_told_at is None:
        return []
    return list(
        MeetingSlot.objects.filter(event=event, structure=structure)
        .select_related("residency", "room")
        .order_by("starts_at")
    )


def artist_events(residency: Residency) -> list[Event]:
    """The events where the residency is present, its announced meetings in ``own``. Two queries."""
    return list(
        Event.objects.filter(residencies=residency, state__in=[EventState.PUBLISHED, EventState.CANCELLED])
        .select_related("structure__commune", "commune")
        .prefetch_related(
            Prefetch(
                "meetings",
                MeetingSlot.objects.filter(residency=residency, event__timetable_told_at__isnull=False)
                .select_related("structure__commune", "room")
                .order_by("starts_at"),
                to_attr="own",
            )
        )
        .order_by("starts_at", "pk")
    )


# The desk -----------------------------------------------------------------------------------------


def registrations(event: Event) -> dict[str, list[Registration]]:
    """By state, the waiting list in its order; each with its wishes in ``wanted``. Three queries."""
    rows = Registration.objects.filter(event=event).select_related("structure__commune").order_by("made_at", "pk")
    wishes: dict[int, list[str]] = defaultdict(list)
    for wish in MeetingWish.objects.filter(event=event).select_related("residency").order_by("rank", "pk"):
        wishes[wish.structure_id].append(wish.residency.artist_name)
    found: dict[str, list[Registration]] = {state: [] for state in RegistrationState.values}
    for row in rows:
        row.wanted = wishes.get(row.structure_id or 0, [])  # type: ignore[attr-defined]
        found[row.state].append(row)
    return found


# The timetable ------------------------------------------------------------------------------------


@dataclass
class World:
    """An event's meetings as numbers for the method, and as rows for the page."""

    event: Event
    problem: timetable.Problem
    artists: dict[str, Residency]
    structures: dict[str, Structure]
    rooms: dict[str, Room]
    standing: list[MeetingSlot] = field(default_factory=list)

    def meeting(self, row: MeetingSlot) -> timetable.Meeting:
        return timetable.Meeting(str(row.structure_id), str(row.residency_id), str(row.room_id), row.starts_at)


def world(event: Event) -> World:
    """Everything a timetable depends on. Seven queries, whatever the number of registrations."""
    rooms = {str(room.pk): room for room in Room.objects.filter(event=event).order_by("order", "pk")}
    present = {str(row.pk): row for row in event.residencies.order_by("artist_name", "pk")}
    accounts: dict[int, list[str]] = defaultdict(list)
    for residency, email in ResidencyArtist.objects.filter(
        residency__in=list(present.values()), left_at=None, user__isnull=False
    ).values_list("residency", "user__email"):
        accounts[residency].append(email.casefold())
    structures: dict[str, Structure] = {}
    comers: dict[str, tuple[str, ...]] = {}
    confirmed = (
        Registration.objects.filter(event=event, structure__isnull=False, state=RegistrationState.CONFIRMED)
        .select_related("structure__commune", "structure__territory")
        .order_by("made_at", "pk")
    )
    for row in confirmed:
        assert row.structure is not None
        structures[str(row.structure_id)] = row.structure
        # Who registers may not be who comes: their address stands for the team only when nobody is named.
        comers[str(row.structure_id)] = addresses(row.attendees) or (row.email.casefold(),)
    wishes: dict[str, list[str]] = defaultdict(list)
    for structure, residency in (
        MeetingWish.objects.filter(event=event).order_by("rank", "pk").values_list("structure", "residency")
    ):
        wishes[str(structure)].append(str(residency))
    away: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for gone in Unavailability.objects.filter(event=event):
        key = ("a", str(gone.residency_id)) if gone.residency_id else ("s", str(gone.structure_id))
        away[key].append(Span(gone.starts_at, gone.ends_at))
    found = World(
        event=event,
        problem=timetable.Problem((), (), (), (), {}, 1, timedelta()),
        artists=present,
        structures=structures,
        rooms=rooms,
        standing=list(
            MeetingSlot.objects.filter(event=event)
            .select_related("residency", "structure__commune", "structure__territory", "room")
            .order_by("starts_at", "room__order", "pk")
        ),
    )
    held = [row for row in found.standing if str(row.structure_id) in structures and str(row.residency_id) in present]
    assert event.meetings_from is None or event.meetings_to is not None
    found.problem = timetable.Problem(
        slots=timetable.slots(event.meetings_from, event.meetings_to, event.slot_minutes, event.break_minutes)
        if event.meetings_from and event.meetings_to
        else (),
        rooms=tuple(rooms),
        artists=tuple(
            timetable.Party(key, tuple(accounts.get(row.pk, ())), tuple(away.get(("a", key), ())))
            for key, row in present.items()
        ),
        structures=tuple(timetable.Party(key, comers[key], tuple(away.get(("s", key), ()))) for key in structures),
        wishes={key: tuple(wishes.get(key, ())) for key in structures},
        limit=event.meetings_per_structure,
        length=timedelta(minutes=event.slot_minutes),
        fixed=tuple(found.meeting(row) for row in held if row.fixed),
        before=tuple(found.meeting(row) for row in held if not row.fixed) if event.timetable_told_at else (),
    )
    return found


def digest(found: World) -> str:
    """What a preview was computed from: another one is another timetable."""
    text = repr((found.problem, sorted(found.meeting(row).__repr__() for row in found.standing)))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Line:
    """A meeting as people read it."""

    starts_at: datetime
    ends_at: datetime
    artist: str
    structure: str
    commune: str
    room: str
    fixed: bool = False
    row: MeetingSlot | None = None


def lines_of_plan(found: World, plan: timetable.Plan) -> list[Line]:
    """A computed plan in words. No query."""
    fixed = set(found.problem.fixed)
    return [
        _line(
            found.structures[one.structure],
            found.artists[one.artist],
            found.rooms[one.room].name,
            one.start,
            found.problem.length,
            one in fixed,
        )
        for one in plan.meetings
        if one.room in found.rooms
    ]


def lines(event: Event, rows: Iterable[MeetingSlot]) -> list[Line]:
    """Standing meetings in words. No query when the rows have their residency, structure and room."""
    length = timedelta(minutes=event.slot_minutes)
    return [_line(row.structure, row.residency, row.room.name, row.starts_at, length, row.fixed, row) for row in rows]


def _line(
    structure: Structure,
    residency: Residency,
    room: str,
    start: datetime,
    length: timedelta,
    fixed: bool,
    row: MeetingSlot | None = None,
) -> Line:
    return Line(
        start,
        start + length,
        residency.artist_name,
        structure.name,
        structure.commune.name if structure.commune else "",
        room,
        fixed,
        row,
    )


#: How a timetable is cut into sheets: the column that names the sheet.
SHEETS = {"artiste": "artist", "structure": "structure", "salle": "room"}


def sheets(rows: Sequence[Line], by: str) -> list[tuple[str, list[Line]]]:
    """One sheet an artist, a structure or a room, by name, each in the order of time. No query."""
    found: dict[str, list[Line]] = defaultdict(list)
    for row in rows:
        found[getattr(row, SHEETS[by])].append(row)
    return sorted(((name, sorted(own, key=lambda row: row.starts_at)) for name, own in found.items()))


def fingerprint(rows: Iterable[MeetingSlot]) -> str:
    """One party's timetable, as it was told: another moment, room or partner makes another."""
    told = sorted((row.starts_at.isoformat(), row.room_id, row.residency_id, row.structure_id) for row in rows)
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:20] if told else ""


def upcoming(territory: Territory | None = None) -> QuerySet[Any]:
    """Announced events that are not over, the next first."""
    rows = Event.objects.filter(state=EventState.PUBLISHED, ends_at__gte=timezone.now()).order_by("starts_at")
    return rows if territory is None else rows.filter(season__programme__territory=territory)
