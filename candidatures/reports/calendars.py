"""A call's dates as an iCalendar file (RFC 5545)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from candidatures.enums import CallStatus
from candidatures.models import Call, CallPeriod
from candidatures.pages import dates
from clea.i18n import localised

if TYPE_CHECKING:
    from icalendar import Alarm, Event

PARIS = ZoneInfo("Europe/Paris")
#: Long before the close: time enough to finish a dossier.
WARNING = timedelta(days=7)


def call_dates(call: Call, periods: Sequence[CallPeriod]) -> bytes:
    """Every date of a call: whole days, but for the opening and the close, which have an hour.

    Identifiers come from the call's UUID: a date that moves replaces itself in the reader's
    agenda. The same call gives the same bytes. No query.
    """
    from icalendar import Calendar, vDuration

    title = localised(call, "title")
    page = f"{settings.SITE_URL}{call.get_absolute_url()}"
    calendar = Calendar()
    calendar.add("prodid", "-//CLEA//Appels a candidatures//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("x-wr-timezone", "Europe/Paris")
    calendar.add("refresh-interval", vDuration(timedelta(days=1)), parameters={"VALUE": "DURATION"})
    calendar.add("url", page)
    for milestone in dates.milestones(call, periods):
        calendar.add_component(_event(call, milestone, title, page))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _event(call: Call, milestone: dates.Milestone, title: str, page: str) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{uuid5(call.uuid, milestone.key)}@clea")
    event.add("dtstamp", call.updated_at.astimezone(ZoneInfo("UTC")).replace(microsecond=0))
    event.add("last-modified", call.updated_at.astimezone(ZoneInfo("UTC")).replace(microsecond=0))
    # A range whose end is a deadline reads like one: "au plus tard".
    event.add("summary", f"{milestone.label} – {title}", parameters={"LANGUAGE": (get_language() or "fr")[:2]})
    event.add("description", f"{milestone.when}.\n{page}")
    event.add("url", page)
    event.add("transp", "TRANSPARENT")
    event.add("status", "CONFIRMED" if call.status != CallStatus.DRAFT else "TENTATIVE")
    if milestone.at is not None:
        start, end = _instant(milestone)
        event.add("dtstart", start)
        event.add("dtend", end)
    else:
        event.add("dtstart", milestone.starts)
        # A whole-day event ends the morning after its last day.
        event.add("dtend", milestone.ends + timedelta(days=1))
    if milestone.presence:
        event.add("location", call.territory.name)
    if milestone.key == "closing":
        event.add_component(_alarm(title))
    return event


def _instant(milestone: dates.Milestone) -> tuple[datetime, datetime]:
    """The hour of an opening or a close. A close ends at its own instant, the day it belongs to."""
    assert milestone.at is not None
    moment = milestone.at.astimezone(PARIS)
    if milestone.key == "closing":
        return moment - timedelta(minutes=1), moment
    return moment, moment + timedelta(minutes=1)


def _alarm(title: str) -> Alarm:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -WARNING)
    alarm.add("description", _("L'appel « %(title)s » ferme dans une semaine.") % {"title": title})
    return alarm
