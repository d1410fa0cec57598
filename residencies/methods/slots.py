"""Free slots: moments of a working day at which nothing is broken. Pure.

A slot is proposed only if :func:`residencies.methods.warnings.warnings` has nothing to say of it, but
for what no other date would avoid (a contract not signed, a team not complete): that is said apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from residencies.methods.warnings import Draft, World, warnings, whatever_the_moment

WEEKDAYS = frozenset(range(5))
#: From when a slot is an afternoon's.
NOON = time(12)


@dataclass(frozen=True)
class Slot:
    starts_at: datetime
    ends_at: datetime


def propose(
    world: World,
    draft: Draft,
    *,
    minutes: int,
    between: tuple[date, date],
    not_before: datetime,
    days: Collection[int] = WEEKDAYS,
    most: int = 8,
    step: int = 30,
) -> list[Slot]:
    """The next slots of ``minutes`` that break nothing, at most a morning and an afternoon a day.

    ``draft`` says who, where and for what; its own moment does not count. ``between``: local days,
    both included. ``days``: weekdays wanted (Monday is 0). ``step``: minutes between two beginnings.
    """
    found: list[Slot] = []
    for day in _days(between, days):
        if len(found) >= most:
            break
        found.extend(_of_day(world, draft, day, minutes, not_before, step))
    return found[:most]


def _days(between: tuple[date, date], days: Collection[int]) -> Iterator[date]:
    first, last = between
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        if day.weekday() in days:
            yield day


def _of_day(world: World, draft: Draft, day: date, minutes: int, not_before: datetime, step: int) -> Iterator[Slot]:
    """The first of the morning and the first of the afternoon."""
    halves: dict[bool, int] = defaultdict(int)
    for start in _starts(world, day, step):
        end = start + timedelta(minutes=minutes)
        afternoon = timezone.localtime(start).time() >= NOON
        if start < not_before or halves[afternoon] or not _within(world, day, end):
            continue
        wish = draft.at(start, end)
        said = warnings(wish, world)
        if len(said) == len(whatever_the_moment(said)):
            halves[afternoon] += 1
            yield Slot(start, end)


def _starts(world: World, day: date, step: int) -> Iterator[datetime]:
    """Beginnings on the clock of the day, in UTC. An hour that summer time skips is left out."""
    zone = timezone.get_current_timezone()
    wall = datetime.combine(day, world.day_starts)
    while wall.date() == day and wall.time() < world.day_ends:
        start = wall.replace(tzinfo=zone).astimezone(UTC)
        if timezone.localtime(start).replace(tzinfo=None) == wall:
            yield start
        wall += timedelta(minutes=step)


def _within(world: World, day: date, end: datetime) -> bool:
    local = timezone.localtime(end)
    return local.date() == day and local.time() <= world.day_ends
