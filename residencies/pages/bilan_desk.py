"""What the coordination reads of a bilan: every slice as a table, and a report before it is written."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from residencies.enums import AudienceGroup
from residencies.methods import hand_reports
from residencies.methods.bilan import Figures, Slice, Values
from residencies.methods.hand_reports import Draft, Report
from residencies.methods.headcounts import Total
from residencies.reports import bilan_words as words

#: Columns of a table, in their order.
_NAMES = ("sessions", "minutes", "structures", "communes", "classes", "attendances", "people")


@dataclass(frozen=True)
class Cell:
    """A figure, and how many counts it lacks. ``known``: a number stands there, not a word."""

    words: str
    missing: int = 0
    known: bool = True


@dataclass(frozen=True)
class Line:
    """A row of a table. ``query``: the sessions behind it."""

    label: str
    cells: tuple[Cell, ...]
    query: str = ""


@dataclass(frozen=True)
class Table:
    """A slice. ``shared``: what several rows count, taken off once from their sum."""

    name: str
    title: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    shared: Line | None = None


def _columns() -> dict[str, str]:
    return {
        "sessions": _("séances"),
        "minutes": _("heures"),
        "structures": _("structures"),
        "communes": _("communes"),
        "classes": _("classes"),
        "attendances": _("présences"),
        "people": _("personnes différentes"),
    }


def _titles() -> dict[str, str]:
    return {
        "residence": _("Résidence par résidence"),
        "groupe": _("Les publics"),
        "public": _("Les publics, en détail"),
        "forme": _("Formes"),
        "temps": _("Temps de vie"),
        "mois": _("Mois par mois"),
        "commune": _("Communes"),
        "type": _("Types de structure"),
        "cercle": _("Cercles"),
    }


def _cell(name: str, values: Values) -> Cell | None:
    total: Total | None = getattr(values, name)
    if total is None:
        return None
    if name == "minutes" and total.value is not None:
        return Cell(words.hours(values.hours), total.unknown)
    known = any(character.isdigit() for character in words.said(total))
    return Cell(words.said(total), total.unknown if total.value is not None else 0, known)


def totals(figures: Figures) -> list[tuple[str, Cell]]:
    """The season's own figures: what, how many."""
    columns = _columns()
    found = [(columns[name], _cell(name, figures.values)) for name in _NAMES]
    return [(label, cell) for label, cell in found if cell is not None]


def tables(figures: Figures) -> list[Table]:
    """One a slice that has something to say; communes where nothing took place are left out."""
    titles = _titles()
    return [_table(one, titles[one.name]) for one in figures.slices if any(_says(row.values) for row in one.rows)]


def _says(values: Values) -> bool:
    every = (getattr(values, name) for name in _NAMES)
    return any(one is not None and (one.value or one.unknown) for one in every)


def _table(one: Slice, title: str) -> Table:
    rows = [row for row in one.rows if one.name != "commune" or _says(row.values)]
    names = [name for name in _NAMES if any(getattr(row.values, name) is not None for row in rows)]
    labels = _columns()

    def cells(values: Values) -> tuple[Cell, ...]:
        return tuple(_cell(name, values) or Cell("") for name in names)

    return Table(
        name=one.name,
        title=title,
        columns=tuple(labels[name] for name in names),
        lines=tuple(Line(row.label, cells(row.values), urlencode(row.trace)) for row in rows),
        shared=_shared(one.shared, names) if one.shared else None,
    )


def _shared(values: Values, names: list[str]) -> Line:
    """What to take off the sum of the rows; blank where they simply add up."""
    found = []
    for name in names:
        total: Total = getattr(values, name) or Total()
        said = (
            (words.hours(values.hours) if name == "minutes" else words.said(Total(total.value))) if total.value else ""
        )
        found.append(Cell(said, total.unknown))
    return Line(_("à déduire : compté dans plusieurs lignes"), tuple(found))


# A report, before it is written ------------------------------------------------------------------


@dataclass(frozen=True)
class ReportLine:
    """A residency of the file, as it will be counted."""

    draft: Draft
    people: str
    groups: tuple[tuple[str, str], ...]
    sessions: str
    structures: str
    classes: str


def report_lines(report: Report | None) -> list[ReportLine]:
    """One a residency, then all together: the last has no title."""
    if report is None:
        return []
    return [
        *(_report_line(draft, [draft]) for draft in report.drafts),
        _report_line(Draft({"title": ""}), report.drafts),
    ]


def _report_line(draft: Draft, drafts: list[Draft]) -> ReportLine:
    found = hand_reports.sums(drafts)
    groups = [(str(label), found.groups[key]) for key, label in AudienceGroup.choices if key in found.groups]
    return ReportLine(
        draft=draft,
        people=words.said(found.people),
        groups=tuple((label, words.said(total)) for label, total in groups),
        sessions=words.said(found.sessions),
        structures=words.said(found.structures),
        classes=words.said(found.classes),
    )
