"""From the facts of a season to its figures, and from a figure back to what makes it. No database.

``KEYS`` says in which rows of a slice a session is: the sums and the trace both read it, so that the sessions
behind a figure are those it was counted from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from candidatures.enums import LifeStage
from residencies.enums import GROUP_OF, REPORTED_CATEGORIES, ActivityKind, AudienceGroup
from residencies.methods.bilan import (
    UNSAID,
    Deed,
    Entry,
    Figures,
    Held,
    Reach,
    Row,
    Slice,
    Tally,
    Values,
    World,
    floor_of,
)
from residencies.methods.headcounts import NOBODY, Total
from structures.enums import Circle

Keys = tuple[str, ...]
ONE = Total(1)


# In which rows a session is --------------------------------------------------------------------


def _residences(world: World, one: Held) -> Keys:
    return tuple(world.hosts[pk].key for pk in one.residencies if pk in world.hosts) or (UNSAID,)


def _types(world: World, one: Held) -> Keys:
    found = {kind for pk in one.structures if pk in world.venues for kind in world.venues[pk].kinds}
    return tuple(found) or (UNSAID,)


def _circles(world: World, one: Held) -> Keys:
    found = {world.venues[pk].circle for pk in one.structures if pk in world.venues} - {""}
    return tuple(found) or (UNSAID,)


def _town(world: World, commune: int | None) -> str:
    return world.towns[commune].key if commune is not None and commune in world.towns else UNSAID


@cache
def group_of(category: str) -> str:
    """The public a category belongs to: pupils, residents, professionals, or nobody said."""
    return GROUP_OF.get(category, UNSAID)


KEYS: dict[str, Callable[[World, Held], Keys]] = {
    "residence": _residences,
    "groupe": lambda world, one: tuple({group_of(category) for category, _total in one.parts}),
    "public": lambda world, one: tuple({category for category, _total in one.parts}),
    "forme": lambda world, one: (world.deeds[one.activity].kind,),
    "temps": lambda world, one: (world.deeds[one.activity].stage or UNSAID,),
    "mois": lambda world, one: (f"{one.day:%Y-%m}",),
    "commune": lambda world, one: (_town(world, one.commune),),
    "type": _types,
    "cercle": _circles,
}
#: Slices of the public: a session's people are shared out among their rows.
AUDIENCE = ("groupe", "public")
#: Slices whose rows have people and classes of their own: an activity is whole in each.
WHOLE = ("residence", "forme", "temps")
#: Slices whose rows count a structure because of what it is, not of the sessions it takes part in.
OWN = ("commune", "type", "cercle")


def entry_keys(world: World, name: str, entry: Entry) -> Keys:
    """The rows of a slice that a hand entry is in."""
    if name == "residence":
        return (entry.key,)
    if name == "public":
        return tuple({category for category, _total in entry.parts})
    if name == "groupe":
        return tuple({group_of(category) for category, _total in entry.parts})
    if name == "commune" and len(entry.communes) == 1:
        return (_town(world, next(iter(entry.communes))),)
    return (UNSAID,)


def part_of(parts: Iterable[tuple[str, Total]], name: str, key: str) -> Total:
    """The people of one category, or of one group, among those of a count."""
    tally = Tally()
    for category, total in parts:
        if (group_of(category) if name == "groupe" else category) == key:
            tally.add(total)
    return tally.total


def deeds_of(world: World) -> dict[int, list[Held]]:
    """What was held of each activity."""
    found: defaultdict[int, list[Held]] = defaultdict(list)
    for one in world.held:
        found[one.activity].append(one)
    return found


def _deed_keys(world: World, name: str, sessions: list[Held]) -> Keys:
    """The rows an activity's people are in. Of a public: the only one there, or nobody said."""
    found = {key for one in sessions for key in KEYS[name](world, one)}
    if name in AUDIENCE and len(found) > 1:
        return (UNSAID,)
    return tuple(found)


# Sums ------------------------------------------------------------------------------------------


class _Bucket:
    """A row being added up."""

    __slots__ = (
        "attendances",
        "classes",
        "communes",
        "held",
        "lasted",
        "minutes",
        "people",
        "said",
        "sessions",
        "structures",
        "unplaced",
    )

    def __init__(self) -> None:
        self.sessions, self.minutes, self.attendances = Tally(), Tally(), Tally()
        self.people, self.classes, self.said, self.unplaced = Tally(), Tally(), Tally(), Tally()
        self.structures: set[int] = set()
        self.communes: set[int] = set()
        #: Of the sessions followed here, counted apart from what was typed by hand: they are always known.
        self.held = self.lasted = 0

    def session(self, one: Held, people: Total, times: int = 1) -> None:
        self.held += times
        self.lasted += one.minutes * times
        self.attendances.add(people, times)

    def entry(self, one: Entry, attendances: Total, people: Total, times: int = 1) -> None:
        self.sessions.add(one.sessions, times)
        self.minutes.add(one.minutes, times)
        self.attendances.add(attendances, times)
        self.people.add(people, times)
        self.classes.add(one.classes, times)
        self.said.add(one.structures, times)
        self.unplaced.add(NOBODY if one.communes else Total(unknown=1), times)
        self.communes |= one.communes

    def structures_total(self) -> Total:
        mine = Total(len(self.structures)) if self.held or self.structures else NOBODY
        return mine + self.said.total

    def communes_total(self) -> Total:
        mine = Total(len(self.communes)) if self.held or self.communes else NOBODY
        return mine + self.unplaced.total

    def _with(self, mine: int, typed: Tally) -> Total:
        return Total(mine) + typed.total if self.held else typed.total

    def values(self, name: str = "") -> Values:
        """The row. ``name``: of which slice; empty for the whole."""
        whole = name in ("", *WHOLE)
        return Values(
            sessions=self._with(self.held, self.sessions),
            minutes=None if name in AUDIENCE else self._with(self.lasted, self.minutes),
            attendances=self.attendances.total,
            people=self.people.total if whole or name in AUDIENCE else None,
            structures=None if name in AUDIENCE else self.structures_total(),
            communes=self.communes_total() if whole or name == "mois" else None,
            classes=self.classes.total if whole else None,
        )


def _met(world: World, one: Held) -> set[int]:
    return {pk for pk in one.structures if pk in world.venues and not world.venues[pk].is_category}


def _communes(world: World, one: Held, met: Iterable[int]) -> set[int]:
    """Where it took place, and where its structures come from."""
    there = {world.venues[pk].commune for pk in met} | {one.commune}
    return {pk for pk in there if pk is not None and pk in world.towns}


def _whole(world: World) -> _Bucket:
    """All of it, each thing once."""
    bucket = _Bucket()
    for one in world.held:
        met = _met(world, one)
        bucket.session(one, one.total)
        bucket.structures |= met
        bucket.communes |= _communes(world, one, met)
    for pk in deeds_of(world):
        bucket.people.add(world.deeds[pk].people)
        bucket.classes.add(world.deeds[pk].classes)
    for entry in world.entries:
        bucket.entry(entry, entry.attendances, entry.people)
    return bucket


def _cut(world: World, name: str, whole: _Bucket) -> tuple[dict[str, Values], Values | None]:
    """The rows of one slice by key, and what several of them count."""
    keys_of = KEYS[name]
    buckets: defaultdict[str, _Bucket] = defaultdict(_Bucket)
    excess = _Bucket()
    audience = name in AUDIENCE
    for one in world.held:
        keys = keys_of(world, one)
        met = set() if audience or name in OWN else _met(world, one)
        towns = _communes(world, one, met) if name == "mois" or name in WHOLE else set()
        for key in keys:
            bucket = buckets[key]
            bucket.session(one, part_of(one.parts, name, key) if audience else one.total)
            bucket.structures |= met
            bucket.communes |= towns
        if len(keys) > 1:
            excess.session(one, NOBODY if audience else one.total, len(keys) - 1)
    if audience or name in WHOLE:
        for pk, sessions in deeds_of(world).items():
            found = _deed_keys(world, name, sessions)
            for key in found:
                buckets[key].people.add(world.deeds[pk].people)
                buckets[key].classes.add(world.deeds[pk].classes)
            excess.people.add(world.deeds[pk].people, len(found) - 1)
            excess.classes.add(world.deeds[pk].classes, len(found) - 1)
    for entry in world.entries:
        found = entry_keys(world, name, entry)
        for key in found:
            mine = part_of(entry.parts, name, key) if audience else entry.total
            buckets[key].entry(entry, *_either(entry, mine))
        excess.entry(entry, *_either(entry, NOBODY if audience else entry.total), len(found) - 1)
    for pk in whole.structures if name in OWN else ():
        for key in _own(world, name, pk):
            buckets[key].structures.add(pk)
    rows = {key: bucket.values(name) for key, bucket in buckets.items()}
    return rows, _shared(name, rows, excess, whole)


def _either(entry: Entry, counted: Total) -> tuple[Total, Total]:
    """Attendances and people: what it counted is the one or the other, the other is unknown."""
    return (entry.attendances, counted) if entry.counts_people else (counted, entry.people)


def _own(world: World, name: str, pk: int) -> Keys:
    venue = world.venues[pk]
    if name == "commune":
        return (_town(world, venue.commune),)
    return (venue.circle or UNSAID,) if name == "cercle" else tuple(venue.kinds) or (UNSAID,)


def _shared(name: str, rows: Mapping[str, Values], excess: _Bucket, whole: _Bucket) -> Values | None:
    """What the rows count more than once; nothing when they simply add up."""
    structures = [one.structures for one in rows.values() if one.structures is not None]
    communes = [one.communes for one in rows.values() if one.communes is not None]
    said = excess.values(name)
    found = Values(
        sessions=said.sessions,
        minutes=said.minutes,
        attendances=said.attendances,
        people=said.people,
        structures=_over(structures, whole.structures_total()),
        communes=_over(communes, whole.communes_total()),
        classes=said.classes,
    )
    every = (
        found.sessions, found.minutes, found.attendances, found.people, found.structures, found.communes,
        found.classes,
    )  # fmt: skip
    return found if any(one is not None and (one.value or one.unknown) for one in every) else None


def _over(rows: list[Total], total: Total) -> Total | None:
    """By how much distinct things, counted row by row, are more than together."""
    if not rows:
        return None
    more = sum(one.value or 0 for one in rows) - (total.value or 0)
    return Total(more or None, unknown=sum(one.unknown for one in rows) - total.unknown)


# Labels ----------------------------------------------------------------------------------------


def _months(keys: Iterable[str]) -> list[tuple[str, str]]:
    """Every month from the first to the last, those in between too."""
    said = sorted(key for key in keys if key != UNSAID)
    if not said:
        return []
    year, month = (int(part) for part in said[0].split("-"))
    found = []
    while f"{year:04d}-{month:02d}" <= said[-1]:
        found.append((f"{year:04d}-{month:02d}", date_format(date(year, month, 1), "F Y")))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def labels(world: World, name: str, keys: Iterable[str]) -> list[tuple[str, str]]:
    """The rows of a slice, in order: key, label. Those that are always shown, and those of ``keys``."""
    there = set(keys)
    if name == "residence":
        found = [(one.key, one.title) for one in world.hosts.values()]
        found += [(one.key, one.title) for one in world.entries]
    elif name == "groupe":
        found = [(value, str(label)) for value, label in AudienceGroup.choices]
    elif name == "mois":
        found = _months(there)
    elif name == "commune":
        found = [(one.key, one.name) for one in world.towns.values()]
    else:
        known: Iterable[tuple[str, object]] = {
            "public": REPORTED_CATEGORIES,
            "forme": ActivityKind.choices,
            "temps": LifeStage.choices,
            "cercle": Circle.choices,
            "type": world.kinds.items(),
        }[name]
        found = [(value, str(label)) for value, label in known if value in there]
    return [*found, (UNSAID, unsaid(name))] if UNSAID in there else found


def unsaid(name: str) -> str:
    """What a row is called when nobody said."""
    return {
        "residence": _("sans résidence"),
        "groupe": _("public non précisé, ou plusieurs à la fois"),
        "public": _("public non précisé, ou plusieurs à la fois"),
        "forme": _("forme non précisée"),
        "temps": _("temps de vie non précisé"),
        "mois": _("date non précisée"),
        "commune": _("hors du territoire, ou commune non précisée"),
        "type": _("type de structure non précisé"),
        "cercle": _("hors des deux cercles"),
    }[name]


def _slice(world: World, name: str, whole: _Bucket) -> Slice:
    found, shared = _cut(world, name, whole)
    subtitles = {one.key: one.subtitle for one in world.hosts.values()}
    subtitles |= {one.key: one.subtitle for one in world.entries}
    towns = {one.key: one for one in world.towns.values()}
    nothing = _Bucket().values(name)
    rows = tuple(
        Row(
            key=key,
            label=label,
            values=found.get(key, nothing),
            trace={name: key},
            subtitle=subtitles.get(key, "") if name == "residence" else "",
            town=towns.get(key) if name == "commune" else None,
        )
        for key, label in labels(world, name, found)
    )
    return Slice(name, rows, shared)


# Figures ---------------------------------------------------------------------------------------


def figures(
    world: World,
    *,
    title: str = "",
    key: str = "",
    subtitle: str = "",
    by_hand: bool = False,
    cuts: Collection[str] = tuple(KEYS),
) -> Figures:
    """Everything counted from these facts, in these slices. Add ``parts`` with :func:`whole_season`."""
    whole = _whole(world)
    cut = {
        name: _slice(world, name, whole) if name in cuts and not (key and name == "residence") else Slice(name)
        for name in KEYS
    }
    towns = world.towns.values()
    met = {pk for pk in whole.communes if pk in world.towns}
    return Figures(
        title=title,
        values=whole.values(),
        key=key,
        subtitle=subtitle,
        floor=sum(floor_of(world.deeds[pk].people) for pk in deeds_of(world))
        + sum(one.floor for one in world.entries if one.counts_people),
        by_hand=by_hand,
        entries=len(world.entries),
        groups=cut["groupe"],
        categories=cut["public"],
        kinds=cut["forme"],
        stages=cut["temps"],
        months=cut["mois"],
        communes=cut["commune"],
        structure_kinds=cut["type"],
        circles=cut["cercle"],
        residencies=cut["residence"],
        rural=Reach(sum(one.rural for one in towns if one.pk in met), sum(one.rural for one in towns)),
        priority=Reach(sum(one.priority for one in towns if one.pk in met), sum(one.priority for one in towns)),
    )


def whole_season(world: World, *, title: str, cuts: Collection[str] = tuple(KEYS)) -> Figures:
    """The season, and each residency of it as ``parts``: those followed here, then those typed by hand.

    ``cuts``: the slices of each part; the season has them all.
    """
    found = figures(world, title=title)
    parts = [
        figures(world.only(host=one.pk), title=one.title, key=one.key, subtitle=one.subtitle, cuts=cuts)
        for one in world.hosts.values()
    ]
    parts += [
        figures(world.only(entry=one.key), title=one.title, key=one.key, subtitle=one.subtitle, by_hand=True, cuts=cuts)
        for one in world.entries
    ]
    return Figures(**{**{name: getattr(found, name) for name in Figures.__dataclass_fields__}, "parts": tuple(parts)})


# And back --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """What makes a figure: a session, an activity (for people and classes), or a hand entry."""

    held: Held | None = None
    deed: Deed | None = None
    entry: Entry | None = None
    sessions: Total = NOBODY
    minutes: Total = NOBODY
    attendances: Total = NOBODY
    people: Total = NOBODY
    classes: Total = NOBODY

    @property
    def hours(self) -> Decimal | None:
        """Hours, to the hundredth; nothing when unknown."""
        return Values(minutes=self.minutes).hours


def sessions_behind(world: World, asked: Mapping[str, str]) -> list[Step]:
    """The sessions, then the hand entries, behind a figure. ``asked``: slice → key, as in ``Row.trace``.

    Added up (:func:`added`), they give the figure's sessions, minutes and attendances.
    """
    name = next((one for one in AUDIENCE[::-1] if one in asked), "")
    found = []
    for one in world.held:
        if all(key in KEYS[slice_](world, one) for slice_, key in asked.items()):
            people = part_of(one.parts, name, asked[name]) if name else one.total
            found.append(Step(one, world.deeds[one.activity], None, ONE, Total(one.minutes), people))
    for entry in world.entries:
        if all(key in entry_keys(world, slice_, entry) for slice_, key in asked.items()):
            mine = part_of(entry.parts, name, asked[name]) if name else entry.total
            present, _people = _either(entry, mine)
            found.append(Step(None, None, entry, entry.sessions, entry.minutes, present))
    return found


def activities_behind(world: World, asked: Mapping[str, str]) -> list[Step]:
    """The activities, then the hand entries, behind a number of people or of classes."""
    name = next((one for one in AUDIENCE[::-1] if one in asked), "")
    found = []
    for pk, sessions in deeds_of(world).items():
        if all(key in _deed_keys(world, slice_, sessions) for slice_, key in asked.items()):
            deed = world.deeds[pk]
            found.append(Step(None, deed, None, Total(len(sessions)), people=deed.people, classes=deed.classes))
    for entry in world.entries:
        if all(key in entry_keys(world, slice_, entry) for slice_, key in asked.items()):
            mine = part_of(entry.parts, name, asked[name]) if name else entry.total
            _present, people = _either(entry, mine)
            found.append(Step(None, None, entry, entry.sessions, people=people, classes=entry.classes))
    return found


def added(steps: Iterable[Step]) -> Step:
    """All of them together."""
    tallies = {name: Tally() for name in ("sessions", "minutes", "attendances", "people", "classes")}
    for step in steps:
        for name, tally in tallies.items():
            tally.add(getattr(step, name))
    return Step(None, None, None, *(tally.total for tally in tallies.values()))
