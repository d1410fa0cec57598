"""Reminders of interviews: two days before, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from candidatures.enums import InterviewMode
from candidatures.models import Application, InterviewInvitation, InterviewSlot, Jury
from candidatures.services.jury import interview_booking, interviews
from candidatures.services.jury.interview_reminders import remind_artists
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from tests.candidatures.jury.interviews import booked, coordinator, invited, open_slots, shortlisted
from tests.factories.jury import JuryFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def jury() -> Jury:
    return JuryFactory()


@pytest.fixture
def artist(jury: Jury) -> Application:
    (application,) = shortlisted(jury)
    return application


@pytest.mark.parametrize(
    ("before", "count"), [(timedelta(hours=48, seconds=1), 0), (timedelta(hours=48), 1), (timedelta(hours=3), 1)]
)
def test_an_artist_is_reminded_in_the_last_two_days(
    jury: Jury, artist: Application, before: timedelta, count: int
) -> None:
    (slot,) = open_slots(jury, 1)
    booked(artist, slot)
    with time_machine.travel(slot.starts_at - before, tick=False):
        assert remind_artists() == count
        assert remind_artists() == 0
    letters = OutgoingMail.objects.filter(kind="interview.reminder")
    assert letters.count() == count
    assert Entry.objects.filter(verb="interview.reminded").count() == count


def test_an_interview_that_moves_is_reminded_of_again(jury: Jury, artist: Application) -> None:
    (slot,) = open_slots(jury, 1)
    booked(artist, slot)
    with time_machine.travel(slot.starts_at - DAY, tick=False):
        remind_artists()
        interviews.change_slot(
            by=coordinator(jury),
            slot=slot,
            starts_at=slot.starts_at + 10 * DAY,
            minutes=30,
            room=interviews.Room(InterviewMode(slot.mode), place=slot.place),
        )
    slot.refresh_from_db()
    with time_machine.travel(slot.starts_at - DAY, tick=False):
        assert remind_artists() == 1


def test_who_has_just_booked_is_not_reminded(jury: Jury, artist: Application) -> None:
    (slot,) = open_slots(jury, 1)
    invited(artist, days=10)
    with time_machine.travel(slot.starts_at - DAY, tick=False):
        interview_booking.book(by=artist.owner, application=artist, slot=slot)
        assert remind_artists() == 0


def test_nothing_is_said_of_an_interview_that_is_off(jury: Jury) -> None:
    cancelled, missed, withdrawn = shortlisted(jury, 3)
    slots = open_slots(jury, 3)
    for artist, slot in zip((cancelled, missed, withdrawn), slots, strict=True):
        booked(artist, slot)
    InterviewSlot.objects.filter(pk=slots[0].pk).update(cancelled_at=timezone.now())
    InterviewSlot.objects.filter(pk=slots[1].pk).update(outcome="missed")
    Application.objects.filter(pk=withdrawn.pk).update(state="withdrawn")
    with time_machine.travel(slots[0].starts_at - DAY, tick=False):
        assert remind_artists() == 0


@pytest.mark.parametrize(
    ("before", "count"), [(timedelta(hours=48, seconds=1), 0), (timedelta(hours=48), 1), (timedelta(0), 0)]
)
def test_who_has_no_slot_is_reminded_two_days_before_the_deadline(
    jury: Jury, artist: Application, before: timedelta, count: int
) -> None:
    open_slots(jury, 1)
    invitation = invited(artist)
    with time_machine.travel(invitation.book_by - before, tick=False):
        assert remind_artists() == count
        assert remind_artists() == 0
    assert OutgoingMail.objects.filter(kind="interview.booking_reminder").count() == count


def test_nobody_is_asked_to_choose_when_nothing_is_left(jury: Jury) -> None:
    artist, other = shortlisted(jury, 2)
    (slot,) = open_slots(jury, 1)
    booked(other, slot)
    invitation = invited(artist)
    with time_machine.travel(invitation.book_by - DAY, tick=False):
        assert remind_artists() == 0


def test_who_booked_or_declined_is_left_alone(jury: Jury) -> None:
    one, other = shortlisted(jury, 2)
    slots = open_slots(jury, 2, start=timezone.now() + 20 * DAY)
    booked(one, slots[0])
    invitation = invited(other)
    InterviewInvitation.objects.filter(pk=invitation.pk).update(declined_at=timezone.now())
    with time_machine.travel(invitation.book_by - DAY, tick=False):
        assert remind_artists() == 0


def test_one_that_fails_keeps_nobody_else_from_being_told(
    jury: Jury, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from candidatures.services.jury import interview_notices

    one, other = shortlisted(jury, 2)
    slots = open_slots(jury, 2)
    booked(one, slots[0])
    booked(other, slots[1])
    true = interview_notices.reminded

    def fails(*, slot: InterviewSlot, application: Application) -> None:
        if application == one:
            raise RuntimeError("the mail server's address is wrong")
        true(slot=slot, application=application)

    monkeypatch.setattr(interview_notices, "reminded", fails)
    with time_machine.travel(slots[0].starts_at - DAY, tick=False):
        assert remind_artists() == 1
    assert "cannot be reminded" in caplog.text
    assert OutgoingMail.objects.get(kind="interview.reminder").to == other.owner.email


def test_the_command_reminds(jury: Jury, artist: Application) -> None:
    (slot,) = open_slots(jury, 1)
    booked(artist, slot)
    with time_machine.travel(slot.starts_at - DAY, tick=False):
        call_command("rappels")
    assert OutgoingMail.objects.filter(kind="interview.reminder").count() == 1
