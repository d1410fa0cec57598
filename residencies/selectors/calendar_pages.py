"""A page of a calendar, from its address: which view, which day, what is kept. For the site and for the desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date

from candidatures.models import Season
from residencies.methods.entries import FILTERS, TIMED, Entry, Kind, Who
from residencies.methods.weeks import (
    View,
    Week,
    bounds,
    clamped,
    folded,
    lay_out,
    month,
    neighbours,
    only,
)
from residencies.models import Residency
from residencies.selectors.calendar import Scope, entries
from structures.models import Territory


@dataclass(frozen=True)
class Asked:
    """What the address asks for. A word it does not know is as if it were not there."""

    view: View
    day: date
    kinds: frozenset[Kind]
    residency: str = ""

    @classmethod
    def of(cls, params: QueryDict, season: tuple[date, date] | None) -> Asked:
        today = timezone.localdate()
        default = min(max(today, season[0]), season[1]) if season else today
        try:
            day = parse_date(params.get("jour", "")) or default
        except ValueError:
            day = default
        word = params.get("vue", "")
        view = View(word) if word in list(View) else View.MONTH
        if view == View.SEASON and season is None:
            view = View.MONTH
        kinds = frozenset(Kind(word) for word in params.getlist("nature") if word in FILTERS)
        return cls(view, clamped(day), kinds or TIMED, params.get("residence", ""))

    def query(self, **changes: str) -> str:
        """The address's query with some words changed: what is kept stays from page to page."""
        found = QueryDict(mutable=True)
        found["vue"] = changes.get("vue", self.view)
        found["jour"] = changes.get("jour", self.day.isoformat())
        if self.residency:
            found["residence"] = self.residency
        if self.kinds != TIMED:
            found.setlist("nature", sorted(self.kinds))
        return found.urlencode()


@dataclass(frozen=True)
class Sheet:
    """What the templates of ``residencies/calendar/`` show. No query."""

    asked: Asked
    start: date
    end: date
    today: date
    weeks: list[Week]
    #: The same week for each residency, when several are shown side by side.
    rows: list[tuple[Who, Week]]
    residencies: Sequence[Residency]
    #: Each entry says whose it is.
    several: bool
    #: A season of several residencies: a line each a day, not a line a session.
    summed: bool
    clashes: int
    has_season: bool

    @property
    def view(self) -> str:
        return str(self.asked.view)

    @property
    def previous(self) -> str:
        found = neighbours(self.asked.view, self.asked.day)
        return self.asked.query(jour=found[0].isoformat()) if found else ""

    @property
    def following(self) -> str:
        found = neighbours(self.asked.view, self.asked.day)
        return self.asked.query(jour=found[1].isoformat()) if found else ""

    @property
    def now(self) -> str:
        return self.asked.query(jour=self.today.isoformat())

    @property
    def views(self) -> list[tuple[str, str, bool]]:
        """The other ways to see it: word, query, whether it is this one."""
        kept = [view for view in View if view != View.SEASON or self.has_season]
        return [(str(view), self.asked.query(vue=view), view == self.asked.view) for view in kept]

    @property
    def filters(self) -> list[tuple[str, object, bool]]:
        return [(str(kind), label, kind in self.asked.kinds) for kind, label in FILTERS.items()]

    @property
    def is_empty(self) -> bool:
        return not any(day.entries for week in self.weeks for day in week.days)


Links = Callable[[Entry], str]


def sheet(
    scope: Scope,
    asked: Asked,
    link: Links,
    season: tuple[date, date] | None,
    residencies: Sequence[Residency] = (),
    *,
    several: bool = False,
) -> Sheet:
    """The page. Three queries.

    ``residencies``: those of a season, all in view unless the scope keeps some. ``several``: say whose
    each entry is, even without them.
    """
    today = timezone.localdate()
    start, end = bounds(asked.view, asked.day, season or (asked.day, asked.day))
    found = [replace(entry, href=link(entry)) for entry in entries(scope, start, end)]
    inside = month(asked.day) if asked.view == View.MONTH else None
    weeks = lay_out(found, start, end, today, inside)
    shown = [one for one in residencies if scope.residencies is None or one.pk in scope.residencies]
    rows = []
    if asked.view == View.WEEK and len(shown) > 1:
        faces = [Who(one.pk, one.artist_name) for one in shown]
        rows = [(who, only(weeks, who)[0]) for who in faces]
    if asked.view == View.SEASON:
        weeks = folded(weeks)
    return Sheet(
        asked=asked,
        start=inside[0] if inside else start,
        end=inside[1] if inside else end,
        today=today,
        weeks=weeks,
        rows=rows,
        residencies=residencies,
        several=several or len(shown) > 1,
        summed=asked.view == View.SEASON and len(shown) > 1,
        clashes=sum(1 for entry in found if entry.clashes),
        has_season=season is not None,
    )


def season_of(territory: Territory) -> tuple[date, date] | None:
    """The days of the territory's season of today, else of the last one. One query."""
    today = timezone.localdate()
    rows = (
        Season.objects.filter(programme__territory=territory).order_by("-starts_on").values_list("starts_on", "ends_on")
    )
    found: list[tuple[date, date]] = list(rows)
    return next((row for row in found if row[0] <= today <= row[1]), found[0] if found else None)
