"""The artist's space after the decision: what shows, when, and answering an offer."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from candidatures.enums import ApplicationState, OfferState
from candidatures.models import Decision, Offer
from candidatures.services.jury import offers
from tests.candidatures.jury.decided import Decided, faults, fresh, send
from tests.factories.candidatures import CollaboratorFactory

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def read(client, url, status=200):
    response = client.get(url)
    assert response.status_code == status
    return unescape(response.content.decode())


@pytest.fixture
def decided():
    return Decided(selected=1, reserve=1, declined=1)


@pytest.fixture
def offer(decided):
    return decided.offer(decided.selected[0])


@pytest.fixture
def artist(decided):
    return signed_in(decided.selected[0].owner)


def root(application):
    return application.get_absolute_url()


YES = {"choice": "accepter", "words": "Avec joie."}
NO = {"choice": "decliner", "words": ""}


def test_nothing_shows_until_the_letter_has_left(decided, artist):
    application = decided.selected[0]
    before = read(artist, root(application))
    (letter,) = decided.draft(application)
    assert artist.get(f"{root(application)}reponse/").status_code == 404
    after = read(artist, root(application))
    token = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
    assert token.sub("", before) == token.sub("", after)
    send(decided.desk, letter.mail)
    assert "Une résidence vous est proposée" in read(artist, root(application))
    assert "Répondre à la proposition" in read(artist, "/candidatures/")


def test_an_answer_is_read_back_before_it_counts(decided, offer, artist):
    url = f"{root(decided.selected[0])}reponse/"
    assert "Votre réponse" in read(artist, url)
    page = artist.post(url, YES)
    assert page.status_code == 200
    for html in (artist.get(url).content.decode(), page.content.decode()):
        assert not faults(html)
    assert "Avec joie." in page.content.decode()
    offer.refresh_from_db()
    assert offer.state == OfferState.PENDING
    again = artist.post(url, {**YES, "corriger": "1"}).content.decode()
    assert "checked" in again
    assert "Avec joie." in again
    response = artist.post(url, {**YES, "confirmer": "1"})
    assert response["Location"] == url
    html = read(artist, url)
    assert "Votre réponse est enregistrée" in html
    assert "Vous avez accepté" in html


def test_declining_from_the_page(decided, offer, artist):
    url = f"{root(decided.selected[0])}reponse/"
    artist.post(url, {**NO, "confirmer": "1"})
    assert fresh(decided.selected[0]).state == ApplicationState.RENOUNCED
    assert "Vous avez décliné" in read(artist, root(decided.selected[0]))


def test_no_choice_is_asked_for_and_the_message_kept(decided, offer, artist):
    response = artist.post(f"{root(decided.selected[0])}reponse/", {"words": "Une question."})
    assert response.status_code == 422
    html = unescape(response.content.decode())
    assert "Choisissez votre réponse" in html
    assert "Une question." in html


def test_past_the_date_the_page_says_what_to_do(decided, offer, artist):
    url = f"{root(decided.selected[0])}reponse/"
    with time_machine.travel(offer.answer_by, tick=False):
        artist.force_login(decided.selected[0].owner)
        assert "Le délai de réponse est passé" in read(artist, url)
        for data in (YES, {**YES, "confirmer": "1"}):
            response = artist.post(url, data)
            assert response.status_code == 409
            assert decided.call.contact_email in response.content.decode()
    offer.refresh_from_db()
    assert offer.state == OfferState.PENDING


def test_a_cancelled_offer_is_refused_with_its_reason(decided, offer, artist):
    offers.cancel(by=decided.desk, offer=offer, why="Erreur.")
    response = artist.post(f"{root(decided.selected[0])}reponse/", {**YES, "confirmer": "1"})
    assert response.status_code == 409
    assert "close par la coordination" in unescape(response.content.decode())


def test_a_co_applicant_reads_the_offer_and_does_not_answer(decided, offer):
    application = decided.selected[0]
    editor = CollaboratorFactory(application=application, role="edit").user
    client = signed_in(editor)
    url = f"{root(application)}reponse/"
    assert "Seule la personne responsable" in read(client, url)
    assert client.post(url, {**YES, "confirmer": "1"}).status_code == 403
    assert Offer.objects.get().state == OfferState.PENDING


def test_a_stranger_finds_nothing(decided, offer):
    assert signed_in(decided.declined[0].owner).get(f"{root(decided.selected[0])}reponse/").status_code == 404


@pytest.mark.parametrize(("told", "shown"), [(True, True), (False, False)])
def test_the_reason_shows_only_when_it_is_told(decided, told, shown):
    application = decided.declined[0]
    Decision.objects.filter(application=application).update(reason="Le budget dépasse.", tell_reason=told)
    (letter,) = decided.draft(application)
    send(decided.desk, letter.mail)
    html = read(signed_in(application.owner), root(application))
    assert "n'a pas retenu votre candidature" in html
    assert ("Le budget dépasse." in html) is shown


def test_the_reserve_list_says_no_rank_and_may_be_left(decided):
    application = decided.reserve[0]
    (letter,) = decided.draft(application)
    send(decided.desk, letter.mail)
    client = signed_in(application.owner)
    html = read(client, root(application))
    assert "en liste complémentaire" in html
    assert "rang" not in re.sub(r"<[^>]+>", "", html)
    assert "Quitter la liste complémentaire" in read(client, f"{root(application)}retirer/")
    client.post(f"{root(application)}retirer/")
    assert fresh(application).state == ApplicationState.RENOUNCED
    assert "Vous avez quitté la liste complémentaire." in read(client, root(application))


def test_withdrawing_before_the_announcement_reads_as_before_the_decision(decided):
    """The same page, the same message, the same list: nothing tells that the committee has decided."""
    application = decided.declined[0]
    client = signed_in(application.owner)
    page = read(client, f"{root(application)}retirer/")
    assert "Retirer mon dossier" in page
    response = client.post(f"{root(application)}retirer/", follow=True)
    assert "Votre dossier est retiré. Il ne sera pas examiné." in response.content.decode()
    html = read(client, root(application))
    assert "Vous avez retiré ce dossier." in html
    assert "désistement" not in html
    assert "Voir mon dossier" not in read(client, decided.call.get_absolute_url())


def test_an_announced_offer_cannot_be_withdrawn_and_says_where_to_answer(decided, offer, artist):
    html = read(artist, f"{root(decided.selected[0])}retirer/", status=409)
    assert "répondez-y depuis votre dossier" in html
    assert "Retirer ce dossier" not in read(artist, root(decided.selected[0]))


def test_the_pages_keep_to_their_queries(decided, offer, artist, assert_max_queries):
    url = f"{root(decided.selected[0])}reponse/"
    artist.get(url)
    assert_max_queries(9, lambda: artist.get(url))
    assert_max_queries(30, lambda: artist.get(root(decided.selected[0])))


def test_the_letter_s_date_and_the_last_day_are_said_in_full(decided, offer, artist):
    html = read(artist, f"{root(decided.selected[0])}reponse/")
    last = timezone.localtime(offer.answer_by - timedelta(seconds=1))
    assert f"{last.day} " in html
    assert "inclus (jusqu'à" in html
