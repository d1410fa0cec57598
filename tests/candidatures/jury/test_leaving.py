"""A letter of selection is looked at once more when it is approved: it may have waited in the outbox."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from candidatures.enums import OfferState
from candidatures.models import Application, Letter, Offer
from candidatures.services.jury import offers, outside
from clea.errors import Refused
from clea.mail import services as mail
from clea.mail.enums import MailState
from tests.candidatures.jury.decided import Decided, fresh, send
from tests.factories.jury import JuryFactory
from tests.factories.structures import TerritoryFactory

pytestmark = pytest.mark.django_db


def state_of(letter: Letter) -> str:
    letter.mail.refresh_from_db()
    return str(letter.mail.state)


@pytest.mark.parametrize(("late", "leaves"), [(timedelta(seconds=-1), True), (timedelta(0), False)])
def test_no_letter_leaves_with_a_date_to_answer_that_is_past(late: timedelta, leaves: bool) -> None:
    decided = Decided()
    (letter,) = decided.draft(decided.selected[0])
    with time_machine.travel(Offer.objects.get().answer_by + late, tick=False):
        if leaves:
            mail.approve(by=decided.desk, mails=[letter.mail])
        else:
            with pytest.raises(Refused, match="délai de réponse"):
                mail.approve(by=decided.desk, mails=[letter.mail])
    assert state_of(letter) == (MailState.APPROVED if leaves else MailState.DRAFT)


def neighbour_decides_first(decided: Decided, application: Application) -> Decided:
    """Another territory of the installation settles now a session held before ours."""
    neighbour = Decided(
        jury=JuryFactory(territory=TerritoryFactory(name="Communauté voisine")),
        held_on=decided.session.held_on - timedelta(days=1),
    )
    Application.objects.filter(pk=neighbour.selected[0].pk).update(owner=application.owner)
    return neighbour


def test_another_territory_that_decided_first_is_seen_when_the_letter_is_approved() -> None:
    decided = Decided()
    application = decided.selected[0]
    (letter,) = decided.draft(application)
    neighbour_decides_first(decided, application)
    with pytest.raises(Refused, match="Communauté voisine") as refused:
        mail.approve(by=decided.desk, mails=[letter.mail])
    assert application.display_name in str(refused.value)
    client = Client()
    client.force_login(decided.desk)
    page = client.get(reverse("admin:mail_outgoingmail_change", args=[letter.mail_id])).content.decode()
    assert "Communauté voisine" in page
    # Settled in words, it may leave.
    row = outside.record(
        by=decided.desk,
        application=application,
        territory="Communauté voisine",
        jury_on=decided.session.held_on - timedelta(days=1),
    )
    outside.override(by=decided.desk, decision=row, reason="Elle y renonce.")
    (again,) = decided.draft(fresh(application))
    send(decided.desk, again.mail)
    assert state_of(again) == MailState.SENT


def test_other_letters_leave_whatever_others_decided() -> None:
    decided = Decided(declined=1, reserve=0)
    (letter,) = decided.draft(decided.declined[0])
    neighbour_decides_first(decided, decided.declined[0])
    send(decided.desk, letter.mail)
    assert state_of(letter) == MailState.SENT


def test_a_call_from_the_reserve_is_looked_at_too() -> None:
    decided = Decided(selected=0, places=1, reserve=1, declined=0)
    letter = offers.call_next(by=decided.desk, jury=decided.jury, application=decided.reserve[0])
    neighbour_decides_first(decided, decided.reserve[0])
    with pytest.raises(Refused, match="Communauté voisine"):
        mail.approve(by=decided.desk, mails=[letter.mail])
    assert Offer.objects.get().state == OfferState.PENDING
