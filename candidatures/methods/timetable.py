"""Slots one after the other: a day, from, to, a length, a pause. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Span:
    """From one aware moment to another, the second excluded."""

    start: datetime
    end: datetime

    def overlaps(self, other: Span) -> bool:
        """They share an instant; one that begins when the other ends does not."""
        return self.start < other.end and other.start < self.end


def series(day: date, start: time, end: time, minutes: int, pause: int, zone: ZoneInfo) -> list[Span]:
    """Every slot of ``minutes`` that ends by ``end``, ``pause`` minutes apart, as they fall on the clocks of ``zone``.

    Lengths are real minutes: the night the clocks change, a slot is neither longer nor shorter.
    """
    at = datetime.combine(day, start, zone).astimezone(UTC)
    last = datetime.combine(day, end, zone).astimezone(UTC)
    length, step = timedelta(minutes=minutes), timedelta(minutes=minutes + pause)
    found = []
    while at + length <= last:
        found.append(Span(at, at + length))
        at += step
    return found


def clashing(wanted: Sequence[Span], held: Iterable[Span]) -> list[Span]:
    """Those of ``held`` that overlap one of ``wanted``."""
    return [span for span in held if any(span.overlaps(other) for other in wanted)]
