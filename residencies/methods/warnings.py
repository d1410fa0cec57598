"""What the planning warns of: pure, over what is known of the season (rules.md 14 to 19).

A draft is compared with a world; each warning says what is wrong, the facts behind it, and a key
that names exactly what would be waived: a reason given for one moment does not hold for another.
Moments are half open: a session may begin when another ends. Called-off sessions are not in a world.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.enums import LifeStage
from clea.daycount import public_holidays, school_holidays
from clea.text import normalise
from clea.ui import dates
from residencies.enums import ActivityKind, CountBasis, DayPart, WarningCode
from residencies.methods import travel
from structures.models import Closure, Commune

#: A school session does not fall on school holidays unless someone says so (rules.md 16).
SCHOOL_STAGES = frozenset({LifeStage.SCHOOL, LifeStage.AROUND_SCHOOL})
#: Until when a morning lasts, and from when an afternoon: midday belongs to both.
MORNING_ENDS, AFTERNOON_STARTS = time(13), time(12)
#: They hold whatever the moment: no other date would avoid them.
STANDING = frozenset({WarningCode.NOT_CONTRACTED, WarningCode.NO_TEAM})


@dataclass(frozen=True)
class Spot:
    """Where: a structure's own building, or a place of a commune."""

    host: int | None = None
    commune: Commune | None = None
    place: str = ""
    label: str = ""

    def same_building(self, other: Spot) -> bool:
        """Nothing to drive between two rooms of one structure, or of one place named alike."""
        here = self.commune.pk if self.commune else None
        there = other.commune.pk if other.commune else None
        if here != there or self.host != other.host:
            return False
        return self.host is not None or bool(self.place and normalise(self.place) == normalise(other.place))


@dataclass(frozen=True)
class Taken:
    """A moment already given: a session, a visit, an event, a computed meeting. ``key`` is stable."""

    key: str
    title: str
    starts_at: datetime
    ends_at: datetime
    spot: Spot = Spot()
    residencies: frozenset[int] = frozenset()
    structures: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Artist:
    """A residency, as the planning sees it. ``absences``: local day → what is left of it."""

    key: str
    name: str
    periods: tuple[tuple[date, date], ...] = ()
    due: Decimal = Decimal(0)
    basis: str = CountBasis.WEEKDAYS
    parts: dict[date, str] = field(default_factory=dict)
    contracted: bool = False

    @cached_property
    def exhausted_on(self) -> date | None:
        """The first day of presence beyond the contract's count; nothing while none is set."""
        if not self.due:
            return None
        days = {
            start + timedelta(days=n)
            for start, end in self.periods
            for n in range((end - start).days + 1)
            if (start + timedelta(days=n)).weekday() < 5
        } | {day for day, part in self.parts.items() if part != DayPart.NONE}
        used = Decimal(0)
        for day in sorted(days):
            used += self._weight(day)
            if used > self.due:
                return day
        return None

    def _weight(self, day: date) -> Decimal:
        part = self.parts.get(day, DayPart.FULL)
        if part == DayPart.NONE:
            return Decimal(0)
        if day not in self.parts and self.basis == CountBasis.WORKING_DAYS and day in public_holidays(day.year):
            return Decimal(0)
        return Decimal(1) if part == DayPart.FULL else Decimal("0.5")


@dataclass(frozen=True)
class Team:
    """A structure, as the planning sees it."""

    key: str
    name: str
    size: int = 0
    closures: tuple[Closure, ...] = ()


@dataclass
class World:
    """All that a draft is compared with. ``taken`` must reach a day on either side of the drafts."""

    figures: travel.Figures
    zone: str = "B"
    team_size: int = 2
    day_starts: time = time(9)
    day_ends: time = time(18)
    artists: dict[int, Artist] = field(default_factory=dict)
    teams: dict[int, Team] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    #: What was waived of the moments taken, by their key.
    waived: dict[str, set[str]] = field(default_factory=dict)

    @cached_property
    def _by_day(self) -> dict[date, list[Taken]]:
        index: dict[date, list[Taken]] = defaultdict(list)
        for row in self.taken:
            for day in local_days(row.starts_at, row.ends_at):
                index[day].append(row)
        return index

    def near(self, draft: Draft) -> list[Taken]:
        """What lies within a day of the draft, its own row apart, each once, in the order of time."""
        days = draft.days
        around = [days[0] - timedelta(days=1), *days, days[-1] + timedelta(days=1)]
        found = {row.key: row for day in around for row in self._by_day.get(day, ()) if row.key != draft.key}
        return sorted(found.values(), key=lambda row: (row.starts_at, row.key))


@dataclass(frozen=True)
class Draft:
    """A session as wished. ``key`` is its own among the ``taken`` once it is in the calendar."""

    starts_at: datetime
    ends_at: datetime
    kind: str
    residencies: frozenset[int]
    structures: frozenset[int] = frozenset()
    spot: Spot = Spot()
    life_stage: str = ""
    key: str = ""

    @cached_property
    def days(self) -> list[date]:
        """The local days it touches."""
        return local_days(self.starts_at, self.ends_at)

    def at(self, starts_at: datetime, ends_at: datetime) -> Draft:
        """The same at another moment."""
        return replace(self, starts_at=starts_at, ends_at=ends_at)


@dataclass(frozen=True)
class PlanWarning:
    """``text`` is one sentence, ``explain`` the facts; ``key`` names what a reason would waive."""

    code: WarningCode
    key: str
    text: str
    explain: str
    #: Of two moments that clash: the other one, and the same matter seen from there.
    mirror: tuple[str, str] = ("", "")


def stem(key: str) -> str:
    """Without the moment: the same matter at another time."""
    return key.partition("@")[0]


def local_days(start: datetime, end: datetime) -> list[date]:
    """Local days touched by a half-open moment: one that ends at midnight does not touch the next."""
    first = timezone.localtime(start).date()
    last = max(first, timezone.localtime(end - timedelta(microseconds=1)).date())
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def when(start: datetime, end: datetime) -> str:
    """« mardi 2 mars 2027, 10 h – 11 h 30 »."""
    if len(local_days(start, end)) == 1:
        return f"{dates.moment(start)}{dates.NBSP}– {dates.hour(end)}"
    return f"{dates.moment(start)}{dates.NBSP}– {dates.moment(end)}"


def warnings(draft: Draft, world: World) -> list[PlanWarning]:
    """Everything the draft breaks, the hardest first. Empty: nothing does."""
    return list(_each(draft, world, world.near(draft)))


def is_open(draft: Draft, world: World) -> bool:
    """Whether its days suit, whatever the hour: one of a whole day is tried before its hours are."""
    return not (*_periods(draft, world), *_past_days(draft, world), *_closures(draft, world), *_holidays(draft, world))


def is_free(draft: Draft, world: World, near: Sequence[Taken]) -> bool:
    """Whether nothing is broken that another moment would avoid. ``near``: what lies around its days."""
    return all(row.code in STANDING for row in _each(draft, world, near))


def _each(draft: Draft, world: World, near: Sequence[Taken]) -> Iterator[PlanWarning]:
    yield from _artist_taken(draft, world, near)
    yield from _travel(draft, world, near)
    yield from _periods(draft, world)
    yield from _past_days(draft, world)
    yield from _absences(draft, world)
    yield from _contracts(draft, world)
    yield from _closures(draft, world)
    yield from _structure_taken(draft, world, near)
    yield from _holidays(draft, world)
    yield from _teams(draft, world)


def unanswered(found: Iterable[PlanWarning], waived: Collection[str], world: World) -> list[PlanWarning]:
    """Those without a reason: ``waived`` here, or the same clash seen from the other moment."""
    return [row for row in found if row.key not in waived and row.mirror[1] not in world.waived.get(row.mirror[0], ())]


def whatever_the_moment(found: Iterable[PlanWarning]) -> list[PlanWarning]:
    """Those that no other date would avoid."""
    return [row for row in found if row.code in STANDING]


# Who is where ------------------------------------------------------------------------------------


def _overlap(draft: Draft, row: Taken) -> bool:
    return row.starts_at < draft.ends_at and draft.starts_at < row.ends_at


def _keys(code: WarningCode, who: str, draft: Draft, row: Taken) -> tuple[str, tuple[str, str]]:
    """What a reason is given for: both moments (move one, and it holds no longer), from either side."""

    def key(here: Draft | Taken, there: Draft | Taken) -> str:
        stamps = (here.starts_at, here.ends_at, there.starts_at, there.ends_at)
        moments = "-".join(f"{int(stamp.timestamp()) // 60:x}" for stamp in stamps)
        return f"{code.value}:{who}:{there.key}@{moments}"

    return key(draft, row), (row.key, key(row, draft))


def _artist_taken(draft: Draft, world: World, near: Sequence[Taken]) -> Iterable[PlanWarning]:
    for row in near:
        if not _overlap(draft, row):
            continue
        for pk in sorted(draft.residencies & row.residencies):
            artist = world.artists[pk]
            key, mirror = _keys(WarningCode.ARTIST_TAKEN, artist.key, draft, row)
            yield PlanWarning(
                WarningCode.ARTIST_TAKEN,
                key,
                _("%(artist)s est déjà à autre chose à ce moment.") % {"artist": artist.name},
                _described(row),
                mirror,
            )


def _structure_taken(draft: Draft, world: World, near: Sequence[Taken]) -> Iterable[PlanWarning]:
    for row in near:
        if not _overlap(draft, row):
            continue
        for pk in sorted(draft.structures & row.structures):
            team = world.teams[pk]
            key, mirror = _keys(WarningCode.STRUCTURE_TAKEN, team.key, draft, row)
            yield PlanWarning(
                WarningCode.STRUCTURE_TAKEN,
                key,
                _("L'équipe de %(structure)s est déjà prise à ce moment.") % {"structure": team.name},
                _described(row),
                mirror,
            )


def _described(row: Taken) -> str:
    facts = {"title": row.title, "when": when(row.starts_at, row.ends_at), "where": row.spot.label}
    if not row.spot.label:
        return _("« %(title)s », %(when)s.") % facts
    return _("« %(title)s », %(when)s, à cet endroit : %(where)s.") % facts


def _travel(draft: Draft, world: World, near: Sequence[Taken]) -> Iterable[PlanWarning]:
    for row in near:
        if _overlap(draft, row) or not draft.residencies & row.residencies:
            continue
        needed = _minutes(row.spot, draft.spot, world)
        before = row.ends_at <= draft.starts_at
        gap = draft.starts_at - row.ends_at if before else row.starts_at - draft.ends_at
        if needed is None or gap >= timedelta(minutes=needed):
            continue
        for pk in sorted(draft.residencies & row.residencies):
            artist = world.artists[pk]
            text = (
                _("Le temps manque à %(artist)s pour venir de « %(title)s ».")
                if before
                else _("Le temps manque à %(artist)s pour aller ensuite à « %(title)s ».")
            )
            key, mirror = _keys(WarningCode.TRAVEL, artist.key, draft, row)
            yield PlanWarning(
                WarningCode.TRAVEL,
                key,
                text % {"artist": artist.name, "title": row.title},
                _trip(draft, row, needed, gap, world, before=before),
                mirror,
            )


def _minutes(here: Spot, there: Spot, world: World) -> int | None:
    """Minutes on the road; none inside one building; nothing known when a place is not on the map."""
    return 0 if here.same_building(there) else travel.minutes(here.commune, there.commune, world.figures)


def _trip(draft: Draft, row: Taken, needed: int, gap: timedelta, world: World, *, before: bool) -> str:
    road = travel.road_km(row.spot.commune, draft.spot.commune, world.figures) or 0
    facts = {
        "hour": dates.hour(row.ends_at if before else row.starts_at),
        "from": row.spot.commune or "",
        "to": draft.spot.commune or "",
        "km": dates.number(road, 1),
        "needed": needed,
        "gap": int(gap.total_seconds() // 60),
    }
    if before:
        return (
            _(
                "Fin à %(hour)s à %(from)s, puis %(to)s : environ %(km)s km et %(needed)d minutes, installation "
                "comprise ; il y en a %(gap)d."
            )
            % facts
        )
    return (
        _(
            "Début à %(hour)s à %(from)s, depuis %(to)s : environ %(km)s km et %(needed)d minutes, installation "
            "comprise ; il y en a %(gap)d."
        )
        % facts
    )


# The artist's days -------------------------------------------------------------------------------


def _span_key(days: Sequence[date]) -> str:
    return f"{days[0]:%Y%m%d}" if len(days) == 1 else f"{days[0]:%Y%m%d}-{days[-1]:%Y%m%d}"


def _periods(draft: Draft, world: World) -> Iterable[PlanWarning]:
    """Diffusion may take place at any time (rules.md 15)."""
    if draft.kind == ActivityKind.DIFFUSION:
        return
    for pk in sorted(draft.residencies):
        artist = world.artists[pk]
        outside = [day for day in draft.days if not any(start <= day <= end for start, end in artist.periods)]
        if not outside:
            continue
        spans = [dates.span(start, end) for start, end in artist.periods]
        yield PlanWarning(
            WarningCode.OUTSIDE_PERIODS,
            f"outside_periods:{artist.key}@{_span_key(outside)}",
            _("%(artist)s n'est pas en résidence ce jour-là.") % {"artist": artist.name},
            _("Périodes : %(spans)s. Seule une diffusion se place en dehors.") % {"spans": " ; ".join(spans)}
            if spans
            else _("Ses périodes de présence ne sont pas encore fixées."),
        )


def _past_days(draft: Draft, world: World) -> Iterable[PlanWarning]:
    if draft.kind == ActivityKind.DIFFUSION:
        return
    for pk in sorted(draft.residencies):
        artist = world.artists[pk]
        limit = artist.exhausted_on
        beyond = [day for day in draft.days if limit is not None and day >= limit]
        if limit is None or not beyond:
            continue
        yield PlanWarning(
            WarningCode.PAST_DAYS,
            f"past_days:{artist.key}@{_span_key(beyond)}",
            _("Les jours de résidence de %(artist)s sont déjà épuisés.") % {"artist": artist.name},
            _("Le contrat en prévoit %(due)s ; ils sont tous pris avant le %(day)s.")
            % {"due": dates.number(artist.due, 0 if artist.due == int(artist.due) else 1), "day": dates.day(limit)},
        )


def _absences(draft: Draft, world: World) -> Iterable[PlanWarning]:
    for pk in sorted(draft.residencies):
        artist = world.artists[pk]
        away = [day for day in draft.days if day in artist.parts and _is_away(artist.parts[day], day, draft)]
        if not away:
            continue
        part = artist.parts[away[0]]
        facts = {"day": capfirst(dates.day(away[0])), "part": DayPart(part).label}
        yield PlanWarning(
            WarningCode.ABSENT,
            f"absent:{artist.key}@{_span_key(away)}:{part}",
            _("%(artist)s ne sera pas là.") % {"artist": artist.name},
            _("%(day)s : aucune présence n'est prévue.") % facts
            if part == DayPart.NONE
            else _("%(day)s : une seule demi-journée de présence est prévue (%(part)s).") % facts,
        )


def _is_away(part: str, day: date, draft: Draft) -> bool:
    """Whether the session needs an hour of this day that the artist is not there for."""
    if part in (DayPart.NONE, DayPart.FULL):
        return part == DayPart.NONE
    if part == DayPart.MORNING:
        return draft.ends_at > timezone.make_aware(datetime.combine(day, MORNING_ENDS))
    return draft.starts_at < timezone.make_aware(datetime.combine(day, AFTERNOON_STARTS))


def _contracts(draft: Draft, world: World) -> Iterable[PlanWarning]:
    for pk in sorted(draft.residencies):
        artist = world.artists[pk]
        if not artist.contracted:
            yield PlanWarning(
                WarningCode.NOT_CONTRACTED,
                f"not_contracted:{artist.key}",
                _("Le contrat de résidence de %(artist)s n'est pas signé.") % {"artist": artist.name},
                _("Il doit l'être avant l'immersion, ou avant la résidence."),
            )


# The day, the structures -------------------------------------------------------------------------


def _closures(draft: Draft, world: World) -> Iterable[PlanWarning]:
    for pk in sorted(draft.structures):
        team = world.teams[pk]
        closed = [(day, row) for day in draft.days for row in team.closures if row.covers(day)]
        if not closed:
            continue
        day, row = closed[0]
        facts = {"day": capfirst(dates.day(day)), "reason": row.reason}
        yield PlanWarning(
            WarningCode.STRUCTURE_CLOSED,
            f"structure_closed:{team.key}@{_span_key([one for one, _row in closed])}",
            _("%(structure)s ne reçoit pas ce jour-là.") % {"structure": team.name},
            (
                _("%(day)s : fermé (%(reason)s).") % facts
                if row.reason
                else _("%(day)s : fermé, d'après la structure.") % facts
            ),
        )


def _holidays(draft: Draft, world: World) -> Iterable[PlanWarning]:
    off = [day for day in draft.days if day in public_holidays(day.year)]
    if off:
        yield PlanWarning(
            WarningCode.PUBLIC_HOLIDAY,
            f"public_holiday@{_span_key(off)}",
            _("C'est un jour férié."),
            _("%(day)s : %(name)s.")
            % {"day": capfirst(dates.day(off[0])), "name": public_holidays(off[0].year)[off[0]]},
        )
    if draft.life_stage not in SCHOOL_STAGES:
        return
    away = [day for day in draft.days if day in school_holidays(world.zone, day.year)]
    if away:
        yield PlanWarning(
            WarningCode.SCHOOL_HOLIDAY,
            f"school_holiday@{_span_key(away)}",
            _("Ce sont les vacances scolaires, et l'activité se fait avec l'école."),
            _("%(day)s : %(name)s, zone %(zone)s.")
            % {
                "day": capfirst(dates.day(away[0])),
                "name": school_holidays(world.zone, away[0].year)[away[0]],
                "zone": world.zone,
            },
        )


def _teams(draft: Draft, world: World) -> Iterable[PlanWarning]:
    for pk in sorted(draft.structures):
        team = world.teams[pk]
        if team.size < world.team_size:
            named = ngettext("%(n)d membre nommé", "%(n)d membres nommés", team.size) % {"n": team.size}
            yield PlanWarning(
                WarningCode.NO_TEAM,
                f"no_team:{team.key}",
                _("%(structure)s n'a pas encore d'équipe complète.") % {"structure": team.name},
                _("Il en faut %(wanted)d ; pour l'instant : %(named)s.") % {"wanted": world.team_size, "named": named},
            )
