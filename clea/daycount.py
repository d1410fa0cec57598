"""Counting days of presence: weekdays, working days, school days.

The call says "90 jours ouvrés" where it counts weekdays; both figures are always computed and
shown (rules.md 14). Dates are local calendar dates, both ends included.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

Span = tuple[date, date]


@lru_cache(maxsize=64)
def public_holidays(year: int) -> dict[date, str]:
    """French public holidays of a year, with their names (Code du travail, L3133-1)."""
    import holidays

    return dict(holidays.country_holidays("FR", years=year, language="fr"))


@lru_cache(maxsize=64)
def school_holidays(zone: str, year: int) -> dict[date, str]:
    """School holidays of a zone ("A", "B", "C"), day by day, with their names."""
    import holidays

    return dict(
        holidays.country_holidays("FR", subdiv=f"Zone {zone}", categories=("school",), years=year, language="fr")
    )


def days(spans: Iterable[Span]) -> list[date]:
    """Every date of the spans, once each, in order."""
    seen: set[date] = set()
    for start, end in spans:
        for offset in range((end - start).days + 1):
            seen.add(start + timedelta(days=offset))
    return sorted(seen)


@dataclass(frozen=True)
class DayCount:
    """Both counts of a set of periods, and what separates them."""

    weekdays: int
    working_days: int
    holidays: tuple[tuple[date, str], ...]
    school_holiday_weekdays: int


def count(spans: Iterable[Span], zone: str = "B") -> DayCount:
    """Count the weekdays (Monday to Friday) of ``spans``, then less the public holidays."""
    weekdays = [day for day in days(spans) if day.weekday() < 5]
    off = [(day, public_holidays(day.year)[day]) for day in weekdays if day in public_holidays(day.year)]
    in_school_holidays = sum(1 for day in weekdays if day in school_holidays(zone, day.year))
    return DayCount(
        weekdays=len(weekdays),
        working_days=len(weekdays) - len(off),
        holidays=tuple(off),
        school_holiday_weekdays=in_school_holidays,
    )
