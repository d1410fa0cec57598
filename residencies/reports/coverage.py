"""The table of the coverage as a sheet: one line a commune, then the groups."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from residencies.enums import Qualifier
from residencies.methods.coverage import CommuneLine, Coverage, Figures, GroupLine
from residencies.methods.headcounts import Total
from structures.reports.sheets import write_csv, write_xlsx

FORMS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def headers() -> list[str]:
    return [
        _("Groupe"), _("Nom"), _("Code INSEE"), _("Habitants"), _("Cœur rural"), _("Quartier prioritaire"),
        _("Circonscription"), _("Séances programmées"), _("Séances tenues"), _("Séances pour 1 000 habitants"),
        _("Personnes"), _("Précision"), _("Séances tenues sans comptage"), _("Structures prévues ou rencontrées"),
        _("Structures rencontrées"), _("Séances des saisons passées"), _("Lignes passées sans comptage"),
        _("Personnes des saisons passées"), _("Jamais rencontrée"),
    ]  # fmt: skip


def _people(total: Total) -> list[Any]:
    said = "" if total.value is None else str(Qualifier(total.qualifier).label)
    return ["" if total.value is None else total.value, said, total.unknown]


def _figures(figures: Figures, rate: float | None) -> list[Any]:
    earlier = figures.earlier_people.value
    return [
        figures.planned,
        figures.done,
        "" if rate is None else round(rate, 3),
        *_people(figures.people),
        figures.structures,
        figures.met,
        figures.earlier,
        figures.earlier_unknown,
        "" if earlier is None else earlier,
    ]


def _commune(line: CommuneLine) -> list[Any]:
    commune = line.commune
    district = commune.school_district.name if commune.school_district else ""
    population = "" if commune.population is None else commune.population
    known = [_("Commune"), commune.name, commune.insee, population, line.rural, line.priority, district]
    return [*known, *_figures(line.figures, line.rate), line.never]


def _group(kind: str, line: GroupLine, label: str = "") -> list[Any]:
    population = "" if line.population is None else line.population
    return [kind, label or line.label, "", population, "", "", "", *_figures(line.figures, line.rate), ""]


def rows(found: Coverage) -> Iterable[list[Any]]:
    """The communes, then every group. Kinds and circles overlap: a session may be in several."""
    yield from (_commune(line) for line in found.lines)
    yield _group(_("Total"), found.total, _("Toutes les communes"))
    yield [
        _("Total"),
        _("Hors des communes, ou lieu inconnu"),
        "",
        "",
        "",
        "",
        "",
        *_figures(found.elsewhere, None),
        "",
    ]
    yield _group(_("Cœurs ruraux"), found.rural, _("Cœurs ruraux"))
    yield _group(_("Quartiers prioritaires"), found.priority, _("Communes avec un quartier prioritaire"))
    for kind, lines in (
        (_("Circonscription"), found.districts),
        (_("Type de structure"), found.kinds),
        (_("Cercle"), found.circles),
        (_("Temps de vie"), found.stages),
    ):
        yield from (_group(kind, line) for line in lines)


def sheet(found: Coverage, form: str, *, title: str) -> bytes:
    """The file, ``xlsx`` or ``csv``."""
    if form == "xlsx":
        return write_xlsx(headers(), rows(found), title=title)
    # French Excel takes "1.505" for a word, or a date: the CSV is its, the comma too.
    told = ([str(cell).replace(".", ",") if isinstance(cell, float) else cell for cell in row] for row in rows(found))
    return write_csv(headers(), told)
