"""What the desk's first page tells of the seasons that run: where each one is, and a few figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.enums import CallStatus
from candidatures.models import Application, Call, Season
from candidatures.selectors.panel import Progress
from clea.ui.dates import day, euros, number, span
from residencies.enums import FACING_STATES, BilanState, ResidencyState, SessionState
from residencies.models import Bilan, Residency, Session
from residencies.selectors import funding, presence
from structures.models import Commune, Territory

_STANDING = (SessionState.PLANNED, SessionState.HELD)


@dataclass(frozen=True)
class Stage:
    """A stretch of the season: its page, its days, and what it has come to in one figure."""

    key: str
    label: str
    url: str
    starts: date
    ends: date
    figure: str
    more: str = ""
    over: bool = False

    def state(self, today: date) -> str:
        """``done``, ``current`` or ``future``."""
        if self.over or self.ends < today:
            return "done"
        return "current" if self.starts <= today else "future"

    def share(self, today: date) -> float:
        """How much of it has gone by, from 0 to 100."""
        if self.state(today) != "current":
            return 100 if self.state(today) == "done" else 0
        return round(100 * ((today - self.starts).days + 1) / ((self.ends - self.starts).days + 1), 1)

    @property
    def when(self) -> str:
        return span(self.starts, self.ends)


@dataclass(frozen=True)
class SeasonRow:
    season: Season
    stages: tuple[Stage, ...]


# The seasons ------------------------------------------------------------------------------------


def season_rows(
    territories: Sequence[Territory], open_calls: Sequence[Any], read: Mapping[int, Progress]
) -> list[SeasonRow]:
    """The seasons that are open and have a call or a residency, the first to start first. Two queries.

    ``open_calls``: their calls with their jury and their dossiers ``filed``, ``drafts`` and ``retained``, counted.
    ``read``: how far their juries read, by the jury's key.
    """
    seasons = list(
        Season.objects.filter(programme__territory__in=territories, closed_at=None)
        .filter(Q(calls__isnull=False) | Q(residencies__isnull=False))
        .select_related("programme__territory", "bilan")
        .annotate(
            first=Min("residencies__periods__starts_on"),
            last=Max("residencies__periods__ends_on"),
            residency_count=Count("residencies", filter=~Q(residencies__state=ResidencyState.STOPPED), distinct=True),
        )
        .order_by("starts_on", "programme__territory__short_name")
    )
    calls: defaultdict[int, list[Any]] = defaultdict(list)
    for call in sorted(open_calls, key=lambda call: (call.opens_at, call.pk)):
        calls[call.season_id].append(call)
    held: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for season, state, n in (
        Session.objects.filter(activity__season__in=seasons, activity__state__in=FACING_STATES)
        .order_by()
        .values_list("activity__season", "state")
        .annotate(n=Count("pk"))
    ):
        held[season][state] = n
    return [
        SeasonRow(
            season,
            (
                _call_stage(season, calls[season.pk]),
                _jury_stage(season, calls[season.pk], read),
                _residency_stage(season, held[season.pk]),
                _bilan_stage(season, getattr(season, "bilan", None)),
            ),
        )
        for season in seasons
    ]


def _call_stage(season: Season, calls: list[Any]) -> Stage:
    listed = reverse("admin:candidatures_application_changelist")
    if not calls:
        url = reverse("admin:candidatures_call_changelist")
        return Stage("call", _("Appel"), url, season.starts_on, season.starts_on, _("aucun appel"))
    filed, drafts = sum(call.filed for call in calls), sum(call.drafts for call in calls)
    opens = min(timezone.localtime(call.opens_at).date() for call in calls)
    closes = max(timezone.localtime(call.last_day).date() for call in calls)
    figure = ngettext("%(n)s dossier déposé", "%(n)s dossiers déposés", filed) % {"n": number(filed)}
    more = ""
    if any(call.is_open() for call in calls):
        more = ngettext("%(n)s brouillon en cours", "%(n)s brouillons en cours", drafts) % {"n": number(drafts)}
    elif all(call.status == CallStatus.DRAFT for call in calls):
        figure = _("appel en préparation")
    url = f"{listed}?appel={calls[0].uuid}" if len(calls) == 1 else listed
    return Stage("call", _("Appel"), url, opens, closes, figure, more)


def _jury_stage(season: Season, calls: list[Any], read: Mapping[int, Progress]) -> Stage:
    juries = [call.jury for call in calls if getattr(call, "jury", None) is not None]
    far = [read[jury.pk] for jury in juries if jury.pk in read]
    given, left = sum(one.given for one in far), sum(one.owed for one in far)
    one = len(juries) == 1
    url = reverse("admin:candidatures_jury_change" if one else "admin:candidatures_jury_changelist",
                  args=[juries[0].uuid] if one else None)  # fmt: skip
    closes = [timezone.localtime(call.closes_at).date() for call in calls] or [season.starts_on]
    told = [call.results_on or call.jury_on for call in calls]
    last = max((one for one in told if one), default=max(closes) + timedelta(days=30))
    retained = sum(call.retained for call in calls)
    filed = given - left
    if retained:
        figure = ngettext("%(n)s dossier retenu", "%(n)s dossiers retenus", retained) % {"n": number(retained)}
    elif given:
        figure = _("%(done)s lectures sur %(all)s") % {"done": number(filed), "all": number(given)}
    else:
        figure = _("pas encore commencé")
    more = (
        _("%(done)s lectures sur %(all)s") % {"done": number(filed), "all": number(given)} if retained and left else ""
    )
    return Stage("jury", _("Jury"), url, min(closes), max(last, min(closes)), figure, more)


def _residency_stage(season: Any, held: Counter[str]) -> Stage:
    url = reverse("admin:residencies_season_calendar", args=[season.uuid])
    first, last = season.first or season.starts_on, season.last or season.ends_on
    count = season.residency_count
    if not count:
        return Stage("residencies", _("Résidences"), url, first, last, _("pas encore ouvertes"))
    figure = ngettext("%(n)s résidence", "%(n)s résidences", count) % {"n": number(count)}
    more = _("%(held)s séances tenues, %(planned)s à venir") % {
        "held": number(held[SessionState.HELD]),
        "planned": number(held[SessionState.PLANNED]),
    }
    return Stage("residencies", _("Résidences"), url, first, last, figure, more)


def _bilan_stage(season: Any, bilan: Bilan | None) -> Stage:
    url = reverse("admin:residencies_season_bilan", args=[season.uuid])
    first = (season.last or season.ends_on) + timedelta(days=1)
    last = max(season.ends_on, first + timedelta(days=30))
    if bilan is not None and bilan.state == BilanState.PUBLISHED and bilan.published_at:
        words = _("publié le %(day)s") % {"day": day(bilan.published_at, weekday=False)}
        return Stage("bilan", _("Bilan"), url, first, last, words, over=True)
    return Stage("bilan", _("Bilan"), url, first, last, _("en préparation") if bilan is not None else _("à écrire"))


# The figures ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Intake:
    """Dossiers filed for the first time, day by day, since the calls that are open opened."""

    calls: list[Call]
    days: list[tuple[date, int]]
    total: int


def intake(territories: Sequence[Territory]) -> Intake | None:
    """Of the calls open now; nothing when none is. Two queries."""
    now = timezone.now()
    calls = list(
        Call.objects.filter(
            season__programme__territory__in=territories,
            status=CallStatus.PUBLISHED,
            opens_at__lte=now,
            closes_at__gt=now,
        ).order_by("closes_at")
    )
    if not calls:
        return None
    firsts = (
        Application.objects.filter(call__in=calls, deposits__isnull=False)
        .annotate(first=Min("deposits__received_at"))
        .values_list("first", flat=True)
    )
    counted = Counter(timezone.localtime(one).date() for one in firsts)
    start = min(timezone.localtime(call.opens_at).date() for call in calls)
    today = timezone.localdate()
    days = [start + timedelta(days=step) for step in range((today - start).days + 1)]
    return Intake(calls, [(one, counted[one]) for one in days], sum(counted.values()))


@dataclass
class SeasonFigures:
    """One season in figures: the same ones as on its own pages."""

    season: Season
    weeks: list[tuple[date, int, int]]
    held: int
    planned: int
    communes_held: int
    communes_ahead: int
    communes: int
    days_done: Decimal
    days_due: Decimal
    money: funding.FundingPlan


def season_figures(territories: Sequence[Territory], key: UUID) -> SeasonFigures | None:
    """Of the season the menu stands in, within the walls; nothing when it has no residency. Ten queries."""
    season = (
        Season.objects.filter(programme__territory__in=territories, residencies__isnull=False, uuid=key)
        .select_related("programme__territory")
        .first()
    )
    if season is None:
        return None
    weeks: defaultdict[date, list[int]] = defaultdict(lambda: [0, 0])
    reached: dict[bool, set[int]] = {True: set(), False: set()}
    rows = Session.objects.filter(
        activity__season=season, activity__state__in=FACING_STATES, state__in=_STANDING
    ).values_list("starts_at", "state", "commune", "host__commune")
    for starts, state, commune, home in rows:
        on = timezone.localtime(starts).date()
        held = state == SessionState.HELD
        weeks[on - timedelta(days=on.weekday())][0 if held else 1] += 1
        if commune or home:
            reached[held].add(commune or home)
    territory = season.programme.territory
    known = set(Commune.objects.filter(territory=territory).values_list("pk", flat=True))
    residencies = Residency.objects.filter(season=season).exclude(state=ResidencyState.STOPPED)
    ledgers = presence.ledgers_of(
        residencies.select_related("season__programme__territory").prefetch_related("periods", "presence")
    )
    return SeasonFigures(
        season=season,
        weeks=_every_week(weeks),
        held=sum(one for one, _two in weeks.values()),
        planned=sum(two for _one, two in weeks.values()),
        communes_held=len(reached[True] & known),
        communes_ahead=len((reached[False] - reached[True]) & known),
        communes=len(known),
        days_done=sum((ledger.done for ledger in ledgers.values()), Decimal(0)),
        days_due=sum((ledger.due for ledger in ledgers.values()), Decimal(0)),
        money=funding.plan_of(season),
    )


def _every_week(weeks: dict[date, list[int]]) -> list[tuple[date, int, int]]:
    """From the first week to the last, the empty ones too."""
    if not weeks:
        return []
    first, last = min(weeks), max(weeks)
    mondays = [first + timedelta(weeks=step) for step in range((last - first).days // 7 + 1)]
    return [(monday, *weeks.get(monday, [0, 0])) for monday in mondays]  # type: ignore[misc]


def said(amount: Decimal) -> str:
    """Whole euros: the desk's first page needs no cents."""
    return euros(amount, 0)
