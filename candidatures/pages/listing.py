"""The list of calls, the home page, the feed: several calls at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from candidatures.enums import CallKind, CallPhase, CallStatus
from candidatures.models import Call, CallPeriod
from candidatures.pages import dates
from structures import selectors as places
from structures.models import Commune, Territory

if TYPE_CHECKING:
    from clea.ui.season import Step

PAST_PER_PAGE = 20
FEED_LENGTH = 30
AGENDA_LENGTH = 8
#: A call is of interest on the home page for as long as its season runs, and at least this long.
HOME_MEMORY = timedelta(days=120)


def public_calls() -> QuerySet[Call]:
    """Public calls with their territory, money rules and number of residencies. One query."""
    return (
        Call.objects.public()
        .select_related("season__programme__territory", "money")
        .annotate(residencies=Coalesce(Sum("positions__count"), 0))
    )


def feed_calls() -> list[Call]:
    """The latest published calls, for the feed. One query."""
    return list(public_calls().order_by("-published_at", "-opens_at", "pk")[:FEED_LENGTH])


@dataclass(frozen=True)
class CallList:
    """Calls by what a reader may do with them."""

    open: list[Call]
    upcoming: list[Call]
    past: Page[Call]


def call_list(page: str | None, now: datetime | None = None) -> CallList:
    """Open calls (first to close first), calls to come, past ones by page. Three queries."""
    now = now or timezone.now()
    current = list(public_calls().filter(closes_at__gt=now, status=CallStatus.PUBLISHED).order_by("closes_at", "pk"))
    past = public_calls().exclude(closes_at__gt=now, status=CallStatus.PUBLISHED).order_by("-closes_at", "pk")
    return CallList(
        open=[call for call in current if call.opens_at <= now],
        upcoming=[call for call in current if call.opens_at > now],
        past=Paginator(past, PAST_PER_PAGE).get_page(page),
    )


@dataclass(frozen=True)
class SeasonLine:
    """A season drawn as a line, told by its main call."""

    call: Call
    steps: list[Step]


@dataclass(frozen=True)
class AgendaItem:
    """A date ahead, with the calls it belongs to."""

    milestone: dates.Milestone
    calls: list[Call]


@dataclass(frozen=True)
class HomePage:
    """What the home page shows at ``now``."""

    open: list[Call]
    upcoming: list[Call]
    latest: Call | None
    lines: list[SeasonLine]
    agenda: list[AgendaItem]
    territories: list[Territory]
    territory: Territory | None
    communes: list[Commune]
    now: datetime

    @property
    def latest_phase(self) -> CallPhase | None:
        return self.latest.phase(self.now) if self.latest else None

    @property
    def several(self) -> bool:
        return len(self.territories) > 1


def home_page(now: datetime | None = None) -> HomePage:
    """The home page. Four queries, whatever the number of calls and territories.

    The map is that of the territory whose call comes first; the other territories are named.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    periods = Prefetch("periods", CallPeriod.objects.all())
    calls = list(
        public_calls()
        .filter(season__ends_on__gte=today - HOME_MEMORY)
        .prefetch_related(periods)
        .order_by("opens_at", "pk")
    )
    current = [call for call in calls if call.status == CallStatus.PUBLISHED and call.closes_at > now]
    open_calls = sorted((call for call in current if call.opens_at <= now), key=_artistic_first)
    upcoming = [call for call in current if call.opens_at > now]
    closed = [call for call in calls if call.closes_at <= now]
    latest = max(closed, key=lambda call: (call.closes_at, call.kind == CallKind.ARTISTIC), default=None)
    territories = list(places.territories())
    first = next(iter([*open_calls, *upcoming]), latest)
    territory = first.territory if first else next(iter(territories), None)
    communes: list[Commune] = []
    if territory is not None:
        territory = next((known for known in territories if known.pk == territory.pk), territory)
        communes = list(Commune.objects.filter(territory=territory).located())
        for commune in communes:
            commune.territory = territory
    return HomePage(
        open=open_calls,
        upcoming=upcoming,
        latest=latest,
        lines=_lines([*open_calls, *upcoming, *sorted(closed, key=_artistic_first)], today),
        agenda=_agenda(calls, today),
        territories=territories,
        territory=territory,
        communes=communes,
        now=now,
    )


def _artistic_first(call: Call) -> tuple[bool, datetime, int]:
    return (call.kind != CallKind.ARTISTIC, call.closes_at, call.pk)


def _lines(calls: list[Call], today: date) -> list[SeasonLine]:
    """One line a season, the one that recruits first, then the one that runs; two at most."""
    lines: list[SeasonLine] = []
    seen: set[int] = set()
    for call in calls:
        if call.season_id in seen or call.season.ends_on < today:
            continue
        seen.add(call.season_id)
        lines.append(SeasonLine(call, dates.season_steps(call, list(call.periods.all()))))
    return lines[:2]


def _agenda(calls: list[Call], today: date) -> list[AgendaItem]:
    """The next dates of every call; a date that the calls of a season share is told once."""
    ahead: dict[tuple[object, ...], AgendaItem] = {}
    for call in sorted(calls, key=_artistic_first):
        for milestone in dates.milestones(call, call.periods.all()):
            if milestone.starts < today:
                continue
            mark = (call.season_id, milestone.label, milestone.starts, milestone.ends, milestone.at)
            ahead.setdefault(mark, AgendaItem(milestone, [])).calls.append(call)
    return sorted(ahead.values(), key=lambda item: (item.milestone.starts, item.milestone.ends))[:AGENDA_LENGTH]
