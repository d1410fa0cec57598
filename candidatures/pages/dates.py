"""The dates of a call, told once for the page, the season line, the agenda and the ICS file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.enums import PeriodKind
from candidatures.models import Call, CallPeriod
from clea import daycount
from clea.i18n import localised
from clea.ui import dates
from clea.ui.season import Step


@dataclass(frozen=True)
class Milestone:
    """One date of a call. ``key`` is stable; ``at`` is given when the hour counts. Both ends included."""

    key: str
    label: str
    starts: date
    ends: date
    at: datetime | None = None
    detail: str = ""
    #: Presence of the artists, rather than a step of the selection.
    presence: bool = False

    @property
    def when(self) -> str:
        """In full, with the hour if it counts: ``dimanche 15 février 2026 inclus (jusqu'à 23 h 59)``."""
        if self.key == "closing" and self.at is not None:
            return dates.deadline(self.at)
        if self.at is not None:
            return dates.moment(self.at)
        return dates.span(self.starts, self.ends)


def milestones(call: Call, periods: Iterable[CallPeriod]) -> list[Milestone]:
    """Every date of a call, the earliest first. No query."""
    opening, closing = timezone.localdate(call.opens_at), timezone.localdate(call.last_day)
    found = [
        Milestone("opening", _("Ouverture de l'appel"), opening, opening, at=call.opens_at),
        Milestone("closing", _("Clôture de l'appel"), closing, closing, at=call.closes_at),
    ]
    if call.interviews_from or call.interviews_to:
        first = call.interviews_from or call.interviews_to
        last = call.interviews_to or call.interviews_from
        assert first is not None
        assert last is not None
        found.append(Milestone("interviews", _("Entretiens éventuels"), first, last))
    if call.jury_on:
        found.append(Milestone("jury", _("Réunion du jury"), call.jury_on, call.jury_on))
    if call.results_on:
        found.append(Milestone("results", _("Annonce des résultats, au plus tard"), call.results_on, call.results_on))
    found += [
        Milestone(f"period-{period.pk}", localised(period, "title"), period.starts_on, period.ends_on, presence=True)
        for period in periods
    ]
    return sorted(found, key=lambda item: (item.starts, item.ends))


def season_steps(call: Call, periods: Sequence[CallPeriod]) -> list[Step]:
    """The season as a line: call, jury, immersion, phases, bilan (look.md). No query.

    The bilan goes from the end of the presence to the end of the season, when there is room for it.
    """
    opening, closing = timezone.localdate(call.opens_at), timezone.localdate(call.last_day)
    href = call.get_absolute_url()
    steps = [Step(_("Appel"), opening, closing, href=href, key="call")]
    selection = [day for day in (call.interviews_from, call.interviews_to, call.jury_on, call.results_on) if day]
    if selection:
        steps.append(Step(_("Jury"), min(selection), max(selection), key="jury"))
    presence = [period for period in periods if period.kind != PeriodKind.EVENT]
    events = [period for period in periods if period.kind == PeriodKind.EVENT]
    for period in presence:
        inside = [event for event in events if period.starts_on <= event.starts_on <= period.ends_on]
        detail = " · ".join(
            f"{localised(event, 'title')}, {dates.day(event.starts_on, weekday=False, year=False)}" for event in inside
        )
        steps.append(
            Step(localised(period, "title"), period.starts_on, period.ends_on, detail=detail, key=str(period.kind))
        )
    season = call.season
    if presence:
        after = max(period.ends_on for period in presence) + timedelta(days=1)
        if after <= season.ends_on:
            steps.append(Step(_("Bilan"), after, season.ends_on, key="bilan"))
    return sorted(steps, key=lambda step: (step.starts, step.ends))


@dataclass(frozen=True)
class PeriodCount:
    """One period of presence with its own two counts, and the high points inside it."""

    period: CallPeriod
    weekdays: int
    working_days: int
    events: tuple[CallPeriod, ...]


@dataclass(frozen=True)
class SchoolBreak:
    """School holidays met by the presence. ``between``: nobody is there, they separate two periods."""

    name: str
    starts: date
    ends: date
    between: bool
    weekdays: int


@dataclass(frozen=True)
class Calendar:
    """The presence of a call counted both ways (rules.md 14)."""

    rows: tuple[PeriodCount, ...]
    loose_events: tuple[CallPeriod, ...]
    total: daycount.DayCount
    breaks: tuple[SchoolBreak, ...]
    zone: str


def calendar(periods: Sequence[CallPeriod], zone: str) -> Calendar:
    """Count weekdays and working days, name the public and the school holidays. No query."""
    presence = [period for period in periods if period.kind != PeriodKind.EVENT]
    events = [period for period in periods if period.kind == PeriodKind.EVENT]
    rows = []
    placed: set[int] = set()
    for period in presence:
        own = daycount.count([(period.starts_on, period.ends_on)], zone)
        inside = tuple(event for event in events if period.starts_on <= event.starts_on <= period.ends_on)
        placed.update(event.pk for event in inside)
        rows.append(PeriodCount(period, own.weekdays, own.working_days, inside))
    spans = [(period.starts_on, period.ends_on) for period in presence]
    return Calendar(
        rows=tuple(rows),
        loose_events=tuple(event for event in events if event.pk not in placed),
        total=daycount.count(spans, zone),
        breaks=tuple(school_breaks(spans, zone)),
        zone=zone,
    )


def school_breaks(spans: Sequence[daycount.Span], zone: str) -> list[SchoolBreak]:
    """School holidays inside the presence, and those that exactly fill a gap between two periods."""
    if not spans:
        return []
    spans = sorted(spans)
    first, last = spans[0][0], max(end for _start, end in spans)
    known = {
        day: name
        for year in range(first.year, last.year + 1)
        for day, name in daycount.school_holidays(zone, year).items()
    }
    present = {day for day in daycount.days(spans) if day.weekday() < 5}
    found = []
    for name, starts, ends in _runs(known):
        inside = sum(1 for day in daycount.days([(starts, ends)]) if day in present)
        if inside:
            found.append(SchoolBreak(name, starts, ends, between=False, weekdays=inside))
    for (_a, left), (right, _b) in pairwise(spans):
        gap = daycount.days([(left + timedelta(days=1), right - timedelta(days=1))])
        workable = [day for day in gap if day.weekday() < 5]
        names = {known.get(day) for day in workable}
        if workable and len(names) == 1 and None not in names:
            found.append(SchoolBreak(str(names.pop()), gap[0], gap[-1], between=True, weekdays=len(workable)))
    return sorted(found, key=lambda item: item.starts)


def _runs(known: dict[date, str]) -> list[tuple[str, date, date]]:
    """Days of the same name that follow one another, as (name, first day, last day)."""
    runs: list[tuple[str, date, date]] = []
    for day in sorted(known):
        if runs and runs[-1][0] == known[day] and (day - runs[-1][2]).days == 1:
            runs[-1] = (runs[-1][0], runs[-1][1], day)
        else:
            runs.append((known[day], day, day))
    return runs
