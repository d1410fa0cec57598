"""Interviews as iCalendar files (RFC 5545, RFC 5546).

An artist receives ``METHOD:PUBLISH``: the file opens as an event to keep, and asks for no answer by
e-mail that nobody would read. The same UID with a larger SEQUENCE replaces it, ``METHOD:CANCEL``
takes it away. A juror's feed holds the interviews of the dossiers open to them, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from candidatures.enums import InterviewMode
from candidatures.models import Application, Call, InterviewSlot, Juror, Jury
from candidatures.selectors.interviews import GridRow, Heard, where
from clea.i18n import localised

if TYPE_CHECKING:
    from icalendar import Alarm, Calendar, Event

PARIS = ZoneInfo("Europe/Paris")
#: How often a calendar should read a feed again: an interview moves on the eve.
REFRESH = timedelta(hours=1)
NOTICE = timedelta(hours=1)


def for_artist(
    slot: InterviewSlot, application: Application, *, sequence: int, stamp: datetime, cancelled: bool = False
) -> bytes:
    """The artist's interview, in the language in force. No query when the call and territory are loaded."""
    from icalendar import vCalAddress, vText

    call = application.call
    page = _absolute(reverse("applications:interview", args=[application.uuid]))
    calendar = _calendar("CANCEL" if cancelled else "PUBLISH")
    event = _event(slot, _artist_uid(application), sequence, stamp)
    event.add("summary", _("Entretien – %(call)s") % {"call": localised(call, "title")})
    lines = [_("Entretien avec le jury."), _("Heure de Paris."), page, call.contact_email]
    if slot.mode == InterviewMode.REMOTE:
        lines.insert(1, slot.link)
    event.add("description", "\n".join(lines))
    event.add("url", page)
    organiser = vCalAddress(f"mailto:{call.contact_email}")
    organiser.params["CN"] = vText(call.territory.service_name or call.territory.name)
    event.add("organizer", organiser)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if not cancelled:
        event.add_component(_alarm())
    calendar.add_component(event)
    return _written(calendar)


def for_juror(juror: Juror, rows: Iterable[Heard]) -> bytes:
    """A member's feed: what ``selectors.interviews.for_juror`` gives, dossiers under the name they may read."""
    call = juror.jury.call
    calendar = _feed(_("Entretiens du jury – %(call)s") % {"call": call.title})
    for row in rows:
        event = _of_jury(row.slot, row.face.label)
        page = _absolute(reverse("jury:interview", args=[call.slug, row.application.uuid]))
        event.add("description", "\n".join([_place_line(row.slot), page]))
        event.add("url", page)
        calendar.add_component(event)
    return _written(calendar)


def for_desk(jury: Jury, rows: Iterable[GridRow]) -> bytes:
    """The coordination's timetable: the slots that are taken, by name."""
    calendar = _feed(_("Entretiens – %(call)s") % {"call": jury.call.title})
    for row in rows:
        if row.application is None:
            continue
        event = _of_jury(row.slot, row.label)
        event.add("description", "\n".join([row.number, _place_line(row.slot)]))
        calendar.add_component(event)
    return _written(calendar)


def file_name(call: Call) -> str:
    """Says neither who is heard nor where."""
    return f"entretien-{call.slug}.ics"


def _absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def _artist_uid(application: Application) -> UUID:
    return uuid5(application.uuid, "interview")


def _place_line(slot: InterviewSlot) -> str:
    return f"{slot.get_mode_display()} – {where(slot)}"


def _calendar(method: str) -> Calendar:
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//CLEA//Entretiens//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _feed(name: str) -> Calendar:
    from icalendar import vDuration

    calendar = _calendar("PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Europe/Paris")
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    return calendar


def _event(slot: InterviewSlot, uid: UUID, sequence: int, stamp: datetime) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{uid}@clea")
    event.add("dtstamp", stamp.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", sequence)
    event.add("dtstart", slot.starts_at.astimezone(PARIS))
    event.add("dtend", slot.ends_at.astimezone(PARIS))
    event.add("location", where(slot))
    return event


def _of_jury(slot: InterviewSlot, label: str) -> Event:
    event = _event(slot, uuid5(slot.uuid, "interview"), slot.sequence, slot.updated_at)
    event.add("summary", _("Entretien – %(label)s") % {"label": label})
    event.add("class", "CONFIDENTIAL")
    event.add("status", "CONFIRMED")
    return event


def _alarm() -> Alarm:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -NOTICE)
    alarm.add("description", _("Entretien dans une heure"))
    return alarm


def _written(calendar: Calendar) -> bytes:
    if calendar.walk("VEVENT"):
        calendar.add_missing_timezones()
    return calendar.to_ical()
