"""What people were told that was not so, found by walking through the demonstration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from residencies.enums import PaperKind, PaperState
from residencies.forms.activities import NewActivityForm
from residencies.models import Activity, Paper, Residency
from structures.models import Closure, Structure
from tests.factories.residencies import ActivityFactory, ResidencyFactory, SessionFactory, member_of
from tests.factories.structures import CoordinatorFactory
from tests.residencies.planning import place, signed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("winter")]


@pytest.fixture
def winter() -> Iterator[None]:
    with time_machine.travel("2027-01-10 09:00:00+01:00", tick=False):
        yield


@pytest.fixture
def residency() -> Residency:
    return signed(ResidencyFactory())


@pytest.fixture
def host(residency: Residency) -> Structure:
    return place(residency, "Médiathèque du Fond")


@pytest.fixture
def activity(residency: Residency, host: Structure) -> Activity:
    found = ActivityFactory(residency=residency, structure=host)
    SessionFactory(activity=found, on="2027-02-02")
    return found


@pytest.fixture
def team(host: Structure) -> Client:
    client = Client()
    client.force_login(member_of(host))
    return client


def test_a_team_is_asked_to_sign_only_what_is_in_its_hands(team: Client, host: Structure, activity: Activity) -> None:
    listed = reverse("team:activities", args=[host.uuid])
    shown = team.get(listed).content.decode()
    assert "convention à venir" in shown
    assert "convention à signer" not in shown
    Paper.objects.create(
        kind=PaperKind.AGREEMENT,
        activity=activity,
        number="CV-1",
        title="Convention",
        body="Texte",
        state=PaperState.ISSUED,
    )
    assert "convention à signer" in team.get(listed).content.decode()


def test_a_closed_day_says_it_once(team: Client, host: Structure) -> None:
    Closure.objects.create(structure=host, weekday=0)
    Closure.objects.create(structure=host, starts_on=date(2027, 1, 13), ends_on=date(2027, 1, 13), reason="travaux")
    shown = team.get(reverse("team:calendar", args=[host.uuid])).content.decode()
    assert "Structure fermée\N{NO-BREAK SPACE}: travaux" in shown
    assert "Structure fermée</p>" in shown


def test_a_section_of_the_desk_does_not_claim_that_nothing_waits(residency: Residency) -> None:
    client = Client()
    client.force_login(CoordinatorFactory(territory=residency.territory))
    assert "desk-title" in client.get(reverse("admin:index")).content.decode()
    section = client.get(reverse("admin:app_list", args=["residencies"])).content.decode()
    assert "desk-title" not in section
    assert "tout est à jour" not in section


def test_no_choice_is_a_row_of_dashes(residency: Residency, host: Structure) -> None:
    form = NewActivityForm(season_id=residency.season_id, territory=residency.territory)
    assert "-----" not in str(form)
