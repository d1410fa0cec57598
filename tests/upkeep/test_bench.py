"""The bench says what it measured, and what is missing to what was to be reached."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "scripts"))

from bench import pages, report
from bench.figures import Figure
from bench.load import Ask
from bench.site import Bench

BENCH = Bench("S", "sqlite", Path(), "http://127.0.0.1:1", {})


def asked(*rates: float) -> Ask:
    return Ask("home", BENCH, "/", rates=[*rates], times=[1.0 for _ in rates], cpu=[1.0 for _ in rates])


def test_a_page_is_compared_with_the_empty_view_of_its_own_round() -> None:
    row = pages.Row("home", "", "sqlite", True, {"S": asked(50, 10)}, {"S": asked(100, 20)})
    assert row.shares("S") == [0.5, 0.5]
    assert row.growth() is None


def test_the_largest_shape_is_compared_with_the_smallest_round_by_round() -> None:
    asks = {"S": asked(100, 20, 60), "L": asked(50, 10, 30)}
    row = pages.Row("home", "", "sqlite", True, asks, asks)
    assert row.growth() == 2
    growth = next(figure for figure in pages.figures_of(row) if figure.what.endswith("time at L over S"))
    assert growth.met is False


def test_a_limit_is_reached_or_short_by_what_is_missing() -> None:
    assert report.word(Figure("pages", "share", 0.6, "", 0.5, at_least=True)) == "reached"
    assert report.word(Figure("pages", "share", 0.4, "", 0.5, at_least=True)) == "**short by 0.10**"
    assert report.word(Figure("files", "memory", 62, "MB", 50)) == "**short by 12 MB**"
    assert report.word(Figure("files", "memory", 62, "MB")) == ""


def test_what_fell_short_is_named_above_all_figures() -> None:
    text = report.summary([Figure("pages", "home", 0.4, "", 0.5, True), Figure("pages", "call", 0.6, "", 0.5, True)])
    assert "| pages | 1 of 2 |" in text
    assert "- pages: home: 0.40, at least 0.50." in text


def test_what_fell_short_in_the_same_way_is_one_line() -> None:
    times = [Figure("plans", f"{page}: time beside S (L, sqlite)", 3 + n, "×", 2) for n, page in enumerate("abcdefg")]
    text = report.summary([*times, Figure("plans", "h: time beside S (L, sqlite)", 1, "×", 2)])
    told = "7 of 8 short: g (L, sqlite) 9 ×; f (L, sqlite) 8 ×; e (L, sqlite) 7 ×; d (L, sqlite) 6 ×; c (L, sqlite) 5 ×"
    assert f"- plans: time beside S, at most 2 ×: {told} and 2 more." in text


@pytest.mark.django_db
def test_the_empty_view_asks_nothing_and_queries_are_told_to_who_asks(settings: Settings) -> None:
    settings.ROOT_URLCONF = "bench.urls"
    settings.MIDDLEWARE = ["bench.urls.count_queries", *settings.MIDDLEWARE]
    assert Client().get("/bench/empty/", headers={"X-Count-Queries": "1"}).headers["X-Queries"] == "0"
    page = Client().get("/agenda/", headers={"X-Count-Queries": "1"})
    assert int(page.headers["X-Queries"]) > 0
    assert "X-Queries" not in Client().get("/bench/empty/").headers
