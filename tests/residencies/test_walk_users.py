"""What people were told that was not so, found by walking through the demonstration."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from residencies.enums import EventState, PaperKind, PaperState
from residencies.forms.activities import NewActivityForm
from residencies.methods.papers import changes
from residencies.models import Activity, Confirmation, Event, Paper, Residency
from residencies.reports.coverage import sheet
from residencies.rules.events import takes_registrations
from residencies.selectors.coverage import coverage
from structures.models import Closure, Structure
from tests.factories.residencies import ActivityFactory, ResidencyFactory, SessionFactory, artist_of, member_of, moment
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


def test_what_the_coordination_settled_is_not_offered_for_correction(
    team: Client, host: Structure, activity: Activity
) -> None:
    session = activity.sessions.get()
    Confirmation.objects.create(
        session=session, side="structure", structure=host, happened="yes", made_at=session.ends_at
    )
    listed, leads = (
        reverse("team:confirmations", args=[host.uuid]),
        reverse("team:confirm", args=[host.uuid, session.uuid]),
    )
    assert f'href="{leads}"' in team.get(listed).content.decode()
    Confirmation.objects.create(session=session, side="desk", happened="yes", made_at=session.ends_at)
    shown = team.get(listed).content.decode()
    assert f'href="{leads}"' not in shown
    assert "La coordination a tranché" in shown


def test_a_document_being_verified_is_not_among_what_is_to_be_done(residency: Residency) -> None:
    client = Client()
    client.force_login(artist_of(residency))
    row = residency.requested_documents.create(kind="licence", due_on=date(2027, 2, 1), state="returned")
    home = reverse("studio:home", args=[residency.uuid])
    leads = reverse("studio:document", args=[residency.uuid, row.uuid])
    assert leads in client.get(home).content.decode()
    residency.requested_documents.update(state="received")
    assert leads not in client.get(home).content.decode()


def test_nobody_is_invited_to_what_is_over(residency: Residency) -> None:
    over = Event(
        state=EventState.PUBLISHED, starts_at=moment("2026-10-07", "09:00"), ends_at=moment("2026-10-07", "17:00")
    )
    verdict = takes_registrations(over, moment("2026-10-08"))
    assert (bool(verdict), verdict.code) == (False, "over")
    assert takes_registrations(over, moment("2026-10-07", "10:00")).code == "closed"


def test_the_sheet_of_coverage_is_one_that_french_excel_reads(residency: Residency, activity: Activity) -> None:
    told = sheet(coverage(residency.season), "csv", title="Couverture").decode()
    assert re.search(r";\d+,\d+;", told)
    assert not re.search(r";\d+\.\d+;", told)


def test_a_typographers_space_is_not_a_change_of_what_was_signed() -> None:
    issued = {"periodes": "Phase : du 1er au 5 mars", "logement": "un logement"}
    now = {"periodes": "Phase\N{NO-BREAK SPACE}: du 1er au 5 mars", "logement": "12 rue des Lampistes"}
    assert [change.after for change in changes(PaperKind.CONTRACT, issued, now)] == ["12 rue des Lampistes"]


def test_an_activitys_page_leads_to_the_agreement_to_sign(team: Client, host: Structure, activity: Activity) -> None:
    Paper.objects.create(kind=PaperKind.AGREEMENT, activity=activity, number="CV-2", title="Convention", body="Texte")
    page = reverse("team:activity", args=[host.uuid, activity.uuid])
    leads = f'<a href="{reverse("team:agreements", args=[host.uuid])}">CV-2</a>'
    assert leads not in team.get(page).content.decode()
    Paper.objects.update(state=PaperState.ISSUED)
    assert leads in team.get(page).content.decode()
