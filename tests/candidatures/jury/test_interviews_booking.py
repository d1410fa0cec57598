"""The artist's side: an interview is known once its letter has left, and a slot is one dossier's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from candidatures.enums import ApplicationState, CollaboratorRole
from candidatures.models import Application, InterviewInvitation, InterviewSlot, Jury
from candidatures.services import applications
from candidatures.services.jury import interview_booking as booking
from candidatures.services.jury import interviews
from clea.errors import Forbidden, Refused
from clea.journal.models import Entry
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from tests.candidatures.jury.interviews import booked, coordinator, invited, open_slots, shortlisted, text_of
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import CollaboratorFactory
from tests.factories.jury import JuryFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def jury() -> Jury:
    return JuryFactory()


@pytest.fixture
def artist(jury: Jury) -> Application:
    (application,) = shortlisted(jury)
    return application


def page(application: Application, suffix: str = "") -> str:
    return f"/candidatures/{application.uuid}/entretien/{suffix}"


def signed_in(application: Application) -> Client:
    client = Client()
    client.force_login(application.owner)
    return client


def holder(slot: InterviewSlot) -> Application | None:
    slot.refresh_from_db()
    return slot.application


# What is known, and to whom -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "status"),
    [(MailState.DRAFT, 404), (MailState.APPROVED, 404), (MailState.CANCELLED, 404), (MailState.SENT, 200)],
)
def test_the_interview_exists_once_its_letter_has_left(
    jury: Jury, artist: Application, state: MailState, status: int
) -> None:
    (slot, *_others) = open_slots(jury)
    invitation = invited(artist)
    OutgoingMail.objects.filter(pk=invitation.mail_id or 0).update(
        state=state, sent_at=timezone.now() if state == MailState.SENT else None
    )
    client = signed_in(artist)
    assert client.get(page(artist)).status_code == status
    assert ("Le jury souhaite vous rencontrer" in text_of(client.get(artist.get_absolute_url()))) == (status == 200)
    client.post(page(artist), {"creneau": str(slot.uuid)})
    assert (holder(slot) == artist) == (status == 200)


def test_one_s_own_list_says_what_comes_next(jury: Jury, artist: Application) -> None:
    (slot, *_others) = open_slots(jury)
    invitation = invited(artist)
    client = signed_in(artist)
    for state, words in ((MailState.DRAFT, None), (MailState.SENT, "Choisir un créneau d'entretien")):
        OutgoingMail.objects.filter(pk=invitation.mail_id or 0).update(
            state=state, sent_at=timezone.now() if state == MailState.SENT else None
        )
        listed = client.get("/candidatures/")
        assert (page(artist) in listed.content.decode()) == (words is not None)
        assert words is None or words in text_of(listed)
    booked(artist, slot)
    assert "Entretien avec le jury" in text_of(client.get("/candidatures/"))
    # A decision that no letter has told changes nothing here.
    Application.objects.filter(pk=artist.pk).update(state=ApplicationState.DECLINED)
    assert "Entretien avec le jury" in text_of(client.get("/candidatures/"))


def test_a_stranger_finds_nothing(jury: Jury, artist: Application) -> None:
    invited(artist)
    client = Client()
    client.force_login(UserFactory())
    for suffix in ("", "decliner/", "entretien.ics"):
        assert client.get(page(artist, suffix)).status_code == 404


def test_who_may_only_read_sees_and_changes_nothing(jury: Jury, artist: Application) -> None:
    (slot, *_others) = open_slots(jury)
    invited(artist)
    reader = CollaboratorFactory(application=artist, role=CollaboratorRole.READ).user
    client = Client()
    client.force_login(reader)
    assert client.get(page(artist)).status_code == 200
    assert client.post(page(artist), {"creneau": str(slot.uuid)}).status_code == 403
    assert client.post(page(artist, "decliner/")).status_code == 403
    assert holder(slot) is None


def test_who_may_edit_books_and_both_are_told(jury: Jury, artist: Application) -> None:
    (slot, *_others) = open_slots(jury)
    invited(artist)
    editor = CollaboratorFactory(application=artist, role=CollaboratorRole.EDIT).user
    booking.book(by=editor, application=artist, slot=slot)
    told = OutgoingMail.objects.filter(kind="interview.confirmed").values_list("to", flat=True)
    assert sorted(told) == sorted([artist.owner.email, editor.email])


# Booking ------------------------------------------------------------------------------------------


def test_an_artist_books_reads_where_and_is_written_to(jury: Jury, artist: Application) -> None:
    first, second = open_slots(jury, 2, remote=True)
    invited(artist)
    client = signed_in(artist)
    before = text_of(client.get(page(artist)))
    assert str(first.uuid) in before
    assert "visio.exemple.test" not in before
    response = client.post(page(artist), {"creneau": str(second.uuid)}, follow=True)
    assert holder(second) == artist
    assert "https://visio.exemple.test/salon" in text_of(response)
    letter = OutgoingMail.objects.get(kind="interview.confirmed")
    assert letter.to == artist.owner.email
    assert letter.state == MailState.APPROVED
    assert "https://visio.exemple.test/salon" in letter.body
    (attached,) = letter.attachments.all()
    assert attached.name.endswith(".ics")
    assert attached.content_type == "text/calendar"
    assert "Entretien avec le jury" in text_of(client.get(artist.get_absolute_url()))
    assert Entry.objects.filter(verb="interview.booked").count() == 1


def test_changing_gives_the_former_slot_back(jury: Jury, artist: Application) -> None:
    first, second, _third = open_slots(jury)
    booked(artist, first)
    response = signed_in(artist).post(page(artist), {"creneau": str(second.uuid)})
    assert response.status_code == 302
    assert (holder(first), holder(second)) == (None, artist)
    letter = OutgoingMail.objects.get(kind="interview.changed")
    assert letter.subject.startswith("Entretien changé")


def test_booking_the_same_slot_twice_changes_nothing(jury: Jury, artist: Application) -> None:
    (slot, *_others) = open_slots(jury)
    invited(artist)
    booking.book(by=artist.owner, application=artist, slot=slot)
    booking.book(by=artist.owner, application=artist, slot=slot)
    assert OutgoingMail.objects.filter(kind__startswith="interview.con").count() == 1
    assert InterviewInvitation.objects.get().sequence == 1


def test_a_slot_that_somebody_took_is_said_so_with_those_that_remain(jury: Jury) -> None:
    one, other = shortlisted(jury, 2)
    taken, left = open_slots(jury, 2)
    invited(other)
    booked(one, taken)
    response = signed_in(other).post(page(other), {"creneau": str(taken.uuid)})
    assert response.status_code == 409
    words = text_of(response)
    assert "Quelqu'un vient de réserver ce créneau" in words
    assert str(left.uuid) in words
    assert str(taken.uuid) not in words
    assert holder(taken) == one


@pytest.mark.django_db(transaction=True)
def test_two_artists_on_one_slot_at_once_one_gets_it_and_the_other_is_told() -> None:
    jury = JuryFactory()
    artists = shortlisted(jury, 4)
    (slot, *_others) = open_slots(jury, 2)
    for artist in artists:
        invited(artist)
    barrier, answers = threading.Barrier(4), []

    def click(artist: Application) -> None:
        barrier.wait()
        try:
            booking.book(by=artist.owner, application=artist, slot=slot)
            answers.append("booked")
        except Refused as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=(artist,)) for artist in artists]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["booked", "taken", "taken", "taken"]
    assert InterviewSlot.objects.booked().count() == 1
    assert OutgoingMail.objects.filter(kind="interview.confirmed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_artists_who_exchange_their_slots_at_once_lose_nothing() -> None:
    jury = JuryFactory()
    one, other = shortlisted(jury, 2)
    first, second = open_slots(jury, 2)
    booked(one, first)
    booked(other, second)
    barrier, answers = threading.Barrier(2), []

    def click(artist: Application, slot: InterviewSlot) -> None:
        barrier.wait()
        try:
            booking.book(by=artist.owner, application=artist, slot=slot)
            answers.append("booked")
        except Refused as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=pair) for pair in ((one, second), (other, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["taken", "taken"]
    assert (holder(first), holder(second)) == (one, other)


@pytest.mark.django_db(transaction=True)
def test_the_artist_moves_while_the_coordination_cancels_and_neither_is_lost() -> None:
    jury = JuryFactory()
    (artist,) = shortlisted(jury)
    first, second = open_slots(jury, 2)
    booked(artist, first)
    by, seen = coordinator(jury), interviews.mark(first)
    barrier, answers = threading.Barrier(2), []

    def run(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            act()
            answers.append("done")
        except Refused as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    acts: list[Callable[[], object]] = [
        lambda: booking.book(by=artist.owner, application=artist, slot=second),
        lambda: interviews.cancel_slot(by=by, slot=first, words="Salle fermée.", seen=seen),
    ]
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Whoever came second either acted on what the first left, or was told that the page was old.
    assert sorted(answers) in (["done", "done"], ["done", "stale"])
    assert holder(second) == artist
    first.refresh_from_db()
    assert (first.cancelled_at is not None) == (answers.count("done") == 2)
    assert InterviewSlot.objects.booked().count() == 1


def test_a_slot_of_another_jury_is_not_there(jury: Jury, artist: Application) -> None:
    (foreign, *_others) = open_slots(JuryFactory())
    invited(artist)
    response = signed_in(artist).post(page(artist), {"creneau": str(foreign.uuid)})
    assert response.status_code == 422
    with pytest.raises(Refused) as refused:
        booking.book(by=artist.owner, application=artist, slot=foreign)
    assert refused.value.code == "gone"
    assert holder(foreign) is None


@pytest.mark.parametrize(("seconds", "code"), [(-1, ""), (0, "too_late"), (1, "too_late")])
def test_the_deadline_is_the_first_instant_too_late(jury: Jury, artist: Application, seconds: int, code: str) -> None:
    (slot, *_others) = open_slots(jury)
    invitation = invited(artist)
    with time_machine.travel(invitation.book_by + timedelta(seconds=seconds), tick=False):
        try:
            booking.book(by=artist.owner, application=artist, slot=slot)
            found = ""
        except Refused as refusal:
            found = refusal.code
    assert found == code


@pytest.mark.parametrize(("seconds", "code"), [(-1, ""), (0, "too_near")])
def test_an_interview_does_not_move_in_its_last_day(jury: Jury, artist: Application, seconds: int, code: str) -> None:
    first, second, _third = open_slots(jury)
    booked(artist, first)
    InterviewInvitation.objects.update(book_by=first.starts_at)
    with time_machine.travel(first.starts_at - timedelta(hours=24) + timedelta(seconds=seconds), tick=False):
        try:
            booking.book(by=artist.owner, application=artist, slot=second)
            found = ""
        except Refused as refusal:
            found = refusal.code
    assert found == code
    assert holder(first) == (artist if code else None)


@pytest.mark.parametrize(
    "state", [ApplicationState.ELIGIBLE, ApplicationState.SELECTED, ApplicationState.DECLINED, ApplicationState.RESERVE]
)
def test_a_refusal_tells_no_state_from_another(jury: Jury, artist: Application, state: str) -> None:
    (slot, *_others) = open_slots(jury)
    invited(artist)
    Application.objects.filter(pk=artist.pk).update(state=state)
    response = signed_in(artist).post(page(artist), {"creneau": str(slot.uuid)})
    assert response.status_code == 409
    assert "Cet entretien ne se réserve plus" in text_of(response)
    assert holder(slot) is None


# Declining ----------------------------------------------------------------------------------------


def test_declining_gives_the_slot_back_and_tells_the_coordination(jury: Jury, artist: Application) -> None:
    (slot, *_others) = open_slots(jury)
    booked(artist, slot)
    client = signed_in(artist)
    assert "Votre dossier n'est pas retiré" in text_of(client.get(page(artist, "decliner/")))
    assert holder(slot) == artist
    client.post(page(artist, "decliner/"), {"words": "Je suis en tournée."})
    assert holder(slot) is None
    artist.refresh_from_db()
    assert artist.state == ApplicationState.SHORTLISTED
    told = OutgoingMail.objects.get(kind="interview.freed")
    assert told.to == jury.call.contact_email
    assert "Je suis en tournée." in told.body
    own = OutgoingMail.objects.get(kind="interview.declined")
    assert b"METHOD:CANCEL" in bytes(own.attachments.get().content)
    assert Entry.objects.filter(verb="interview.declined").count() == 1


def test_who_declined_may_change_their_mind_before_the_deadline(jury: Jury, artist: Application) -> None:
    (slot, *_others) = open_slots(jury)
    invited(artist)
    booking.decline(by=artist.owner, application=artist)
    with pytest.raises(Refused):
        booking.decline(by=artist.owner, application=artist)
    booking.book(by=artist.owner, application=artist, slot=slot)
    assert InterviewInvitation.objects.get().declined_at is None
    assert holder(slot) == artist


def test_one_declines_after_the_deadline_too_but_not_once_it_has_begun(jury: Jury, artist: Application) -> None:
    (slot, *_others) = open_slots(jury)
    booked(artist, slot)
    with time_machine.travel(slot.starts_at, tick=False), pytest.raises(Refused) as refused:
        booking.decline(by=artist.owner, application=artist)
    assert refused.value.code == "past"
    with time_machine.travel(slot.starts_at - timedelta(seconds=1), tick=False):
        booking.decline(by=artist.owner, application=artist)
    assert holder(slot) is None


def test_withdrawing_the_dossier_gives_the_slot_back(jury: Jury, artist: Application) -> None:
    (slot, *_others) = open_slots(jury)
    booked(artist, slot)
    applications.withdraw(by=artist.owner, application=artist)
    assert holder(slot) is None
    assert OutgoingMail.objects.filter(kind="interview.freed").count() == 1


def test_nobody_books_for_somebody_else(jury: Jury, artist: Application) -> None:
    (slot, *_others) = open_slots(jury)
    invited(artist)
    with pytest.raises(Forbidden):
        booking.book(by=UserFactory(), application=artist, slot=slot)
    assert holder(slot) is None


def test_the_page_and_the_letters_are_in_english_for_who_reads_english(jury: Jury, artist: Application) -> None:
    (slot, *_others) = open_slots(jury)
    invited(artist)
    artist.owner.language = "en"
    artist.owner.save()
    booking.book(by=artist.owner, application=artist, slot=slot)
    letter = OutgoingMail.objects.get(kind="interview.confirmed")
    assert letter.language == "en"
    assert letter.subject.startswith("Interview booked: ")


def test_the_page_costs_the_same_with_three_slots_and_thirty(
    jury: Jury, artist: Application, assert_num_queries_constant
) -> None:
    open_slots(jury, 3)
    invited(artist)
    client = signed_in(artist)
    assert_num_queries_constant(lambda: client.get(page(artist)), lambda: open_slots(jury, 27), at_most=9)
