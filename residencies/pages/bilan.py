"""What the templates of a bilan read: three large figures, plots with their tables, blocks by residency."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clea.ui import dates
from residencies.enums import Qualifier
from residencies.enums.bilan import AudienceGroup, ProductionKind
from residencies.maps import LEVELS, Shown, Spot, communes_map
from residencies.methods.bilan import UNSAID, Figures, Row, Slice, Values
from residencies.methods.headcounts import Total
from residencies.models import Picture, Production
from residencies.reports import bilan_plots as plots
from residencies.reports import bilan_words as words
from residencies.reports.bilan_plots import Mark
from residencies.selectors.bilan_pages import Beside, BilanPage, Part

#: Rows of a plot; the table behind has them all.
_MOST_BARS = 8
#: The map of a sheet of A4: larger words.
_PRINT_MAP = 700.0
#: A document shows the first ones.
_MOST_PICTURES = 6


@dataclass(frozen=True)
class Big:
    """A large figure: what it says, of what, what else is known, the sessions behind it."""

    figure: str
    label: str
    note: str = ""
    href: str = ""
    #: « plus de », « environ »: written smaller, before the figure.
    before: str = ""


@dataclass(frozen=True)
class Line:
    """A line of a table: a name, its cells, the sessions behind it."""

    label: str
    cells: tuple[str, ...]
    href: str = ""
    current: bool = False


@dataclass(frozen=True)
class Plot:
    """A drawing, and the table that says the same."""

    key: str
    title: str
    drawing: SafeString
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    note: str = ""
    lead: str = ""


@dataclass(frozen=True)
class Field:
    """A public as a field of points."""

    key: str
    label: str
    figure: str
    share: str
    drawing: SafeString
    href: str = ""


@dataclass(frozen=True)
class Made:
    """Productions of a kind: how many, and which."""

    label: str
    figure: str
    items: tuple[Production, ...]


class Links:
    """Addresses of the sessions behind a figure; nothing on paper."""

    def __init__(self, page: BilanPage) -> None:
        self.base = "" if page.where == "print" else reverse("residencies:bilan_trace", args=[page.bilan.slug])

    def __call__(self, query: dict[str, str] | None = None) -> str:
        if not self.base:
            return ""
        return f"{self.base}?{urlencode(query)}" if query else self.base


# Large figures -------------------------------------------------------------------------------


def large(page: BilanPage, links: Links) -> list[Big]:
    """People, sessions, structures: the three that are read from afar."""
    values = page.figures.values
    return [_people(page, links()), _sessions(values, links()), _structures(page.figures, links())]


def _people(page: BilanPage, href: str) -> Big:
    """People when they are known of everything, or claimed and borne out; attendances otherwise."""
    values, claimed = page.figures.values, page.claimed
    came, people = values.attendances, values.people or Total()
    if claimed:
        note = _and(came, _("présences en tout"))
        return Big(dates.number(claimed), _("personnes différentes"), note, href, _("plus de"))
    if people.value is not None and (not people.unknown or came.value is None):
        note = _and(came, _("présences en tout"))
        return _big(people, ngettext("personne", "personnes", people.value), note or _missing(people), href)
    if came.value is not None:
        note = _and(people, _("personnes différentes, là où elles ont été comptées"))
        return _big(came, ngettext("présence", "présences", came.value), note, href)
    return Big("–", _("personnes"), _("Personne ne les a comptées."), href)


def _big(total: Total, label: str, note: str, href: str) -> Big:
    if total.value is None:
        return Big(words.said(total), label, note, href)
    exact = total.qualifier == Qualifier.EXACT
    return Big(dates.number(total.value), label, note, href, "" if exact else words.qualifier(total))


def _and(total: Total, unit: str) -> str:
    return "" if total.value is None else f"{words.said(total)} {unit}"


def _missing(total: Total) -> str:
    if not total.unknown:
        return ""
    return ngettext("%(n)s comptage manque", "%(n)s comptages manquent", total.unknown) % {"n": total.unknown}


def _sessions(values: Values, href: str) -> Big:
    count = values.sessions.value or 0
    hours = words.hours(values.hours)
    missing = values.minutes.unknown if values.minutes else 0
    note = _("%(hours)s passées ensemble") % {"hours": hours} if hours else ""
    if hours and missing:
        note = _("%(hours)s passées ensemble, là où la durée est connue") % {"hours": hours}
    return _big(values.sessions, ngettext("séance", "séances", count), note, href)


def _structures(figures: Figures, href: str) -> Big:
    values = figures.values
    communes = values.communes
    note = ""
    if communes is not None and communes.value:
        note = ngettext("dans %(n)s commune", "dans %(n)s communes", communes.value) % {"n": words.said(communes)}
    total = values.structures or Total()
    return _big(total, ngettext("structure", "structures", total.value or 0), note, href)


# Publics -------------------------------------------------------------------------------------


def crowd(figures: Figures) -> Callable[[Values], Total]:
    """What a public is counted in: people when an older report gives them and no attendance is known."""
    by_people = figures.values.attendances.value is None
    return lambda values: (values.people or Total()) if by_people else values.attendances


def fields(page: BilanPage, links: Links, prefix: str) -> tuple[list[Field], int]:
    """The three publics as points, and what a point stands for."""
    count = crowd(page.figures)
    rows = [row for row in page.figures.groups.rows if count(row.values).value]
    unit = plots.unit_for([count(row.values).value for row in rows])
    whole = sum(count(row.values).value or 0 for row in rows) or 1
    tones = {AudienceGroup.PUPILS: "pupils", AudienceGroup.RESIDENTS: "residents"}
    found = []
    for row in rows:
        total = count(row.values)
        figure = words.said(total)
        tone = tones.get(row.key, "professionals")  # type: ignore[call-overload]
        label = row.label
        drawing = plots.points(
            total.value, unit=unit, tone=tone, title=f"{label} : {figure}", id_prefix=f"{prefix}-{row.key}"
        )
        share = f"{dates.number(round(100 * (total.value or 0) / whole))}{dates.NBSP}%"
        found.append(Field(row.key, label, figure, share, drawing, links(row.trace)))
    return found, unit


# Plots ---------------------------------------------------------------------------------------


def _marks(
    rows: Sequence[Row], count: Callable[[Values], Total | None], label: Callable[[Row], str], tone: str = ""
) -> list[Mark]:
    values = [total.value or 0 for row in rows if (total := count(row.values))]
    # The largest stands out, unless several are.
    top = max(values, default=0)
    top = top if values.count(top) == 1 else 0
    found = []
    for row in rows:
        total = count(row.values) or Total()
        strong = "strong" if top and total.value == top else tone
        found.append(Mark(label(row), total.value, words.said(total), strong))
    return found


def _sorted(rows: Sequence[Row], count: Callable[[Values], Total | None]) -> list[Row]:
    """The largest first; what nobody said, last."""
    return sorted(
        rows, key=lambda row: (row.key == UNSAID, -((total.value or 0) if (total := count(row.values)) else 0))
    )


def _cells(values: Values) -> tuple[str, ...]:
    return (words.said(values.sessions), words.said(values.attendances))


def _table(rows: Sequence[Row], links: Links, label: Callable[[Row], str]) -> tuple[tuple[str, ...], tuple[Line, ...]]:
    """Columns and lines: what is missing and what is of people have a column where some row has some."""
    missing = any(row.values.attendances.unknown for row in rows)
    people = any(row.values.people and row.values.people.value is not None for row in rows)
    columns = [_("Séances"), _("Présences"), *([_("Sans comptage")] if missing else [])]
    columns += [_("Personnes")] if people else []
    lines = []
    for row in rows:
        values = row.values
        cells = [words.said(values.sessions), words.said(values.attendances)]
        cells += [dates.number(values.attendances.unknown) if values.attendances.unknown else "–"] if missing else []
        cells += [words.said(values.people) or "–"] if people else []
        lines.append(Line(label(row), tuple(cells), links(row.trace)))
    return tuple(columns), tuple(lines)


def _name(row: Row) -> str:
    return row.label


def months(page: BilanPage, links: Links, prefix: str) -> Plot | None:
    """The season as a line of terrils: sessions, month by month."""
    rows = [row for row in page.figures.months.rows if row.key != UNSAID]
    if len(rows) < 2:
        return None
    marks = [Mark(words.month(row.key), row.values.sessions.value, words.said(row.values.sessions)) for row in rows]
    best = max(rows, key=lambda row: row.values.sessions.value or 0)
    lead = _("Le mois le plus rempli est %(month)s : %(count)s séances.") % {
        "month": best.label, "count": words.said(best.values.sessions),
    }  # fmt: skip
    drawing = plots.hills(
        marks,
        title=_("Séances tenues, mois par mois"),
        description=_("Un terril par mois, d'autant plus haut qu'il y a eu de séances. %(lead)s") % {"lead": lead},
        id_prefix=f"{prefix}-mois",
    )
    columns, lines = _table(rows, links, _name)
    return Plot("mois", _("La saison, mois par mois"), drawing, columns, lines, lead=lead)


def _barred(
    key: str,
    title: str,
    cut: Slice,
    links: Links,
    prefix: str,
    *,
    count: Callable[[Values], Total | None],
    label: Callable[[Row], str] = _name,
    description: str,
    note: str = "",
    most: int = _MOST_BARS,
) -> Plot | None:
    rows = [row for row in cut.rows if row.values.sessions.value or row.values.sessions.unknown or _any(row.values)]
    rows = _sorted(rows, count)
    if not rows or (len(rows) == 1 and rows[0].key == UNSAID):
        return None
    drawing = plots.bars(
        _marks(rows[:most], count, lambda row: _capital(label(row))),
        title=title,
        description=description,
        id_prefix=f"{prefix}-{key}",
    )
    columns, lines = _table(rows, links, lambda row: _capital(label(row)))
    return Plot(key, title, drawing, columns, lines, note)


def _any(values: Values) -> bool:
    return bool(values.attendances.value or (values.people and values.people.value))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sessions_of(values: Values) -> Total:
    return values.sessions


def all_plots(page: BilanPage, links: Links, prefix: str) -> dict[str, Plot | None]:
    """Every plot of the season, by name; nothing for one without rows."""
    figures, count = page.figures, crowd(page.figures)
    unit = _("personnes") if figures.values.attendances.value is None else _("présences")
    return {
        "months": months(page, links, prefix),
        "categories": _barred(
            "publics", _("Les publics, un par un"), figures.categories, links, prefix, count=count,
            label=lambda row: words.category(row.key),
            description=_("Une barre par public, en %(unit)s.") % {"unit": unit},
        ),
        "kinds": _barred(
            "formes", _("Ce qui a été fait"), figures.kinds, links, prefix, count=_sessions_of,
            description=_("Une barre par forme d'activité, en séances."),
        ),
        "stages": _barred(
            "temps", _("À quels temps de la vie"), figures.stages, links, prefix, count=_sessions_of,
            description=_("Une barre par temps de vie, en séances."),
        ),
        "structures": _barred(
            "types", _("Dans quelles structures"), figures.structure_kinds, links, prefix, count=_sessions_of,
            description=_("Une barre par type de structure, en séances."),
            note=_("Une séance qui réunit deux types de structures est dans les deux lignes."),
        ),
    }  # fmt: skip


# Map -----------------------------------------------------------------------------------------


def commune_map(page: BilanPage, links: Links, prefix: str) -> SafeString:
    """The communes of the territory, in the colour of the sessions held in each. Nothing when none has a place."""
    rows = [row for row in page.figures.communes.rows if row.town and row.town.latitude is not None]
    top = max((row.values.sessions.value or 0 for row in rows), default=0)
    if not top:
        return SafeString("")
    spots = []
    for row in rows:
        town, count = row.town, row.values.sessions.value or 0
        assert town is not None
        said = ngettext("%(n)s séance", "%(n)s séances", count) % {"n": dates.number(count)}
        level = 0 if not count else max(1, -(-LEVELS * count // top))
        shown = Shown(dates.number(count), level, said)
        spots.append(
            Spot(
                row.key, row.label, town.population or 0, town.latitude or 0.0, town.longitude or 0.0, shown,
                links(row.trace) if count else "",
            )
        )  # fmt: skip
    return communes_map(
        spots,
        title=_("Les séances tenues, commune par commune"),
        description=_(
            "Un cercle par commune, à peu près à sa place ; sa surface dit la population, sa couleur et le chiffre "
            "les séances tenues. Le tableau donne les mêmes chiffres."
        ),
        id_prefix=f"{prefix}-carte",
        width=_PRINT_MAP if page.where == "print" else 960,
    )


def places(page: BilanPage, links: Links) -> Plot:
    """The communes as a table: those met first, by sessions; the others by name."""
    rows = sorted(page.figures.communes.rows, key=lambda row: (row.key == UNSAID, -_weight(row)))
    lines = tuple(
        Line(
            _capital(row.label),
            (
                words.said(row.values.sessions) if _weight(row) else "–",
                words.said(row.values.attendances),
                "–" if row.values.structures is None else words.said(row.values.structures),
                "–" if not row.rate else dates.number(row.rate, 1),
            ),
            links(row.trace) if _weight(row) else "",
        )
        for row in rows
    )
    columns = (_("Séances"), _("Présences"), _("Structures"), _("Séances pour 1 000 habitants"))
    return Plot("communes", _("Commune par commune"), SafeString(""), columns, lines)


def _weight(row: Row) -> int:
    return row.values.sessions.value or 0


# Seasons side by side ------------------------------------------------------------------------


def comparison(page: BilanPage, prefix: str) -> list[Plot]:
    """One small plot a measure, one bar a season; a season that does not know is said so."""
    if not page.compared:
        return []
    measures: list[tuple[str, str, Callable[[Values], Total | None]]] = [
        ("seances", _("Séances"), _sessions_of),
        ("presences", _("Présences"), lambda values: values.attendances),
        ("personnes", _("Personnes différentes"), lambda values: values.people),
        ("structures", _("Structures"), lambda values: values.structures),
        ("communes", _("Communes"), lambda values: values.communes),
        ("classes", _("Classes"), lambda values: values.classes),
    ]
    found = []
    for key, title, count in measures:
        totals = [count(one.figures.values) or Total() for one in page.beside]
        if sum(total.value is not None for total in totals) < 1:
            continue
        marks = [
            Mark(one.name, total.value, words.said(total), "strong" if one.current else "")
            for one, total in zip(page.beside, totals, strict=True)
        ]
        drawing = plots.bars(
            marks, title=title, description=_("Une barre par saison."), id_prefix=f"{prefix}-saisons-{key}"
        )
        lines = tuple(
            Line(one.name, (words.said(total),), current=one.current)
            for one, total in zip(page.beside, totals, strict=True)
        )
        found.append(Plot(key, title, drawing, (), lines))
    return found


# Productions ---------------------------------------------------------------------------------


def catalogue(productions: Sequence[Production]) -> list[Made]:
    """Productions by kind, in the order of the kinds, each counted as far as it is."""
    found = []
    for kind in ProductionKind:
        items = tuple(one for one in productions if one.kind == kind)
        if items:
            total = Total()
            for one in items:
                total += Total(unknown=1) if one.count is None else Total(one.count, one.qualifier)
            figure = "" if total.value is None else words.said(total)
            found.append(Made(words.production(kind, total.value), figure, items))
    return found


# Contexts ------------------------------------------------------------------------------------


def context(page: BilanPage, *, draft: bool = False) -> dict[str, Any]:
    """Everything of the page of the site. No query."""
    links = Links(page)
    publics, unit = fields(page, links, "b")
    return {
        "page": page,
        "bilan": page.bilan,
        "figures": page.figures,
        "draft": draft,
        "large": large(page, links),
        "publics": publics,
        "point": unit,
        "in_people": page.figures.values.attendances.value is None,
        "plots": all_plots(page, links, "b"),
        "map": commune_map(page, links, "b"),
        "places": places(page, links),
        "reach": _reach(page),
        "comparison": comparison(page, "b"),
        "compared": [_season_line(one) for one in page.beside],
        "parts": [_part(page, part, links) for part in page.parts],
        "catalogue": catalogue(page.productions),
        "trace": links(),
        "method": _method(page),
    }


def print_context(page: BilanPage) -> dict[str, Any]:
    """The same for a document: drawings carry their style, nothing is a link. Reads the files of the pictures."""
    found = context(page)
    found["map"] = plots.for_print(found["map"])
    found["publics"] = [_printed(one) for one in found["publics"]]
    found["comparison"] = [_printed(one) for one in found["comparison"]]
    drawn = {name: _printed(one) for name, one in found["plots"].items()}
    found["plots"] = drawn
    found["whom"] = [drawn[name] for name in ("categories", "stages") if drawn[name]]
    found["what"] = [drawn[name] for name in ("kinds", "structures") if drawn[name]]
    order = ("months", "categories", "stages", "kinds", "structures")
    found["tables"] = [drawn[name] for name in order if drawn[name]]
    rows = sorted((row for row in page.figures.communes.rows if row.town), key=lambda row: -_weight(row))
    met = [Line(row.label, _cells(row.values)) for row in rows if _weight(row)]
    half = -(-len(met) // 2)
    found["met"] = [met[:half], met[half:]] if met else []
    found["unmet"] = [row.label for row in rows if not _weight(row)]
    found["elsewhere"] = sum(_weight(row) for row in page.figures.communes.rows if not row.town)
    for one, part in zip(found["parts"], page.parts, strict=True):
        one["plots"] = _small_plots(page, part)
    found["essentials"] = _essentials(page)
    found["pictures"] = [(one, _embedded(one)) for one in page.pictures[:_MOST_PICTURES]]
    found["voices"] = _voices(found)
    found["contents"] = _contents(found)
    return found


def _small_plots(page: BilanPage, part: Part) -> list[Plot]:
    """Of one residency: its publics and what it did."""
    figures, links = part.figures, Links(page)
    prefix = f"r-{figures.key}"
    found = (
        _barred(
            "publics", _("Avec qui, surtout"), figures.categories, links, prefix, count=crowd(figures),
            label=lambda row: words.category(row.key), description=_("Une barre par public."), most=4,
        ),
        _barred(
            "formes", _("Ce qui a été fait, surtout"), figures.kinds, links, prefix, count=_sessions_of,
            description=_("Une barre par forme d'activité, en séances."), most=4,
        ),
    )  # fmt: skip
    return [_printed(one) for one in found if one is not None]


def _voices(found: dict[str, Any]) -> str:
    """How the part of the words is called, by what comes first in it; empty without any."""
    named = [
        (found["page"].testimonies, _("Ce qu'on en dit")),
        (found["pictures"], _("En images")),
        (found["bilan"].highlights, _("Ce qui a compté")),
        (found["bilan"].outlook, _("Et maintenant")),
    ]
    return next((label for there, label in named if there), "")


def _contents(found: dict[str, Any]) -> list[tuple[str, str]]:
    """The parts that the document has, in its order."""
    listed = [
        ("essentiel", _("L'essentiel"), True),
        ("avec-qui", _("Avec qui"), found["publics"]),
        ("quoi", _("Ce qui a eu lieu") if found["what"] else _("Ce qui reste"), found["what"] or found["catalogue"]),
        ("ou", _("Où"), found["reach"]["concerned"] or found["map"]),
        ("residences", _("Résidence par résidence"), found["parts"]),
        ("paroles", found["voices"], found["voices"]),
        ("avant", _("D'une saison à l'autre"), found["comparison"]),
        ("methode", _("Comment ces chiffres sont comptés"), True),
        ("tableaux", _("Les chiffres en tableaux"), True),
    ]
    return [(anchor, label) for anchor, label, there in listed if there]


def _essentials(page: BilanPage) -> list[tuple[str, str, str]]:
    """Every figure of the season: its name, what it says, what is missing."""
    values = page.figures.values
    found = [
        (_("Séances tenues"), words.said(values.sessions), _missing(values.sessions)),
        (_("Temps passé ensemble"), words.hours(values.hours), _missing(values.minutes or Total())),
    ]
    found += [
        (label, words.said(total), _missing(total or Total()))
        for label, total in (
            (_("Structures rencontrées"), values.structures),
            (_("Communes concernées"), values.communes),
            (_("Classes"), values.classes),
            (_("Présences"), values.attendances),
            (_("Personnes différentes"), values.people),
        )
    ]
    if page.claimed:
        claimed = _("plus de %(figure)s personnes différentes") % {"figure": dates.number(page.claimed)}
        found.append((_("Ce qui est sûr"), claimed, ""))
    return [one for one in found if one[1] not in ("", "–")]


def _embedded(picture: Picture) -> str:
    """The small picture inside the document itself."""
    stored = picture.thumbnail or picture.stored_file
    with stored.file.open("rb") as file:
        return f"data:{stored.content_type};base64,{base64.b64encode(file.read()).decode()}"


def _printed(one: Any) -> Any:
    return None if one is None else replace(one, drawing=plots.for_print(one.drawing))


def _reach(page: BilanPage) -> dict[str, int]:
    """Communes concerned, those where a session was held, all of them."""
    towns = [row for row in page.figures.communes.rows if row.town is not None]
    concerned = page.figures.values.communes
    return {
        "concerned": (concerned.value or 0) if concerned else 0,
        "hosts": sum(bool(_weight(row)) for row in towns),
        "all": len(towns),
    }


def _part(page: BilanPage, part: Part, links: Links) -> dict[str, Any]:
    figures, said = part.figures, page.says(part.figures)
    values = figures.values
    facts = [
        (_("Séances"), words.said(values.sessions), links(figures.trace)),
        (_("Heures"), words.hours(values.hours), ""),
        (_("Structures"), words.said(values.structures), ""),
        (_("Communes"), words.said(values.communes), ""),
        (_("Classes"), words.said(values.classes), ""),
        (_("Présences"), words.said(values.attendances), ""),
        (_("Personnes différentes"), words.said(values.people), ""),
    ]
    return {
        "figures": figures,
        "title": figures.title if said else _("Une résidence qui n'est pas encore annoncée"),
        "subtitle": figures.subtitle if said else "",
        "address": reverse("residencies:residency", args=[figures.key]) if figures.key in page.announced else "",
        "facts": [fact for fact in facts if fact[1] not in ("", "–")],
        "groups": [
            (row.label, words.said(crowd(figures)(row.values)))
            for row in figures.groups.rows
            if crowd(figures)(row.values).value
        ],
        "towns": [row.label for row in figures.communes.rows if row.town and _weight(row)],
        "catalogue": catalogue(part.productions),
        "told": part.testimonies,
        "href": links(figures.trace),
    }


def _season_line(one: Beside) -> dict[str, Any]:
    values = one.figures.values
    return {
        "name": one.name,
        "slug": one.slug,
        "current": one.current,
        "by_hand": one.figures.by_hand,
        "cells": [
            words.said(total) or "–"
            for total in (
                values.sessions, values.structures, values.communes, values.classes, values.attendances, values.people
            )
        ],
    }  # fmt: skip


def _method(page: BilanPage) -> dict[str, Any]:
    """What is not known, as counts the page says in words."""
    values = page.figures.values
    return {
        "uncounted": values.attendances.unknown,
        "people_unknown": values.people.unknown if values.people else 0,
        "entries": page.figures.entries,
        "by_hand": page.figures.by_hand,
        "elsewhere": next((row for row in page.figures.communes.rows if row.key == UNSAID), None),
    }
