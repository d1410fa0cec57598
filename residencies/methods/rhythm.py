"""Days for a committee that meets so many times a month or a quarter. Pure.

A month (or a quarter of the calendar year) is cut in as many equal parts as there are meetings, and each
part wants one: the nearest possible day to its middle, so that meetings stay apart. A part all of holidays
takes another free day of its month, well away from the others, or none: it is said, never forced.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from clea.daycount import public_holidays, school_holidays

_DAY = timedelta(days=1)
#: Two meetings of a committee are never nearer than this.
_APART = 6


@dataclass(frozen=True)
class Wanted:
    """How often, and on which day of the week (Monday is 0). ``quarterly``: by quarter, else by month."""

    times: int
    weekday: int
    quarterly: bool = False


@dataclass(frozen=True)
class Part:
    """A month or a quarter, within the season: the days proposed, and how many more were wanted."""

    first: date
    last: date
    wanted: int
    held: int
    days: tuple[date, ...]

    @property
    def missing(self) -> int:
        return max(self.wanted - self.held - len(self.days), 0)


def is_free(day: date, zone: str) -> bool:
    """Neither a public holiday nor a school holiday of the zone."""
    return day not in public_holidays(day.year) and day not in school_holidays(zone, day.year)


def propose(
    wanted: Wanted,
    *,
    first: date,
    last: date,
    zone: str,
    held: Collection[date] = (),
    taken: Collection[date] = (),
) -> list[Part]:
    """Days to propose from ``first`` to ``last``, part by part.

    ``held``: days on which this committee already meets, which count; ``taken``: days of anything else,
    where nothing is put. Parts of a month that ended before ``first`` want nothing any more.
    """
    busy = {*held, *taken}
    found = []
    chosen: set[date] = set(held)
    for start, end in _units(first, last, quarterly=wanted.quarterly):
        slots = [
            (max(low, first), min(high, last))
            for low, high in _cut(start, end, wanted.times)
            if high >= first and low <= last
        ]
        low, high = max(start, first), min(end, last)
        free = [day for day in _days(low, high, wanted.weekday) if day not in busy and is_free(day, zone)]
        already = sum(slots[0][0] <= day <= slots[-1][1] for day in held) if slots else 0
        days: list[date] = []
        empty = [slot for slot in slots if not any(slot[0] <= day <= slot[1] for day in held)]
        left = max(len(slots) - already, 0)
        # The parts that have a day of their own first: one that has none must not take theirs.
        for inside in (True, False):
            for slot in list(empty):
                day = _nearest(free, slot, chosen, inside=inside) if len(days) < left else None
                if day is not None:
                    days.append(day)
                    chosen.add(day)
                    empty.remove(slot)
        if slots:
            found.append(Part(low, high, len(slots), already, tuple(sorted(days))))
    return found


def _nearest(free: list[date], slot: tuple[date, date], chosen: set[date], *, inside: bool) -> date | None:
    """The free day nearest to the middle of the slot, far enough from those chosen; the earliest of two."""
    middle = slot[0].toordinal() + slot[1].toordinal()
    near = [
        day
        for day in free
        if (not inside or slot[0] <= day <= slot[1]) and all(abs((day - other).days) >= _APART for other in chosen)
    ]
    distance: Callable[[date], tuple[int, date]] = lambda day: (abs(2 * day.toordinal() - middle), day)  # noqa: E731
    return min(near, key=distance, default=None)


def _units(first: date, last: date, *, quarterly: bool) -> Iterator[tuple[date, date]]:
    """The whole months or quarters that the span touches."""
    months = 3 if quarterly else 1
    start = date(first.year, (first.month - 1) // months * months + 1, 1)
    while start <= last:
        index = start.month - 1 + months
        following = date(start.year + index // 12, index % 12 + 1, 1)
        yield start, following - _DAY
        start = following


def _cut(start: date, end: date, times: int) -> list[tuple[date, date]]:
    """Equal parts of a span, to a day."""
    length = (end - start).days + 1
    edges = [start + timedelta(days=length * n // times) for n in range(times + 1)]
    return [(low, high - _DAY) for low, high in pairwise(edges)]


def _days(low: date, high: date, weekday: int) -> list[date]:
    first = low + timedelta(days=(weekday - low.weekday()) % 7)
    return [first + timedelta(days=7 * n) for n in range(((high - first).days // 7) + 1)] if first <= high else []
