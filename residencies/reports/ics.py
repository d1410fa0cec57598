"""Calendars as iCalendar files (RFC 5545), for programs that subscribe to an address.

The UID of a thing never changes, from one feed to another either; its SEQUENCE and LAST-MODIFIED are
its row's, so that what moved is moved and what is called off is struck, not doubled. Hours are those
of Paris, with their time zone; days are DATE values, the last one excluded. No telephone, no e-mail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from uuid import UUID, uuid5

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from residencies.methods.entries import PARIS, Entry, Kind

if TYPE_CHECKING:
    from icalendar import Calendar, Event

    from residencies.models import Event as Gathering
    from residencies.models import Residency, Session
    from structures.models import Commune, Structure, Territory

#: How often a program should read a feed again: a session moves on the eve.
REFRESH = timedelta(hours=1)
#: What a feed holds, in the order of the kinds.
_WRITTEN = (Kind.SESSION, Kind.VISIT, Kind.EVENT, Kind.PERIOD)

Summary = Callable[[Entry], str]


class PublicItem(Protocol):
    """What the public's calendar reads of a line of the agenda."""

    @property
    def row(self) -> Session | Gathering: ...
    @property
    def title(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def commune(self) -> Commune | None: ...
    @property
    def how_to_come(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def is_event(self) -> bool: ...
    @property
    def is_cancelled(self) -> bool: ...


def for_artist(residency: Residency, entries: Iterable[Entry]) -> bytes:
    """A residency's feed: its sessions, visits, events and periods."""
    name = _("Résidence – %(artist)s") % {"artist": residency.artist_name}
    link = _absolute(reverse("studio:calendar", args=[residency.uuid]))
    return _feed(name, entries, _with_structures, link)


def for_structure(structure: Structure, entries: Iterable[Entry]) -> bytes:
    """A structure's feed: its sessions, and who comes."""
    name = _("CLEA – %(structure)s") % {"structure": structure.name}
    link = _absolute(reverse("team:calendar", args=[structure.uuid]))
    return _feed(name, (entry for entry in entries if entry.kind == Kind.SESSION), _with_artists, link)


def for_desk(territory: Territory, entries: Iterable[Entry]) -> bytes:
    """The coordination's feed: everything of the territory."""
    name = _("CLEA – toutes les résidences, %(territory)s") % {"territory": territory.short_name}
    return _feed(name, entries, _with_artists, "")


def public_calendar(
    items: Iterable[PublicItem], *, commune: Commune | None = None, name: str = "", link: str = ""
) -> bytes:
    """The public's: what the agenda shows, of one commune if one was asked. No query of its own.

    ``name`` is the calendar's, ``link`` the page where one reads more.
    """
    calendar = _calendar(name or _public_name(commune))
    for item in items:
        kind = Kind.EVENT if item.is_event else Kind.SESSION
        row = item.row
        event = _event(uid_of(row.uuid, kind), row.sequence, row.updated_at, cancelled=item.is_cancelled)
        event.add("summary", _called_off(item.title) if item.is_cancelled else item.title)
        event.add("dtstart", item.starts_at.astimezone(PARIS))
        event.add("dtend", item.ends_at.astimezone(PARIS))
        where = _joined(item.place, item.commune.name if item.commune else "")
        _say(event, where, [item.summary, item.how_to_come], link)
        calendar.add_component(event)
    return _written(calendar)


def _public_name(commune: Commune | None) -> str:
    if commune is None:
        return _("Agenda des résidences d'artistes")
    return _("Agenda des résidences d'artistes – %(commune)s") % {"commune": commune.name}


def uid_of(key: UUID, kind: Kind) -> str:
    """The UID of a thing, the same in every feed, whatever changes of it."""
    return f"{uuid5(key, str(kind))}@clea"


def _feed(name: str, entries: Iterable[Entry], summary: Summary, link: str) -> bytes:
    calendar = _calendar(name)
    calendar.add("x-wr-timezone", "Europe/Paris")
    for entry in entries:
        if entry.kind in _WRITTEN:
            calendar.add_component(_of_entry(entry, summary(entry), link))
    return _written(calendar)


def _of_entry(entry: Entry, summary: str, link: str) -> Event:
    assert entry.uuid is not None
    assert entry.updated_at is not None
    event = _event(uid_of(entry.uuid, entry.kind), entry.sequence, entry.updated_at, cancelled=entry.cancelled)
    event.add("summary", _called_off(summary) if entry.cancelled else summary)
    if entry.starts_at is not None and entry.ends_at is not None:
        event.add("dtstart", entry.starts_at.astimezone(PARIS))
        event.add("dtend", entry.ends_at.astimezone(PARIS))
    else:
        event.add("dtstart", entry.first)
        event.add("dtend", entry.last + timedelta(days=1))
        # A period says where one is, not that the hours are taken.
        event.add("transp", "TRANSPARENT")
    event.add("class", "PUBLIC" if entry.is_public else "CONFIDENTIAL")
    lines = [entry.activity_kind.capitalize(), entry.names, ", ".join(entry.structures)]
    if entry.state_label:
        lines.append(_("État : %(state)s") % {"state": entry.state_label})
    _say(event, _joined(entry.place, entry.commune), [*lines, link], link)
    return event


def _event(uid: str, sequence: int, changed: datetime, *, cancelled: bool) -> Event:
    from icalendar import Event

    stamp = changed.astimezone(UTC).replace(microsecond=0)
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    event.add("sequence", sequence)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    return event


def _say(event: Event, where: str, lines: Iterable[str], link: str) -> None:
    if where:
        event.add("location", where)
    event.add("description", "\n".join(line for line in lines if line))
    if link:
        event.add("url", link)


def _joined(place: str, commune: str) -> str:
    """The commune is not said twice."""
    return place if not commune or commune in place else f"{place}, {commune}" if place else commune


def _called_off(summary: str) -> str:
    return _("Annulé : %(what)s") % {"what": summary}


def _with_structures(entry: Entry) -> str:
    return f"{entry.title} – {', '.join(entry.structures)}" if entry.structures else entry.title


def _with_artists(entry: Entry) -> str:
    return f"{entry.names} – {entry.title}" if entry.who and entry.kind != Kind.EVENT else entry.title


def _absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def _calendar(name: str) -> Calendar:
    from icalendar import Calendar, vDuration

    calendar = Calendar()
    calendar.add("prodid", "-//CLEA//Residences//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    return calendar


def _written(calendar: Calendar) -> bytes:
    if calendar.walk("VEVENT"):
        calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content
