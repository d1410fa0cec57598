"""Wishes: whom one may wish for, what a team follows, what the desk weighs before it answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from django.utils.text import Truncator, capfirst

from candidatures.enums import CallStatus
from candidatures.models import Axis, Season
from residencies.enums import (
    FACING_STATES,
    LIVE_RESIDENCIES,
    OPEN_ACTIVITY_STATES,
    ActivityKind,
    RequestState,
    ResidencyState,
    SessionState,
)
from residencies.models import Activity, ActivityRequest, PastAction, Residency, Session
from residencies.selectors.coverage import gauges
from residencies.selectors.effects import effects
from residencies.selectors.planning_rules import planning_rules
from residencies.selectors.presence import ledgers_of
from structures.models import Closure, Structure

if TYPE_CHECKING:
    from residencies.methods.coverage import Gauge
    from residencies.methods.presence import Ledger
    from residencies.selectors.effects import Effect
    from structures.models import Professional, Territory

#: Tone of each state, on every page.
TONES: dict[str, str] = {
    RequestState.SENT: "open",
    RequestState.PROPOSED: "attention",
    RequestState.ACCEPTED: "done",
    RequestState.REFUSED: "stop",
    RequestState.WITHDRAWN: "idle",
}


# Whom one may wish for -----------------------------------------------------------------------


def _welcoming() -> Q:
    """Residencies a team may know of: not over, and announced or already here."""
    return Q(state__in=LIVE_RESIDENCIES) & (Q(published_at__isnull=False) | Q(state=ResidencyState.CURRENT))


def is_wishable(residency: Residency, season: Season) -> bool:
    """The same, for one residency at hand. No query."""
    announced = residency.published_at is not None or residency.state == ResidencyState.CURRENT
    return residency.season_id == season.pk and residency.is_live and announced


def wishable(season: Season) -> QuerySet[Residency]:
    """The artists of a season to whom a wish may be addressed."""
    return Residency.objects.filter(_welcoming(), season=season).order_by("artist_name", "pk")


def open_season(territory: Territory, today: date | None = None) -> Season | None:
    """The season that takes wishes: not over, with an artist to wish for; the nearest one. One query."""
    today = today or timezone.localdate()
    inside = Residency.objects.filter(_welcoming()).values("season")
    return (
        Season.objects.filter(programme__territory=territory, closed_at=None, ends_on__gte=today, pk__in=inside)
        .select_related("programme__territory")
        .order_by("starts_on", "pk")
        .first()
    )


def axes_of(season: Season) -> QuerySet[Axis]:
    """The axes of the season's calls."""
    calls = Axis.objects.filter(call__season=season).exclude(call__status=CallStatus.DRAFT)
    return calls.select_related("call").order_by("call__kind", "order", "pk")


def partners_of(structure: Structure) -> QuerySet[Structure]:
    """The structures with whom a wish may be shared."""
    others = Structure.objects.active().venues().filter(territory=structure.territory_id)
    return others.exclude(pk=structure.pk).select_related("commune").order_by("commune__name", "name_key", "pk")


# The team ------------------------------------------------------------------------------------


def of_structure(structure: Structure) -> list[ActivityRequest]:
    """Every wish of a structure, those that wait for somebody first. One query."""
    rows = ActivityRequest.objects.filter(structure=structure).select_related(
        "residency", "proposed", "axis", "activity", "season", "made_by"
    )
    rank = {RequestState.PROPOSED: 0, RequestState.SENT: 1, RequestState.ACCEPTED: 2}
    return sorted(rows, key=lambda row: rank.get(RequestState(row.state), 3))


def request_of(structure: Structure, uuid: UUID) -> ActivityRequest:
    """One of its wishes. One query. Raises ``ActivityRequest.DoesNotExist``."""
    return (
        ActivityRequest.objects.filter(structure=structure)
        .select_related("season__programme__territory", "residency", "proposed", "axis", "activity", "partner__commune")
        .get(uuid=uuid)
    )


def suggested_title(request: ActivityRequest) -> str:
    """A title to begin with: the form, and for whom."""
    kind = ActivityKind(request.kind or ActivityKind.GESTURE).label
    return Truncator(f"{capfirst(str(kind))} – {request.public}").chars(200)


@dataclass(frozen=True)
class Clash:
    """A session planned on a day when a structure is closed."""

    session: Session
    closure: Closure


def clashes(structure: Structure, closures: Iterable[Closure], now: datetime | None = None) -> list[Clash]:
    """Sessions to come that fall on these closures, with the first closure that each meets. Two queries."""
    rows = list(closures)
    if not rows:
        return []
    moment = now or timezone.now()
    sessions = (
        Session.objects.filter(
            Q(structures=structure) | Q(host=structure), state=SessionState.PLANNED, ends_at__gte=moment
        )
        .distinct()
        .select_related("activity", "host__commune", "commune")
        .prefetch_related("residencies")
        .order_by("starts_at", "pk")
    )
    found = []
    for session in sessions:
        day = timezone.localdate(session.starts_at)
        closure = next((row for row in rows if row.covers(day)), None)
        if closure is not None:
            found.append(Clash(session, closure))
    return found


# The desk ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """An artist of the season beside a wish: what it would do, and what room they have."""

    residency: Residency
    effect: Effect
    gauge: Gauge
    ledger: Ledger
    wished: bool
    open_activities: Sequence[Activity] = ()


@dataclass(frozen=True)
class Standing:
    """Where a structure stands when its wish is read."""

    team: Sequence[Professional]
    team_size: int
    activities: Sequence[Activity]
    past: Sequence[PastAction]
    others: Sequence[ActivityRequest]

    @property
    def is_complete(self) -> bool:
        return len(self.team) >= self.team_size


def standing(request: ActivityRequest) -> Standing:
    """The team, what was already done with the structure, its other wishes. Six queries."""
    structure = request.structure
    return Standing(
        team=list(structure.professionals.all()),
        team_size=planning_rules(request.season.programme.territory).team_size,
        activities=list(
            Activity.objects.filter(structures=structure, state__in=FACING_STATES)
            .select_related("season")
            .prefetch_related("residencies")
            .annotate(first=Min("sessions__starts_at"))
            .order_by("-first", "-pk")[:10]
        ),
        past=list(PastAction.objects.filter(structure=structure).order_by("-season_name", "pk")[:10]),
        others=list(
            ActivityRequest.objects.filter(structure=structure, season=request.season_id)
            .exclude(pk=request.pk)
            .select_related("residency", "axis")
        ),
    )


def choices(request: ActivityRequest) -> list[Choice]:
    """The artists who could take the wish, the one wished for first, then by what it would bring.

    Queries do not grow with the artists: the residencies, their days, their open activities, their
    gauges, and what the effects cost.
    """
    residencies = list(
        Residency.objects.live()
        .filter(season=request.season_id)
        .select_related("season__programme__territory")
        .prefetch_related("periods", "presence", "axes")
        .order_by("artist_name", "pk")
    )
    found = effects([(request.structure, residency) for residency in residencies], season=request.season)
    ledgers, gauged = ledgers_of(residencies), gauges(residencies)
    room = open_activities(residencies)
    rows = [
        Choice(
            residency=residency,
            effect=found[request.structure_id, residency.pk],
            gauge=gauged[residency.pk],
            ledger=ledgers[residency.pk],
            wished=residency.pk == request.residency_id,
            open_activities=[row for row in room.get(residency.pk, []) if row.pk != request.activity_id],
        )
        for residency in residencies
    ]
    return sorted(rows, key=lambda row: (not row.wished, -row.effect.score, row.residency.artist_name))


def open_activities(residencies: Sequence[Residency]) -> dict[int, list[Activity]]:
    """Activities another structure may still join, by residency. Three queries."""
    rows = (
        Activity.objects.filter(residencies__in=residencies, state__in=OPEN_ACTIVITY_STATES)
        .distinct()
        .prefetch_related("structures", "residencies")
        .order_by("title", "pk")
    )
    found: dict[int, list[Activity]] = {}
    for row in rows:
        for residency in row.residencies.all():
            found.setdefault(residency.pk, []).append(row)
    return found


def effects_of(rows: Iterable[ActivityRequest]) -> dict[int, Effect]:
    """What each wish would do with the artist it names, or with any, by primary key. Fourteen queries a season."""
    by_season: dict[Season, list[ActivityRequest]] = {}
    for row in rows:
        by_season.setdefault(row.season, []).append(row)
    found: dict[int, Effect] = {}
    for season, wishes in by_season.items():
        known = effects([(row.structure, row.residency) for row in wishes], season=season)
        found |= {row.pk: known[row.structure_id, row.residency_id] for row in wishes}
    return found


def waiting(territories: Iterable[Territory]) -> dict[str, Any]:
    """How many wishes wait (``n``), and since when the oldest does (``oldest``). One query."""
    rows = ActivityRequest.objects.waiting().filter(season__closed_at=None)
    rows = rows.filter(season__programme__territory__in=territories)
    return rows.aggregate(n=Count("pk"), oldest=Min("made_at"))
