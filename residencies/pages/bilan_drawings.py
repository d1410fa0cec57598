"""The drawings of a bilan, each with the table that says the same, and the addresses of the sessions behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clea.ui import dates
from residencies.enums.bilan import AudienceGroup
from residencies.maps import LEVELS, Shown, Spot, communes_map
from residencies.methods.bilan import UNSAID, Figures, Row, Slice, Values
from residencies.methods.headcounts import Total
from residencies.reports import bilan_plots as plots
from residencies.reports import bilan_words as words
from residencies.reports.bilan_plots import Mark
from residencies.selectors.bilan_pages import BilanPage

#: Rows of a plot; the table behind has them all.
_MOST_BARS = 8
#: The map of a sheet of A4: larger words.
_PRINT_MAP = 700.0


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


class Links:
    """Addresses of the sessions behind a figure; nothing on paper."""

    def __init__(self, page: BilanPage) -> None:
        self.base = "" if page.where == "print" else reverse("residencies:bilan_trace", args=[page.bilan.slug])

    def __call__(self, query: dict[str, str] | None = None) -> str:
        if not self.base:
            return ""
        return f"{self.base}?{urlencode(query)}" if query else self.base


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


def cells(values: Values) -> tuple[str, ...]:
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


def barred(
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
        _marks(rows[:most], count, lambda row: capital(label(row))),
        title=title,
        description=description,
        id_prefix=f"{prefix}-{key}",
    )
    columns, lines = _table(rows, links, lambda row: capital(label(row)))
    return Plot(key, title, drawing, columns, lines, note)


def _any(values: Values) -> bool:
    return bool(values.attendances.value or (values.people and values.people.value))


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def sessions_of(values: Values) -> Total:
    return values.sessions


def all_plots(page: BilanPage, links: Links, prefix: str) -> dict[str, Plot | None]:
    """Every plot of the season, by name; nothing for one without rows."""
    figures, count = page.figures, crowd(page.figures)
    unit = _("personnes") if figures.values.attendances.value is None else _("présences")
    return {
        "months": months(page, links, prefix),
        "categories": barred(
            "publics", _("Les publics, un par un"), figures.categories, links, prefix, count=count,
            label=lambda row: words.category(row.key),
            description=_("Une barre par public, en %(unit)s.") % {"unit": unit},
        ),
        "kinds": barred(
            "formes", _("Ce qui a été fait"), figures.kinds, links, prefix, count=sessions_of,
            description=_("Une barre par forme d'activité, en séances."),
        ),
        "stages": barred(
            "temps", _("À quels temps de la vie"), figures.stages, links, prefix, count=sessions_of,
            description=_("Une barre par temps de vie, en séances."),
        ),
        "structures": barred(
            "types", _("Dans quelles structures"), figures.structure_kinds, links, prefix, count=sessions_of,
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
    rows = sorted(page.figures.communes.rows, key=lambda row: (row.key == UNSAID, -weight(row)))
    lines = tuple(
        Line(
            capital(row.label),
            (
                words.said(row.values.sessions) if weight(row) else "–",
                words.said(row.values.attendances),
                "–" if row.values.structures is None else words.said(row.values.structures),
                "–" if not row.rate else dates.number(row.rate, 1),
            ),
            links(row.trace) if weight(row) else "",
        )
        for row in rows
    )
    columns = (_("Séances"), _("Présences"), _("Structures"), _("Séances pour 1 000 habitants"))
    return Plot("communes", _("Commune par commune"), SafeString(""), columns, lines)


def weight(row: Row) -> int:
    return row.values.sessions.value or 0


# Seasons side by side ------------------------------------------------------------------------


def comparison(page: BilanPage, prefix: str) -> list[Plot]:
    """One small plot a measure, one bar a season; a season that does not know is said so."""
    if not page.compared:
        return []
    measures: list[tuple[str, str, Callable[[Values], Total | None]]] = [
        ("seances", _("Séances"), sessions_of),
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
