"""The lines of the agenda as pages show them: words read at once from public sessions and events, and no row.

What is announced, when and where: :mod:`residencies.selectors.public` says what is public.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import BigIntegerField, Count, DateTimeField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone

from clea.ui.addresses import address
from clea.worded import Given, Question
from residencies.enums import FACING_STATES, ResidencyState
from residencies.models import Residency, Session
from residencies.selectors.public import CANCELLED, Artist, Window, anchor, in_days
from structures.models import Commune

#: Lines of the agenda on one page.
PAGE_SIZE = 40
#: Lines of a commune's own page, and of the week on the home page.
NEXT, WEEK = 6, 60

_SESSION, _EVENT, _HERE, _HELD = "session", "event", "here", "held"
_NOTHING = Value("", TextField())
_MOMENTS = ("starts_at", "ends_at")
#: Where a line of each table takes place: the commune itself, else that of this structure.
_AT = {_SESSION: "host", _EVENT: "structure"}
#: How a residency names those where it takes part.
_LINKS = {_SESSION: "sessions", _EVENT: "events"}
#: What is told when the question is asked.
_SINCE, _UNTIL = Given("since", DateTimeField()), Given("until", DateTimeField())
_COMMUNE = Given("commune", BigIntegerField())


class _Words(NamedTuple):
    """Columns of a line, in the order they are read."""

    kind: str
    pk: int
    uuid: UUID
    slug: str
    title: str
    summary: str
    how_to_come: str
    starts_at: datetime
    ends_at: datetime
    state: str
    host: str
    place: str
    town: str
    town_slug: str
    territory: str


@dataclass(frozen=True)
class Line:
    """A line of the agenda: a public session, or an event open to all. Artists are named once announced."""

    words: _Words
    artists: Sequence[Artist] = ()

    @property
    def title(self) -> str:
        return self.words.title

    @property
    def summary(self) -> str:
        return self.words.summary

    @property
    def how_to_come(self) -> str:
        return self.words.how_to_come

    @property
    def starts_at(self) -> datetime:
        return self.words.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.words.ends_at

    @property
    def day(self) -> date:
        return timezone.localdate(self.words.starts_at)

    @property
    def is_event(self) -> bool:
        return self.words.kind == _EVENT

    @property
    def is_cancelled(self) -> bool:
        return self.words.state in CANCELLED

    @property
    def anchor(self) -> str:
        return anchor(self.words.uuid)

    @property
    def place(self) -> str:
        return ", ".join(part for part in (self.words.host, self.words.place) if part)

    @property
    def town(self) -> str:
        return self.words.town

    @property
    def town_url(self) -> str:
        """Empty without a commune."""
        return address("territory:commune", self.words.territory, self.words.town_slug) if self.town else ""

    @property
    def url(self) -> str:
        """An event's own page; a session's day on the agenda."""
        if self.is_event:
            return address("residencies:event", self.words.slug)
        return f"{reverse('residencies:agenda')}?du={self.day.isoformat()}#{self.anchor}"


def page(window: Window, number: str | int | None) -> Page[Any]:
    """The agenda, so many lines at a time. Three queries, whatever is announced."""
    found: Page[Any] = Paginator(_Lines(window), PAGE_SIZE).get_page(number)
    shown = list(found.object_list)
    told, _held = _who(shown)
    found.object_list = [Line(words, told[words.kind, words.pk]) for words in shown]
    return found


def this_week() -> list[Line]:
    """The seven days from today, for the home page; nobody is named there. One query."""
    today = timezone.localdate()
    return [Line(words) for words in _Lines(Window(since=today, until=today + timedelta(days=6)))[:WEEK]]


@dataclass(frozen=True)
class CommuneLife:
    """What the residencies do in one commune."""

    items: list[Line]
    residencies: list[Artist]
    held: int

    def __bool__(self) -> bool:
        return bool(self.items or self.residencies or self.held)


def commune_life(commune: Commune) -> CommuneLife:
    """What is to come in public, who works here this season, how many sessions took place. Two queries."""
    shown = _Lines(Window(commune=commune))[:NEXT]
    told, held = _who(shown, commune)
    return CommuneLife(
        items=[Line(words, told[words.kind, words.pk]) for words in shown],
        residencies=list(dict.fromkeys(told[_HERE, 0])),
        held=held,
    )


# The lines ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Lines(Sequence[_Words]):
    """The lines of a window, in their order: counted, and read a slice at a time. One query each time."""

    window: Window

    def __len__(self) -> int:
        return sum(row[0] for row in _COUNTED.ask(self._of_commune, **self._given))

    def __getitem__(self, wanted: Any) -> Any:
        return [_Words(*row) for row in _ROWS.ask(self._of_commune, wanted.start, wanted.stop, **self._given)]

    @property
    def _of_commune(self) -> bool:
        return self.window.commune is not None

    @property
    def _given(self) -> dict[str, Any]:
        commune = self.window.commune
        return {"since": self.window.starts, "until": self.window.ends, "commune": commune.pk if commune else None}


def _parts(of_commune: bool) -> list[tuple[str, QuerySet[Any]]]:
    """The rows of each table that a window shows, one part after the other."""
    tables = zip((_SESSION, _EVENT), in_days(_SINCE, _UNTIL), strict=True)
    return [(kind, part) for kind, rows in tables for part in (_here(rows, kind) if of_commune else [rows])]


def _here(rows: QuerySet[Any], kind: str) -> list[QuerySet[Any]]:
    """At the commune itself, and at a structure of it when no commune is said: two questions, an index for each."""
    return [rows.filter(commune=_COMMUNE), rows.filter(commune=None, **{f"{_AT[kind]}__commune": _COMMUNE})]


def _ordered(of_commune: bool, first: int | None, stop: int) -> QuerySet[Any, Any]:
    """Rows of :class:`_Words`."""
    parts = [_words(rows, kind) for kind, rows in _parts(of_commune)]
    return parts[0].union(*parts[1:], all=True).order_by("c_starts_at", "c_title", "c_pk")[first:stop]


def _counted(of_commune: bool) -> QuerySet[Any, Any]:
    parts = [_count(rows) for _kind, rows in _parts(of_commune)]
    return parts[0].union(*parts[1:], all=True)


def _count(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    """How many, in the shape of an artist."""
    found = rows.order_by().annotate(c_kind=Value(_HELD, TextField())).values("c_kind")
    return found.annotate(c_key=Count("*"), c_name=_NOTHING, c_slug=_NOTHING).values_list(
        "c_key", "c_kind", "c_name", "c_slug"
    )


def _words(rows: QuerySet[Any], kind: str) -> QuerySet[Any, Any]:
    of_session, at = kind == _SESSION, _AT[kind]
    texts: dict[str, Any] = {
        "slug": _NOTHING if of_session else _text("slug"),
        "title": _text("activity__title" if of_session else "title"),
        "summary": _text("activity__public_summary") if of_session else _NOTHING,
        "how_to_come": _text("activity__how_to_come") if of_session else _NOTHING,
        "state": _text("state"),
        "host": Coalesce(_text("host__name"), _NOTHING) if of_session else _NOTHING,
        "place": _text("place"),
        "town": _told(at, "name"),
        "town_slug": _told(at, "slug"),
        "territory": _told(at, "territory__slug"),
    }
    columns = texts | {"kind": Value(kind, TextField())} | {name: F(name) for name in ("pk", "uuid", *_MOMENTS)}
    named = {f"c_{name}": columns[name] for name in _Words._fields}
    return rows.order_by().annotate(**named).values_list(*named)


def _text(name: str) -> Cast:
    """A column of either table under one type."""
    return Cast(name, TextField())


def _told(at: str, name: str) -> Coalesce:
    return Coalesce(_text(f"commune__{name}"), _text(f"{at}__commune__{name}"), _NOTHING)


# Who takes part ----------------------------------------------------------------------------------

_Told = defaultdict[tuple[str, int], list[Artist]]


def _who(shown: Sequence[_Words], commune: Commune | None = None) -> tuple[_Told, int]:
    """The published artists of these lines; of a commune, those who work there too, and the sessions held there.

    One query, none without a line or a commune.
    """
    keys = {kind: [words.pk for words in shown if words.kind == kind] for kind in _LINKS}
    counts = [len(found) for found in keys.values()]
    told: _Told = defaultdict(list)
    held = 0
    if commune is None and not any(counts):
        return told, held
    values = {_key(kind, at): pk for kind, found in keys.items() for at, pk in enumerate(found)}
    for key, kind, name, slug in _PRESENT.ask(commune is not None, *counts, **values, commune=commune and commune.pk):
        if kind == _HELD:
            held += key
        else:
            told[kind, key].append(Artist(name, slug))
    return told, held


def _key(kind: str, at: int) -> str:
    return f"{kind}{at}"


def _present(of_commune: bool, *counts: int) -> QuerySet[Any, Any]:
    parts = []
    for (kind, link), count in zip(_LINKS.items(), counts, strict=True):
        if count:
            keys = [Given(_key(kind, at), BigIntegerField()) for at in range(count)]
            parts.append(_artists(Residency.objects.published().filter(**{f"{link}__pk__in": keys}), kind, F(link)))
    if of_commune:
        standing = Session.objects.standing().filter(activity__state__in=FACING_STATES)
        working = Residency.objects.published().filter(state__in=[ResidencyState.PREPARING, ResidencyState.CURRENT])
        for rows in _here(standing, _SESSION):
            there = Session.residencies.through.objects.filter(session__in=rows)
            parts.append(_artists(working.filter(pk__in=there.values("residency_id")), _HERE, Value(0)))
        parts += [_count(rows) for rows in _here(Session.objects.held(), _SESSION)]
    return parts[0].union(*parts[1:], all=True).order_by("c_name", "c_slug")


def _artists(rows: QuerySet[Residency], kind: str, key: Any) -> QuerySet[Any, Any]:
    named = {"c_key": key, "c_kind": Value(kind, TextField()), "c_name": _text("artist_name"), "c_slug": _text("slug")}
    return rows.order_by().annotate(**named).values_list(*named)


# Worded once ---------------------------------------------------------------------------------------

_ROWS, _COUNTED, _PRESENT = Question(_ordered), Question(_counted), Question(_present)
