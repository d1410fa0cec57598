"""Who meets whom, when and where: the timetable of an event's meetings. Pure and deterministic.

Each structure asks for artists, first wish first; each meeting takes one slot, one room, the artist,
the structure, and every person who belongs to either: somebody of two structures, or of two
residencies, is in one place at a time.

What :func:`arrange` guarantees

- **Nothing collides**: no artist, structure, person or room is taken twice at once; who is away is
  left alone; ``fixed`` meetings stay where they are and count; nobody has more than ``limit``.
- **Wishes are never invented**: a meeting is one that the structure asked for, or a fixed one.
- **First wishes first**: wishes are taken in rounds. Everybody's first, then the next wish of those who
  had none, and only then a second meeting for anybody, and so on. In a round, who was refused more
  comes first, then the artist with the lighter day, then the order given. As many first wishes are met
  as any timetable could (an augmenting flow), unless somebody belongs to two groups.
- **Nothing is refused lightly**: a wish is left out when no timetable holds it together with those
  already granted (``Unplaced.code`` says what is missing). The proof is complete but for
  ``SEARCH_ENDED``, when :data:`BUDGET` steps of search were not enough.

Granting a wish may move meetings granted before, never drop them: first a free slot, then an exchange
of two slots along a chain (König's argument for the edges of a bipartite graph), then a search by
ejection that tries every arrangement, shortest first. Rooms are alike; an artist keeps the same one
while there are enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from candidatures.methods.timetable import Span
from residencies.methods import placing

#: Steps of search for one wish that neither a free slot nor an exchange of two slots could place.
BUDGET = placing.BUDGET


@dataclass(frozen=True)
class Party:
    """An artist or a structure. ``people`` are addresses, ``away`` when nobody of it is there."""

    key: str
    people: tuple[str, ...] = ()
    away: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Meeting:
    """One meeting. It lasts the problem's ``length`` from ``start``."""

    structure: str
    artist: str
    room: str
    start: datetime


@dataclass(frozen=True)
class Problem:
    """``wishes``: the artists each structure asks for, first wish first. ``before``: a timetable already told,
    whose moments are kept when nothing prevents it."""

    slots: tuple[Span, ...]
    rooms: tuple[str, ...]
    artists: tuple[Party, ...]
    structures: tuple[Party, ...]
    wishes: Mapping[str, tuple[str, ...]]
    limit: int
    length: timedelta
    fixed: tuple[Meeting, ...] = ()
    before: tuple[Meeting, ...] = ()


class Missing(StrEnum):
    """What a wish that is not met lacked."""

    LIMIT = "limit"  # the structure has all the meetings it may have
    NEVER_TOGETHER = "never_together"  # no slot when both are there
    ARTIST_FULL = "artist_full"
    STRUCTURE_FULL = "structure_full"
    PERSON_FULL = "person_full"  # somebody of several groups has no time left
    ROOMS_FULL = "rooms_full"
    NO_ARRANGEMENT = "no_arrangement"  # proved: every arrangement was tried
    SEARCH_ENDED = "search_ended"


@dataclass(frozen=True)
class Unplaced:
    """A wish that is not met. ``rank`` counts from 1."""

    structure: str
    artist: str
    rank: int
    code: Missing


@dataclass(frozen=True)
class Plan:
    """``meetings`` by time then room, the fixed ones among them."""

    meetings: tuple[Meeting, ...]
    unplaced: tuple[Unplaced, ...]


def slots(start: datetime, end: datetime, minutes: int, pause: int) -> tuple[Span, ...]:
    """Every slot of ``minutes`` that ends by ``end``, ``pause`` minutes apart."""
    length, step = timedelta(minutes=minutes), timedelta(minutes=minutes + pause)
    found, at = [], start
    while at + length <= end:
        found.append(Span(at, at + length))
        at += step
    return tuple(found)


class Clash(StrEnum):
    """Why a meeting cannot be where it is put."""

    ARTIST = "artist"
    STRUCTURE = "structure"
    PERSON = "person"
    ROOM = "room"
    ARTIST_AWAY = "artist_away"
    STRUCTURE_AWAY = "structure_away"
    TWICE = "twice"  # they meet already


@dataclass(frozen=True)
class Collision:
    """``other`` is the meeting it collides with, ``who`` the person when it is one."""

    code: Clash
    other: Meeting | None = None
    who: str = ""


def collisions(problem: Problem, meeting: Meeting, others: Iterable[Meeting]) -> list[Collision]:
    """What prevents ``meeting`` from taking place beside ``others``. Empty: nothing does."""
    people = {("a", party.key): party for party in problem.artists} | {
        ("s", party.key): party for party in problem.structures
    }
    span = Span(meeting.start, meeting.start + problem.length)
    nobody = Party("")
    artist, structure = people.get(("a", meeting.artist), nobody), people.get(("s", meeting.structure), nobody)
    found = [Collision(Clash.ARTIST_AWAY)] if any(span.overlaps(away) for away in artist.away) else []
    if any(span.overlaps(away) for away in structure.away):
        found.append(Collision(Clash.STRUCTURE_AWAY))
    mine = [*artist.people, *structure.people]
    for other in others:
        same = (other.artist == meeting.artist, other.structure == meeting.structure)
        if all(same):
            found.append(Collision(Clash.TWICE, other))
        if not span.overlaps(Span(other.start, other.start + problem.length)):
            continue
        if same[0]:
            found.append(Collision(Clash.ARTIST, other))
        if same[1]:
            found.append(Collision(Clash.STRUCTURE, other))
        if other.room == meeting.room:
            found.append(Collision(Clash.ROOM, other))
        theirs = {
            *people.get(("a", other.artist), nobody).people,
            *people.get(("s", other.structure), nobody).people,
        }
        if not any(same):
            found += [Collision(Clash.PERSON, other, who) for who in dict.fromkeys(mine) if who in theirs]
    return found


def arrange(problem: Problem) -> Plan:
    """The timetable. See the module for what it guarantees."""
    board = _board(problem)
    rows = {party.key: number for number, party in enumerate(problem.structures)}
    columns = {party.key: number for number, party in enumerate(problem.artists)}
    wanted, met = _wanted(problem, rows, columns)
    refused: dict[int, int] = dict.fromkeys(range(len(rows)), 0)
    codes: dict[tuple[int, int], Missing] = {}
    pointer = dict.fromkeys(range(len(rows)), 0)
    load = [0] * len(columns)
    for fixed in problem.fixed:
        if fixed.artist in columns:
            load[columns[fixed.artist]] += 1
    for turn in range(1, problem.limit + 1):
        asking = [row for row in range(len(rows)) if met[row] < turn]
        while asking:
            # A sweep: each asks once; those refused ask for their next wish in the following one.
            again: list[int] = []
            asking = [row for row in asking if pointer[row] < len(wanted[row])]
            while asking:
                row = min(asking, key=lambda one: (-refused[one], load[wanted[one][pointer[one]]], one))
                asking.remove(row)
                column = wanted[row][pointer[row]]
                pointer[row] += 1
                lacking = board.grant((row, column))
                if lacking is None:
                    met[row] += 1
                    load[column] += 1
                else:
                    codes[row, column] = Missing(lacking)
                    refused[row] += 1
                    again.append(row)
            asking = again
    return Plan(_meetings(problem, board), _unplaced(problem, rows, columns, wanted, pointer, codes))


def _wanted(
    problem: Problem, rows: Mapping[str, int], columns: Mapping[str, int]
) -> tuple[dict[int, list[int]], dict[int, int]]:
    """The wishes left once fixed meetings are taken off, and how many meetings each one has already."""
    held = {(meeting.structure, meeting.artist) for meeting in problem.fixed}
    met = dict.fromkeys(rows.values(), 0)
    for structure, _artist in held:
        if structure in rows:
            met[rows[structure]] += 1
    wanted = {
        row: [
            columns[artist]
            for artist in dict.fromkeys(problem.wishes.get(structure, ()))
            if artist in columns and (structure, artist) not in held
        ]
        for structure, row in rows.items()
    }
    return wanted, met


def _board(problem: Problem) -> placing.Board:
    """The problem in numbers: resources of each meeting, slots it may take, rooms of each slot."""
    groups: dict[str, int] = {}
    for party in (*problem.structures, *problem.artists):
        for who in dict.fromkeys(party.people):
            groups[who] = groups.get(who, 0) + 1
    shared = {who: number for number, who in enumerate(who for who, count in groups.items() if count > 1)}

    def people(party: Party) -> tuple[placing.Resource, ...]:
        return tuple(("p", shared[who]) for who in dict.fromkeys(party.people) if who in shared)

    by_structure = {party.key: party for party in problem.structures}
    by_artist = {party.key: party for party in problem.artists}
    held = [
        (
            Span(meeting.start, meeting.start + problem.length),
            meeting,
            {
                *people(by_structure.get(meeting.structure, Party(""))),
                *people(by_artist.get(meeting.artist, Party(""))),
            },
        )
        for meeting in problem.fixed
    ]
    rooms = [
        len(problem.rooms) - len({meeting.room for span, meeting, _who in held if span.overlaps(slot)})
        for slot in problem.slots
    ]
    resources, allowed = {}, {}
    for row, structure in enumerate(problem.structures):
        for column, artist in enumerate(problem.artists):
            persons = dict.fromkeys([*people(structure), *people(artist)])
            resources[row, column] = (("s", row), ("a", column), *persons)
            blocked = [*structure.away, *artist.away] + [
                span
                for span, meeting, taken in held
                if meeting.structure == structure.key or meeting.artist == artist.key or taken & persons.keys()
            ]
            allowed[row, column] = tuple(
                number
                for number, slot in enumerate(problem.slots)
                if rooms[number] > 0 and not any(slot.overlaps(span) for span in blocked)
            )
    at = {slot.start: number for number, slot in enumerate(problem.slots)}
    rows = {party.key: number for number, party in enumerate(problem.structures)}
    columns = {party.key: number for number, party in enumerate(problem.artists)}
    told = {
        (rows[one.structure], columns[one.artist]): at[one.start]
        for one in problem.before
        if one.structure in rows and one.artist in columns and one.start in at
    }
    return placing.Board(resources=resources, allowed=allowed, rooms=rooms, told=told)


def _meetings(problem: Problem, board: placing.Board) -> tuple[Meeting, ...]:
    """Give each meeting a room: the one it was told, else the artist's own, else a free one."""
    order = {room: number for number, room in enumerate(problem.rooms)}
    told = {(one.structure, one.artist, one.start): one.room for one in problem.before if one.room in order}
    found = list(problem.fixed)
    for number, slot in enumerate(problem.slots):
        taken = {
            meeting.room
            for meeting in problem.fixed
            if slot.overlaps(Span(meeting.start, meeting.start + problem.length))
        }
        waiting = []
        for row, column in board.at(number):
            structure, artist = problem.structures[row].key, problem.artists[column].key
            home = problem.rooms[column % len(problem.rooms)]
            room = told.get((structure, artist, slot.start), home)
            if room in taken:
                waiting.append((structure, artist))
            else:
                taken.add(room)
                found.append(Meeting(structure, artist, room, slot.start))
        free = [room for room in problem.rooms if room not in taken]
        found += [Meeting(*pair, room, slot.start) for pair, room in zip(waiting, free, strict=False)]
    return tuple(sorted(found, key=lambda one: (one.start, order.get(one.room, len(order)), one.artist)))


def _unplaced(
    problem: Problem,
    rows: Mapping[str, int],
    columns: Mapping[str, int],
    wanted: Mapping[int, Sequence[int]],
    pointer: Mapping[int, int],
    codes: Mapping[tuple[int, int], Missing],
) -> tuple[Unplaced, ...]:
    found = []
    for structure, row in rows.items():
        ranks = {artist: rank for rank, artist in enumerate(problem.wishes.get(structure, ()), start=1)}
        names = {columns[artist]: artist for artist in ranks if artist in columns}
        for place, column in enumerate(wanted[row]):
            code = codes.get((row, column)) if place < pointer[row] else Missing.LIMIT
            if code is not None:
                found.append(Unplaced(structure, names[column], ranks[names[column]], code))
    return tuple(found)
