"""The next thing to do: which comes first, and what its date says."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.template.loader import render_to_string

from clea.ui.next_step import NextStep, ordered

#: Sunday 22 November 2026, 10:00 in Paris.
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def said(step: NextStep, **more: object) -> str:
    html = render_to_string("components/next_step.html", {"step": step, **more})
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&#x27;", "'").split())


def test_what_is_to_do_comes_first_by_date_and_what_has_no_date_within_two_days():
    late = NextStep("en retard", when=date(2026, 11, 20))
    today = NextStep("ce soir", when=datetime(2026, 11, 22, 18, tzinfo=UTC), kind="on")
    waiting = NextStep("séance à confirmer", when=datetime(2026, 10, 1, 9, tzinfo=UTC), kind="since")
    soon = NextStep("mercredi", when=date(2026, 11, 25))
    coming = NextStep("demain, sans vous", when=date(2026, 11, 23), kind="coming")
    assert ordered([coming, soon, waiting, today, late]) == [late, today, waiting, soon, coming]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (NextStep("x", when=date(2026, 11, 25)), "3 jours restants au plus tard mercredi 25 novembre 2026"),
        (NextStep("x", when=date(2026, 11, 22)), "aujourd'hui au plus tard dimanche 22 novembre 2026"),
        (NextStep("x", when=date(2026, 11, 21)), "en retard au plus tard samedi 21 novembre 2026"),
        (
            NextStep("x", when=datetime(2026, 11, 22, 23, tzinfo=UTC)),
            "14 heures restantes au plus tard",
        ),
        (
            NextStep("x", when=datetime(2026, 11, 24, 9, tzinfo=UTC), kind="on"),
            "dans 2 jours mardi 24 novembre",
        ),
        (NextStep("x", when=datetime(2026, 11, 20, 9, tzinfo=UTC), kind="since"), "depuis vendredi 20 novembre 2026"),
        (NextStep("x", when=date(2026, 12, 1), kind="coming"), "Rien à faire pour le moment. Ensuite : x dans 9 jours"),
    ],
)
def test_the_date_is_said_in_full_with_what_is_left(step, words):
    assert words in said(step)


def test_a_step_has_one_link():
    step = NextStep("Déposer", "/dossier/", "Reprendre", when=date(2026, 11, 25), space="Mon espace")
    assert render_to_string("components/next_step.html", {"step": step}).count("<a ") == 1
    line = render_to_string("components/next_step.html", {"step": step, "compact": True})
    assert line.count("<a ") == 1
    assert "Mon espace" in line
