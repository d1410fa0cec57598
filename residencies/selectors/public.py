"""What the public reads: residencies, and the agenda of what is open to all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Prefetch, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone

from candidatures.models import Season
from residencies.enums import FACING_STATES, EventState, ResidencyState, SessionState
from residencies.methods.weeks import clamped
from residencies.models import Event, News, Period, Residency, Session, Work
from residencies.selectors import communication
from structures.models import Commune, Structure

#: The agenda looks this far ahead when nobody says until when.
AHEAD = timedelta(days=366)
#: Lines of the agenda on one page.
PAGE_SIZE = 40

_SESSION, _EVENT = "session", "event"
_NOTHING = Value("", TextField())
_COMMUNE = ("name", "slug", "territory__slug")
#: What a line of the agenda shows, and no other column: a page reads forty of them.
_SESSION_COLUMNS = (
    "uuid", "starts_at", "ends_at", "state", "place",
    "activity__title", "activity__public_summary", "activity__how_to_come", "host__name",
    *(f"host__commune__{name}" for name in _COMMUNE), *(f"commune__{name}" for name in _COMMUNE),
)  # fmt: skip
_EVENT_COLUMNS = (
    "uuid", "slug", "title", "starts_at", "ends_at", "state", "place", "structure__name",
    *(f"structure__commune__{name}" for name in _COMMUNE), *(f"commune__{name}" for name in _COMMUNE),
)  # fmt: skip


_CANCELLED = {SessionState.CANCELLED, EventState.CANCELLED}


def anchor(uuid: UUID) -> str:
    """Where the agenda shows a line: a stable fragment of its page."""
    return f"r-{uuid}"


class _OnADay(Protocol):
    @property
    def day(self) -> date: ...


_Dated = TypeVar("_Dated", bound=_OnADay)


@dataclass(frozen=True)
class AgendaItem:
    """A line of the agenda: a public session, or an event open to all. Artists are named once announced."""

    row: Session | Event
    title: str
    summary: str
    place: str
    commune: Commune | None
    residencies: Sequence[Residency]
    how_to_come: str = ""

    @property
    def starts_at(self) -> datetime:
        return self.row.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.row.ends_at

    @property
    def is_event(self) -> bool:
        return isinstance(self.row, Event)

    @property
    def is_cancelled(self) -> bool:
        return self.row.state in _CANCELLED

    @property
    def anchor(self) -> str:
        return anchor(self.row.uuid)

    @property
    def day(self) -> date:
        return timezone.localdate(self.row.starts_at)


@dataclass(frozen=True)
class Window:
    """What the reader asked of the agenda: a commune, days (both ends included)."""

    commune: Commune | None = None
    since: date | None = None
    until: date | None = None

    @property
    def starts(self) -> datetime:
        """From today when nobody says: a whole day, the morning's sessions with it."""
        return _midnight(clamped(self.since or timezone.localdate()))

    @property
    def ends(self) -> datetime:
        last = clamped(self.until) if self.until else clamped(self.since or timezone.localdate()) + AHEAD
        return _midnight(last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def _artists(rows: QuerySet[Residency]) -> Prefetch[Any]:
    return Prefetch("residencies", queryset=rows)


def _sessions() -> QuerySet[Session]:
    return (
        Session.objects.public()
        .select_related("activity", "host__commune__territory", "commune__territory")
        .prefetch_related(_artists(Residency.objects.published().order_by("artist_name")))
        .order_by("starts_at", "pk")
    )


def _events() -> QuerySet[Event]:
    return (
        Event.objects.filter(open_to_public=True, state__in=[EventState.PUBLISHED, EventState.CANCELLED])
        .select_related("commune__territory", "structure__commune__territory")
        .prefetch_related(_artists(Residency.objects.published().order_by("artist_name")))
        .order_by("starts_at", "pk")
    )


def _in_commune(prefix: str, commune: Commune) -> Q:
    """At the commune itself, or at a structure of it when no commune is said."""
    return Q(commune=commune) | Q(commune=None, **{f"{prefix}__commune": commune})


def _of_session(session: Session) -> AgendaItem:
    activity = session.activity
    place = ", ".join(part for part in (session.host.name if session.host else "", session.place) if part)
    return AgendaItem(
        row=session,
        title=activity.title,
        summary=activity.public_summary,
        place=place,
        commune=session.where,
        residencies=list(session.residencies.all()),
        how_to_come=activity.how_to_come,
    )


def _of_event(event: Event) -> AgendaItem:
    return AgendaItem(
        row=event,
        title=event.title,
        summary="",
        place=event.place,
        commune=event.where,
        residencies=list(event.residencies.all()),
    )


def agenda(window: Window, *, residency: Residency | None = None) -> list[AgendaItem]:
    """Public sessions and events that end in the window, in their order. Four queries at most."""
    sessions, events = _in_window(window)
    if residency is not None:
        sessions = sessions.filter(residencies=residency)
        events = events.filter(residencies=residency)
    found = [_of_session(row) for row in sessions] + [_of_event(row) for row in events]
    return sorted(found, key=lambda item: (item.starts_at, item.title, item.row.pk))


def _in_window(window: Window) -> tuple[QuerySet[Session], QuerySet[Event]]:
    span = {"ends_at__gt": window.starts, "starts_at__lt": window.ends}
    sessions, events = _sessions().filter(**span), _events().filter(**span)
    if window.commune is not None:
        sessions = sessions.filter(_in_commune("host", window.commune))
        events = events.filter(_in_commune("structure", window.commune))
    return sessions, events


def agenda_page(window: Window, number: str | int | None) -> Page[Any]:
    """The same, so many lines at a time: the order is found on all of them, the rest read for this page's own.

    Five queries at most, whatever is announced.
    """
    sessions, events = _in_window(window)
    own = _plain(sessions).values_list("starts_at", _named("activity__title"), "pk", Value(_SESSION, TextField()))
    found = own.union(
        _plain(events).values_list("starts_at", _named("title"), "pk", Value(_EVENT, TextField())), all=True
    )
    order = sorted(found)
    page: Page[Any] = Paginator(order, PAGE_SIZE).get_page(number)
    wanted = {kind: [key[2] for key in page if key[3] == kind] for kind in (_SESSION, _EVENT)}
    read = {(_SESSION, row.pk): _of_session(row) for row in _lines(_sessions(), wanted[_SESSION], *_SESSION_COLUMNS)}
    read |= {(_EVENT, row.pk): _of_event(row) for row in _lines(_events(), wanted[_EVENT], *_EVENT_COLUMNS)}
    # Gone since the order was found: left out.
    page.object_list = [read[key[3], key[2]] for key in page if (key[3], key[2]) in read]
    return page


def _next(window: Window, limit: int) -> list[AgendaItem]:
    """The first lines of a window. Four queries at most, of so many rows each."""
    sessions, events = _in_window(window)
    first = [_of_session(row) for row in _shown(sessions.order_by("starts_at", "pk")[:limit], *_SESSION_COLUMNS)]
    first += [_of_event(row) for row in _shown(events.order_by("starts_at", "pk")[:limit], *_EVENT_COLUMNS)]
    return sorted(first, key=lambda item: (item.starts_at, item.title, item.row.pk))[:limit]


def _plain(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Ready to be joined to the rows of another table."""
    return rows.order_by().prefetch_related(None)


def _lines(rows: QuerySet[Any], keys: list[int], *columns: str) -> list[Any]:
    """What a line of the agenda shows of these rows. No query for no row, two otherwise."""
    if not keys:
        return []
    return _shown(rows.filter(pk__in=keys), *columns)


def _shown(rows: QuerySet[Any], *columns: str) -> list[Any]:
    artists = Residency.objects.published().order_by("artist_name").only("slug", "artist_name", "published_at")
    return list(rows.only(*columns).prefetch_related(None).prefetch_related(_artists(artists)))


def recent(limit: int = 40) -> list[AgendaItem]:
    """What was announced or changed last, for the feed: to come, or over for less than a month."""
    since = timezone.now() - timedelta(days=30)
    found = [_of_session(row) for row in _sessions().filter(ends_at__gt=since).order_by("-updated_at", "-pk")[:limit]]
    found += [_of_event(row) for row in _events().filter(ends_at__gt=since).order_by("-updated_at", "-pk")[:limit]]
    return sorted(found, key=lambda item: (item.row.updated_at, item.row.pk), reverse=True)[:limit]


def by_day(items: Iterable[_Dated]) -> list[tuple[date, list[_Dated]]]:
    """The same, a day at a time."""
    return [(day, list(rows)) for day, rows in groupby(items, key=lambda item: item.day)]


def agenda_communes() -> QuerySet[Commune]:
    """Every commune one may ask for, the territory with each. One query."""
    return Commune.objects.select_related("territory").order_by("territory__name", "slug")


@dataclass(frozen=True)
class SeasonOfResidencies:
    """The published residencies of one season."""

    season: Season
    residencies: list[Residency]


def seasons() -> list[SeasonOfResidencies]:
    """Published residencies, the latest season first. Two queries."""
    rows = (
        Residency.objects.published()
        .with_place()
        .prefetch_related("periods")
        .order_by("-season__starts_on", "season_id", "-kind", "artist_name", "pk")
    )
    return [
        SeasonOfResidencies(season=season, residencies=list(found))
        for season, found in groupby(rows, key=lambda row: row.season)
    ]


@dataclass(frozen=True)
class ResidencyPage:
    """A residency as its public page shows it."""

    residency: Residency
    periods: list[Period]
    items: list[AgendaItem]
    structures: list[Structure]
    communes: list[Commune]
    held: int
    works: list[Work]
    axes: list[object] = field(default_factory=list)
    news: list[News] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """The page then opens on what happened, and announces nothing that is not announced."""
        return self.residency.state == ResidencyState.FINISHED


def residency_page(slug: str) -> ResidencyPage | None:
    """A published residency, with what it does in public. Ten queries at most, whatever the size."""
    residency = Residency.objects.published().with_place().prefetch_related("periods", "axes").filter(slug=slug).first()
    if residency is None:
        return None
    met = (
        Structure.objects.active()
        .venues()
        .filter(activities__residencies=residency, activities__state__in=FACING_STATES)
        .select_related("commune__territory", "territory")
        .distinct()
        .order_by("name_key", "slug")
    )
    structures = list(met)
    communes = {row.commune.pk: row.commune for row in structures if row.commune is not None}
    return ResidencyPage(
        residency=residency,
        periods=list(residency.periods.all()),
        items=agenda(Window(), residency=residency),
        structures=structures,
        communes=sorted(communes.values(), key=lambda commune: commune.slug),
        held=Session.objects.held().filter(residencies=residency).count(),
        works=list(Work.objects.filter(residency=residency, is_published=True)),
        axes=list(residency.axes.all()),
        news=communication.about(residency),
    )


@dataclass(frozen=True)
class CommuneLife:
    """What the residencies do in one commune."""

    items: list[AgendaItem]
    residencies: list[Residency]
    held: int

    def __bool__(self) -> bool:
        return bool(self.items or self.residencies or self.held)


def commune_life(commune: Commune) -> CommuneLife:
    """What is to come in public, who works here this season, how many sessions took place. Six queries at most."""
    here = _in_commune("host", commune)
    working = (
        Residency.objects.published()
        .filter(
            state__in=[ResidencyState.PREPARING, ResidencyState.CURRENT],
            pk__in=Session.residencies.through.objects.filter(
                session__in=Session.objects.standing().filter(here, activity__state__in=FACING_STATES)
            ).values("residency_id"),
        )
        .order_by("artist_name")
    )
    return CommuneLife(
        items=_next(Window(commune=commune), 6),
        residencies=list(working),
        held=Session.objects.held().filter(here).aggregate(total=Count("pk"))["total"],
    )


@dataclass(frozen=True)
class Announced:
    """A line of the home page: what is on, when and where, and where to read more."""

    title: str
    starts_at: datetime
    place: str
    commune: str
    is_cancelled: bool
    url: str

    @property
    def day(self) -> date:
        return timezone.localdate(self.starts_at)


def this_week() -> list[Announced]:
    """The seven days from today, for the home page. One query, and no row made of it."""
    today = timezone.localdate()
    sessions, events = _in_window(Window(since=today, until=today + timedelta(days=6)))
    shown = _plain(sessions).values_list(*_session_words())
    shown = shown.union(_plain(events).values_list(*_event_words()), all=True)
    agenda, found = reverse("residencies:agenda"), []
    for title, starts_at, pk, uuid, slug, state, host, place, commune in shown:
        day = timezone.localdate(starts_at)
        url = reverse("residencies:event", args=[slug]) if slug else f"{agenda}?du={day.isoformat()}#{anchor(uuid)}"
        where = ", ".join(part for part in (host, place) if part)
        line = Announced(title, starts_at, where, commune, state in _CANCELLED, url)
        found.append((starts_at, title, pk, line))
    return [line for _at, _title, _pk, line in sorted(found, key=lambda row: row[:3])]


def _named(name: str) -> Cast:
    """A column of either table under one type."""
    return Cast(name, TextField())


def _session_words() -> tuple[Any, ...]:
    commune = Coalesce(_named("commune__name"), _named("host__commune__name"), _NOTHING)
    return (
        _named("activity__title"), "starts_at", "pk", "uuid", _NOTHING, _named("state"),
        Coalesce(_named("host__name"), _NOTHING), _named("place"), commune,
    )  # fmt: skip


def _event_words() -> tuple[Any, ...]:
    commune = Coalesce(_named("commune__name"), _named("structure__commune__name"), _NOTHING)
    return (
        _named("title"), "starts_at", "pk", "uuid", _named("slug"), _named("state"), _NOTHING,
        _named("place"), commune,
    )  # fmt: skip
