"""Both counts of the days of presence (rules.md 14)."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from clea.daycount import count, days, public_holidays, school_holidays

IMMERSION = (date(2026, 10, 5), date(2026, 10, 9))
PHASE_1 = (date(2027, 2, 1), date(2027, 2, 19))
PHASE_2 = (date(2027, 3, 8), date(2027, 6, 11))


def test_the_season_2026_2027_counts_90_weekdays_and_87_working_days() -> None:
    found = count([IMMERSION, PHASE_1, PHASE_2])
    assert (found.weekdays, found.working_days) == (90, 87)
    assert [day for day, _name in found.holidays] == [date(2027, 3, 29), date(2027, 5, 6), date(2027, 5, 17)]


def test_each_period_of_the_season() -> None:
    assert [count([span]).weekdays for span in (IMMERSION, PHASE_1, PHASE_2)] == [5, 15, 70]


def test_the_winter_gap_is_the_school_holidays_of_zone_b() -> None:
    gap = [PHASE_1[1] + timedelta(days=offset) for offset in range(1, (PHASE_2[0] - PHASE_1[1]).days)]
    assert all(day in school_holidays("B", day.year) for day in gap)
    assert PHASE_1[1] not in school_holidays("B", 2027)
    assert PHASE_2[0] not in school_holidays("B", 2027)


def test_overlapping_periods_count_a_day_once() -> None:
    assert count([IMMERSION, IMMERSION]).weekdays == 5


spans = st.dates(date(2024, 1, 1), date(2033, 12, 31)).flatmap(
    lambda start: st.tuples(st.just(start), st.integers(0, 400).map(lambda length: start + timedelta(days=length)))
)


@given(spans)
def test_the_count_is_right_for_any_span_over_ten_years(span: tuple[date, date]) -> None:
    start, end = span
    one_by_one = [start + timedelta(days=offset) for offset in range((end - start).days + 1)]
    weekdays = [day for day in one_by_one if day.isoweekday() < 6]
    found = count([span])
    assert days([span]) == one_by_one
    assert found.weekdays == len(weekdays)
    assert found.working_days == len([day for day in weekdays if day not in public_holidays(day.year)])
