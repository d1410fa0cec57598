"""The season's line says where today stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.template import Context, Template

from clea.ui import season

PARIS = ZoneInfo("Europe/Paris")
STEPS = [
    season.Step("Appel", date(2026, 1, 12), date(2026, 2, 15)),
    season.Step("Jury", date(2026, 3, 2), date(2026, 3, 6)),
    season.Step("Immersion", date(2026, 10, 5), date(2026, 10, 9)),
]


@pytest.mark.parametrize(
    ("today", "states"),
    [
        (date(2026, 1, 11), ["next", "future", "future"]),
        (date(2026, 1, 12), ["current", "future", "future"]),
        (date(2026, 2, 15), ["current", "future", "future"]),
        (date(2026, 2, 16), ["done", "next", "future"]),
        (date(2026, 10, 9), ["done", "done", "current"]),
        (date(2026, 10, 10), ["done", "done", "done"]),
    ],
)
def test_each_step_is_over_running_next_or_later(today, states):
    assert [entry["state"] for entry in season.line(STEPS, today)["entries"]] == states


def test_bars_are_true_to_scale_and_inside_the_drawing():
    entries = season.line(STEPS, date(2026, 2, 1))["entries"]
    call, jury = entries[0], entries[1]
    assert call["width"] / jury["width"] == pytest.approx(35 / 5, rel=0.05)
    assert all(entry["x"] >= 0 and entry["x"] + entry["width"] <= season.WIDTH for entry in entries)


def test_today_is_marked_only_when_it_is_on_the_line():
    assert season.line(STEPS, date(2026, 2, 1))["drawing"]["today_x"] is not None
    assert season.line(STEPS, date(2027, 2, 1))["drawing"]["today_x"] is None


def test_the_line_is_a_list_with_its_state_in_words():
    html = Template("{% load clea %}{% season_line steps today=today label='Saison' %}").render(
        Context({"steps": STEPS, "today": date(2026, 3, 3)})
    )
    assert html.count("<li") == 3
    assert 'aria-current="step"' in html
    assert "en ce moment" in html
    assert "terminé" in html
    assert "du 2 au 6 mars 2026" in html


def test_a_season_without_steps_is_an_empty_line():
    assert season.line([]) == {"entries": [], "drawing": None}


CLOSING = datetime(2026, 2, 16, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (datetime(2026, 2, 3, 10, tzinfo=PARIS), (12, "days")),
        (datetime(2026, 2, 14, 23, 50, tzinfo=PARIS), (1, "days")),
        (datetime(2026, 2, 15, 0, 10, tzinfo=PARIS), (23, "hours")),
        (datetime(2026, 2, 15, 23, 30, tzinfo=PARIS), (30, "minutes")),
        (datetime(2026, 2, 15, 23, 59, 30, tzinfo=PARIS), (1, "minutes")),
    ],
)
def test_what_is_left_is_counted_in_the_largest_honest_unit(now, left):
    with time_machine.travel(now, tick=False):
        answer = season.remaining(CLOSING)
    assert (answer["count"], answer["unit"], answer["over"]) == (*left, False)


def test_at_the_second_it_is_over():
    with time_machine.travel(CLOSING, tick=False):
        assert season.remaining(CLOSING)["over"]
    with time_machine.travel(CLOSING - timedelta(seconds=1), tick=False):
        assert not season.remaining(CLOSING.astimezone(UTC))["over"]
