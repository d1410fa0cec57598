"""The figures of a season: what was held, added up without pretending (rules.md 24). Pure: no database.

What is counted
    A session that was held, once; the people of its standing confirmation. A session without a count stays an
    unknown, and is counted as one. People (each once) are not attendances: they are said of an activity, or by an
    older report.
What adds up
    In every slice, the rows less ``shared`` make the total: a session of two residencies is in both rows, and once
    in ``shared``. ``Slice.total`` is that sum, and is the season's. Values and unknowns are exact; a qualifier of
    the total is never vaguer than its rows'.
"650 of whom 330"
    The container gives up its parts: 320 of its own public and 330 pupils, never 980.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from residencies.enums import Qualifier
from residencies.methods.coverage import per_thousand
from residencies.methods.headcounts import NOBODY, UNCOUNTED, Total

#: Key of what was not said: a session without a commune, an activity without a life stage…
UNSAID = "sans"


# The facts -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """People of one category. ``inside``: rank of the line they are already counted in ("dont")."""

    category: str
    value: int | None = None
    qualifier: str = Qualifier.EXACT
    inside: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A session that was held, of ``activity``. ``commune``: where, if on the territory."""

    pk: int
    activity: int
    day: date
    minutes: int
    residencies: frozenset[int]
    structures: frozenset[int]
    commune: int | None = None
    total: Total = UNCOUNTED
    #: The same people by category: they add up to ``total``.
    parts: tuple[tuple[str, Total], ...] = ((UNSAID, UNCOUNTED),)


@dataclass(frozen=True, slots=True)
class Deed:
    """An activity of which something was held. ``people``: different ones, each once."""

    pk: int
    title: str
    kind: str
    stage: str = ""
    people: Total = UNCOUNTED
    classes: Total = NOBODY


@dataclass(frozen=True, slots=True)
class Entry:
    """A residency as an older report tells it. ``parts`` add up to ``total``; ``floor``: people that are certain."""

    key: str
    title: str
    subtitle: str = ""
    sessions: Total = UNCOUNTED
    minutes: Total = UNCOUNTED
    structures: Total = UNCOUNTED
    classes: Total = NOBODY
    communes: frozenset[int] = frozenset()
    total: Total = UNCOUNTED
    parts: tuple[tuple[str, Total], ...] = ((UNSAID, UNCOUNTED),)
    floor: int = 0
    #: The public counted is of different people; otherwise of attendances.
    counts_people: bool = True

    @property
    def attendances(self) -> Total:
        return UNCOUNTED if self.counts_people else self.total

    @property
    def people(self) -> Total:
        return self.total if self.counts_people else UNCOUNTED


@dataclass(frozen=True, slots=True)
class Host:
    """A residency of the season."""

    pk: int
    key: str
    title: str
    subtitle: str = ""


@dataclass(frozen=True, slots=True)
class Venue:
    """A structure. A category ("les centres sociaux") is no structure met."""

    pk: int
    name: str
    commune: int | None = None
    circle: str = ""
    kinds: frozenset[str] = frozenset()
    is_category: bool = False


@dataclass(frozen=True, slots=True)
class Town:
    """A commune of the territory. ``priority``: it has a priority district."""

    pk: int
    key: str
    name: str
    population: int | None = None
    rural: bool = False
    priority: bool = False
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class World:
    """A season, as it took place."""

    hosts: dict[int, Host] = field(default_factory=dict)
    held: tuple[Held, ...] = ()
    deeds: dict[int, Deed] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    venues: dict[int, Venue] = field(default_factory=dict)
    towns: dict[int, Town] = field(default_factory=dict)
    #: Kinds of structure, in the order of the territory: slug, plural.
    kinds: dict[str, str] = field(default_factory=dict)

    def only(self, *, host: int | None = None, entry: str | None = None) -> World:
        """The same, of one residency (its joint sessions included), or of one hand entry."""
        held = tuple(one for one in self.held if host is not None and host in one.residencies)
        return World(
            hosts=self.hosts,
            held=held,
            deeds=self.deeds,
            entries=tuple(one for one in self.entries if one.key == entry),
            venues=self.venues,
            towns=self.towns,
            kinds=self.kinds,
        )


# The figures ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Values:
    """What a row says. ``None``: does not apply to this row (no month has different people of its own).

    ``minutes``: see ``hours``. ``unknown`` of each: sessions nobody counted, activities whose people or classes
    nobody said, hand entries that leave it empty.
    """

    sessions: Total = NOBODY
    minutes: Total | None = None
    attendances: Total = NOBODY
    people: Total | None = None
    structures: Total | None = None
    communes: Total | None = None
    classes: Total | None = None

    @property
    def hours(self) -> Decimal | None:
        """Hours, to the hundredth; ``None``: unknown, or does not apply."""
        if self.minutes is None or self.minutes.value is None:
            return None
        return (Decimal(self.minutes.value) / 60).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a slice. ``trace``: the query that leads to the sessions behind it."""

    key: str
    label: str
    values: Values
    trace: dict[str, str] = field(default_factory=dict)
    subtitle: str = ""
    #: Of a commune: where it is, its population.
    town: Town | None = None

    @property
    def rate(self) -> float | None:
        """Sessions for a thousand inhabitants; nothing without a population."""
        return per_thousand(self.values.sessions.value or 0, self.town.population) if self.town else None


@dataclass(frozen=True, slots=True)
class Slice:
    """The season cut one way. ``shared``: what several rows count, to take off once from their sum."""

    name: str
    rows: tuple[Row, ...] = ()
    shared: Values | None = None

    def __bool__(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True, slots=True)
class Reach:
    """Communes of a kind that were met, of those of the territory."""

    met: int = 0
    of: int = 0


@dataclass(frozen=True)
class Figures:
    """A season, or one residency of it (then ``parts`` and ``residencies`` are empty).

    ``key``: a residency's slug or a hand entry's uuid, empty for the season. ``floor``: how many people are
    certain, for a "plus de". ``by_hand``: from an older report; ``entries``: how many of the lines are.
    """

    title: str
    values: Values
    key: str = ""
    subtitle: str = ""
    floor: int = 0
    by_hand: bool = False
    entries: int = 0
    groups: Slice = Slice("groupe")
    categories: Slice = Slice("public")
    kinds: Slice = Slice("forme")
    stages: Slice = Slice("temps")
    months: Slice = Slice("mois")
    communes: Slice = Slice("commune")
    structure_kinds: Slice = Slice("type")
    circles: Slice = Slice("cercle")
    residencies: Slice = Slice("residence")
    rural: Reach = Reach()
    priority: Reach = Reach()
    parts: tuple[Figures, ...] = ()

    @property
    def trace(self) -> dict[str, str]:
        """The query of the sessions behind all its figures."""
        return {"residence": self.key} if self.key else {}

    @property
    def empty(self) -> bool:
        """Nothing took place, and no report says anything."""
        return not self.values.sessions.value and not self.values.sessions.unknown

    @cached_property
    def slices(self) -> tuple[Slice, ...]:
        """Every slice, in the order of a page."""
        return (
            self.residencies, self.groups, self.categories, self.kinds, self.stages, self.months, self.communes,
            self.structure_kinds, self.circles,
        )  # fmt: skip


# Adding up -----------------------------------------------------------------------------------


class Tally:
    """A running :class:`Total`: the same rule as adding them up, without a new object each time."""

    __slots__ = ("about", "more", "unknown", "value")

    def __init__(self) -> None:
        self.value: int | None = None
        self.unknown = 0
        self.about = self.more = False

    def add(self, one: Total, times: int = 1) -> None:
        self.unknown += one.unknown * times
        if one.value is not None and times:
            self.value = (self.value or 0) + one.value * times
            if one.qualifier != Qualifier.EXACT:
                self.about = self.about or one.qualifier == Qualifier.ABOUT
                self.more = self.more or one.qualifier == Qualifier.MORE_THAN

    @property
    def total(self) -> Total:
        worst = Qualifier.ABOUT if self.about else Qualifier.MORE_THAN if self.more else Qualifier.EXACT
        return Total(self.value, worst, self.unknown)


#: A public that was there, in a session counted for the others only: some people more, nobody knows how many.
SOME = Total(0, Qualifier.MORE_THAN)


def shares(lines: Iterable[Line]) -> tuple[tuple[str, Total], ...]:
    """The lines of one count by category, adding up to its total (``headcounts.of_lines``).

    A line gives up the parts said to be inside it; parts never exceed what holds them; inside a line without a
    figure, a part belongs to the next one up, or stays in the unknown. Nobody counted: one unknown, of the
    category if there is only one. A line without a figure beside others is ``SOME``.
    """
    rows = list(lines)
    if not any(one.value is not None and one.inside is None for one in rows):
        said = {one.category for one in rows}
        return ((said.pop() if len(said) == 1 else UNSAID, UNCOUNTED),)
    left = [one.value for one in rows]
    vague = [one.qualifier == Qualifier.ABOUT for one in rows]
    taken: list[int] = []
    for rank in sorted(range(len(rows)), key=lambda rank: _depth(rows, rank)):
        one = rows[rank]
        if one.inside is None:
            taken.append(rank)
            continue
        holder = _holder(rows, rank)
        if holder not in taken:
            continue
        taken.append(rank)
        if one.category != rows[holder].category and (one.value is None or one.qualifier != Qualifier.EXACT):
            vague[holder] = True
        if one.value is not None:
            room = left[holder] or 0
            if one.value > room:
                vague[rank] = vague[holder] = True
            part = min(one.value, room)
            left[rank], left[holder] = part, room - part
    found: dict[str, Tally] = {}
    for rank in taken:
        value = left[rank]
        qualifier = Qualifier.ABOUT if vague[rank] else rows[rank].qualifier
        total = SOME if value is None else Total(value, qualifier)
        found.setdefault(rows[rank].category, Tally()).add(total)
    return tuple((category, tally.total) for category, tally in found.items())


def _depth(rows: list[Line], rank: int) -> int:
    """How many lines hold this one. A circle holds nothing."""
    depth, inside = 0, rows[rank].inside
    while inside is not None and depth <= len(rows):
        depth, inside = depth + 1, rows[inside].inside
    return depth


def _holder(rows: list[Line], rank: int) -> int | None:
    """The nearest line with a figure that this one is inside."""
    inside = rows[rank].inside
    for _step in rows:
        if inside is None or rows[inside].value is not None:
            return inside
        inside = rows[inside].inside
    return None


def held_in(lines: Iterable[tuple[str, int | None, str, bool]]) -> list[Line]:
    """Lines of a confirmation, whose "dont" does not say in which: a public not told apart first, then the largest.

    Category, value, qualifier, inside.
    """
    rows = sorted(lines, key=lambda one: one[3])
    tops = [(rank, one) for rank, one in enumerate(rows) if not one[3] and one[1] is not None]
    best = min(tops, key=lambda pair: (pair[1][0] != "general", -(pair[1][1] or 0)), default=None)
    found = []
    for rank, (category, value, qualifier, inside) in enumerate(rows):
        roomy = best
        if inside and value is not None:
            wide = [pair for pair in tops if (pair[1][1] or 0) >= value]
            roomy = min(wide, key=lambda pair: (pair[1][0] != "general", -(pair[1][1] or 0)), default=best)
        holder = None if not inside else roomy[0] if roomy else rank
        found.append(Line(category, value, qualifier, holder))
    return found


def floor_of(total: Total) -> int:
    """How many are certain. « Plus de 180 » is 181 at least; « environ 30 », 27: a tenth less."""
    if total.value is None:
        return 0
    if total.qualifier == Qualifier.MORE_THAN:
        return total.value + 1
    if total.qualifier == Qualifier.ABOUT:
        return -(-total.value * 9 // 10)
    return total.value


def floor_of_lines(lines: Iterable[Line]) -> int:
    """The same of one count: parts are in their container."""
    return sum(floor_of(Total(one.value, one.qualifier)) for one in lines if one.inside is None)
