"""The days proposed to a committee: of its weekday, free, apart, and never too many."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from clea.daycount import public_holidays, school_holidays
from residencies.methods import rhythm

DAYS = st.dates(date(2025, 9, 1), date(2027, 8, 31))


@settings(max_examples=50, deadline=None)
@given(
    times=st.integers(1, 4),
    weekday=st.integers(0, 6),
    quarterly=st.booleans(),
    first=DAYS,
    length=st.integers(0, 360),
    taken=st.sets(DAYS, max_size=40),
)
def test_days_proposed_are_free_days_of_the_weekday_apart_and_never_too_many(
    times: int, weekday: int, quarterly: bool, first: date, length: int, taken: set[date]
) -> None:
    last = first + timedelta(days=length)
    wanted = rhythm.Wanted(times, weekday, quarterly=quarterly)
    parts = rhythm.propose(wanted, first=first, last=last, zone="B", taken=taken)
    days = [day for part in parts for day in part.days]
    assert days == sorted(set(days))
    assert all(first <= day <= last and day.weekday() == weekday and day not in taken for day in days)
    assert not any(day in public_holidays(day.year) or day in school_holidays("B", day.year) for day in days)
    assert all(later - day >= timedelta(days=7) for day, later in pairwise(days))
    assert all(len(part.days) + part.missing == part.wanted <= times for part in parts)


def test_two_a_month_on_tuesdays_are_spread_and_skip_the_holidays() -> None:
    wanted = rhythm.Wanted(2, 1)
    parts = rhythm.propose(wanted, first=date(2027, 1, 1), last=date(2027, 4, 30), zone="B")
    assert [part.days for part in parts] == [
        (date(2027, 1, 5), date(2027, 1, 26)),
        # The winter holidays begin on the 20th, those of spring on the 17th.
        (date(2027, 2, 9), date(2027, 2, 16)),
        (date(2027, 3, 9), date(2027, 3, 23)),
        (date(2027, 4, 6), date(2027, 4, 13)),
    ]


def test_a_meeting_already_planned_counts_and_its_part_of_the_month_is_left() -> None:
    held = {date(2027, 3, 4)}
    [part] = rhythm.propose(rhythm.Wanted(2, 1), first=date(2027, 3, 1), last=date(2027, 3, 31), zone="B", held=held)
    assert (part.days, part.held, part.missing) == ((date(2027, 3, 23),), 1, 0)


def test_a_quarter_all_of_holidays_says_what_it_lacks() -> None:
    [part] = rhythm.propose(
        rhythm.Wanted(1, 2, quarterly=True), first=date(2027, 7, 10), last=date(2027, 8, 31), zone="B"
    )
    assert (part.days, part.missing) == ((), 1)
