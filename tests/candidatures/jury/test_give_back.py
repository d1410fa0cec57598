"""An offer announced, then cancelled by the coordination: its position is given back, and called again."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.enums import ApplicationState, OfferState
from candidatures.models import Application, Offer
from candidatures.selectors.answers import board
from candidatures.services.jury import offers
from clea.errors import Forbidden, Refused
from clea.mail.enums import MailState
from tests.candidatures.jury.decided import Decided, fresh, send
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db
S = ApplicationState


@pytest.fixture
def decided() -> Decided:
    return Decided(selected=1, reserve=1)


@pytest.fixture
def application(decided: Decided) -> Application:
    return decided.selected[0]


@pytest.fixture
def offer(decided: Decided, application: Application) -> Offer:
    found = decided.offer(application)
    offers.cancel(by=decided.desk, offer=found, why="Le dossier était incomplet.")
    return found


def test_the_position_is_free_and_the_reserve_is_called(
    decided: Decided, application: Application, offer: Offer
) -> None:
    with pytest.raises(Refused, match="libre"):
        offers.call_next(by=decided.desk, jury=decided.jury, application=decided.reserve[0])
    client = Client()
    client.force_login(decided.desk)
    page = reverse("admin:candidatures_jury_answers", args=[decided.jury.uuid])
    act = reverse("admin:candidatures_jury_answers_offer", args=[decided.jury.uuid, offer.uuid, "rendre-la-place"])
    assert act in client.get(page).content.decode()
    assert client.post(act, {"oui": "1"}).status_code == 302
    assert (fresh(application).state, board(decided.jury).free) == (S.RENOUNCED, 1)
    assert act not in client.get(page).content.decode()
    # What the artist reads does not change: it was said when the offer was cancelled.
    assert "close par la coordination" in str(fresh(application).applicant_state_label)
    offers.call_next(by=decided.desk, jury=decided.jury, application=decided.reserve[0])
    assert fresh(decided.reserve[0]).state == S.SELECTED


def test_a_letter_drafted_again_is_cancelled_one_that_left_is_not(
    decided: Decided, application: Application, offer: Offer
) -> None:
    (again,) = decided.draft(application)
    send(decided.desk, again.mail)
    with pytest.raises(Refused, match="attend sa réponse"):
        offers.give_back(by=decided.desk, offer=offer)
    offers.cancel(by=decided.desk, offer=Offer.objects.get(letter=again), why="Encore.")
    (last,) = decided.draft(application)
    offers.give_back(by=decided.desk, offer=offer)
    last.mail.refresh_from_db()
    assert (last.mail.state, Offer.objects.get(letter=last).state) == (MailState.CANCELLED, OfferState.CANCELLED)


def test_nothing_is_given_back_that_was_not_announced(decided: Decided, application: Application) -> None:
    waiting = decided.offer(application, sent=False)
    with pytest.raises(Refused, match="retient plus"):
        offers.give_back(by=decided.desk, offer=waiting)
    offers.cancel(by=decided.desk, offer=waiting, why="Erreur.")
    with pytest.raises(Refused, match="corrigez la séance"):
        offers.give_back(by=decided.desk, offer=waiting)
    assert fresh(application).state == S.SELECTED


def test_only_the_territory_s_coordination_gives_back(offer: Offer) -> None:
    with pytest.raises(Forbidden):
        offers.give_back(by=CoordinatorFactory(), offer=offer)
