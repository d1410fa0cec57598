"""What a calendar holds, whatever it comes from; holidays; and who is in two places at once. Pure."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from clea.daycount import public_holidays, school_holidays

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PARIS = ZoneInfo("Europe/Paris")


class Kind(enum.StrEnum):
    SESSION = "session"
    VISIT = "visit"
    EVENT = "event"
    PERIOD = "period"
    PUBLIC_HOLIDAY = "public_holiday"
    SCHOOL_HOLIDAY = "school_holiday"
    CLOSURE = "closure"


#: What a person may keep or leave out of a calendar, in this order.
FILTERS: dict[Kind, str | _StrPromise] = {
    Kind.SESSION: _("séances"),
    Kind.VISIT: _("visites de découverte"),
    Kind.EVENT: _("évènements"),
}
TIMED = frozenset(FILTERS)
_SIGNS = {
    "planned": "ring",
    "held": "check",
    "done": "check",
    "not_held": "cross",
    "cancelled": "cross",
    "published": "dot",
}


@dataclass(frozen=True)
class Who:
    """A residency, as an entry names it."""

    pk: int
    name: str


@dataclass(frozen=True)
class Entry:
    """One thing of a calendar. Timed: ``starts_at`` and ``ends_at``, aware; else days, both included.

    ``clashes`` names who is also elsewhere at that time. ``activity`` is the key of a session's own.
    """

    kind: Kind
    title: str
    first: date
    last: date
    uuid: UUID | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    state: str = ""
    state_label: str = ""
    cancelled: bool = False
    place: str = ""
    commune: str = ""
    who: tuple[Who, ...] = ()
    structures: tuple[str, ...] = ()
    activity: UUID | None = None
    activity_kind: str = ""
    is_public: bool = False
    sequence: int = 0
    updated_at: datetime | None = None
    clashes: tuple[str, ...] = ()
    href: str = ""

    @property
    def sign(self) -> str:
        """The shape that goes with the word of its state (see ``clea.ui.icons``)."""
        return _SIGNS.get(self.state, "")

    @property
    def names(self) -> str:
        return ", ".join(one.name for one in self.who)


def holidays(zone: str, start: date, end: date) -> list[Entry]:
    """Public holidays, a day each, and school holidays of the zone, an entry a run of days. No query."""
    found = []
    run: Entry | None = None
    for offset in range((end - start).days + 1):
        day = start + timedelta(days=offset)
        if name := public_holidays(day.year).get(day, ""):
            found.append(Entry(Kind.PUBLIC_HOLIDAY, name, day, day))
        name = school_holidays(zone, day.year).get(day, "")
        if run is not None and name == run.title:
            run = replace(run, last=day)
            continue
        if run is not None:
            found.append(run)
        run = Entry(Kind.SCHOOL_HOLIDAY, name, day, day) if name else None
    if run is not None:
        found.append(run)
    return found


def with_clashes(sessions: Sequence[Entry]) -> list[Entry]:
    """The same sessions; those which overlap another of the same residency name it. Cancelled ones clash with none."""
    by_residency: dict[Who, list[int]] = defaultdict(list)
    standing = [index for index, entry in enumerate(sessions) if not entry.cancelled]
    for index in sorted(standing, key=lambda index: sessions[index].starts_at or datetime.min.replace(tzinfo=PARIS)):
        for who in sessions[index].who:
            by_residency[who].append(index)
    clashing: dict[int, set[str]] = defaultdict(set)
    for who, indexes in by_residency.items():
        longest: int | None = None
        for index in indexes:
            if longest is not None and _overlap(sessions[longest], sessions[index]):
                clashing[longest].add(who.name)
                clashing[index].add(who.name)
            if longest is None or _ends(sessions[index]) > _ends(sessions[longest]):
                longest = index
    return [
        replace(entry, clashes=tuple(sorted(clashing[index]))) if index in clashing else entry
        for index, entry in enumerate(sessions)
    ]


def _ends(entry: Entry) -> datetime:
    assert entry.ends_at is not None
    return entry.ends_at


def _overlap(earlier: Entry, later: Entry) -> bool:
    assert later.starts_at is not None
    return later.starts_at < _ends(earlier)


def order(entry: Entry) -> tuple[date, bool, datetime, str]:
    """All-day things first, then by the hour."""
    return (
        entry.first,
        entry.starts_at is not None,
        entry.starts_at or datetime.combine(entry.first, time(), PARIS),
        entry.title,
    )
