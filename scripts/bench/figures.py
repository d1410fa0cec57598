"""One measured thing, beside what it must reach."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """``value`` is a ratio, a number of queries, seconds or megabytes: ``unit`` says which.

    ``limit`` is what it must reach, in the same unit, and ``at_least`` from which side; without a limit the
    figure informs. ``note``: what it was compared with, how often it was measured.
    """

    part: str
    what: str
    value: float
    unit: str = ""
    limit: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        if self.limit is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit
