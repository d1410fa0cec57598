"""What an event and a public session say of themselves to search engines (schema.org)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from clea.ui import structured
from clea.ui.structured import Thing
from residencies.enums import EventState

if TYPE_CHECKING:
    from residencies.models import Event
    from residencies.selectors.agenda import Line
    from residencies.selectors.public import AgendaItem

_STATUS = "https://schema.org/EventCancelled", "https://schema.org/EventScheduled"


def _event(
    *,
    name: str,
    url: str,
    starts_at: datetime,
    ends_at: datetime,
    cancelled: bool,
    place: str,
    town: str,
    artists: Iterable[str],
    description: str = "",
) -> Thing:
    where = {"@type": "PostalAddress", "addressLocality": town, "addressCountry": "FR"} if town else ""
    return {
        "@type": "Event",
        "name": name,
        "description": description,
        "url": structured.absolute(url),
        "startDate": timezone.localtime(starts_at).isoformat(),
        "endDate": timezone.localtime(ends_at).isoformat(),
        "eventStatus": _STATUS[not cancelled],
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "isAccessibleForFree": True,
        "location": {"@type": "Place", "name": place or town or name, "address": where or place},
        "performer": [{"@type": "PerformingGroup", "name": one} for one in artists],
    }


def items(found: Iterable[AgendaItem | Line]) -> list[Thing]:
    """The lines of the agenda: events have a page of their own, sessions their place on the agenda."""
    agenda = reverse("residencies:agenda")
    return [
        _event(
            name=item.title,
            url=item.url if item.is_event else f"{agenda}#{item.anchor}",
            starts_at=item.starts_at,
            ends_at=item.ends_at,
            cancelled=item.is_cancelled,
            place=item.place,
            town=item.town,
            artists=[one.artist_name for one in item.artists],
            description=item.summary,
        )
        for item in found
    ]


def event(found: Event) -> Thing:
    """An event on its own page; its artists in ``present``."""
    return _event(
        name=found.title,
        url=found.get_absolute_url(),
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        cancelled=found.state == EventState.CANCELLED,
        place=found.place,
        town=found.where.name if found.where else "",
        # Artists are named once they are announced.
        artists=[row.artist_name for row in found.present if row.published_at],  # type: ignore[attr-defined]
    ) | {"organizer": {"@type": "GovernmentOrganization", "name": found.territory.name}}
