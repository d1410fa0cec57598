"""Coverage of a territory: the facts, read in bulk, and what is counted from them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from candidatures.enums import LifeStage
from candidatures.models import Season
from clea.journal import standing
from residencies.enums import FACING_STATES, Qualifier, SessionState
from residencies.methods import coverage as method
from residencies.methods.coverage import Before, Coverage, Former, Gauge, Moment, Past, Place, Plan, World
from residencies.methods.headcounts import NOBODY, UNCOUNTED, Total, of_lines
from residencies.models import Activity, Headcount, PastAction, Residency, Session
from residencies.selectors.links import links
from residencies.selectors.planning_rules import planning_rules
from structures.enums import Circle
from structures.models import Commune, PriorityDistrict, Structure, StructureKind, Territory

_STANDING = [SessionState.PLANNED, SessionState.HELD]

#: The structures of a territory, and what the seasons before one come to, while nobody writes: five thousand of the
#: former make three megabytes.
_structures = standing.Standing(room=4)
_seasons = standing.Standing(room=16)


def world(season: Season, *, counted: bool = True) -> World:
    """All that coverage is counted from: the season, and the earlier ones of its territory. Thirteen queries, nine
    while nobody writes: structures and earlier seasons are not read again.

    The season comes with its programme and territory. Without ``counted``, the earlier seasons say only what was
    ever met, which is all that suggestions ask.
    """
    territory, mark = season.programme.territory, standing.mark()
    places = _structures.get(mark, territory.pk, lambda: _places(territory))
    districts = PriorityDistrict.communes.through.objects.filter(
        commune=OuterRef("pk"), prioritydistrict__territory=territory
    )
    rows: Any = Commune.objects.filter(territory=territory).select_related("school_district")
    communes: dict[int, Any] = {row.pk: row for row in rows.annotate(in_priority=Exists(districts))}
    for commune in communes.values():
        commune.territory = territory
    return World(
        season=season.pk,
        communes=communes,
        priority=frozenset(pk for pk, row in communes.items() if row.in_priority),
        places=places,
        kinds={kind.pk: kind for kind in StructureKind.objects.filter(territory=territory)},
        moments=tuple(_moments(season)),
        plans=tuple(_plans(season)),
        former=tuple(_former(season)),
        past=_seasons.get(
            mark, (season.pk, counted), lambda: _past(season, places) if counted else _met_before(season)
        ),
    )


def _places(territory: Territory, keys: Iterable[int] | None = None) -> dict[int, Place]:
    """The structures of the territory, by name, with their kinds and the number of their members. Two queries."""
    chosen = Structure.objects.filter(territory=territory)
    if keys is not None:
        chosen = chosen.filter(pk__in=list(keys))
    kinds = _pairs(Structure.kinds.through.objects.filter(structure__in=chosen), "structure_id", "structurekind_id")
    rows = chosen.annotate(members=Count("professionals")).values_list(
        "pk", "uuid", "name", "commune", "circle", "members", "is_category", "is_active", "slug", "commune__name"
    )
    return {
        pk: Place(pk, uuid, name, commune, circle, frozenset(kinds[pk]), members, category, active, slug, town or "")
        for pk, uuid, name, commune, circle, members, category, active, slug, town in rows
    }


def _pairs(rows: Any, key: str, value: str) -> defaultdict[int, set[int]]:
    """A many-to-many table as sets. One query."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in rows.values_list(key, value):
        found[one].add(other)
    return found


def _moments(season: Season) -> Iterable[Moment]:
    """The season's sessions that stand. Three queries."""
    chosen = Session.objects.filter(activity__season=season, activity__state__in=FACING_STATES, state__in=_STANDING)
    residencies, structures = links(Session, chosen.values("pk"))
    counted = headcounts(chosen.values("standing"))
    rows = chosen.order_by("starts_at", "pk").values_list(
        "pk", "activity", "activity__season", "starts_at", "ends_at", "state", "commune", "host", "host__commune",
        "activity__life_stage", "standing",
    )  # fmt: skip
    for pk, activity, of, starts, ends, state, commune, host, home, stage, account in rows:
        held = state == SessionState.HELD
        there = structures[pk] | ({host} if host is not None else set())
        yield Moment(
            pk=pk,
            activity=activity,
            season=of,
            starts_at=starts,
            ends_at=ends,
            held=held,
            residencies=frozenset(residencies[pk]),
            structures=frozenset(there),
            commune=commune or home,
            host=None if commune and commune != home else host,
            life_stage=stage,
            people=counted.get(account, UNCOUNTED) if held else NOBODY,
        )


def _earlier(season: Season) -> QuerySet[Session]:
    """What was held in the seasons before, on the territory."""
    return Session.objects.filter(
        activity__season__starts_on__lt=season.starts_on,
        activity__season__programme__territory=season.programme.territory,
        activity__state__in=FACING_STATES,
        state=SessionState.HELD,
    ).order_by()


def _met_before(season: Season) -> Past:
    """Whom and where the seasons before met. Two queries."""
    chosen = _earlier(season)
    through = Session.structures.through.objects.filter(session__in=chosen.values("pk"))
    spots = set(chosen.values_list("host", Coalesce("commune", "host__commune")).distinct())
    return Past(
        structures=frozenset(through.values_list("structure_id", flat=True).distinct()) | _known(spots, 0),
        communes=_known(spots, 1),
    )


def _known(rows: Iterable[tuple[int | None, ...]], column: int) -> frozenset[int]:
    return frozenset(key for row in rows if (key := row[column]) is not None)


@dataclass(slots=True)
class _Sum:
    """Sessions of earlier seasons being added up, as :func:`residencies.methods.headcounts.of_lines` and ``together``.

    ``counted``: those that have a figure; ``about`` and ``more``: figures that are one or the other.
    """

    sessions: int = 0
    counted: int = 0
    people: int = 0
    about: int = 0
    more: int = 0

    def total(self) -> Total:
        unknown = self.sessions - self.counted
        if not self.counted:
            return Total(unknown=unknown)
        worst = Qualifier.ABOUT if self.about else Qualifier.MORE_THAN if self.more else Qualifier.EXACT
        return Total(self.people, worst, unknown)


def _past(season: Season, places: Mapping[int, Place]) -> Past:
    """The seasons before, whatever their number. Two queries, a row a session and a structure of it."""
    chosen, count = _earlier(season), "standing__headcounts"
    apart = Q(**{f"{count}__inside": False})
    known = apart & Q(**{f"{count}__value__isnull": False})
    rows: Any = (
        chosen.annotate(spot=Coalesce("commune", "host__commune"))
        .values_list("pk", "host", "spot", "activity__life_stage")
        .annotate(
            lines=Count(count, filter=apart),
            counted=Count(count, filter=known),
            heads=Sum(f"{count}__value", filter=apart),
            about=Count(count, filter=known & Q(**{f"{count}__qualifier": Qualifier.ABOUT})),
            more=Count(count, filter=known & Q(**{f"{count}__qualifier": Qualifier.MORE_THAN})),
        )
    )
    structures = _pairs(
        Session.structures.through.objects.filter(session__in=chosen.values("pk")), "session_id", "structure_id"
    )
    sums: defaultdict[tuple[Any, ...], _Sum] = defaultdict(_Sum)
    for pk, host, commune, stage, lines, counted, people, about, more in rows:
        there = structures[pk]
        if host is not None:
            there.add(host)
        met = [places[key] for key in there if key in places]
        kinds = met[0].kinds if len(met) == 1 else frozenset().union(*(place.kinds for place in met))
        line = sums[commune, stage, kinds, frozenset(place.circle for place in met)]
        line.sessions += 1
        if counted:
            line.counted += 1
            line.people += people
            line.about += about
            # A line that nobody counted makes the others a « more than ».
            line.more += more + lines - counted
    return Past(
        structures=frozenset().union(*structures.values()),
        communes=_known(sums, 0),
        lines=tuple(
            Before(commune, stage, kinds, circles, line.sessions, line.total())
            for (commune, stage, kinds, circles), line in sums.items()
        ),
    )


def headcounts(confirmations: Any) -> dict[int, Total]:
    """What each of these confirmations counted, as one total. One query."""
    lines: defaultdict[int, list[tuple[int | None, str, bool]]] = defaultdict(list)
    rows = Headcount.objects.filter(confirmation__in=confirmations).values_list(
        "confirmation", "value", "qualifier", "inside"
    )
    for pk, value, qualifier, inside in rows:
        lines[pk].append((value, qualifier, inside))
    return {pk: of_lines(each) for pk, each in lines.items()}


def _plans(season: Season) -> Iterable[Plan]:
    """The activities of the season, planned or more. Two queries."""
    chosen = Activity.objects.filter(season=season, state__in=FACING_STATES)
    residencies, structures = links(Activity, chosen.values("pk"))
    for pk, uuid, title, stage in chosen.order_by("title", "pk").values_list("pk", "uuid", "title", "life_stage"):
        yield Plan(pk, uuid, title, frozenset(residencies[pk]), frozenset(structures[pk]), stage)


def first_year(name: str) -> int | None:
    """The year a season's name begins with, « 2024-2025 » → 2024; nothing when it says none."""
    found = re.search(r"(?:19|20)\d{2}", name)
    return int(found.group()) if found else None


def _former(season: Season) -> Iterable[Former]:
    """What took place in earlier seasons, by hand or by import. One query.

    A line named after this season, or a later one, is not of the past; one without a year is.
    """
    rows = PastAction.objects.filter(territory=season.programme.territory).values_list(
        "season_name", "commune", "structure", "sessions", "people", "qualifier", "life_stage"
    )
    for name, commune, structure, sessions, people, qualifier, stage in rows:
        year = first_year(name)
        if year is not None and year >= season.starts_on.year:
            continue
        counted = UNCOUNTED if people is None else Total(people, qualifier)
        yield Former(name, commune, structure, sessions, counted, stage)


def of_world(facts: World, residency: Residency | None = None) -> Coverage:
    """The coverage read off the facts, all residencies or one. No query."""
    return method.cover(
        facts,
        residency=residency.pk if residency is not None else None,
        circles=[(value, str(label)) for value, label in Circle.choices],
        stages=[(value, str(label)) for value, label in LifeStage.choices],
        unsaid=_("temps de vie non précisé"),
    )


def coverage(season: Season, residency: Residency | None = None) -> Coverage:
    """The coverage of a season, all residencies or one. Thirteen queries at most, whatever the size."""
    return of_world(world(season), residency)


def gauge(residency: Residency) -> Gauge:
    """The gauge of one residency, its season and territory with it. Five queries."""
    return gauges([residency])[residency.pk]


def gauges(residencies: Sequence[Residency]) -> dict[int, Gauge]:
    """The gauges of residencies of one territory. Five queries, whatever their number."""
    if not residencies:
        return {}
    territory = residencies[0].territory
    keys = [residency.pk for residency in residencies]
    team_size = planning_rules(territory).team_size
    met: defaultdict[int, set[int]] = defaultdict(set)
    planned: defaultdict[int, set[int]] = defaultdict(set)
    held: defaultdict[int, set[int]] = defaultdict(set)
    sessions = Session.residencies.through.objects.filter(
        residency__in=keys, session__state__in=_STANDING, session__activity__state__in=FACING_STATES
    ).values_list("residency_id", "session_id", "session__state", "session__host", "session__structures")
    for residency, session, state, host, structure in sessions:
        there = {pk for pk in (host, structure) if pk is not None}
        planned[residency] |= there
        if state == SessionState.HELD:
            met[residency] |= there
            held[residency].add(session)
    activities = Activity.residencies.through.objects.filter(
        residency__in=keys, activity__state__in=FACING_STATES, activity__structures__isnull=False
    ).values_list("residency_id", "activity__structures")
    for residency, structure in activities:
        planned[residency].add(structure)
    places = _places(territory, set().union(*planned.values())) if planned else {}
    by_name = sorted(places.values(), key=lambda place: (place.name, place.pk))
    return {
        one.pk: method.gauge(
            one.structures_target,
            team_size,
            (place for place in by_name if place.pk in planned[one.pk]),
            met[one.pk],
            len(held[one.pk]),
        )
        for one in residencies
    }


def gauges_of_world(facts: World, residencies: Sequence[Residency], team_size: int) -> list[tuple[Residency, Gauge]]:
    """The same gauges, read off facts that a page already has. No query."""
    by_name = sorted(facts.venues.values(), key=lambda place: (place.name, place.pk))
    found = []
    for one in residencies:
        met, planned = facts.reached(one.pk)
        done = sum(moment.held for moment in facts.of(one.pk)[0])
        places = [place for place in by_name if place.pk in planned]
        found.append((one, method.gauge(one.structures_target, team_size, places, met, done)))
    return found
