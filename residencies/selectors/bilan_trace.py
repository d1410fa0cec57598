"""From a figure of a bilan to what it was counted from. Eight queries, whatever is asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from candidatures.models import Season
from clea.ui.dates import day
from residencies.enums import ActivityKind
from residencies.methods.bilan import World
from residencies.methods.bilan_sums import (
    KEYS,
    Step,
    activities_behind,
    added,
    deeds_of,
    entry_keys,
    labels,
    sessions_behind,
)
from residencies.methods.headcounts import Total
from residencies.reports import bilan_words as words
from residencies.selectors.bilan import worlds

if TYPE_CHECKING:
    from datetime import date

PER_PAGE = 50
#: What is listed: sessions, or activities (whose people and classes are counted as a whole).
SESSIONS, ACTIVITIES = "seances", "activites"


@dataclass(frozen=True)
class Choice:
    """A filter: its name in the address, its options (value, label), the one chosen."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str = ""

    @property
    def said(self) -> str:
        """The label of what is chosen."""
        return dict(self.options).get(self.chosen, self.chosen)


@dataclass(frozen=True)
class Line:
    """A row of the page. Nothing of a person: what, where, how many."""

    title: str
    kind: str = ""
    day: date | None = None
    when: str = ""
    structures: tuple[str, ...] = ()
    commune: str = ""
    sessions: str = ""
    hours: str = ""
    attendances: str = ""
    people: str = ""
    classes: str = ""
    by_hand: bool = False


@dataclass(frozen=True)
class Trace:
    """What is behind a figure. ``total``: all its rows, of every page."""

    view: str
    asked: dict[str, str]
    choices: tuple[Choice, ...]
    page: Page[Step]
    lines: tuple[Line, ...]
    total: Line
    #: Counts that are missing from the total: sessions nobody counted, activities whose people nobody said.
    missing: int

    @property
    def chosen(self) -> list[Choice]:
        """The filters in force."""
        return [one for one in self.choices if one.chosen]

    @property
    def activities(self) -> bool:
        return self.view == ACTIVITIES

    @property
    def query(self) -> str:
        """The filters, for the address of the other view."""
        return urlencode(self.asked)


def asked_of(query: Mapping[str, str]) -> dict[str, str]:
    """The filters of an address. A value that means nothing finds nothing: it never shows everything."""
    return {name: value[:80] for name in KEYS if (value := query.get(name, "").strip())}


def trace(season: Season, query: Mapping[str, str], *, announced: Collection[str] | None = None) -> Trace:
    """The sessions, or the activities, behind a figure. Eight queries.

    ``announced``: slugs of the residencies whose name may be said; nothing, all of them.
    """
    world = worlds([season])[season.pk]
    asked = asked_of(query)
    view = ACTIVITIES if query.get("vue") == ACTIVITIES else SESSIONS
    steps = (activities_behind if view == ACTIVITIES else sessions_behind)(world, asked)
    total = added(steps)
    page = Paginator(steps, PER_PAGE).get_page(query.get("page"))
    return Trace(
        view=view,
        asked=asked,
        choices=tuple(_choices(world, asked, announced)),
        page=page,
        lines=tuple(_line(world, step) for step in page.object_list),
        total=_said(total, title=_("Total")),
        missing=(total.people if view == ACTIVITIES else total.attendances).unknown,
    )


# What is shown ---------------------------------------------------------------------------------


def _choices(world: World, asked: Mapping[str, str], announced: Collection[str] | None) -> list[Choice]:
    """One a slice that has anything to choose from, in the order of the figures."""
    titles = {
        "residence": _("Résidence"),
        "groupe": _("Public"),
        "public": _("Public, en détail"),
        "forme": _("Forme"),
        "temps": _("Temps de vie"),
        "mois": _("Mois"),
        "commune": _("Commune"),
        "type": _("Type de structure"),
        "cercle": _("Cercle"),
    }
    hidden = set() if announced is None else {one.key for one in world.hosts.values()} - set(announced)
    found = []
    for name in KEYS:
        there = {key for one in world.held for key in KEYS[name](world, one)}
        there |= {key for one in world.entries for key in entry_keys(world, name, one)}
        options = [
            (key, _("une résidence") if name == "residence" and key in hidden else label)
            for key, label in labels(world, name, there)
            if key in there and (name != "residence" or key not in hidden or key == asked.get(name))
        ]
        if len(options) > 1 or name in asked:
            found.append(Choice(name, titles[name], tuple(options), asked.get(name, "")))
    return found


def _line(world: World, step: Step) -> Line:
    """A session, an activity or a hand entry, in words."""
    if step.entry is not None:
        places = sorted(world.towns[pk].name for pk in step.entry.communes if pk in world.towns)
        return _said(step, title=step.entry.title, commune=", ".join(places), by_hand=True)
    assert step.deed is not None
    kind = str(ActivityKind(step.deed.kind).label)
    rows = [step.held] if step.held is not None else deeds_of(world)[step.deed.pk]
    venues = {world.venues[pk] for one in rows for pk in one.structures if pk in world.venues}
    towns = {world.towns[one.commune].name for one in rows if one.commune in world.towns}
    first, last = min(one.day for one in rows), max(one.day for one in rows)
    when = day(first, weekday=False)
    if first != last:
        when = _("du %(first)s au %(last)s") % {"first": when, "last": day(last, weekday=False)}
    return _said(
        step,
        title=step.deed.title,
        kind=kind,
        day=first,
        when=when,
        structures=tuple(sorted(one.name for one in venues)),
        commune=", ".join(sorted(towns)),
    )


def _said(step: Step, **more: object) -> Line:
    return Line(
        sessions=words.said(step.sessions),
        hours=words.hours(step.hours) or (_("inconnu") if step.minutes.unknown else "–"),
        attendances=_counted(step.attendances),
        people=_counted(step.people),
        classes=words.said(step.classes),
        **more,  # type: ignore[arg-type]
    )


def _counted(total: Total) -> str:
    """« 24 », « plus de 24 », « non compté » ; a dash for nothing."""
    return _("non compté") if total.value is None and total.unknown else words.said(total)
