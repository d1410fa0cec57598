"""Two coordinators choose at the same instant: one set stands, nothing is lost without a word."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from candidatures.enums import ApplicationState
from candidatures.models import Application, ChosenSet
from candidatures.services.jury import choosing
from clea.errors import Refused, StaleWrite
from clea.journal.models import Entry
from tests.factories.jury import JuryFactory, eligible
from tests.factories.structures import CoordinatorFactory, TerritoryFactory

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts):
    """Run the acts at once; give back what each returned or refused."""
    gate = Barrier(len(acts))

    def run(act):
        try:
            gate.wait(timeout=20)
            return act()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def jury():
    return JuryFactory(territory=TerritoryFactory())


@pytest.fixture
def people(jury):
    return [CoordinatorFactory(territory=jury.territory) for _ in range(2)]


def test_two_sets_at_once_leave_one_standing_and_tell_the_later(jury, people):
    rows = eligible(jury.call, 4, state=ApplicationState.SHORTLISTED)

    def retain(person, chosen, words):
        return lambda: choosing.retain_set(by=person, jury=jury, applications=chosen, wants={}, note=words, seen="")

    outcomes = together(retain(people[0], rows[:2], "Les deux premiers."), retain(people[1], rows[2:], "Les autres."))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ChosenSet", "StaleWrite"]
    [made] = [outcome for outcome in outcomes if isinstance(outcome, ChosenSet)]
    [late] = [outcome for outcome in outcomes if isinstance(outcome, StaleWrite)]
    assert "L'ensemble retenu a changé" in str(late)
    assert list(ChosenSet.objects.values_list("uuid", "standing")) == [(made.uuid, True)]
    assert Entry.objects.filter(verb="jury.set_retained").count() == 1


def test_the_same_dossiers_ticked_twice_at_once_move_once(jury, people):
    rows = eligible(jury.call, 3)
    outcomes = together(
        lambda: choosing.shortlist(by=people[0], jury=jury, applications=rows),
        lambda: choosing.shortlist(by=people[1], jury=jury, applications=rows[::-1]),
    )
    assert sorted(len(moved) for moved in outcomes) == [0, 3]
    assert set(Application.objects.values_list("state", flat=True)) == {ApplicationState.SHORTLISTED}
    assert Entry.objects.filter(verb="application.shortlisted").count() == 3
