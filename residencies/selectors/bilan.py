"""The figures of a season, read in bulk. Eight queries at most, whatever the size and the number of seasons.

Only sessions that were held, of an activity that stands (as coverage counts them), with the lines of the
confirmation that stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from candidatures.enums import LifeStage
from candidatures.models import Season
from residencies.enums import FACING_STATES, GROUP_OF, AudienceGroup
from residencies.methods import bilan_sums as sums
from residencies.methods.bilan import (
    UNSAID,
    Deed,
    Entry,
    Figures,
    Held,
    Host,
    Line,
    Town,
    Venue,
    World,
    floor_of_lines,
    held_in,
    shares,
)
from residencies.methods.headcounts import NOBODY, UNCOUNTED, Total, of_lines
from residencies.models import HandCount, HandEntry, Headcount, Residency, Session
from residencies.selectors.links import links
from structures.models import Commune, PriorityDistrict, Structure

Parts = tuple[tuple[str, Total], ...]
#: A line of a confirmation: category, value, qualifier, inside.
_Line = tuple[str, int | None, str, bool]
_UNSAID: Parts = ((UNSAID, UNCOUNTED),)


def bilan_of(season: Season, *, residency: Residency | None = None) -> Figures:
    """The figures of a season (``parts``: each residency's), or of one residency. Eight queries.

    The season comes with its programme.
    """
    world = worlds([season])[season.pk]
    if residency is None:
        return sums.whole_season(world, title=season.name)
    host = world.hosts[residency.pk]
    return sums.figures(world.only(host=host.pk), title=host.title, key=host.key, subtitle=host.subtitle)


def compare(seasons: Sequence[Season]) -> list[Figures]:
    """The figures of several seasons, in their order (``parts`` too). Eight queries together."""
    found = worlds(seasons)
    return [sums.whole_season(found[season.pk], title=season.name) for season in seasons]


def beside(season: Season, earlier: Sequence[Season], *, cuts: Collection[str]) -> list[Figures]:
    """The figures of a season (``parts`` too, in these ``cuts``), then what each earlier one comes to and nothing else.

    Eight queries together.
    """
    found = worlds([season, *earlier], totals=[one.pk for one in earlier])
    whole = sums.whole_season(found[season.pk], title=season.name, cuts=cuts)
    return [whole, *(sums.figures(found[one.pk], title=one.name, cuts=()) for one in earlier)]


def worlds(seasons: Sequence[Season], *, totals: Collection[int] = ()) -> dict[int, World]:
    """The facts of these seasons, by the season's key. Eight queries; none without a season.

    ``totals``: seasons of which only totals are asked: their people are not shared out by category.
    """
    if not seasons:
        return {}
    keys = [season.pk for season in seasons]
    held, deeds = _held(keys, totals)
    hosts, entries = _hosts(keys), _entries(keys)
    venues, kinds = _venues({pk for rows in held.values() for one in rows for pk in one.structures})
    towns = _towns({season.programme.territory_id for season in seasons})
    return {
        season.pk: World(
            hosts=hosts[season.pk],
            held=tuple(held[season.pk]),
            deeds=deeds,
            entries=tuple(entries[season.pk]),
            venues=venues,
            towns=towns[season.programme.territory_id],
            kinds=kinds,
        )
        for season in seasons
    }


# Sessions --------------------------------------------------------------------------------------


class _Row(NamedTuple):
    """Columns of a session, in the order they are read."""

    pk: int
    season: int
    starts_at: Any
    ends_at: Any
    commune: int | None
    host: int | None
    home: int | None
    standing: int | None
    activity: int
    title: str
    kind: str
    stage: str
    people: int | None
    qualifier: str
    classes: int | None


_COLUMNS = (
    "pk", "activity__season", "starts_at", "ends_at", "commune", "host", "host__commune", "standing", "activity",
    "activity__title", "activity__kind", "activity__life_stage", "activity__people_met",
    "activity__people_met_qualifier", "activity__classes",
)  # fmt: skip


def _held(seasons: Collection[int], totals: Collection[int]) -> tuple[defaultdict[int, list[Held]], dict[int, Deed]]:
    """Sessions held, by season and in order, and the activities they are of. Three queries."""
    chosen = Session.objects.held().filter(activity__season__in=seasons, activity__state__in=FACING_STATES)
    residencies, structures = links(Session, chosen.values("pk"))
    counted = _counted(chosen)
    found: defaultdict[int, list[Held]] = defaultdict(list)
    rows = [_Row(*row) for row in chosen.order_by("starts_at", "pk").values_list(*_COLUMNS)]
    schooled: set[int] = set()
    for row in rows:
        lines = counted.get(row.standing or 0, ())
        total, parts = of_lines(line[1:] for line in lines), _UNSAID
        if lines and (row.season not in totals or _asks_for_classes(row, lines)):
            parts = shares(held_in(lines))
        there = structures[row.pk] | ({row.host} if row.host is not None else set())
        if row.stage == LifeStage.SCHOOL or _of_pupils(category for category, _total in parts):
            schooled.add(row.activity)
        found[row.season].append(
            Held(
                pk=row.pk,
                activity=row.activity,
                day=timezone.localtime(row.starts_at).date(),
                minutes=round((row.ends_at - row.starts_at).total_seconds() / 60),
                residencies=frozenset(residencies[row.pk]),
                structures=frozenset(there),
                commune=row.commune or row.home,
                total=total,
                parts=parts,
            )
        )
    return found, {row.activity: _deed(row, row.activity in schooled) for row in rows}


def _asks_for_classes(row: _Row, lines: Collection[_Line]) -> bool:
    """Whether the categories of this count may say that classes are unknown."""
    return row.classes is None and row.stage != LifeStage.SCHOOL and _of_pupils(line[0] for line in lines)


def _deed(row: _Row, schooled: bool) -> Deed:
    """An activity. Classes are unknown only where there were pupils."""
    people = UNCOUNTED if row.people is None else Total(row.people, row.qualifier)
    return Deed(row.activity, row.title, row.kind, row.stage, people, _classes(row.classes, schooled))


def _classes(said: int | None, schooled: bool) -> Total:
    if said is not None:
        return Total(said)
    return UNCOUNTED if schooled else NOBODY


def _of_pupils(categories: Iterable[str]) -> bool:
    return any(GROUP_OF.get(category) == AudienceGroup.PUPILS for category in categories)


def _counted(chosen: Any) -> dict[int, list[_Line]]:
    """The lines of each standing confirmation. One query."""
    lines: defaultdict[int, list[_Line]] = defaultdict(list)
    rows = Headcount.objects.filter(confirmation__in=chosen.values("standing")).order_by("inside", "pk")
    for pk, category, value, qualifier, inside in rows.values_list(
        "confirmation", "category", "value", "qualifier", "inside"
    ):
        lines[pk].append((category, value, qualifier, inside))
    return lines


# What they refer to ----------------------------------------------------------------------------


def _hosts(seasons: Collection[int]) -> defaultdict[int, dict[int, Host]]:
    """The residencies of each season, by name. One query."""
    found: defaultdict[int, dict[int, Host]] = defaultdict(dict)
    rows = Residency.objects.filter(season__in=seasons).order_by("artist_name", "pk")
    for season, pk, slug, artist, title, discipline in rows.values_list(
        "season", "pk", "slug", "artist_name", "title", "discipline"
    ):
        found[season][pk] = Host(pk, slug, artist, title or discipline)
    return found


def _venues(keys: Collection[int]) -> tuple[dict[int, Venue], dict[str, str]]:
    """The structures met and their kinds, in the territory's order. One query."""
    rows = (
        Structure.objects.filter(pk__in=keys)
        .order_by("kinds__order", "kinds__label", "name", "pk")
        .values_list("pk", "name", "commune", "circle", "is_category", "kinds__slug", "kinds__plural")
    )
    kinds: dict[str, str] = {}
    of: defaultdict[int, set[str]] = defaultdict(set)
    facts: dict[int, tuple[str, int | None, str, bool]] = {}
    for pk, name, commune, circle, category, kind, plural in rows:
        facts[pk] = (name, commune, circle, category)
        if kind:
            of[pk].add(kind)
            kinds.setdefault(kind, plural)
    venues = {
        pk: Venue(pk, name, commune, circle, frozenset(of[pk]), category)
        for pk, (name, commune, circle, category) in facts.items()
    }
    return venues, kinds


def _towns(territories: Collection[int]) -> defaultdict[int, dict[int, Town]]:
    """The communes of each territory, by name. One query."""
    found: defaultdict[int, dict[int, Town]] = defaultdict(dict)
    row: tuple[Any, ...]
    districts = PriorityDistrict.communes.through.objects.filter(commune=OuterRef("pk"))
    rows = Commune.objects.filter(territory__in=territories).annotate(priority=Exists(districts)).order_by("slug")
    for row in rows.values_list(
        "territory", "pk", "slug", "name", "population", "rural_heart", "priority", "latitude", "longitude"
    ):
        found[row[0]][row[1]] = Town(*row[1:])
    return found


# Hand entries ----------------------------------------------------------------------------------


def lines_of(rows: Iterable[HandCount]) -> list[Line]:
    """The public of a hand entry, each line knowing the rank of the one that holds it."""
    there = list(rows)
    rank = {row.pk: place for place, row in enumerate(there)}
    return [Line(row.category, row.value, row.qualifier, rank.get(row.inside_id or 0)) for row in there]


def _entries(seasons: Collection[int]) -> defaultdict[int, list[Entry]]:
    """What older reports say, in their order. Two queries, one when none is left of them."""
    communes: defaultdict[int, set[int]] = defaultdict(set)
    chosen: dict[int, Any] = {}
    rows = HandEntry.objects.filter(season__in=seasons).order_by("position", "pk").annotate(one=F("communes"))
    for row in rows:
        chosen[row.pk] = row
        if row.one is not None:
            communes[row.pk].add(row.one)
    counts: defaultdict[int, list[HandCount]] = defaultdict(list)
    for count in HandCount.objects.filter(entry__in=chosen).order_by("position", "pk") if chosen else ():
        counts[count.entry_id].append(count)
    found: defaultdict[int, list[Entry]] = defaultdict(list)
    for pk, row in chosen.items():
        found[row.season_id].append(_entry(row, lines_of(counts[pk]), frozenset(communes[pk])))
    return found


def _entry(row: HandEntry, lines: list[Line], communes: frozenset[int]) -> Entry:
    pupils = _of_pupils(line.category for line in lines)
    return Entry(
        key=str(row.uuid),
        title=row.title,
        subtitle=row.artists or row.discipline,
        sessions=_said(row.sessions, row.sessions_qualifier),
        minutes=UNCOUNTED if row.hours is None else Total(int(row.hours * Decimal(60))),
        structures=_said(row.structures, row.structures_qualifier),
        classes=_classes(row.classes, pupils),
        communes=communes,
        total=of_lines((line.value, line.qualifier, line.inside is not None) for line in lines),
        parts=shares(lines),
        floor=floor_of_lines(lines),
        counts_people=row.counts_people,
    )


def _said(value: int | None, qualifier: str) -> Total:
    return UNCOUNTED if value is None else Total(value, qualifier)
