"""Dates, money and sizes read as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from clea.ui import dates

PARIS = ZoneInfo("Europe/Paris")
NBSP = "\xa0"


def paris(*parts: int) -> datetime:
    return datetime(*parts).replace(tzinfo=PARIS)  # type: ignore[arg-type]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("moment", "french", "english"),
    [
        (paris(2026, 2, 15, 23, 59), "dimanche 15 février 2026, 23 h 59", "Sunday 15 February 2026, 11:59 pm"),
        (paris(2027, 3, 1, 9, 0), "lundi 1er mars 2027, 9 h", "Monday 1 March 2027, 9 am"),
        (paris(2026, 8, 1, 0, 5), "samedi 1er août 2026, 0 h 05", "Saturday 1 August 2026, 12:05 am"),
        (paris(2026, 12, 24, 12, 0), "jeudi 24 décembre 2026, 12 h", "Thursday 24 December 2026, 12 pm"),
    ],
)
def test_a_moment_is_said_in_full(moment, french, english):
    assert dates.moment(moment).replace(NBSP, " ") == french
    with translation.override("en"):
        assert dates.moment(moment).replace(NBSP, " ") == english


def test_a_moment_kept_in_utc_is_said_in_paris_in_winter_and_in_summer():
    assert dates.moment(datetime(2026, 1, 31, 23, 30, tzinfo=UTC)).startswith("dimanche 1er février 2026, 0")
    assert dates.moment(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)).startswith("mercredi 1er juillet 2026, 0")


def test_the_hour_never_breaks_across_lines():
    assert dates.hour(paris(2026, 2, 15, 23, 59)) == f"23{NBSP}h{NBSP}59"


@pytest.mark.parametrize(
    ("closing", "said"),
    [
        (paris(2026, 2, 16), "dimanche 15 février 2026 inclus (jusqu'à 23 h 59)"),
        (datetime(2026, 2, 15, 23, 0, tzinfo=UTC), "dimanche 15 février 2026 inclus (jusqu'à 23 h 59)"),
        # Summer time: midnight in Paris is 22:00 in UTC.
        (datetime(2026, 6, 14, 22, 0, tzinfo=UTC), "dimanche 14 juin 2026 inclus (jusqu'à 23 h 59)"),
        (paris(2026, 3, 2), "dimanche 1er mars 2026 inclus (jusqu'à 23 h 59)"),
        (paris(2026, 2, 16, 12, 0), "lundi 16 février 2026, 12 h"),
        (paris(2026, 2, 16, 0, 0, 1), "lundi 16 février 2026, 0 h"),
    ],
)
def test_a_deadline_at_midnight_is_the_day_before_included(closing, said):
    assert dates.deadline(closing).replace(NBSP, " ") == said


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (date(2026, 10, 5), date(2026, 10, 9), "du 5 au 9 octobre 2026"),
        (date(2027, 3, 8), date(2027, 6, 11), "du 8 mars au 11 juin 2027"),
        (date(2026, 12, 28), date(2027, 1, 3), "du 28 décembre 2026 au 3 janvier 2027"),
        (date(2027, 2, 1), date(2027, 2, 19), "du 1er au 19 février 2027"),
        (date(2026, 3, 13), date(2026, 3, 13), "vendredi 13 mars 2026"),
    ],
)
def test_a_period_says_no_word_twice(start, end, said):
    assert dates.span(start, end) == said


@pytest.mark.parametrize(
    ("amount", "french", "english"),
    [
        (Decimal("12000"), "12 000,00 €", "€12,000.00"),
        (Decimal("839.515"), "839,52 €", "€839.52"),
        (Decimal("-0.5"), "−0,50 €", "−€0.50"),
        (0, "0,00 €", "€0.00"),
    ],
)
def test_euros_are_written_to_the_cent(amount, french, english):
    assert dates.euros(amount).replace(NBSP, " ") == french
    with translation.override("en"):
        assert dates.euros(amount) == english


def test_large_numbers_are_grouped_by_no_break_spaces():
    assert dates.number(242013) == f"242{NBSP}013"
    assert dates.number(Decimal("12.25"), 1) == "12,3"


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 octets"),
        (999, "999 octets"),
        (812_345, "812 Ko"),
        (4_900_000, "4,9 Mo"),
        (20_000_000, "20,0 Mo"),
        (3_000_000_000, "3,0 Go"),
    ],
)
def test_sizes_count_by_thousands(size, said):
    assert dates.filesize(size).replace(NBSP, " ") == said
