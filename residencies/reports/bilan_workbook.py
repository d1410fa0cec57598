"""The figures of a bilan as sheets, and its sessions as open data. No personal data in either.

A figure is a number, or an empty cell when nobody knows; its qualifier and what is missing have their own columns.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.enums import LifeStage
from candidatures.models import Season
from candidatures.reports.rows import Cell
from candidatures.reports.spreadsheets import workbook as make_workbook
from clea.ui import dates
from residencies.enums import ActivityKind, AudienceCategory
from residencies.methods.bilan import UNSAID, Figures, Held, Row, Tally, Values, World
from residencies.methods.headcounts import Total
from residencies.models import Residency
from residencies.reports import bilan_words as words
from residencies.selectors.bilan import worlds
from residencies.selectors.bilan_pages import BilanPage
from structures.enums import Circle
from structures.models import Commune
from structures.reports.sheets import defuse

Sheet = tuple[str, Sequence[str], Iterable[Sequence[Cell]]]


def workbook(page: BilanPage) -> bytes:
    """Eight sheets, the same figures as the page. Eleven queries."""
    world = worlds([page.season])[page.season.pk]
    insee = _insee(page.season)
    sheets: list[Sheet] = [
        (_("Résumé"), _summary_headers(), _summary(page.figures)),
        (_("Résidences"), _residency_headers(), (_residency(page, part.figures) for part in page.parts)),
        (_("Séances"), session_headers(), session_rows(world, insee, page.announced)),
        (_("Publics"), _cut_headers(_("Public")), _publics(page.figures)),
        (_("Communes"), _commune_headers(), (_commune(row, insee) for row in page.figures.communes.rows)),
        (_("Structures"), _structure_headers(), _structures(world)),
        (_("Productions"), _production_headers(), _productions(page)),
        (_("Lisez-moi"), [_("Sujet"), _("Explication")], _notes(page)),
    ]
    with make_workbook(sheets) as file:
        return file.read()


def sessions_csv(season: Season) -> bytes:
    """The sessions held, as open data: UTF-8, commas, ISO dates, a line a session. Eleven queries."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(session_headers())
    announced = frozenset(Residency.objects.published().filter(season=season).values_list("slug", flat=True))
    for row in session_rows(worlds([season])[season.pk], _insee(season), announced):
        writer.writerow([_plain(cell) for cell in row])
    return out.getvalue().encode("utf-8")


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    return defuse(str(cell))


def _insee(season: Season) -> dict[str, str]:
    """The code of each commune by its slug. One query."""
    return dict(Commune.objects.filter(territory=season.programme.territory_id).values_list("slug", "insee"))


def _trio(total: Total | None) -> list[Cell]:
    """A figure, what it is worth, how many counts are missing."""
    if total is None:
        return [None, "", None]
    return [total.value, words.qualifier(total), total.unknown]


def _hours(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


# Sessions ------------------------------------------------------------------------------------


def session_headers() -> list[str]:
    """The columns of the open data, in the words that the page documents."""
    return [
        "date", "duree_minutes", "activite", "forme", "temps_de_vie", "residences", "structures", "types_de_structure",
        "commune", "code_insee", "presences", "precision", "comptage_manquant",
        *(f"presences_{category}" for category in AudienceCategory.values),
    ]  # fmt: skip


def session_rows(world: World, insee: dict[str, str], announced: frozenset[str]) -> Iterator[list[Cell]]:
    """One line a session. ``activite`` groups the sessions of one activity; it names nobody."""
    ranks = {pk: f"A{rank:03d}" for rank, pk in enumerate(dict.fromkeys(one.activity for one in world.held), start=1)}
    for one in world.held:
        deed = world.deeds[one.activity]
        town = world.towns.get(one.commune) if one.commune is not None else None
        there = [world.venues[pk] for pk in one.structures if pk in world.venues]
        parts = dict(one.parts)
        kinds = sorted({world.kinds[kind] for venue in there for kind in venue.kinds})
        yield [
            one.day,
            one.minutes,
            ranks[one.activity],
            str(ActivityKind(deed.kind).label),
            str(LifeStage(deed.stage).label) if deed.stage else "",
            " ; ".join(sorted(_hosts(world, one, announced))),
            " ; ".join(sorted(venue.name for venue in there)),
            " ; ".join(kinds),
            town.name if town else "",
            insee.get(town.key, "") if town else "",
            *_trio(one.total),
            *(parts[category].value if category in parts else None for category in AudienceCategory.values),
        ]


def _hosts(world: World, one: Held, announced: frozenset[str]) -> Iterator[str]:
    for pk in one.residencies:
        if pk in world.hosts:
            host = world.hosts[pk]
            yield host.title if host.key in announced else _("non annoncée")


# Figures -------------------------------------------------------------------------------------


def _summary_headers() -> list[str]:
    return [_("Ensemble"), _("Chiffre"), _("Valeur"), _("Précision"), _("Comptages manquants")]


def _summary(figures: Figures) -> Iterator[list[Cell]]:
    values, season = figures.values, _("Saison")
    minutes = values.minutes.unknown if values.minutes else 0
    for label, total in (
        (_("Séances tenues"), values.sessions),
        (_("Structures rencontrées"), values.structures),
        (_("Communes concernées"), values.communes),
        (_("Classes"), values.classes),
        (_("Présences"), values.attendances),
        (_("Personnes différentes"), values.people),
    ):
        yield [season, label, *_trio(total)]
    yield [season, _("Heures"), _hours(values.hours), "", minutes]
    yield [season, _("Cœurs ruraux rencontrés"), figures.rural.met, "", 0]
    yield [season, _("Communes avec un quartier prioritaire rencontrées"), figures.priority.met, "", 0]
    for title, cut in (
        (_("Séances par forme"), figures.kinds),
        (_("Séances par temps de vie"), figures.stages),
        (_("Séances par mois"), figures.months),
        (_("Séances par type de structure"), figures.structure_kinds),
        (_("Séances par cercle"), figures.circles),
    ):
        for row in cut.rows:
            yield [title, row.label, *_trio(row.values.sessions)]


def _residency_headers() -> list[str]:
    found = [_("Résidence"), _("Titre"), _("Source"), _("Heures")]
    for name in (
        _("Séances"), _("Structures"), _("Communes"), _("Classes"), _("Présences"), _("Personnes différentes"),
    ):  # fmt: skip
        found += [name, _("%(name)s : précision") % {"name": name}, _("%(name)s : manquants") % {"name": name}]
    return found


def _residency(page: BilanPage, figures: Figures) -> list[Cell]:
    values, named = figures.values, page.says(figures)
    row: list[Cell] = [
        figures.title if named else _("non annoncée"),
        figures.subtitle if named else "",
        _("rapport ressaisi") if figures.by_hand else _("séances confirmées"),
        _hours(values.hours),
    ]
    for total in (
        values.sessions, values.structures, values.communes, values.classes, values.attendances, values.people,
    ):  # fmt: skip
        row += _trio(total)
    return row


def _cut_headers(name: str) -> list[str]:
    return [
        _("Découpage"), name, _("Présences"), _("Précision"), _("Séances sans comptage"), _("Personnes différentes"),
        _("Précision des personnes"), _("Comptages de personnes manquants"),
    ]  # fmt: skip


def _publics(figures: Figures) -> Iterator[list[Cell]]:
    for title, cut in ((_("Trois publics"), figures.groups), (_("Catégories"), figures.categories)):
        for row in cut.rows:
            yield [title, row.label, *_trio(row.values.attendances), *_trio(row.values.people)]


def _commune_headers() -> list[str]:
    return [
        _("Commune"), _("Code INSEE"), _("Habitants"), _("Cœur rural"), _("Quartier prioritaire"), _("Séances"),
        _("Présences"), _("Précision"), _("Séances sans comptage"), _("Structures"), _("Séances pour 1 000 habitants"),
    ]  # fmt: skip


def _commune(row: Row, insee: dict[str, str]) -> list[Cell]:
    town, values = row.town, row.values
    return [
        row.label,
        insee.get(row.key, ""),
        town.population if town else None,
        _yes(town.rural) if town else "",
        _yes(town.priority) if town else "",
        _zero(values),
        *_trio(values.attendances),
        values.structures.value if values.structures else None,
        None if row.rate is None else round(row.rate, 3),
    ]


def _zero(values: Values) -> int | None:
    """No session in a commune is a figure; sessions that nobody could place are not."""
    return values.sessions.value if values.sessions.value is not None or values.sessions.unknown else 0


def _yes(value: bool) -> str:
    return _("oui") if value else _("non")


def _structure_headers() -> list[str]:
    return [
        _("Structure"), _("Commune"), _("Types"), _("Cercle"), _("Séances"), _("Présences"), _("Précision"),
        _("Séances sans comptage"),
    ]  # fmt: skip


def _structures(world: World) -> Iterator[list[Cell]]:
    """Structures met, by name. A session of two structures is in both lines."""
    sessions: dict[int, int] = {}
    people: dict[int, Tally] = {}
    for one in world.held:
        for pk in one.structures:
            sessions[pk] = sessions.get(pk, 0) + 1
            people.setdefault(pk, Tally()).add(one.total)
    for venue in sorted(world.venues.values(), key=lambda one: (one.name, one.pk)):
        if venue.pk in sessions:
            town = world.towns.get(venue.commune) if venue.commune is not None else None
            yield [
                venue.name,
                town.name if town else "",
                " ; ".join(sorted(world.kinds[kind] for kind in venue.kinds)),
                str(Circle(venue.circle).label) if venue.circle else "",
                sessions[venue.pk],
                *_trio(people[venue.pk].total),
            ]


def _production_headers() -> list[str]:
    return [_("Nature"), _("Titre"), _("Combien"), _("Précision"), _("Résidence"), _("Description"), _("Lien")]


def _productions(page: BilanPage) -> Iterator[list[Cell]]:
    for one in page.productions:
        total = Total(unknown=1) if one.count is None else Total(one.count, one.qualifier)
        whose = one.residency.artist_name if one.residency else one.entry.title if one.entry else ""
        yield [one.get_kind_display(), one.title, total.value, words.qualifier(total), whose, one.description, one.url]


def _notes(page: BilanPage) -> Iterator[list[Cell]]:
    """What each column means; the open data have the columns of the sheet of sessions."""
    yield [_("Bilan"), f"{page.bilan.title} – {page.season.name} – {page.territory.name}"]
    yield [_("Chiffres arrêtés au"), dates.day(timezone.localdate())]
    yield [_("Cellule vide"), _("Le chiffre n'est pas connu. Ce n'est pas zéro.")]
    yield [_("Précision"), _("« exactement », « plus de » ou « environ » : le mot de qui a compté.")]
    yield [_("Manquants"), _("Combien de comptages manquent dans ce chiffre.")]
    yield [_("Séance"), _("Un moment qui a eu lieu. Avec deux types de structures, il est dans deux lignes.")]
    yield [_("Présence"), _("Quelqu'un, à une séance. La même personne venue trois fois fait trois présences.")]
    yield [_("Personne différente"), _("Comptée une fois par activité. Ne s'ajoute jamais aux présences.")]
    yield ["activite", _("Regroupe les séances d'une même activité ; ne désigne personne.")]
    yield ["presences_…", _("Présences d'un public ; elles s'additionnent à « presences », « dont » compris.")]
    for category in AudienceCategory:
        yield [f"presences_{category.value}", str(category.label)]
    yield [_("Données personnelles"), _("Aucune : ni nom de participant, ni adresse, ni texte libre sur une personne.")]
    if any(row.key == UNSAID for row in page.figures.communes.rows):
        yield [_("Hors du territoire"), _("Séances dont la commune n'est pas connue, ou n'est pas du territoire.")]
