"""Where to go next: a week of a residency, what is open in it, and the ten structures that would help the most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Q

from candidatures.models import Season
from clea.daycount import public_holidays, school_holidays
from residencies.enums import DayPart, RequestState
from residencies.methods import where_next as method
from residencies.methods.coverage import Place, World
from residencies.methods.travel import Figures, carbon_kg
from residencies.methods.where_next import Board, Day, Reason, Stop, Suggestion
from residencies.models import ActivityRequest, Period, PlanningRules, PresenceDay, Residency
from residencies.rules.coverage import SCHOOL_KINDS, words
from residencies.selectors.coverage import world
from residencies.selectors.pairings import partners_for
from residencies.selectors.planning_rules import planning_rules
from residencies.selectors.travel import Nights, base_on, by_day, stays
from structures.enums import Circle
from structures.models import Closure, Commune

if TYPE_CHECKING:
    from collections.abc import Iterable

LIMIT = 10
#: Days looked at, from Monday.
WEEKDAYS = 5


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class Facts:
    """What the suggestions of a season's residencies are made from."""

    world: World
    rules: PlanningRules
    zone: str
    periods: dict[int, list[tuple[date, date]]]
    presence: dict[int, dict[date, str]]
    nights: dict[int, list[Nights]]
    wishes: list[tuple[int, int | None, int | None]]
    axes: dict[int, set[int]]

    @cached_property
    def figures(self) -> Figures:
        return Figures.of(self.rules)

    @cached_property
    def km(self) -> method.Distance:
        return method.distances(self.world.communes, self.figures)

    def here(self, residency: int, day: date) -> str:
        """How much of a day the residency is there: within its periods, a weekday, no public holiday."""
        within = any(start <= day <= end for start, end in self.periods.get(residency, []))
        if not within or day.weekday() >= WEEKDAYS or day in public_holidays(day.year):
            return DayPart.NONE
        return self.presence.get(residency, {}).get(day, DayPart.FULL)

    def weeks(self, residency: int) -> list[date]:
        """The Mondays of the weeks in which the residency is there."""
        found = set()
        for start, end in self.periods.get(residency, []):
            days = (start + timedelta(days=offset) for offset in range((end - start).days + 1))
            found |= {monday_of(day) for day in days if self.here(residency, day) != DayPart.NONE}
        return sorted(found)

    def week_to_show(self, residency: int, today: date, asked: date | None = None) -> date:
        """The week asked for; else the first one to come; else the last one."""
        if asked is not None:
            return monday_of(asked)
        known = self.weeks(residency)
        return next((week for week in known if week >= monday_of(today)), known[-1] if known else monday_of(today))

    def wished(self, residency: Residency) -> dict[int, bool]:
        """Structures whose wish waits and that this residency may answer; whether it names the artist."""
        found: dict[int, bool] = {}
        for structure, named, axis in self.wishes:
            if named == residency.pk:
                found[structure] = True
            elif named is None and (axis is None or axis in self.axes.get(residency.pk, set())):
                found.setdefault(structure, False)
        return found


def facts(season: Season, residencies: Sequence[Residency]) -> Facts:
    """All that suggestions are made from, for these residencies of the season. Twenty-one queries at most."""
    keys = [one.pk for one in residencies]
    periods: defaultdict[int, list[tuple[date, date]]] = defaultdict(list)
    for residency, start, end in Period.objects.filter(residency__in=keys).values_list(
        "residency", "starts_on", "ends_on"
    ):
        periods[residency].append((start, end))
    presence: defaultdict[int, dict[date, str]] = defaultdict(dict)
    for row in PresenceDay.objects.filter(residency__in=keys):
        presence[row.residency_id][row.day] = row.done or row.planned
    axes: defaultdict[int, set[int]] = defaultdict(set)
    through = Residency.axes.through.objects.filter(residency__in=keys)
    for residency, axis in through.values_list("residency_id", "axis_id"):
        axes[residency].add(axis)
    wishes = ActivityRequest.objects.filter(season=season, state=RequestState.SENT)
    territory = season.programme.territory
    return Facts(
        world=world(season, counted=False),
        rules=planning_rules(territory),
        zone=territory.school_zone,
        periods=periods,
        presence=presence,
        nights=stays(keys),
        wishes=list(wishes.values_list("structure", "residency", "axis")),
        axes=axes,
    )


def closures(season: Season, known: World, monday: date, zone: str) -> dict[int, set[date]]:
    """The days of a week on which each structure does not receive: its own, and the school holidays. One query."""
    week = [monday + timedelta(days=offset) for offset in range(WEEKDAYS)]
    shut: defaultdict[int, set[date]] = defaultdict(set)
    rows = Closure.objects.filter(
        Q(weekday__isnull=False) | Q(starts_on__lte=week[-1], ends_on__gte=week[0]),
        structure__territory=season.programme.territory,
    )
    for closure in rows:
        shut[closure.structure_id] |= {day for day in week if closure.covers(day)}
    holidays = {day for day in week if day in school_holidays(zone, day.year)}
    schools = {pk for pk, kind in known.kinds.items() if kind.slug in SCHOOL_KINDS}
    for place in known.venues.values():
        if holidays and place.kinds & schools:
            shut[place.pk] |= holidays
    return shut


@dataclass(frozen=True)
class Line:
    """A suggestion as a page shows it."""

    place: Place
    commune: Commune
    circle: str
    day: date
    km: float | None
    carbon: Decimal | None
    score: float
    reasons: list[tuple[str, float]]


@dataclass(frozen=True)
class WhereNext:
    """What to look at for one residency and one week. ``days``: those on which a visit is possible."""

    residency: Residency
    monday: date
    days: list[date]
    lines: list[Line]
    candidates: int
    shut: int
    rules: PlanningRules
    based: bool

    @property
    def friday(self) -> date:
        return self.monday + timedelta(days=4)

    @property
    def km(self) -> float:
        """Were each visited alone, on its own day."""
        return sum(line.km or 0.0 for line in self.lines)


def _days(known: Facts, residency: Residency, monday: date) -> list[Day]:
    """The days of the week when the residency is there, with what they already hold."""
    moments, _plans = known.world.of(residency.pk)
    sessions = by_day(moments)
    start, end = (datetime.combine(monday, at) for at in (known.rules.day_starts, known.rules.day_ends))
    whole = int((end - start).total_seconds() // 60)
    found = []
    for offset in range(WEEKDAYS):
        day = monday + timedelta(days=offset)
        part = known.here(residency.pk, day)
        if part == DayPart.NONE:
            continue
        planned = sessions.get(day, [])
        taken = sum(int((one.ends_at - one.starts_at).total_seconds() // 60) for one in planned)
        base = base_on(day, known.nights.get(residency.pk, []))
        found.append(
            Day(
                day,
                base.pk if base is not None else None,
                tuple(Stop(one.commune, one.host) for one in planned),
                (whole if part == DayPart.FULL else whole // 2) - taken - len(planned) * known.rules.fixed_minutes,
            )
        )
    return found


def for_residency(
    known: Facts, residency: Residency, monday: date, shut: dict[int, set[date]], *, limit: int = LIMIT
) -> WhereNext:
    """The suggestions of one residency for a week. No query."""
    facts_, planned = known.world, known.world.reached(residency.pk)[1]
    candidates = [
        place
        for place in facts_.venues.values()
        if place.is_active and place.commune is not None and place.pk not in planned
    ]
    days = _days(known, residency, monday)
    free = [day.day for day in days if day.has_room]
    board = Board.of(
        facts_,
        residency.pk,
        team_size=known.rules.team_size,
        wishes=known.wished(residency),
        partners=partners_for(facts_, known.km, residency.pk),
    )
    chosen = method.suggest(board, candidates, days, known.km, shut=shut, limit=limit)
    return WhereNext(
        residency=residency,
        monday=monday,
        days=free,
        lines=[_line(known, one) for one in chosen],
        candidates=len(candidates),
        shut=sum(bool(free) and set(free) <= shut.get(place.pk, set()) for place in candidates),
        rules=known.rules,
        based=all(day.base is not None for day in days),
    )


def _line(known: Facts, one: Suggestion) -> Line:
    km = one.journey.km
    communes = known.world.communes
    assert one.place.commune is not None

    def said(reason: Reason) -> tuple[str, float]:
        return words(reason, communes), reason.points

    return Line(
        place=one.place,
        commune=communes[one.place.commune],
        circle=str(Circle(one.place.circle).label) if one.place.circle else "",
        day=one.journey.day,
        km=km,
        carbon=carbon_kg(km, known.figures) if km is not None else None,
        score=one.score,
        reasons=[said(reason) for reason in one.reasons],
    )


def where_next(
    residency: Residency, *, today: date, asked: date | None = None, limit: int = LIMIT
) -> tuple[Facts, WhereNext]:
    """The facts, and the suggestions of one residency for the week asked for. Twenty-two queries at most.

    The residency comes with its season and territory.
    """
    known = facts(residency.season, [residency])
    monday = known.week_to_show(residency.pk, today, asked)
    shut = closures(residency.season, known.world, monday, known.zone)
    return known, for_residency(known, residency, monday, shut, limit=limit)


def for_season(season: Season, residencies: Iterable[Residency], monday: date) -> list[WhereNext]:
    """The suggestions of several residencies for one week. Twenty-two queries at most, whatever their number."""
    rows = list(residencies)
    known = facts(season, rows)
    shut = closures(season, known.world, monday, known.zone)
    return [for_residency(known, residency, monday, shut) for residency in rows]
