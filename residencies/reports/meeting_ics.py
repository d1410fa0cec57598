"""A meeting as an iCalendar file, joined to its messages (RFC 5546).

The UID never changes; a REQUEST of a higher SEQUENCE moves it in the reader's calendar, CANCEL strikes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from uuid import uuid5

from django.utils import timezone

from residencies.methods.entries import PARIS
from residencies.models import Meeting

NAME = "reunion.ics"
TYPE = "text/calendar"


def uid_of(meeting: Meeting) -> str:
    return f"{uuid5(meeting.uuid, 'meeting')}@clea"


def written(meeting: Meeting, *, organiser: str, to: str, agenda: Sequence[str] = ()) -> bytes:
    """One VEVENT for one person. ``organiser`` and ``to`` are e-mail addresses: to that person only."""
    from icalendar import Calendar, Event, vCalAddress

    cancelled = meeting.state == "cancelled"
    calendar = Calendar()
    calendar.add("prodid", "-//CLEA//Pilotage//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "CANCEL" if cancelled else "REQUEST")
    event = Event()
    event.add("uid", uid_of(meeting))
    event.add("dtstamp", timezone.now().astimezone(UTC).replace(microsecond=0))
    event.add("sequence", meeting.sequence)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("summary", meeting.title)
    event.add("dtstart", meeting.starts_at.astimezone(PARIS))
    event.add("dtend", meeting.ends_at.astimezone(PARIS))
    if meeting.place or meeting.link:
        event.add("location", meeting.place or meeting.link)
    if meeting.link:
        event.add("url", meeting.link)
    if agenda:
        event.add("description", "\n".join(f"{n}. {title}" for n, title in enumerate(agenda, 1)))
    if organiser:
        event.add("organizer", vCalAddress(f"mailto:{organiser}"))
    guest = vCalAddress(f"mailto:{to}")
    guest.params["ROLE"] = "REQ-PARTICIPANT"
    guest.params["PARTSTAT"] = "NEEDS-ACTION"
    event.add("attendee", guest)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content
