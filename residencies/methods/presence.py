"""The ledger of presence: days planned, done and missed, against the days the contract asks (rules.md 14).

Pure: periods and rows in, figures out. Local calendar dates, both ends of a period included. A half
day counts 0.5. Nothing is written for an ordinary day: a counted day of a period without a row is a
full day planned.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Protocol

from clea.daycount import public_holidays, school_holidays
from residencies.enums import CountBasis, DayPart

HALF = Decimal("0.5")
ZERO = Decimal(0)
_WORTH = {DayPart.FULL: Decimal(1), DayPart.MORNING: HALF, DayPart.AFTERNOON: HALF, DayPart.NONE: ZERO}


class PeriodLike(Protocol):
    """What the ledger reads of a period."""

    @property
    def title(self) -> str: ...
    @property
    def starts_on(self) -> date: ...
    @property
    def ends_on(self) -> date: ...


class RowLike(Protocol):
    """What the ledger reads of a noted day. ``done`` empty: not noted yet."""

    @property
    def day(self) -> date: ...
    @property
    def planned(self) -> str: ...
    @property
    def done(self) -> str: ...
    @property
    def absence(self) -> str: ...
    @property
    def note(self) -> str: ...
    @property
    def checked_at(self) -> datetime | None: ...


def worth(part: str) -> Decimal:
    """``journée`` is 1, half a day 0.5, no presence or nothing said 0. ``ValueError`` for another word."""
    return _WORTH[DayPart(part)] if part else ZERO


def counts(day: date, basis: str) -> bool:
    """Whether an ordinary day of a period is due: a weekday; under working days, not a public holiday."""
    if day.weekday() >= 5:
        return False
    return basis != CountBasis.WORKING_DAYS or day not in public_holidays(day.year)


def planned_by_default(day: date, basis: str) -> DayPart:
    """What is planned on a day of a period without a row."""
    return DayPart.FULL if counts(day, basis) else DayPart.NONE


@dataclass(frozen=True)
class LedgerDay:
    """One day. ``period`` is its index, or nothing outside; ``holiday`` and ``school`` are names, or empty."""

    day: date
    period: int | None
    counted: bool
    holiday: str
    school: str
    planned: DayPart
    done: DayPart | None
    absence: str
    note: str
    checked: bool

    @property
    def value_planned(self) -> Decimal:
        return worth(self.planned)

    @property
    def value_done(self) -> Decimal:
        return worth(self.done or "")

    @property
    def value_missed(self) -> Decimal:
        """Absence: what was due, or planned, and is not there. A day not noted yet is missed only if announced so."""
        due = Decimal(1) if self.absence and self.counted else self.value_planned
        there = self.value_planned if self.done is None else self.value_done
        return max(due - there, ZERO)

    @property
    def expected(self) -> Decimal:
        """What this day brings in the end: what was done or, not noted yet, what is planned."""
        return self.value_planned if self.done is None else self.value_done


@dataclass(frozen=True)
class Tally:
    """The figures of some days. ``weekdays`` and ``working_days`` are of the calendar, the rest of the ledger."""

    weekdays: int
    working_days: int
    school_holiday_weekdays: int
    #: Weekdays that are neither public nor school holidays.
    school_days: int
    planned: Decimal
    done: Decimal
    absent: Decimal
    #: Planned on days that nobody noted yet.
    to_note: Decimal
    holidays: tuple[tuple[date, str], ...]


@dataclass(frozen=True)
class PeriodTally:
    """A period and its figures. Overlapping periods: a day belongs to the first."""

    title: str
    starts_on: date
    ends_on: date
    tally: Tally


@dataclass(frozen=True)
class Ledger:
    """Everything the contract's count needs. ``due`` is what the contract says, ``basis`` what kind of day."""

    basis: CountBasis
    due: Decimal
    total: Tally
    periods: tuple[PeriodTally, ...]
    #: Worked or planned outside the periods, diffusion for instance: never set against the contract.
    outside: Tally
    days: tuple[LedgerDay, ...]

    @property
    def weekdays(self) -> int:
        return self.total.weekdays

    @property
    def working_days(self) -> int:
        return self.total.working_days

    @property
    def counted(self) -> int:
        """The days of the periods under the count that binds."""
        return self.working_days if self.basis == CountBasis.WORKING_DAYS else self.weekdays

    @property
    def planned(self) -> Decimal:
        return self.total.planned

    @property
    def done(self) -> Decimal:
        return self.total.done

    @property
    def absent(self) -> Decimal:
        return self.total.absent

    @property
    def remaining(self) -> Decimal:
        """Days still owed: never below zero."""
        return max(self.due - self.done, ZERO)

    @property
    def foreseen(self) -> Decimal:
        """Where it ends if the days not noted yet go as planned."""
        return self.total.done + self.total.to_note

    @property
    def gap(self) -> Decimal:
        """Foreseen less due: below zero, days must be found; above, the residency goes past its days."""
        return self.foreseen - self.due

    @property
    def missing(self) -> Decimal:
        """Days to find, if it goes on as planned."""
        return max(-self.gap, ZERO)

    def to_note(self, today: date) -> list[LedgerDay]:
        """Days gone by with something planned, that nobody noted. Today is not gone by."""
        return [day for day in self.days if day.done is None and day.value_planned and day.day < today]

    def to_check(self) -> list[LedgerDay]:
        """Days noted by the artist that the coordination has not read."""
        return [day for day in self.days if day.done is not None and not day.checked]

    def on(self, day: date) -> LedgerDay | None:
        """The line of a day; nothing for a day outside the periods without a row."""
        return self._by_day.get(day)

    @cached_property
    def _by_day(self) -> dict[date, LedgerDay]:
        return {line.day: line for line in self.days}


def ledger(periods: Sequence[PeriodLike], rows: Iterable[RowLike], zone: str, basis: str, due: Decimal | int) -> Ledger:
    """Count a residency's presence. ``zone``: school holidays of A, B or C. ``ValueError`` for an unknown basis."""
    kind = CountBasis(basis)
    ordered = sorted(periods, key=lambda period: (period.starts_on, period.ends_on))
    home = _home(ordered)
    noted = {row.day: row for row in rows}
    lines = tuple(_line(day, home.get(day), noted.get(day), zone, kind) for day in sorted(home.keys() | noted.keys()))
    return Ledger(
        basis=kind,
        due=Decimal(due),
        total=_tally(line for line in lines if line.period is not None),
        periods=tuple(
            PeriodTally(
                period.title,
                period.starts_on,
                period.ends_on,
                _tally(line for line in lines if line.period == index),
            )
            for index, period in enumerate(ordered)
        ),
        outside=_tally(line for line in lines if line.period is None),
        days=lines,
    )


def _home(periods: Sequence[PeriodLike]) -> dict[date, int]:
    """The period of each day, the first one when several hold it."""
    found: dict[date, int] = {}
    for index, period in enumerate(periods):
        for offset in range((period.ends_on - period.starts_on).days + 1):
            found.setdefault(period.starts_on + timedelta(days=offset), index)
    return found


def _line(day: date, period: int | None, row: RowLike | None, zone: str, basis: CountBasis) -> LedgerDay:
    counted = period is not None and counts(day, basis)
    default = DayPart.FULL if counted else DayPart.NONE
    return LedgerDay(
        day=day,
        period=period,
        counted=counted,
        holiday=public_holidays(day.year).get(day, ""),
        school=school_holidays(zone, day.year).get(day, ""),
        planned=DayPart(row.planned) if row else default,
        done=DayPart(row.done) if row and row.done else None,
        absence=row.absence if row else "",
        note=row.note if row else "",
        checked=bool(row and row.checked_at),
    )


def _tally(lines: Iterable[LedgerDay]) -> Tally:
    kept = list(lines)
    weekdays = [line for line in kept if line.day.weekday() < 5]
    holidays = tuple((line.day, line.holiday) for line in weekdays if line.holiday)
    return Tally(
        weekdays=len(weekdays),
        working_days=len(weekdays) - len(holidays),
        school_holiday_weekdays=sum(1 for line in weekdays if line.school),
        school_days=sum(1 for line in weekdays if not line.school and not line.holiday),
        planned=sum((line.value_planned for line in kept), ZERO),
        done=sum((line.value_done for line in kept), ZERO),
        absent=sum((line.value_missed for line in kept), ZERO),
        to_note=sum((line.value_planned for line in kept if line.done is None), ZERO),
        holidays=holidays,
    )
