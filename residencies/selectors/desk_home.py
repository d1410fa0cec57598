"""What the desk's first page tells of the seasons that run: where each one is, and a few figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, Count, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.enums import CallStatus
from candidatures.models import Application, Call, Season
from candidatures.selectors.panel import Progress
from clea.ui.dates import day, euros, number, span
from residencies.enums import FACING_STATES, BilanState, ResidencyState, SessionState
from residencies.methods.funding import Amounts
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


class SessionLine(NamedTuple):
    """A session that was held or is planned, of an activity that is announced."""

    season: int
    state: str
    starts_at: datetime
    #: Where it is, when that is one of the territory's own communes.
    commune: int | None


def open_seasons(territories: Iterable[Territory]) -> list[Any]:
    """Those that are open and have a call or a residency, the first to start first. One query."""
    rows = Season.objects.filter(programme__territory__in=territories, closed_at=None)
    begun = rows.filter(Exists(Call.objects.filter(season=OuterRef("pk"))) | Exists(_residencies()))
    return list(_told(begun).order_by("starts_on", "programme__territory__short_name"))


def season_with_residencies(territories: Iterable[Territory], key: UUID) -> Any:
    """One season in the same words; nothing when it has no residency. One query."""
    rows = Season.objects.filter(Exists(_residencies()), programme__territory__in=territories, uuid=key)
    return _told(rows).first()


def _residencies() -> QuerySet[Residency]:
    return Residency.objects.filter(season=OuterRef("pk"))


def _told(seasons: QuerySet[Season]) -> QuerySet[Season]:
    """With the first and the last day of its residencies, their number, and the days that their contracts ask."""
    going = _residencies().exclude(state=ResidencyState.STOPPED)
    communes = Commune.objects.filter(territory=OuterRef("programme__territory")).order_by().values("territory")
    return seasons.select_related("programme__territory", "bilan").annotate(
        first=Min("residencies__periods__starts_on"),
        last=Max("residencies__periods__ends_on"),
        residency_count=Count("residencies", filter=~Q(residencies__state=ResidencyState.STOPPED), distinct=True),
        lived=Count("residencies"),
        days_due=Subquery(going.order_by().values("season").annotate(n=Sum("contract_days")).values("n")),
        communes=Coalesce(Subquery(communes.annotate(n=Count("pk")).values("n")), 0),
    )


def sessions_of(seasons: Sequence[int]) -> list[SessionLine]:
    """Of the seasons with these keys. One query."""
    commune = Coalesce("commune", "host__commune")
    home = Coalesce("commune__territory", "host__commune__territory")
    rows = (
        Session.objects.filter(activity__season__in=seasons, activity__state__in=FACING_STATES, state__in=_STANDING)
        .order_by()
        .annotate(known=Case(When(activity__season__programme__territory=home, then=commune)))
        .values_list("activity__season", "state", "starts_at", "known")
    )
    return [SessionLine(*row) for row in rows]


def season_rows(
    seasons: Sequence[Any],
    sessions: Iterable[SessionLine],
    open_calls: Sequence[Any],
    read: Mapping[int, Progress],
) -> list[SeasonRow]:
    """Where each of these seasons is, as :func:`open_seasons` gives them. No query.

    ``open_calls``: their calls with their jury and their dossiers ``filed``, ``drafts`` and ``retained``, counted.
    ``read``: how far their juries read, by the jury's key.
    """
    calls: defaultdict[int, list[Any]] = defaultdict(list)
    for call in sorted(open_calls, key=lambda call: (call.opens_at, call.pk)):
        calls[call.season_id].append(call)
    held: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for line in sessions:
        held[line.season][line.state] += 1
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


def intake(open_calls: Iterable[Call]) -> Intake | None:
    """Of the calls that receive dossiers now, among those of the seasons that are open, the first to close first.

    Nothing when none does. One query.
    """
    now = timezone.now()
    calls = [
        call for call in open_calls if call.status == CallStatus.PUBLISHED and call.opens_at <= now < call.closes_at
    ]
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
    money: Amounts


def season_figures(season: Any, sessions: Iterable[SessionLine]) -> SeasonFigures:
    """Of one season, as :func:`open_seasons` gives it. ``sessions``: its own among them. Two queries."""
    weeks: defaultdict[date, list[int]] = defaultdict(lambda: [0, 0])
    reached: dict[bool, set[int]] = {True: set(), False: set()}
    for line in sessions:
        if line.season != season.pk:
            continue
        on = timezone.localtime(line.starts_at).date()
        held = line.state == SessionState.HELD
        weeks[on - timedelta(days=on.weekday())][0 if held else 1] += 1
        if line.commune:
            reached[held].add(line.commune)
    return SeasonFigures(
        season=season,
        weeks=_every_week(weeks),
        held=sum(one for one, _two in weeks.values()),
        planned=sum(two for _one, two in weeks.values()),
        communes_held=len(reached[True]),
        communes_ahead=len(reached[False] - reached[True]),
        communes=season.communes,
        days_done=presence.done_in(season),
        days_due=season.days_due or Decimal(0),
        money=funding.total_of(season),
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
