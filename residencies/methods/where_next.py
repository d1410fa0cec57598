"""Where to go next: what a visit to a structure would do for the coverage, for how many kilometres.

A transparent sum: each reason has its points (:class:`Weights`), each kilometre costs. Suggestions are chosen one
after the other, the best first, each as if those before it were already planned: ten suggestions are not ten
in the same commune. Pure: no database, no clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import TYPE_CHECKING

from residencies.methods.coverage import Place, World, per_thousand
from residencies.methods.travel import Figures, road_km

if TYPE_CHECKING:
    from structures.models import Commune

#: What one more session is expected to take from a day, in minutes, travel apart.
VISIT_MINUTES = 120


@dataclass(frozen=True)
class Weights:
    """Points of each reason. They order suggestions, nothing else: a coordinator decides."""

    new_commune: float = 4.0  # no session is planned in it this season
    never_met: float = 3.0  # and nobody ever met it, in any season
    own_commune: float = 1.0  # others go there, not this residency
    never_structure: float = 2.0  # the structure was never met, by anybody
    rural: float = 2.0
    priority: float = 2.0
    district: float = 2.0  # times how far below the average of the territory
    per_head: float = 2.0  # times how far below the average of the territory
    wish: float = 4.0  # a wish of this structure waits for an answer
    pairing: float = 1.5
    no_team: float = -1.0  # the team is not complete
    km: float = -0.1  # each kilometre added to the week
    repeat: float = -3.0  # each suggestion already made in the same commune


WEIGHTS = Weights()


@dataclass(frozen=True)
class Reason:
    """One term of the sum. ``code`` is a field of :class:`Weights`; ``facts`` fill its sentence."""

    code: str
    points: float
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Partner:
    """A structure of the other circle that would make a pair, and how far it is."""

    place: Place
    km: float


@dataclass
class Board:
    """The coverage as it stands for one residency, to which suggestions are added one by one.

    ``wishes``: structures whose wish waits, and whether it names this residency. ``partners``: for a
    structure, the one of the other circle that this residency meets alone.
    """

    communes: Mapping[int, Commune]
    priority: Collection[int]
    sessions: Counter[int]
    ever: set[int]
    season: set[int]
    own: set[int]
    structures_ever: set[int]
    team_size: int
    wishes: Mapping[int, bool] = field(default_factory=dict)
    partners: Mapping[int, Partner] = field(default_factory=dict)
    weights: Weights = WEIGHTS

    def __post_init__(self) -> None:
        self.population = sum(commune.population or 0 for commune in self.communes.values())
        self.districts: dict[int, list[int]] = {}
        for pk, commune in self.communes.items():
            if commune.school_district_id is not None:
                self.districts.setdefault(commune.school_district_id, []).append(pk)
        self._rates: dict[int, float | None] = {}
        self._mean: float | None = None

    @classmethod
    def of(
        cls,
        world: World,
        residency: int | None,
        *,
        team_size: int,
        wishes: Mapping[int, bool] | None = None,
        partners: Mapping[int, Partner] | None = None,
        weights: Weights = WEIGHTS,
    ) -> Board:
        """Read off the facts; ``residency`` null: whoever goes there."""
        return cls(
            communes=world.communes,
            priority=world.priority,
            sessions=Counter(one.commune for one in world.moments if one.commune is not None),
            ever=world.communes_ever | world.communes_reached(),
            season=world.communes_reached(),
            own=world.communes_reached(residency),
            structures_ever=world.structures_ever | world.reached()[1],
            team_size=team_size,
            wishes=wishes or {},
            partners=partners or {},
            weights=weights,
        )

    def add(self, place: Place) -> None:
        """One more session at this structure."""
        self.structures_ever.add(place.pk)
        self._rates, self._mean = {}, None
        if place.commune is not None:
            self.sessions[place.commune] += 1
            for known in (self.ever, self.season, self.own):
                known.add(place.commune)

    def _average(self) -> float:
        if self._mean is None:
            self._mean = per_thousand(sum(self.sessions[pk] for pk in self.communes), self.population) or 0.0
        return self._mean

    def _district_rate(self, district: int) -> float | None:
        """Kept until a session is added: the communes of a district all ask for it."""
        if district not in self._rates:
            self._rates[district] = self.rate(self.districts[district])
        return self._rates[district]

    def rate(self, communes: Iterable[int]) -> float | None:
        """Sessions of the season for a thousand inhabitants of these communes."""
        keys = list(communes)
        people = sum(self.communes[pk].population or 0 for pk in keys)
        return per_thousand(sum(self.sessions[pk] for pk in keys), people)

    def _short(self, rate: float | None) -> tuple[float, float] | None:
        """How far below the average, from 0 to 1, and the rate itself; nothing when it is not below."""
        average = self._average()
        if not average or rate is None or rate >= average:
            return None
        return 1 - rate / average, rate

    def least_served(self) -> set[int]:
        """The school districts with the lowest rate."""
        rates = {pk: rate for pk in self.districts if (rate := self._district_rate(pk)) is not None}
        low = min(rates.values(), default=None)
        return {pk for pk, rate in rates.items() if rate == low}

    def reasons(self, place: Place) -> list[Reason]:
        """What a session at this structure would change, the strongest first. The journey is not in it."""
        found = [*self._of_place(place), *(self._of_commune(place.commune) if place.commune in self.communes else [])]
        return sorted(found, key=lambda reason: -reason.points)

    def _of_place(self, place: Place) -> Iterable[Reason]:
        weights = self.weights
        if place.pk in self.wishes:
            yield Reason("wish", weights.wish, {"named": self.wishes[place.pk]})
        if place.pk not in self.structures_ever:
            yield Reason("never_structure", weights.never_structure)
        if place.pk in self.partners:
            partner = self.partners[place.pk]
            yield Reason("pairing", weights.pairing, {"name": partner.place.name, "km": partner.km})
        if place.team < self.team_size:
            yield Reason("no_team", weights.no_team, {"have": place.team, "need": self.team_size})

    def _of_commune(self, key: int | None) -> Iterable[Reason]:
        if key is None:
            return
        weights, commune = self.weights, self.communes[key]
        if key not in self.ever:
            yield Reason("never_met", weights.new_commune + weights.never_met, {"commune": commune.name})
        elif key not in self.season:
            yield Reason("new_commune", weights.new_commune, {"commune": commune.name})
        elif key not in self.own:
            yield Reason("own_commune", weights.own_commune, {"commune": commune.name})
        if commune.rural_heart:
            yield Reason("rural", weights.rural)
        if key in self.priority:
            yield Reason("priority", weights.priority)
        if short := self._short(self.rate([key])):
            yield Reason("per_head", round(weights.per_head * short[0], 2), {"rate": short[1], "commune": commune.name})
        district = commune.school_district
        if district is not None and (short := self._short(self._district_rate(district.pk))):
            facts = {"name": district.name, "rate": short[1], "last": district.pk in self.least_served()}
            yield Reason("district", round(weights.district * short[0], 2), facts)


@dataclass(frozen=True)
class Stop:
    """A session already planned: where, and in which structure."""

    commune: int | None
    host: int | None = None


@dataclass(frozen=True)
class Day:
    """A day of the week looked at: where it starts and ends (the lodging, if any), what is already in it."""

    day: date
    base: int | None = None
    stops: tuple[Stop, ...] = ()
    minutes_left: int = 540

    @property
    def has_room(self) -> bool:
        return self.minutes_left >= VISIT_MINUTES


@dataclass(frozen=True)
class Journey:
    """How one would get there: kilometres added to the day; ``near``: the commune of the session next to it.

    ``km`` null: nothing says where the day starts, so nothing is counted.
    """

    day: date
    km: float | None
    near: int | None = None


@dataclass(frozen=True)
class Suggestion:
    """A structure to visit, on which day, why, and the sum of its points."""

    place: Place
    journey: Journey
    score: float
    reasons: tuple[Reason, ...]


Distance = Callable[[int | None, int | None], float | None]


def distances(communes: Mapping[int, Commune], figures: Figures) -> Distance:
    """Kilometres by road between two communes, each pair computed once."""
    known: dict[tuple[int, int], float | None] = {}

    def between(a: int | None, b: int | None) -> float | None:
        if a is None or b is None or a not in communes or b not in communes:
            return None
        pair = (a, b) if a <= b else (b, a)
        if pair not in known:
            known[pair] = road_km(communes[pair[0]], communes[pair[1]], figures)
        return known[pair]

    return between


def journey(target: int, day: Day, km: Distance) -> Journey:
    """The smallest detour that puts a commune into a day. A day without a start begins at its first stop."""
    places = [stop.commune for stop in day.stops if stop.commune is not None]
    path = [day.base, *places, day.base] if day.base is not None else places
    best: Journey | None = None
    for index in range(len(path) + 1):
        before = path[index - 1] if index else None
        after = path[index] if index < len(path) else None
        if day.base is not None and (before is None or after is None):
            continue  # the day starts and ends at the lodging
        there, onward, straight = km(before, target), km(target, after), km(before, after)
        if there is None and onward is None:
            continue
        saved = 0.0 if len(path) == 2 and day.base is not None else straight or 0.0
        added = max(0.0, (there or 0.0) + (onward or 0.0) - saved)
        if best is None or best.km is None or added < best.km:
            best = Journey(day.day, added, _beside(target, day, km, added, (before, after)))
    return best or Journey(day.day, None)


def _beside(target: int, day: Day, km: Distance, added: float, sides: Iterable[int | None]) -> int | None:
    """The session whose neighbourhood makes the detour short: at least a quarter less than going there on purpose."""
    places = {stop.commune for stop in day.stops if stop.commune is not None}
    close = [(far, side) for side in sides if side in places and (far := km(side, target)) is not None]
    if not close:
        return None
    alone = km(day.base, target)
    if alone is not None and added > 0.75 * 2 * alone:
        return None
    return min(close)[1]


def suggest(
    board: Board,
    candidates: Sequence[Place],
    days: Sequence[Day],
    km: Distance,
    *,
    shut: Mapping[int, Collection[date]] | None = None,
    limit: int = 10,
) -> list[Suggestion]:
    """The best structures for these days. ``shut``: the days on which a structure does not receive.

    ``board`` is used up: it holds the suggestions in the end. Equal scores: by name, so that the same facts give the
    same list.
    """
    weights, closed = board.weights, shut or {}
    free = [day for day in days if day.has_room]
    ways: dict[int, list[Journey]] = {}

    def best_way(place: Place) -> Journey | None:
        if place.commune is None:
            return None
        if place.commune not in ways:
            each = [journey(place.commune, day, km) for day in free]
            ways[place.commune] = sorted(each, key=lambda way: (way.km is None, way.km or 0.0, way.day))
        return next((way for way in ways[place.commune] if way.day not in closed.get(place.pk, ())), None)

    open_to = {place.pk: way for place in candidates if (way := best_way(place)) is not None}
    left = sorted((place for place in candidates if place.pk in open_to), key=lambda place: (place.name, place.pk))
    # What a structure brings by itself does not change while others are chosen; its commune's part does.
    own = {place.pk: sum(reason.points for reason in board._of_place(place)) for place in left}
    chosen: list[Suggestion] = []
    repeats: Counter[int | None] = Counter()
    while left and len(chosen) < limit:
        of_commune = {
            key: sum(reason.points for reason in board._of_commune(key)) + weights.repeat * repeats[key]
            for key in {place.commune for place in left}
        }
        best = max(
            left, key=lambda one: own[one.pk] + of_commune[one.commune] + weights.km * (open_to[one.pk].km or 0.0)
        )
        chosen.append(_suggestion(board, best, open_to[best.pk], repeats[best.commune]))
        left.remove(best)
        board.add(best)
        repeats[best.commune] += 1
    return chosen


def _suggestion(board: Board, place: Place, way: Journey, repeated: int) -> Suggestion:
    """A structure with all its reasons, the journey and the repetition among them."""
    reasons, weights = board.reasons(place), board.weights
    if way.km:
        facts = {"km": way.km, "near": way.near, "day": way.day}
        reasons.append(Reason("km", round(weights.km * way.km, 2), facts))
    if repeated:
        reasons.append(Reason("repeat", weights.repeat * repeated, {"count": repeated}))
    score = round(sum(reason.points for reason in reasons), 2)
    return Suggestion(place, way, score, tuple(sorted(reasons, key=lambda reason: -reason.points)))


def weight_rows(weights: Weights = WEIGHTS) -> list[tuple[str, float]]:
    """The weights by name, as the page explains them."""
    return [(one.name, getattr(weights, one.name)) for one in fields(weights)]
