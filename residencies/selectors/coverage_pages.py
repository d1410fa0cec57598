"""The pages of the coverage: what was asked in the address, and all they show from one reading of the facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from candidatures.models import Season
from residencies.maps import Measure, coverage_map
from residencies.methods.coverage import CommuneLine, Coverage, Gauge, GroupLine, World
from residencies.methods.travel import Figures
from residencies.methods.where_next import distances, weight_rows
from residencies.models import PlanningRules, Residency
from residencies.rules.coverage import WEIGHT_LABELS
from residencies.selectors.coverage import gauges_of_world, of_world, world
from residencies.selectors.pairings import Pairings, pairings
from residencies.selectors.planning_rules import planning_rules
from residencies.selectors.travel import SeasonTravel, travel

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Column:
    """A column one may sort by. ``numeric``: the largest first."""

    key: str
    label: str | _StrPromise
    value: Callable[[CommuneLine], Any]
    numeric: bool = True


COLUMNS = (
    Column("nom", _("Commune"), lambda line: line.commune.slug, numeric=False),
    Column("habitants", _("Habitants"), lambda line: line.commune.population or 0),
    Column("programmees", _("Séances programmées"), lambda line: line.figures.planned),
    Column("tenues", _("dont tenues"), lambda line: line.figures.done),
    Column("par-habitant", _("Pour 1 000 habitants"), lambda line: line.rate or 0.0),
    Column("personnes", _("Personnes"), lambda line: line.figures.people.value or 0),
    Column("structures", _("Structures"), lambda line: line.figures.structures),
    Column("avant", _("Saisons passées"), lambda line: line.figures.earlier),
)


@dataclass(frozen=True)
class Asked:
    """What the address asks for; anything unknown falls back on the usual."""

    measure: Measure = Measure.PLANNED
    order: str = "nom"
    descending: bool = False
    residency: UUID | None = None
    week: date | None = None

    @classmethod
    def of(cls, query: QueryDict) -> Asked:
        measure = query.get("mesure", "")
        order = query.get("tri", "")
        column = next((one for one in COLUMNS if one.key == order), COLUMNS[0])
        way = query.get("sens", "")
        return cls(
            measure=Measure(measure) if measure in Measure.values else Measure.PLANNED,
            order=column.key,
            descending=way == "decroissant" if way else column.numeric,
            residency=_uuid(query.get("residence", "")),
            week=_day(query.get("semaine", "")),
        )

    def address(self, **changes: str) -> str:
        """The same page with something else asked: a query string, the usual left out."""
        query = QueryDict(mutable=True)
        if self.residency is not None:
            query["residence"] = str(self.residency)
        if self.measure != Measure.PLANNED:
            query["mesure"] = self.measure.value
        if self.order != "nom" or self.descending:
            query["tri"], query["sens"] = self.order, "decroissant" if self.descending else "croissant"
        for name, value in changes.items():
            query[name] = value
        return f"?{query.urlencode()}"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class CoveragePage:
    """Everything of a coverage page. ``residency``: the one it is about; nothing for all of them."""

    season: Season
    residency: Residency | None
    residencies: list[Residency]
    facts: World
    found: Coverage
    lines: list[CommuneLine]
    gauges: list[tuple[Residency, Gauge]]
    pairings: Pairings
    travel: SeasonTravel
    rules: PlanningRules
    drawing: SafeString
    asked: Asked

    @property
    def gauge(self) -> Gauge:
        """Of the residency the page is about; of the first one otherwise."""
        return self.gauges[0][1]

    @property
    def measures(self) -> list[dict[str, Any]]:
        return [
            {
                "label": one.label,
                "url": self.asked.address(mesure=one.value) + "#carte",
                "current": one == self.asked.measure,
            }
            for one in Measure
        ]

    @property
    def columns(self) -> list[dict[str, Any]]:
        """The headings, each a link that sorts by it, or turns the order round."""
        found = []
        for column in COLUMNS:
            here = column.key == self.asked.order
            down = not self.asked.descending if here else column.numeric
            url = self.asked.address(tri=column.key, sens="decroissant" if down else "croissant") + "#communes"
            sort = "" if not here else "descending" if self.asked.descending else "ascending"
            found.append({"label": column.label, "url": url, "sort": sort, "num": column.numeric})
        return found

    @property
    def wide(self) -> list[GroupLine]:
        """The two sets of communes that the contract names."""
        return [
            replace(self.found.rural, label=gettext("Cœurs ruraux")),
            replace(self.found.priority, label=gettext("Communes avec un quartier prioritaire")),
        ]


def ordered(lines: Sequence[CommuneLine], asked: Asked) -> list[CommuneLine]:
    """The communes in the order asked for; equal ones by name."""
    column = next(one for one in COLUMNS if one.key == asked.order)
    by_name = sorted(lines, key=lambda line: line.commune.slug)
    return sorted(by_name, key=column.value, reverse=asked.descending)


def page(season: Season, asked: Asked, residency: Residency | None = None) -> CoveragePage:
    """A season's coverage, or that of one residency (given, or asked for in the address). Seventeen queries at most.

    The season, or the residency, comes with its programme and territory.
    """
    everyone = list(Residency.objects.filter(season=season).order_by("artist_name", "pk"))
    for one in everyone:
        one.season = season
    chosen = residency or next((one for one in everyone if one.uuid == asked.residency), None)
    shown = [chosen] if chosen is not None else everyone
    facts, rules = world(season), planning_rules(season.programme.territory)
    found = of_world(facts, chosen)
    return CoveragePage(
        season=season,
        residency=chosen,
        residencies=everyone,
        facts=facts,
        found=found,
        lines=ordered(found.lines, asked),
        gauges=gauges_of_world(facts, shown, rules.team_size),
        pairings=pairings(
            facts, distances(facts.communes, Figures.of(rules)), chosen.pk if chosen is not None else None
        ),
        travel=travel(facts, shown, rules),
        rules=rules,
        drawing=coverage_map(found.lines, asked.measure, href=lambda commune: f"#commune-{commune.slug}"),
        asked=asked,
    )


def explained_weights() -> list[tuple[str | _StrPromise, float]]:
    """The points of each reason, as the page lists them."""
    return [(WEIGHT_LABELS[name], points) for name, points in weight_rows()]
