"""The ledger of presence, against an independent count (rules.md 14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from residencies.enums import AbsenceReason, CountBasis, DayPart
from residencies.methods.presence import Ledger, ledger

WEEKDAYS, WORKING = CountBasis.WEEKDAYS, CountBasis.WORKING_DAYS


@dataclass(frozen=True)
class P:
    title: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Row:
    day: date
    planned: str = DayPart.FULL
    done: str = ""
    absence: str = ""
    note: str = ""
    checked_at: datetime | None = None


SEASON = [
    P("Immersion", date(2026, 10, 5), date(2026, 10, 9)),
    P("Phase 1", date(2027, 2, 1), date(2027, 2, 19)),
    P("Phase 2", date(2027, 3, 8), date(2027, 6, 11)),
]


def figures(*values: object) -> list[Any]:
    return list(values)


def season(*rows: Row, basis: str = WEEKDAYS, due: int = 90) -> Ledger:
    return ledger(SEASON, rows, "B", basis, due)


# An oracle of its own: Easter by the anonymous Gregorian computus, the days of L3133-1, one day at a time.


def easter(year: int) -> date:
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def off(day: date) -> bool:
    fixed = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
    moving = {easter(day.year) + timedelta(days=shift) for shift in (1, 39, 50)}
    return (day.month, day.day) in fixed or day in moving


def one_by_one(periods: list[P]) -> set[date]:
    found = set()
    for period in periods:
        day = period.starts_on
        while day <= period.ends_on:
            found.add(day)
            day = day + timedelta(days=1)
    return found


def test_the_season_2026_2027_is_the_one_of_the_facts() -> None:
    count = season()
    assert (count.weekdays, count.working_days) == (90, 87)
    assert [(p.tally.weekdays, p.tally.working_days) for p in count.periods] == [(5, 5), (15, 15), (70, 67)]
    holidays = [day for day, _name in count.total.holidays]
    assert holidays == [date(2027, 3, 29), date(2027, 5, 6), date(2027, 5, 17)]
    spring = [d for d in count.days if d.school == "Vacances de printemps" and d.day.weekday() < 5]
    assert len(spring) == 10
    # The bridge of Ascension is a school holiday too: 76 days of school.
    assert (count.total.school_days, count.total.school_holiday_weekdays) == (76, 12)
    assert figures(count.planned, count.done, count.remaining, count.gap) == [90, 0, 90, 0]


def test_under_working_days_holidays_are_not_due() -> None:
    count = season(basis=WORKING, due=87)
    assert figures(count.planned, count.counted, count.gap) == [87, 87, 0]
    assert season(basis=WORKING, due=90).missing == 3
    easter_monday = count.on(date(2027, 3, 29))
    assert easter_monday is not None
    assert (easter_monday.counted, easter_monday.planned, easter_monday.holiday) == (
        False,
        DayPart.NONE,
        "Lundi de Pâques",
    )


def test_half_days_absences_and_days_outside() -> None:
    count = season(
        Row(date(2026, 10, 5), done=DayPart.FULL),
        Row(date(2026, 10, 6), done=DayPart.MORNING, absence=AbsenceReason.SICK),
        Row(date(2026, 10, 7), done=DayPart.NONE, absence=AbsenceReason.TRAVEL),
        # Announced, not noted yet.
        Row(date(2027, 2, 1), planned=DayPart.NONE, absence=AbsenceReason.PERSONAL),
        # A Saturday of the phase that makes up for it.
        Row(date(2027, 2, 6), planned=DayPart.NONE, done=DayPart.AFTERNOON),
        # Diffusion in December.
        Row(date(2026, 12, 8), planned=DayPart.NONE, done=DayPart.FULL),
    )
    assert count.done == Decimal("2")
    assert count.absent == Decimal("2.5")
    assert count.planned == Decimal("89")
    assert count.remaining == Decimal("88")
    # 5 + 15 + 70, less the half and the whole day missed and the day announced, plus the Saturday afternoon.
    assert count.foreseen == Decimal("88")
    assert figures(count.outside.done, count.outside.planned) == [1, 0]
    assert [p.tally.done for p in count.periods] == [Decimal("1.5"), Decimal("0.5"), 0]


def test_what_is_left_to_note_and_to_check() -> None:
    read = datetime.fromisoformat("2026-10-12T10:00+00:00")
    count = season(Row(date(2026, 10, 5), done="full"), Row(date(2026, 10, 6), done="full", checked_at=read))
    assert [d.day.day for d in count.to_note(date(2026, 10, 9))] == [7, 8]
    assert [d.day.day for d in count.to_check()] == [5]
    assert count.on(date(2026, 10, 10)) is None


def test_a_word_it_does_not_know_is_not_counted_in_silence() -> None:
    with pytest.raises(ValueError):
        season(Row(date(2026, 10, 5), done="evening"))
    with pytest.raises(ValueError):
        season(basis="nights")


starts = st.dates(date(2024, 1, 1), date(2033, 12, 31))
periods = st.builds(lambda start, length: P("p", start, start + timedelta(days=length)), starts, st.integers(0, 420))


@given(periods)
def test_both_counts_are_right_for_every_start_and_end_over_ten_years(period: P) -> None:
    days = {day for day in one_by_one([period]) if day.isoweekday() <= 5}
    working = {day for day in days if not off(day)}
    for basis, due in ((WEEKDAYS, days), (WORKING, working)):
        count = ledger([period], [], "B", basis, 0)
        assert (count.weekdays, count.working_days) == (len(days), len(working))
        assert {line.day for line in count.days if line.counted} == due
        assert count.planned == count.foreseen == len(due)


@settings(max_examples=40)
@given(st.lists(periods, max_size=4), st.sampled_from(CountBasis.values))
def test_overlapping_periods_count_each_day_once_and_add_up(several: list[P], basis: str) -> None:
    count = ledger(several, [], "B", basis, 0)
    assert count.weekdays == len([day for day in one_by_one(several) if day.isoweekday() <= 5])
    assert sum(p.tally.weekdays for p in count.periods) == count.weekdays
    assert sum(p.tally.working_days for p in count.periods) == count.working_days
    assert sum((p.tally.planned for p in count.periods), Decimal(0)) == count.planned


@settings(max_examples=50)
@given(starts, st.integers(0, 300), st.integers(1, 300))
def test_a_period_cut_in_two_counts_the_same(start: date, first: int, second: int) -> None:
    cut, end = start + timedelta(days=first), start + timedelta(days=first + second)
    whole = ledger([P("p", start, end)], [], "B", WORKING, 0)
    halves = ledger([P("a", start, cut), P("b", cut + timedelta(days=1), end)], [], "B", WORKING, 0)
    assert (whole.weekdays, whole.working_days, whole.planned) == (
        halves.weekdays,
        halves.working_days,
        halves.planned,
    )


rows = st.dictionaries(
    st.dates(date(2027, 1, 25), date(2027, 3, 15)),
    st.tuples(
        st.sampled_from(DayPart.values),
        st.sampled_from(["", *DayPart.values]),
        st.sampled_from(["", AbsenceReason.SICK]),
    ),
)
WORTH = {"full": 2, "morning": 1, "afternoon": 1, "none": 0}


@settings(max_examples=60)
@given(rows, st.sampled_from(CountBasis.values))
def test_every_row_counts_for_its_worth_and_never_below_zero(
    said: dict[date, tuple[str, str, str]], basis: str
) -> None:
    notes = [Row(day, planned, done, absence) for day, (planned, done, absence) in said.items()]
    count = ledger(SEASON, notes, "B", basis, 90)
    inside = one_by_one(SEASON)
    assert count.done * 2 == sum(WORTH[row.done] for row in notes if row.done and row.day in inside)
    assert count.outside.done * 2 == sum(WORTH[row.done] for row in notes if row.done and row.day not in inside)
    assert count.foreseen == count.done + sum(
        (line.value_planned for line in count.days if line.done is None and line.period is not None), Decimal(0)
    )
    assert count.remaining == max(90 - count.done, 0)
    assert all(0 <= line.value_missed <= 1 for line in count.days)
