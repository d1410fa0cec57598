"""A structure's team in its space: the door, what waits, the team, closures, wishes."""

from __future__ import annotations

import re
from html import unescape

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from clea.accounts.models import User
from residencies.enums import PaperKind, PaperState, RequestState
from residencies.models import ActivityRequest, Paper, Signature
from residencies.selectors.team_home import home
from residencies.services import requests
from structures.models import Closure
from tests.factories.accounts import UserFactory
from tests.factories.residencies import ActivityFactory, ResidencyFactory, SessionFactory, member_of, team
from tests.factories.structures import CommuneFactory, CoordinatorFactory, ProfessionalFactory, StructureFactory
from tests.residencies.test_requests import WISH

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_the_season():
    with time_machine.travel("2026-11-20 10:00+01:00", tick=False):
        yield


@pytest.fixture
def residency():
    return ResidencyFactory(artist_name="Compagnie du Terril")


@pytest.fixture
def structure(residency):
    place = StructureFactory(commune=CommuneFactory(territory=residency.territory))
    team(place, 2)
    return place


@pytest.fixture
def member(structure, client):
    user = member_of(structure)
    client.force_login(user)
    return user


def page(client, name, structure, *args, status=200):
    answer = client.get(reverse(f"team:{name}", args=[structure.uuid, *args]))
    assert answer.status_code == status
    return unescape(answer.content.decode()).replace("\xa0", " ")


def send(client, name, structure, *args, **data):
    return client.post(reverse(f"team:{name}", args=[structure.uuid, *args]), data)


def typed(residency=None, **more) -> dict[str, object]:
    return {**WISH, "residency": residency.pk if residency else "", "kind": "", "axis": "", "partner": "", **more}


class TestTheDoor:
    def test_an_address_that_never_had_an_account_comes_in_by_a_code(self, client, structure):
        ProfessionalFactory(structure=structure, email="Nouvelle@exemple.test")
        client.post(reverse("account_login"), {"login": "nouvelle@exemple.test"})
        found = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", str(mail.outbox[0].body), re.MULTILINE)
        assert found
        answer = client.post(reverse("account_confirm_login_code"), {"code": found.group(1)}, follow=True)
        assert answer.redirect_chain[-1][0] == reverse("team:home", args=[structure.uuid])
        assert EmailAddress.objects.get(email="nouvelle@exemple.test").verified
        assert reverse("team:index") in client.get("/").content.decode()

    def test_an_address_that_is_not_proved_opens_nothing(self, client, structure):
        stranger = UserFactory()
        EmailAddress.objects.create(user=stranger, email="promise@exemple.test", verified=False)
        ProfessionalFactory(structure=structure, email="promise@exemple.test")
        client.force_login(stranger)
        page(client, "home", structure, status=404)
        assert stranger.email in client.get(reverse("team:index")).content.decode()

    def test_who_works_in_two_structures_chooses(self, client, structure, member):
        second = StructureFactory(commune=structure.commune)
        ProfessionalFactory(structure=second, email=member.email)
        listed = client.get(reverse("team:index")).content.decode()
        assert structure.name in listed
        assert second.name in listed


class TestHome:
    def test_a_complete_team_with_nothing_to_do_is_told_so(self, client, structure, member):
        said = page(client, "home", structure)
        assert "Rien à faire pour le moment" in said
        assert "Tout ce qui attend votre équipe" not in said

    def test_it_says_what_waits(self, client, structure, member, residency):
        structure.professionals.exclude(email=member.email).delete()
        wish = requests.file(by=member, structure=structure, residency=residency, **WISH)
        other = ResidencyFactory(season=residency.season, artist_name="Fanfare des Houillères")
        requests.propose(by=CoordinatorFactory(territory=residency.territory), request=wish, residency=other)
        activity = ActivityFactory(residency=residency, structure=structure, title="Écoutes")
        SessionFactory(activity=activity, on="2026-11-12")
        SessionFactory(activity=activity, on="2027-02-02")
        Closure.objects.create(structure=structure, weekday=1)
        paper = Paper.objects.create(
            kind=PaperKind.AGREEMENT,
            activity=activity,
            number="C-1",
            title="Écoutes",
            body="…",
            state=PaperState.ISSUED,
        )
        Signature.objects.create(paper=paper, party=structure.name, structure=structure)
        found = home(structure)
        assert (found.missing, len(found.proposals), len(found.to_confirm), len(found.to_sign)) == (1, 1, 1, 1)
        assert (len(found.coming), len(found.clashes)) == (1, 1)
        shown = page(client, "home", structure)
        for words in (
            "Répondre à une proposition : Fanfare des Houillères", "Signer la convention", "Compléter l'équipe",
            "Dire comment s'est passée la séance", "Une séance tombe un jour de fermeture",
        ):  # fmt: skip
            assert words in shown

    def test_it_costs_the_same_whatever_there_is(
        self, client, structure, member, residency, assert_num_queries_constant
    ):
        def grow(n: int = 10) -> None:
            for day in range(n):
                activity = ActivityFactory(residency=residency, structure=structure)
                SessionFactory(activity=activity, on=f"2027-02-{day % 20 + 1:02}")
                SessionFactory(activity=activity, on="2026-11-12")
                requests.file(by=member, structure=structure, residency=residency, **WISH)
                ProfessionalFactory(structure=structure)

        Closure.objects.create(structure=structure, weekday=1)
        grow(2)
        assert_num_queries_constant(lambda: page(client, "home", structure), grow, at_most=22)


class TestPeople:
    def test_a_colleague_is_added_corrected_and_removed(self, client, structure, member):
        assert send(client, "person_add", structure, first_name="Ada", email="pas une adresse").status_code == 422
        send(client, "person_add", structure, last_name="Dufour", email="ada@exemple.test", invite="on")
        ada = structure.professionals.get(last_name="Dufour")
        assert "Dufour" in page(client, "people", structure)
        stale = send(client, "person", structure, ada.uuid, last_name="Autre", seen="0" * 16)
        assert (stale.status_code, "a changé depuis" in stale.content.decode()) == (422, True)
        assert "n'aura plus accès" in page(client, "person_remove", structure, ada.uuid)
        send(client, "person_remove", structure, ada.uuid)
        assert not structure.professionals.filter(pk=ada.pk).exists()

    def test_who_leaves_is_sent_out_of_the_space(self, client, structure, member):
        own = structure.professionals.get(email=member.email)
        assert "Quitter cette équipe" in page(client, "person_remove", structure, own.uuid)
        answer = client.post(reverse("team:person_remove", args=[structure.uuid, own.uuid]), follow=True)
        assert answer.redirect_chain[-1][0] == reverse("team:index")
        page(client, "home", structure, status=404)


class TestClosures:
    def test_a_session_planned_on_a_closed_day_is_named(self, client, structure, member, residency):
        activity = ActivityFactory(residency=residency, structure=structure, title="Écoutes au préau")
        SessionFactory(activity=activity, on="2027-02-02")
        assert "Écoutes au préau" not in page(client, "closures", structure)
        wrong = send(client, "closures", structure, starts_on="2027-02-05", ends_on="2027-02-01", reason="travaux")
        assert (wrong.status_code, "travaux" in wrong.content.decode()) == (422, True)
        send(client, "closures", structure, starts_on="2027-02-01", ends_on="2027-02-05", reason="travaux")
        shown = page(client, "closures", structure)
        assert "Écoutes au préau" in shown
        assert "Compagnie du Terril" in shown
        send(client, "closure_remove", structure, structure.closures.get().uuid)
        assert "Écoutes au préau" not in page(client, "closures", structure)

    def test_one_day_needs_one_date(self, client, structure, member):
        send(client, "closures", structure, starts_on="2027-02-01")
        assert str(structure.closures.get()) == "01/02/2027 – 01/02/2027"


class TestWishes:
    def test_bad_input_comes_back_filled(self, client, structure, member, residency):
        answer = send(client, "request_add", structure, **typed(residency, people="beaucoup", hope=""))
        shown = answer.content.decode()
        assert answer.status_code == 422
        assert "Écrivez un nombre entier" in shown
        assert "deux classes de CM1" in shown
        assert not ActivityRequest.objects.exists()

    def test_a_wish_is_filed_changed_and_taken_back(self, client, structure, member, residency):
        offered = page(client, "request_add", structure)
        assert "Compagnie du Terril" in offered
        assert "Pas d'artiste en particulier" in offered
        send(client, "request_add", structure, **typed(residency))
        wish = ActivityRequest.objects.get()
        assert "étudie votre souhait" in page(client, "request", structure, wish.uuid)
        send(client, "request_change", structure, wish.uuid, **typed(residency, people=30, version=wish.version))
        wish.refresh_from_db()
        assert wish.people == 30
        stale = send(client, "request_change", structure, wish.uuid, **typed(residency, people=31, version=0))
        assert (stale.status_code, 'value="31"' in stale.content.decode()) == (422, True)
        send(client, "request_withdraw", structure, wish.uuid)
        assert "Vous avez retiré ce souhait" in page(client, "request", structure, wish.uuid)
        send(client, "request_resume", structure, wish.uuid)
        wish.refresh_from_db()
        assert wish.state == RequestState.SENT

    def test_the_team_answers_a_proposal_in_its_space(self, client, structure, member, residency):
        wish = requests.file(by=member, structure=structure, residency=residency, **WISH)
        other = ResidencyFactory(season=residency.season, artist_name="Fanfare des Houillères")
        desk = CoordinatorFactory(territory=residency.territory)
        requests.propose(by=desk, request=wish, residency=other, words="Du son, et de la place en mars.")
        wish.refresh_from_db()
        shown = page(client, "request", structure, wish.uuid)
        assert "Du son, et de la place en mars." in shown
        assert send(client, "request_answer", structure, wish.uuid, version=wish.version).status_code == 422
        late = send(client, "request_answer", structure, wish.uuid, version=0, answer="yes")
        assert late.status_code == 409
        send(client, "request_answer", structure, wish.uuid, version=wish.version, answer="yes", words="Oui !")
        wish.refresh_from_db()
        assert (wish.state, wish.team_answer) == (RequestState.ACCEPTED, "Oui !")

    def test_an_answered_wish_says_why_it_cannot_change(self, client, structure, member, residency):
        wish = requests.file(by=member, structure=structure, residency=residency, **WISH)
        desk = CoordinatorFactory(territory=residency.territory)
        requests.refuse(by=desk, request=wish, words="La compagnie est prise.")
        assert "La compagnie est prise." in page(client, "request", structure, wish.uuid)
        assert "déjà répondu" in page(client, "request_change", structure, wish.uuid, status=409)

    def test_another_structures_wish_does_not_exist(self, client, structure, member, residency):
        place = StructureFactory(commune=structure.commune)
        theirs = requests.file(by=member_of(place), structure=place, residency=residency, **WISH)
        page(client, "request", structure, theirs.uuid, status=404)
        page(client, "request", place, theirs.uuid, status=404)

    def test_the_list_and_the_form_cost_the_same(
        self, client, structure, member, residency, assert_num_queries_constant
    ):
        def grow(n: int = 10) -> None:
            for _ in range(n):
                artist = ResidencyFactory(season=residency.season, artist=False)
                requests.file(by=member, structure=structure, residency=artist, **WISH)
                StructureFactory(commune=structure.commune)

        grow(2)
        assert_num_queries_constant(lambda: page(client, "requests", structure), grow, at_most=8)
        assert_num_queries_constant(lambda: page(client, "request_add", structure), lambda: grow(3), at_most=12)


def test_an_inactive_account_enters_nowhere(client, structure, member):
    User.objects.filter(pk=member.pk).update(is_active=False)
    assert client.get(reverse("team:home", args=[structure.uuid])).status_code == 302
