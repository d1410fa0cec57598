"""The hour at which the demonstration's acts take place.

Services read ``timezone.now()`` and have no other door to the time, on purpose: nobody files "as
of yesterday". A demonstration must nevertheless show a call that closed months ago, with numbers,
acknowledgements and a journal that agree. So, for the length of the build and in this process
only, ``django.utils.timezone.now`` is replaced. Nothing else in the program does this.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils import timezone

#: Each reading of the clock takes this long, so that no two lines share an instant.
TICK = timedelta(milliseconds=3)


class Clock:
    """A clock that goes where it is sent, forward only, and ticks at each reading."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def __call__(self) -> datetime:
        self._now += TICK
        return self._now

    def go(self, moment: datetime) -> None:
        """Set the clock; never back, so that the journal reads in order."""
        self._now = max(self._now, moment)


@contextmanager
def at(start: datetime) -> Iterator[Clock]:
    """Have Django's clock start at ``start`` (aware) for the length of the block."""
    clock = Clock(start)
    real = timezone.now
    timezone.now = clock
    try:
        yield clock
    finally:
        timezone.now = real
