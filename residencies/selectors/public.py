"""What the public reads: residencies, and the agenda of what is open to all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from candidatures.models import Season
from clea.ui.addresses import address
from residencies.enums import FACING_STATES, EventState, ResidencyState, SessionState
from residencies.methods.weeks import clamped
from residencies.models import Event, News, Period, Residency, Session, Work
from residencies.selectors import communication
from structures.models import Commune, Structure

#: The agenda looks this far ahead when nobody says until when.
AHEAD = timedelta(days=366)

CANCELLED = {SessionState.CANCELLED, EventState.CANCELLED}


def anchor(uuid: UUID) -> str:
    """Where the agenda shows a line: a stable fragment of its page."""
    return f"r-{uuid}"


class Artist(NamedTuple):
    """A residency that was announced, as a line names it."""

    artist_name: str
    slug: str

    @property
    def url(self) -> str:
        return address("residencies:residency", self.slug)


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
    def artists(self) -> list[Artist]:
        return [Artist(row.artist_name, row.slug) for row in self.residencies]

    @property
    def town(self) -> str:
        return self.commune.name if self.commune else ""

    @property
    def town_url(self) -> str:
        return self.commune.get_absolute_url() if self.commune else ""

    @property
    def url(self) -> str:
        """An event's own page; nothing for a session."""
        return self.row.get_absolute_url() if isinstance(self.row, Event) else ""

    @property
    def is_event(self) -> bool:
        return isinstance(self.row, Event)

    @property
    def is_cancelled(self) -> bool:
        return self.row.state in CANCELLED

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
    sessions, events = in_days(window.starts, window.ends)
    if window.commune is not None:
        sessions = sessions.filter(_in_commune("host", window.commune))
        events = events.filter(_in_commune("structure", window.commune))
    if residency is not None:
        sessions = sessions.filter(residencies=residency)
        events = events.filter(residencies=residency)
    found = [_of_session(row) for row in sessions] + [_of_event(row) for row in events]
    return sorted(found, key=lambda item: (item.starts_at, item.title, item.row.pk))


def in_days(starts: Any, ends: Any) -> tuple[QuerySet[Session], QuerySet[Event]]:
    """Public sessions and events between two moments, in whichever commune. No query yet."""
    span = {"ends_at__gt": starts, "starts_at__lt": ends}
    return _sessions().filter(**span), _events().filter(**span)


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
    """Every commune one may ask for: its code and its name. One query."""
    return Commune.objects.only("insee", "name").order_by("territory__name", "slug")


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
