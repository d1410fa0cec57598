"""A calendar laid out: weeks as rows, days as columns, by week, month or season. Pure."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from residencies.methods.entries import TIMED, Entry, Kind, Who

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
#: Days beyond these are typing errors; dates and holidays are computed without fear between them.
FIRST_DAY, LAST_DAY = date(2000, 1, 3), date(2099, 12, 31)


class View(enum.StrEnum):
    """What one page shows; the words are those of the address."""

    WEEK = "semaine"
    MONTH = "mois"
    SEASON = "saison"


@dataclass(frozen=True)
class Mark:
    """A thing of several days, on one of them. ``told``: the word is written here, and only heard elsewhere."""

    title: str
    who: tuple[Who, ...]
    told: bool

    @property
    def names(self) -> str:
        return ", ".join(one.name for one in self.who)


@dataclass(frozen=True)
class Line:
    """The sessions of one residency on one day, for a page where a word each is all there is room for."""

    who: Who
    count: int
    clash: bool


@dataclass(frozen=True)
class Day:
    """A cell. ``outside``: of another month, or beyond the season."""

    day: date
    outside: bool
    is_today: bool
    entries: tuple[Entry, ...]
    holiday: str
    school: Mark | None
    periods: tuple[Mark, ...]
    closures: tuple[Mark, ...]

    @property
    def weekend(self) -> bool:
        return self.day.weekday() >= 5

    @property
    def something(self) -> bool:
        """Whether a list of days, on a narrow screen, has it."""
        return bool(self.entries or self.holiday or self.closures) or any(mark.told for mark in self.periods)

    @property
    def lines(self) -> list[Line]:
        """Its standing sessions, by residency."""
        found: dict[Who, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            if entry.kind == Kind.SESSION and not entry.cancelled:
                for who in entry.who:
                    found[who].append(entry)
        return [
            Line(who, len(rows), any(who.name in row.clashes for row in rows))
            for who, rows in sorted(found.items(), key=lambda item: item[0].name)
        ]

    @property
    def others(self) -> list[Entry]:
        """Visits and events."""
        return [entry for entry in self.entries if entry.kind != Kind.SESSION and not entry.cancelled]


@dataclass(frozen=True)
class Week:
    """A row of seven days, Monday first. ``gap``: so many empty weeks in a row from this one; 0: it holds something."""

    days: tuple[Day, ...]
    gap: int = 0

    @property
    def first(self) -> date:
        return self.days[0].day

    @property
    def last(self) -> date:
        return self.first + WEEK * max(self.gap, 1) - DAY

    @property
    def number(self) -> int:
        """ISO 8601."""
        return self.first.isocalendar().week

    @property
    def empty(self) -> bool:
        return not any(day.entries or day.periods for day in self.days)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def clamped(day: date) -> date:
    return min(max(day, FIRST_DAY), LAST_DAY)


def bounds(view: View, day: date, season: tuple[date, date]) -> tuple[date, date]:
    """The first and last days a page shows, whole weeks always."""
    if view == View.WEEK:
        first = last = day
    elif view == View.MONTH:
        first, last = month(day)
    else:
        first, last = season
    return monday(first), monday(last) + WEEK - DAY


def neighbours(view: View, day: date) -> tuple[date, date] | None:
    """A day of the page before and of the one after; a season has none."""
    if view == View.WEEK:
        return clamped(monday(day) - WEEK), clamped(monday(day) + WEEK)
    if view == View.MONTH:
        return clamped((day.replace(day=1) - DAY).replace(day=1)), clamped(_month_after(day))
    return None


def month(day: date) -> tuple[date, date]:
    """The first and last days of its month."""
    return day.replace(day=1), _month_after(day) - DAY


def _month_after(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def lay_out(
    entries: Sequence[Entry], start: date, end: date, today: date, inside: tuple[date, date] | None = None
) -> list[Week]:
    """Weeks from ``start``, a Monday, to ``end``, a Sunday. ``inside``: the days that are the page's own."""
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for entry in entries:
        for offset in range((min(entry.last, end) - max(entry.first, start)).days + 1):
            by_day[max(entry.first, start) + timedelta(days=offset)].append(entry)
    days = []
    for offset in range((end - start).days + 1):
        day = start + timedelta(days=offset)
        outside = inside is not None and not inside[0] <= day <= inside[1]
        days.append(_day(day, by_day[day], start, today, outside=outside))
    return [Week(tuple(days[index : index + 7])) for index in range(0, len(days), 7)]


def _day(day: date, entries: Sequence[Entry], start: date, today: date, *, outside: bool) -> Day:
    holidays = [entry.title for entry in entries if entry.kind == Kind.PUBLIC_HOLIDAY]
    schools = _marks(day, entries, Kind.SCHOOL_HOLIDAY)
    return Day(
        day=day,
        outside=outside,
        is_today=day == today,
        entries=tuple(entry for entry in entries if entry.kind in TIMED),
        holiday=", ".join(holidays),
        school=schools[0] if schools else None,
        periods=_marks(day, entries, Kind.PERIOD),
        closures=_marks(day, entries, Kind.CLOSURE),
    )


def _marks(day: date, entries: Sequence[Entry], kind: Kind) -> tuple[Mark, ...]:
    """One a title, with whose it is. The word is written on the first day, and again each Monday."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.kind == kind:
            found[entry.title].append(entry)
    return tuple(
        Mark(
            title,
            tuple(who for row in rows for who in row.who),
            told=day.weekday() == 0 or any(row.first == day for row in rows),
        )
        for title, rows in found.items()
    )


def folded(weeks: Sequence[Week]) -> list[Week]:
    """The same weeks, empty ones in a row told as one."""
    found: list[Week] = []
    for week in weeks:
        if not week.empty:
            found.append(week)
        elif found and found[-1].gap:
            found[-1] = Week(found[-1].days, found[-1].gap + 1)
        else:
            found.append(Week(week.days, 1))
    return found


def only(weeks: Sequence[Week], who: Who) -> list[Week]:
    """The same weeks for one residency of several: its own entries and periods; holidays stay."""
    return [
        Week(
            tuple(
                Day(
                    day=day.day,
                    outside=day.outside,
                    is_today=day.is_today,
                    entries=tuple(entry for entry in day.entries if who in entry.who),
                    holiday=day.holiday,
                    school=day.school,
                    periods=tuple(Mark(mark.title, (who,), mark.told) for mark in day.periods if who in mark.who),
                    closures=day.closures,
                )
                for day in week.days
            )
        )
        for week in weeks
    ]
