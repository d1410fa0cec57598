"""Free slots: moments of a working day at which nothing is broken. Pure.

A slot is proposed only if :func:`residencies.methods.warnings.warnings` has nothing to say of it, but
for what no other date would avoid (a contract not signed, a team not complete): that is said apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from residencies.methods.warnings import Draft, World, is_free, is_open

WEEKDAYS = frozenset(range(5))
#: From when a slot is an afternoon's: one at midday is proposed when the morning has nothing earlier.
AFTERNOON = time(13)


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
    starts = list(_starts(world, day, step))
    length = timedelta(minutes=minutes)
    if not starts or not is_open(draft.at(starts[0][1], starts[0][1] + timedelta(minutes=1)), world):
        return
    near = world.near(draft.at(starts[0][1], starts[0][1] + timedelta(minutes=1)))
    given: set[bool] = set()
    for wall, start in starts:
        afternoon = wall.time() >= AFTERNOON
        if afternoon in given or start < not_before or not _within(world, day, start + length):
            continue
        if is_free(draft.at(start, start + length), world, near):
            given.add(afternoon)
            yield Slot(start, start + length)


def _starts(world: World, day: date, step: int) -> Iterator[tuple[datetime, datetime]]:
    """Beginnings, on the clock of the day and in UTC. An hour that summer time skips is left out."""
    zone = timezone.get_current_timezone()
    wall = datetime.combine(day, world.day_starts)
    while wall.date() == day and wall.time() < world.day_ends:
        start = wall.replace(tzinfo=zone).astimezone(UTC)
        if start.astimezone(zone).replace(tzinfo=None) == wall:
            yield wall, start
        wall += timedelta(minutes=step)


def _within(world: World, day: date, end: datetime) -> bool:
    local = timezone.localtime(end)
    return local.date() == day and local.time() <= world.day_ends
