"""The files for calendars, as two libraries that are not ours read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone
from ical.calendar_stream import IcsCalendarStream

from candidatures.enums import InterviewMode
from candidatures.models import Application, InterviewSlot, Jury
from candidatures.services.jury import interview_booking, interviews
from candidatures.services.jury.interviews import Room
from clea.mail import services as outbox
from clea.mail.models import OutgoingMail
from tests.candidatures.jury.interviews import PARIS, booked, coordinator, invited, open_slots, shortlisted
from tests.factories.jury import JuryFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def jury() -> Jury:
    return JuryFactory()


@pytest.fixture
def artist(jury: Jury) -> Application:
    (application,) = shortlisted(jury)
    return application


def attached(kind: str) -> bytes:
    letter = OutgoingMail.objects.filter(kind=kind).latest("pk")
    return bytes(letter.attachments.get().content)


def parsed(content: bytes) -> tuple[icalendar.Calendar, Any]:
    """The calendar and its one event; the other library must read it too."""
    other = IcsCalendarStream.calendar_from_ics(content.decode())
    assert len(other.events) == 1
    calendar = icalendar.Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    assert other.events[0].uid == str(event["uid"])
    assert other.events[0].sequence == event["sequence"]
    return calendar, event


def test_one_event_follows_the_artist_through_every_change(jury: Jury, artist: Application) -> None:
    first, second = open_slots(jury, 2)
    by = coordinator(jury)
    invited(artist)
    interview_booking.book(by=artist.owner, application=artist, slot=first)
    steps = [parsed(attached("interview.confirmed"))]
    interview_booking.book(by=artist.owner, application=artist, slot=second)
    steps.append(parsed(attached("interview.changed")))
    second.refresh_from_db()
    interviews.change_slot(
        by=by,
        slot=second,
        starts_at=second.starts_at + timedelta(hours=2),
        minutes=45,
        room=Room(InterviewMode.REMOTE, link="https://visio.exemple.test/autre"),
    )
    steps.append(parsed(attached("interview.changed")))
    interviews.cancel_slot(by=by, slot=second, words="Grève des trains.")
    steps.append(parsed(attached("interview.cancelled")))
    interview_booking.book(by=artist.owner, application=artist, slot=first)
    steps.append(parsed(attached("interview.confirmed")))
    interview_booking.decline(by=artist.owner, application=artist)
    steps.append(parsed(attached("interview.declined")))

    assert len({str(event["uid"]) for _calendar, event in steps}) == 1
    assert [event["sequence"] for _calendar, event in steps] == [1, 2, 3, 4, 5, 6]
    methods = [str(calendar["method"]) for calendar, _event in steps]
    assert methods == ["PUBLISH", "PUBLISH", "PUBLISH", "CANCEL", "PUBLISH", "CANCEL"]
    statuses = [str(event["status"]) for _calendar, event in steps]
    assert statuses == ["CONFIRMED", "CONFIRMED", "CONFIRMED", "CANCELLED", "CONFIRMED", "CANCELLED"]
    assert str(steps[2][1]["location"]) == "https://visio.exemple.test/autre"
    assert steps[2][1]["dtend"].dt - steps[2][1]["dtstart"].dt == timedelta(minutes=45)


def test_nobody_is_asked_to_answer_by_mail(jury: Jury, artist: Application) -> None:
    """A PUBLISH names who organises and nobody who attends (RFC 5546, 3.2.1)."""
    (slot,) = open_slots(jury, 1)
    invited(artist)
    interview_booking.book(by=artist.owner, application=artist, slot=slot)
    _calendar, event = parsed(attached("interview.confirmed"))
    assert str(event["organizer"]) == f"mailto:{jury.call.contact_email}"
    assert "attendee" not in event
    assert artist.owner.email.encode() not in attached("interview.confirmed")


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        # Winter, then summer: the same hour on the wall is not the same instant.
        (datetime(2027, 3, 26, 9, 30, tzinfo=PARIS), datetime(2027, 3, 26, 8, 30, tzinfo=UTC)),
        (datetime(2027, 3, 29, 9, 30, tzinfo=PARIS), datetime(2027, 3, 29, 7, 30, tzinfo=UTC)),
        (datetime(2027, 10, 29, 9, 30, tzinfo=PARIS), datetime(2027, 10, 29, 7, 30, tzinfo=UTC)),
        (datetime(2027, 11, 2, 9, 30, tzinfo=PARIS), datetime(2027, 11, 2, 8, 30, tzinfo=UTC)),
    ],
)
def test_the_hour_is_that_of_paris_in_winter_and_in_summer(
    jury: Jury, artist: Application, local: datetime, instant: datetime
) -> None:
    (slot,) = open_slots(jury, 1, start=local)
    booked(artist, slot)
    client = Client()
    client.force_login(artist.owner)
    with time_machine.travel(local - timedelta(days=2), tick=False):
        client.force_login(artist.owner)
        response = client.get(f"/candidatures/{artist.uuid}/entretien/entretien.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    calendar, event = parsed(response.content)
    assert event["dtstart"].dt.astimezone(UTC) == instant
    assert event["dtstart"].params["TZID"] == "Europe/Paris"
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Paris"]
    (other,) = IcsCalendarStream.calendar_from_ics(response.content.decode()).events
    assert isinstance(other.start, datetime)
    assert isinstance(other.end, datetime)
    assert other.start.astimezone(UTC) == instant
    assert other.end.astimezone(UTC) == instant + timedelta(minutes=30)


def test_lines_are_folded_and_ended_as_the_standard_wants(jury: Jury, artist: Application) -> None:
    type(jury.call).objects.filter(pk=jury.call_id).update(title="Cinq résidences ; « à l'écoute », " + "é" * 80)
    (slot,) = open_slots(jury, 1)
    invited(artist)
    interview_booking.book(by=artist.owner, application=artist, slot=slot)
    content = attached("interview.confirmed")
    assert content.replace(b"\r\n", b"").count(b"\n") == 0
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    _calendar, event = parsed(content)
    assert str(event["summary"]).startswith("Entretien – Cinq résidences ; « à l'écoute », é")


def test_the_file_arrives_whole_by_mail(jury: Jury, artist: Application) -> None:
    (slot,) = open_slots(jury, 1)
    invited(artist)
    interview_booking.book(by=artist.owner, application=artist, slot=slot)
    letter = OutgoingMail.objects.get(kind="interview.confirmed")
    outbox.deliver(letter.pk)
    (message,) = mail.outbox
    (part,) = [part for part in message.message().walk() if part.get_content_type() == "text/calendar"]
    assert part.get_filename() == f"entretien-{jury.call.slug}.ics"
    received = part.get_payload(decode=True).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    _calendar, event = parsed(received)
    assert event["dtstart"].dt == slot.starts_at


def test_english_readers_get_an_english_event(jury: Jury, artist: Application) -> None:
    type(jury.call).objects.filter(pk=jury.call_id).update(title_en="Call for five residencies")
    artist.owner.language = "en"
    artist.owner.save()
    (slot,) = open_slots(jury, 1)
    invited(artist)
    interview_booking.book(by=artist.owner, application=artist, slot=slot)
    _calendar, event = parsed(attached("interview.confirmed"))
    assert str(event["summary"]).endswith(" – Call for five residencies")


def test_the_coordination_takes_the_booked_slots_home(jury: Jury, artist: Application) -> None:
    first, _free = open_slots(jury, 2)
    booked(artist, first)
    client = Client()
    client.force_login(coordinator(jury))
    response = client.get(f"/coordination/candidatures/jury/{jury.uuid}/entretiens/entretiens.ics")
    _calendar, event = parsed(response.content)
    assert str(event["summary"]) == f"Entretien – {artist.display_name}"
    assert InterviewSlot.objects.count() == 2
    assert event["dtstart"].dt.astimezone(UTC) > timezone.now()
