"""What the templates of a bilan read: three large figures, plots with their tables, blocks by residency."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clea.documents import services as documents
from clea.ui import dates
from residencies.enums import Qualifier
from residencies.enums.bilan import ProductionKind
from residencies.methods.bilan import UNSAID, Figures, Values
from residencies.methods.headcounts import Total
from residencies.models import Picture, Production
from residencies.pages import bilan_drawings as drawings
from residencies.pages.bilan_drawings import Line, Links, Plot
from residencies.reports import bilan_plots as plots
from residencies.reports import bilan_words as words
from residencies.selectors.bilan_pages import Beside, BilanPage, Part

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
class Made:
    """Productions of a kind: how many, and which."""

    label: str
    figure: str
    items: tuple[Production, ...]


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
    publics, unit = drawings.fields(page, links, "b")
    return {
        "page": page,
        "bilan": page.bilan,
        "figures": page.figures,
        "draft": draft,
        "large": large(page, links),
        "publics": publics,
        "point": unit,
        "in_people": page.figures.values.attendances.value is None,
        "plots": drawings.all_plots(page, links, "b"),
        "map": drawings.commune_map(page, links, "b"),
        "places": drawings.places(page, links),
        "reach": _reach(page),
        "comparison": drawings.comparison(page, "b"),
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
    rows = sorted((row for row in page.figures.communes.rows if row.town), key=lambda row: -drawings.weight(row))
    met = [Line(row.label, drawings.cells(row.values)) for row in rows if drawings.weight(row)]
    half = -(-len(met) // 2)
    found["met"] = [met[:half], met[half:]] if met else []
    found["unmet"] = [row.label for row in rows if not drawings.weight(row)]
    found["elsewhere"] = sum(drawings.weight(row) for row in page.figures.communes.rows if not row.town)
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
        drawings.barred(
            "publics", _("Avec qui, surtout"), figures.categories, links, prefix, count=drawings.crowd(figures),
            label=lambda row: words.category(row.key), description=_("Une barre par public."), most=4,
        ),
        drawings.barred(
            "formes", _("Ce qui a été fait, surtout"), figures.kinds, links, prefix, count=drawings.sessions_of,
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
    """The small picture inside the document itself; WebP as JPEG, for a PDF would hold it pixel by pixel."""
    stored = picture.thumbnail or picture.stored_file
    with documents.opened(stored) as file:
        content, kind = file.read(), stored.content_type
    if kind == "image/webp":
        from PIL import Image

        with Image.open(io.BytesIO(content), formats=["WEBP"]) as drawn:
            out, flat, seen = io.BytesIO(), Image.new("RGB", drawn.size, "white"), drawn.convert("RGBA")
        flat.paste(seen, mask=seen)
        flat.save(out, "JPEG", quality=82, optimize=True)
        content, kind = out.getvalue(), "image/jpeg"
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _printed(one: Any) -> Any:
    return None if one is None else replace(one, drawing=plots.for_print(one.drawing))


def _reach(page: BilanPage) -> dict[str, int]:
    """Communes concerned, those where a session was held, all of them."""
    towns = [row for row in page.figures.communes.rows if row.town is not None]
    concerned = page.figures.values.communes
    return {
        "concerned": (concerned.value or 0) if concerned else 0,
        "hosts": sum(bool(drawings.weight(row)) for row in towns),
        "all": len(towns),
    }


def _part(page: BilanPage, part: Part, links: Links) -> dict[str, Any]:
    figures, said = part.figures, page.says(part.figures)
    values = figures.values
    facts = [
        (_("Séances"), words.said(values.sessions), links(figures.trace) if said else ""),
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
            (row.label, words.said(drawings.crowd(figures)(row.values)))
            for row in figures.groups.rows
            if drawings.crowd(figures)(row.values).value
        ],
        "towns": [row.label for row in figures.communes.rows if row.town and drawings.weight(row)],
        "catalogue": catalogue(part.productions),
        "told": part.testimonies,
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
