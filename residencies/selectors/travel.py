"""Kilometres and carbon of what is planned: day by day, week by week, for a residency and for the season."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from django.utils import timezone

from residencies.methods.coverage import Moment, World
from residencies.methods.travel import Figures, carbon_kg, moves, tour_km
from residencies.models import PlanningRules, Residency, Stay
from structures.models import Commune

#: First and last day of a stay, and the commune of the lodging.
Nights = tuple[date, date, Commune | None]


@dataclass(frozen=True)
class Tour:
    """A day: from the lodging and back when there is one, else from the first session to the last."""

    day: date
    stops: tuple[Commune, ...]
    base: Commune | None
    km: float

    @property
    def path(self) -> list[Commune]:
        """Every place in its order, the lodging at both ends."""
        return [self.base, *self.stops, self.base] if self.base is not None else list(self.stops)


@dataclass(frozen=True)
class Week:
    monday: date
    tours: tuple[Tour, ...]
    figures: Figures

    @property
    def friday(self) -> date:
        return self.monday + timedelta(days=4)

    @cached_property
    def km(self) -> float:
        return sum(tour.km for tour in self.tours)

    @property
    def carbon(self) -> Decimal:
        return carbon_kg(self.km, self.figures)


@dataclass(frozen=True)
class Travel:
    """The journeys of one residency. ``nowhere``: sessions whose commune nobody said; they add nothing."""

    residency: Residency
    weeks: tuple[Week, ...]
    nowhere: int
    figures: Figures

    @cached_property
    def km(self) -> float:
        return sum(week.km for week in self.weeks)

    @property
    def carbon(self) -> Decimal:
        return carbon_kg(self.km, self.figures)

    @property
    def days(self) -> int:
        return sum(len(week.tours) for week in self.weeks)

    @property
    def from_home(self) -> bool:
        """Whether each day starts from a known lodging."""
        return all(tour.base is not None for week in self.weeks for tour in week.tours)


def stays(residencies: Iterable[int]) -> dict[int, list[Nights]]:
    """Where each residency sleeps, and when. One query."""
    found: defaultdict[int, list[Nights]] = defaultdict(list)
    rows = Stay.objects.filter(residency__in=list(residencies)).select_related("lodging__commune")
    for stay in rows:
        found[stay.residency_id].append((stay.starts_on, stay.ends_on, stay.lodging.commune))
    return found


def base_on(day: date, nights: Iterable[Nights]) -> Commune | None:
    """Where a day starts and ends: the lodging, the days of arrival and of departure included."""
    return next((commune for start, end, commune in nights if start <= day <= end and commune is not None), None)


def by_day(moments: Iterable[Moment]) -> dict[date, list[Moment]]:
    """Sessions by local day, each day in its order."""
    found: defaultdict[date, list[Moment]] = defaultdict(list)
    for moment in sorted(moments, key=lambda one: (one.starts_at, one.pk)):
        found[timezone.localdate(moment.starts_at)].append(moment)
    return found


def of_residency(facts: World, residency: Residency, nights: Sequence[Nights], figures: Figures) -> Travel:
    """The journeys of one residency, read off the facts. No query."""
    moments, _plans = facts.of(residency.pk)
    weeks: defaultdict[date, list[Tour]] = defaultdict(list)
    for day, sessions in sorted(by_day(moments).items()):
        keys = moves((one.commune, one.host) for one in sessions)
        stops = tuple(facts.communes[pk] for pk in keys if pk in facts.communes)
        if not stops:
            continue
        base = base_on(day, nights)
        tour = Tour(day, stops, base, 0.0)
        weeks[day - timedelta(days=day.weekday())].append(Tour(day, stops, base, tour_km(tour.path, figures)))
    return Travel(
        residency,
        tuple(Week(monday, tuple(tours), figures) for monday, tours in weeks.items()),
        sum(one.commune not in facts.communes for one in moments),
        figures,
    )


@dataclass(frozen=True)
class SeasonTravel:
    """The journeys of several residencies, with the figures they are computed from."""

    rows: list[Travel]
    rules: PlanningRules

    @property
    def km(self) -> float:
        return sum(row.km for row in self.rows)

    @property
    def carbon(self) -> Decimal:
        return carbon_kg(self.km, Figures.of(self.rules))


def travel(facts: World, residencies: Sequence[Residency], rules: PlanningRules) -> SeasonTravel:
    """The journeys of these residencies. One query: where they sleep."""
    nights: Mapping[int, list[Nights]] = stays(one.pk for one in residencies)
    figures = Figures.of(rules)
    return SeasonTravel([of_residency(facts, one, nights.get(one.pk, []), figures) for one in residencies], rules)
