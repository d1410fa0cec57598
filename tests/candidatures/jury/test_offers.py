"""Answers: who may give one, until when, what silence does, and who is called next."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from candidatures.enums import ApplicationState, LetterOutcome, OfferState
from candidatures.models import Application, Letter, Offer, OutsideDecision
from candidatures.selectors.answers import board
from candidatures.services import applications
from candidatures.services.jury import letters, offer_notices, offers
from clea.errors import Forbidden, Refused
from clea.journal.models import Entry
from clea.mail import services as mail
from clea.mail.enums import MailState
from tests.candidatures.jury.decided import Decided, fresh, place, send, texts
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import CollaboratorFactory
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
S = ApplicationState


def midnight(year, month, day):
    return datetime(year, month, day, tzinfo=PARIS)


# The artist --------------------------------------------------------------------------------------


def test_the_artist_accepts_gets_a_confirmation_and_the_coordination_is_told():
    decided = Decided()
    application = decided.selected[0]
    offer = decided.offer(application)
    offers.accept(by=application.owner, offer=offer, words="Avec joie.")
    offer.refresh_from_db()
    assert (offer.state, offer.words, offer.answered_by) == (OfferState.ACCEPTED, "Avec joie.", application.owner)
    assert fresh(application).state == S.SELECTED
    (confirmation,) = texts("offer.accepted")
    (notice,) = texts("offer.answered")
    assert confirmation.to == application.owner.email
    assert notice.to == decided.call.contact_email
    assert "Avec joie." in notice.body
    assert Entry.objects.get(verb="offer.accepted").data.keys() == {"offer", "answer_by"}


def test_declining_renounces_and_frees_the_position():
    decided = Decided()
    application = decided.selected[0]
    offer = decided.offer(application)
    assert board(decided.jury).free == 0
    offers.refuse(by=application.owner, offer=offer)
    assert fresh(application).state == S.RENOUNCED
    assert board(decided.jury).free == 1
    assert str(fresh(application).applicant_state_label) == "vous avez renoncé"


def test_the_same_answer_sent_twice_is_written_once():
    decided = Decided()
    application = decided.selected[0]
    offer = decided.offer(application)
    offers.accept(by=application.owner, offer=offer)
    offers.accept(by=application.owner, offer=offer)
    assert len(texts("offer.accepted")) == 1
    with pytest.raises(Refused, match="déjà accepté"):
        offers.refuse(by=application.owner, offer=offer)


@pytest.mark.parametrize(
    ("late", "allowed"), [(timedelta(seconds=-1), True), (timedelta(0), False), (timedelta(seconds=1), False)]
)
@pytest.mark.parametrize("until", [midnight(2026, 3, 21), midnight(2026, 7, 21)], ids=["winter", "summer"])
def test_an_answer_counts_until_the_last_second_of_the_day(late, allowed, until):
    decided = Decided()
    application = decided.selected[0]
    with time_machine.travel(until - timedelta(days=5), tick=False):
        offer = decided.offer(application, answer_by=until)
    with time_machine.travel(until + late, tick=False):
        if allowed:
            assert offers.accept(by=application.owner, offer=offer).state == OfferState.ACCEPTED
            return
        with pytest.raises(Refused) as refusal:
            offers.accept(by=application.owner, offer=offer)
        assert refusal.value.code == "too_late"
        assert decided.call.contact_email in str(refusal.value)


def test_an_answer_begun_before_the_date_and_finished_after_is_refused(monkeypatch):
    decided = Decided()
    application = decided.selected[0]
    offer = decided.offer(application, answer_by=timezone.now() + timedelta(hours=1))
    told = offer_notices.answered

    def slow(**kwargs):
        told(**kwargs)
        traveller.move_to(offer.answer_by)

    monkeypatch.setattr(offer_notices, "answered", slow)
    with time_machine.travel(timezone.now(), tick=False) as traveller, pytest.raises(Refused) as refusal:
        offers.accept(by=application.owner, offer=offer)
    assert refusal.value.code == "too_late"
    offer.refresh_from_db()
    assert offer.state == OfferState.PENDING
    assert not texts("offer.accepted")


def test_nobody_answers_a_letter_that_has_not_left():
    decided = Decided()
    application = decided.selected[0]
    offer = decided.offer(application, sent=False)
    with pytest.raises(Refused) as refusal:
        offers.accept(by=application.owner, offer=offer)
    assert refusal.value.code == "no_offer"


def test_a_co_applicant_does_not_answer_for_the_owner():
    decided = Decided()
    application = decided.selected[0]
    offer = decided.offer(application)
    editor = CollaboratorFactory(application=application, role="edit").user
    for person in (editor, UserFactory(), decided.desk):
        with pytest.raises(Forbidden):
            offers.accept(by=person, offer=offer)
    assert Offer.objects.get().state == OfferState.PENDING


# The coordination --------------------------------------------------------------------------------


def test_silence_is_closed_after_the_date_and_not_before():
    decided = Decided()
    application = decided.selected[0]
    offer = decided.offer(application)
    with pytest.raises(Refused, match="peut encore répondre"):
        offers.lapse(by=decided.desk, offer=offer)
    with time_machine.travel(offer.answer_by, tick=False):
        offers.lapse(by=decided.desk, offer=offer)
    assert fresh(application).state == S.RENOUNCED
    (message,) = texts("offer.closed")
    assert message.state == MailState.DRAFT
    with pytest.raises(Refused, match="faute de réponse"):
        offers.accept(by=application.owner, offer=offer)


def test_a_late_yes_is_recorded_while_the_position_is_free():
    decided = Decided()
    application = decided.selected[0]
    offer = decided.offer(application)
    with time_machine.travel(offer.answer_by, tick=False):
        offers.lapse(by=decided.desk, offer=offer)
        offers.accept_late(by=decided.desk, offer=offer, words="Par téléphone.")
    offer.refresh_from_db()
    assert (offer.state, offer.ended_at) == (OfferState.ACCEPTED, None)
    assert fresh(application).state == S.SELECTED


def test_a_late_yes_is_refused_once_the_reserve_was_called():
    decided = Decided()
    application = decided.selected[0]
    offer = decided.offer(application)
    with time_machine.travel(offer.answer_by, tick=False):
        offers.lapse(by=decided.desk, offer=offer)
        offers.call_next(by=decided.desk, jury=decided.jury, application=decided.reserve[0])
        with pytest.raises(Refused, match="plus de place"):
            offers.accept_late(by=decided.desk, offer=offer)
    assert fresh(application).state == S.RENOUNCED


def test_the_date_moves_and_the_artist_is_told():
    decided = Decided()
    offer = decided.offer(decided.selected[0])
    later = offer.answer_by + timedelta(days=3)
    with time_machine.travel(offer.answer_by + timedelta(hours=1), tick=False):
        offers.extend(by=decided.desk, offer=offer, answer_by=later)
        offers.accept(by=decided.selected[0].owner, offer=offer)
    (message,) = texts("offer.extended")
    assert message.state != MailState.DRAFT


def test_the_date_of_a_letter_that_has_not_left_does_not_move():
    decided = Decided()
    offer = decided.offer(decided.selected[0], sent=False)
    with pytest.raises(Refused, match="n'est pas parti"):
        offers.extend(by=decided.desk, offer=offer, answer_by=offer.answer_by + timedelta(days=1))


def test_a_position_is_released_mid_season_with_its_reason_and_its_day():
    decided = Decided()
    application = decided.selected[0]
    offer = decided.offer(application)
    offers.accept(by=application.owner, offer=offer)
    later = timezone.now() + timedelta(days=120)
    with time_machine.travel(later, tick=False):
        on = timezone.localdate() - timedelta(days=3)
        with pytest.raises(Refused) as refusal:
            offers.release(by=decided.desk, offer=offer, why=" ", on=on)
        assert refusal.value.field == "why"
        offers.release(by=decided.desk, offer=offer, why="Raison de santé.", on=on)
        letter = offers.call_next(by=decided.desk, jury=decided.jury, application=decided.reserve[0])
    offer.refresh_from_db()
    assert timezone.localdate(offer.ended_at) == on
    assert fresh(application).state == S.RENOUNCED
    assert letter.outcome == LetterOutcome.CALLED


def test_cancelling_before_the_letter_leaves_keeps_it_from_leaving():
    decided = Decided()
    application = decided.selected[0]
    offer = decided.offer(application, sent=False)
    offers.cancel(by=decided.desk, offer=offer, why="Erreur de résidence.")
    offer.letter.mail.refresh_from_db()
    assert offer.letter.mail.state == MailState.CANCELLED
    assert not texts("offer.closed")
    assert fresh(application).state == S.SELECTED
    assert len(decided.draft(application)) == 1


def test_cancelling_after_the_letter_left_drafts_a_message():
    decided = Decided()
    application = decided.selected[0]
    offer = decided.offer(application)
    offers.cancel(by=decided.desk, offer=offer, why="Budget revu.")
    (message,) = texts("offer.closed")
    assert "Budget revu." in message.body
    assert message.state == MailState.DRAFT
    with pytest.raises(Refused, match="close par la coordination"):
        offers.accept(by=application.owner, offer=offer)


@pytest.mark.parametrize("act", ["lapse", "accept_late", "extend", "release", "cancel"])
def test_another_territory_does_nothing_to_an_offer(act):
    decided = Decided()
    offer = decided.offer(decided.selected[0])
    more: dict[str, Any] = {
        "extend": {"answer_by": timezone.now() + timedelta(days=9)},
        "release": {"why": "x", "on": timezone.localdate()},
        "cancel": {"why": "x"},
    }
    with pytest.raises(Forbidden):
        getattr(offers, act)(by=CoordinatorFactory(), offer=offer, **more.get(act, {}))


# The reserve list --------------------------------------------------------------------------------


def freed(decided):
    application = decided.selected[0]
    offers.refuse(by=application.owner, offer=decided.offer(application))


def test_the_first_of_the_reserve_is_called_with_a_draft_and_an_offer():
    decided = Decided(reserve=2)
    freed(decided)
    found = board(decided.jury)
    assert found.next_for(None).application.pk == decided.reserve[0].pk
    letter = offers.call_next(by=decided.desk, jury=decided.jury, application=decided.reserve[0])
    offer = Offer.objects.get(letter=letter)
    assert (letter.outcome, letter.mail.state) == (LetterOutcome.CALLED, MailState.DRAFT)
    assert (offer.from_reserve, offer.position, offer.out_of_order) == (True, decided.position, "")
    assert fresh(decided.reserve[0]).state == S.SELECTED
    send(decided.desk, letter.mail)
    offers.accept(by=decided.reserve[0].owner, offer=offer)
    assert board(decided.jury).free == 0


def test_nobody_is_called_while_nothing_is_free():
    decided = Decided(reserve=1)
    with pytest.raises(Refused, match="Aucune résidence n'est libre"):
        offers.call_next(by=decided.desk, jury=decided.jury, application=decided.reserve[0])


def test_nobody_is_called_on_a_residency_of_another_call():
    decided = Decided(reserve=1)
    freed(decided)
    with pytest.raises(Refused, match="pas de cet appel"):
        offers.call_next(
            by=decided.desk, jury=decided.jury, application=decided.reserve[0], position=Decided().position
        )
    assert fresh(decided.reserve[0]).state == S.RESERVE


def test_out_of_order_a_reason_is_asked_and_kept():
    decided = Decided(reserve=2)
    freed(decided)
    with pytest.raises(Refused) as refusal:
        offers.call_next(by=decided.desk, jury=decided.jury, application=decided.reserve[1])
    assert refusal.value.field == "why"
    assert fresh(decided.reserve[1]).state == S.RESERVE
    letter = offers.call_next(
        by=decided.desk, jury=decided.jury, application=decided.reserve[1], why="Même discipline que le départ."
    )
    assert Offer.objects.get(letter=letter).out_of_order == "Même discipline que le départ."


def test_who_another_territory_keeps_is_passed_over():
    decided = Decided(reserve=2)
    freed(decided)
    OutsideDecision.objects.create(
        application=decided.reserve[0], territory="Voisin", jury_on=timezone.localdate() - timedelta(days=1)
    )
    assert board(decided.jury).next_for(None).application.pk == decided.reserve[1].pk
    offers.call_next(by=decided.desk, jury=decided.jury, application=decided.reserve[1])
    assert Offer.objects.latest("pk").out_of_order == ""


def test_a_call_taken_back_returns_to_the_reserve():
    decided = Decided(reserve=1)
    freed(decided)
    letter = offers.call_next(by=decided.desk, jury=decided.jury, application=decided.reserve[0])
    offers.cancel(by=decided.desk, offer=Offer.objects.get(letter=letter), why="Erreur.")
    assert fresh(decided.reserve[0]).state == S.RESERVE
    offers.call_next(by=decided.desk, jury=decided.jury, application=decided.reserve[0])
    assert Letter.objects.filter(outcome=LetterOutcome.CALLED, mail__state=MailState.DRAFT).count() == 1


def test_ending_the_reserve_declines_and_drafts_the_letters():
    decided = Decided(reserve=3)
    for row in decided.draft(*decided.reserve):
        send(decided.desk, row.mail)
    drafted = offers.end_reserve(by=decided.desk, jury=decided.jury)
    assert [row.outcome for row in drafted] == [LetterOutcome.DECLINED] * 3
    assert {fresh(row).state for row in decided.reserve} == {S.DECLINED}
    assert str(fresh(decided.reserve[0]).applicant_state_label) == "en liste complémentaire"


def test_the_board_counts_each_position():
    decided = Decided(selected=3, reserve=1, places=4)
    offers.accept(by=decided.selected[0].owner, offer=decided.offer(decided.selected[0]))
    decided.offer(decided.selected[1])
    (line,) = board(decided.jury).lines
    assert (line.count, line.accepted, line.pending) == (4, 1, 2)
    assert board(decided.jury).free == 1


# Withdrawing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["selected", "reserve", "declined"])
def test_an_artist_who_was_told_nothing_may_withdraw_and_reads_the_same_words(outcome):
    decided = Decided(selected=1, reserve=1, declined=1)
    (application,) = getattr(decided, outcome)
    (letter,) = decided.draft(application)
    applications.withdraw(by=application.owner, application=application)
    after = fresh(application)
    assert after.state == S.RENOUNCED
    assert str(after.applicant_state_label) == "retiré"
    letter.mail.refresh_from_db()
    assert letter.mail.state == MailState.CANCELLED
    assert not Offer.objects.holding().exists()
    (notice,) = texts("application.renounced")
    assert notice.to == decided.call.contact_email
    assert len(texts("application.withdrawn")) == 1


def test_withdrawing_a_second_time_says_so_and_nothing_else():
    decided = Decided()
    application = decided.declined[0]
    applications.withdraw(by=application.owner, application=application)
    with pytest.raises(Refused) as refusal:
        applications.withdraw(by=application.owner, application=application)
    assert str(refusal.value) == "Ce dossier est déjà retiré."


def test_an_artist_told_to_be_on_the_reserve_list_may_leave_it():
    decided = Decided(reserve=1)
    application = decided.reserve[0]
    (letter,) = decided.draft(application)
    send(decided.desk, letter.mail)
    applications.withdraw(by=application.owner, application=application)
    assert fresh(application).state == S.RENOUNCED
    assert str(fresh(application).applicant_state_label) == "vous avez renoncé"


def test_an_offer_that_waits_is_answered_not_withdrawn():
    decided = Decided()
    application = decided.selected[0]
    decided.offer(application)
    with pytest.raises(Refused) as refusal:
        applications.withdraw(by=application.owner, application=application)
    assert refusal.value.code == "answer"


# Reminders ---------------------------------------------------------------------------------------


def test_an_artist_is_reminded_once_two_days_before_the_date():
    decided = Decided(selected=2, reserve=0)
    silent, answered = decided.selected
    offer = decided.offer(silent)
    offers.accept(by=answered.owner, offer=decided.offer(answered))
    assert offers.remind_waiting(now=offer.answer_by - timedelta(hours=48, minutes=1)) == 0
    assert offers.remind_waiting(now=offer.answer_by - timedelta(hours=47)) == 1
    assert offers.remind_waiting(now=offer.answer_by - timedelta(hours=46)) == 0
    (message,) = texts("offer.reminder")
    assert message.to == silent.owner.email
    assert offers.remind_waiting(now=offer.answer_by) == 0


def test_a_letter_that_has_not_left_reminds_nobody():
    decided = Decided()
    offer = decided.offer(decided.selected[0], sent=False)
    assert offers.remind_waiting(now=offer.answer_by - timedelta(hours=10)) == 0


# At once -----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_an_acceptance_and_a_cancellation_at_once_exactly_one_wins():
    decided = Decided()
    application = decided.selected[0]
    offer = decided.offer(application)
    start = threading.Barrier(2)
    outcomes: dict[str, str] = {}

    def run(name, act):
        try:
            start.wait()
            act()
            outcomes[name] = "done"
        except Refused as refusal:
            outcomes[name] = str(refusal)
        finally:
            connection.close()

    acts = {
        "artist": lambda: offers.accept(by=application.owner, offer=offer),
        "desk": lambda: offers.cancel(by=decided.desk, offer=offer, why="Erreur."),
    }
    threads = [threading.Thread(target=run, args=item) for item in acts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    offer.refresh_from_db()
    won = {OfferState.ACCEPTED: "artist", OfferState.CANCELLED: "desk"}[OfferState(offer.state)]
    lost = "desk" if won == "artist" else "artist"
    assert outcomes[won] == "done"
    assert ("close par la coordination" if lost == "artist" else "quelqu'un l'a changée") in outcomes[lost]
    assert len(texts("offer.accepted")) == (won == "artist")


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_calling_the_reserve_at_once_award_one_position():
    decided = Decided(reserve=2)
    freed(decided)
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def run(application):
        try:
            start.wait()
            offers.call_next(by=decided.desk, jury=decided.jury, application=application, why="Au choix.")
            outcomes.append("done")
        except Refused as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(row,)) for row in decided.reserve]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "no_place"]
    assert Application.objects.filter(call=decided.call, state=S.SELECTED).count() == 1
    assert letters.preview(decided.jury)
    assert place(decided.declined[0], "declined").state == S.DECLINED
    assert mail.deliver_pending() is not None
