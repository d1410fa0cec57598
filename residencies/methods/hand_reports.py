"""An older report as a JSON file, read without writing anything.

The shape: ``residencies``, a list of ``{"title", "artists": […], "company", "discipline", "duration_months",
"structures": {"value", "qualifier"}, "interventions": {"value", "qualifier"}, "hours", "classes", "people": true,
"audience": [{"category", "value", "qualifier", "label", "of_which_pupils"}], "productions": [{"kind", "value",
"label"}]}``; ``source`` says where it comes from; ``claimed_total`` and ``check`` are compared with what the lines
give. What is absent or null is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clea.ui.dates import number
from residencies.enums import GROUP_OF, PUPILS_UNSPECIFIED, AudienceCategory, AudienceGroup, ProductionKind, Qualifier
from residencies.methods.bilan import Line, Tally, floor_of_lines, shares
from residencies.methods.headcounts import UNCOUNTED, Total

#: Words of older reports for a public.
CATEGORIES = {
    **{value: value for value in AudienceCategory.values},
    PUPILS_UNSPECIFIED: PUPILS_UNSPECIFIED,
    "residents": AudienceCategory.GENERAL.value,
    "residents_including_pupils": AudienceCategory.GENERAL.value,
}
#: And for what was made.
KINDS = {
    **{value: value for value in ProductionKind.values},
    "video_clip": ProductionKind.VIDEO.value,
    "quiz": ProductionKind.GAME.value,
    "film": ProductionKind.VIDEO.value,
}
MOST_RESIDENCIES = 60
MOST_LINES = 20
MOST = 1_000_000


@dataclass(frozen=True)
class Counted:
    """A line of audience, in the words of the report. ``inside``: rank of the line that holds it."""

    category: str
    value: int | None = None
    qualifier: str = Qualifier.EXACT
    label: str = ""
    inside: int | None = None

    @property
    def line(self) -> Line:
        return Line(self.category, self.value, self.qualifier, self.inside)


@dataclass(frozen=True)
class Made:
    """A production of the report."""

    kind: str
    title: str
    count: int | None = None
    url: str = ""


@dataclass(frozen=True)
class Draft:
    """A residency of the report, ready to be written: ``values`` are the columns of a hand entry."""

    values: dict[str, Any]
    counts: tuple[Counted, ...] = ()
    made: tuple[Made, ...] = ()

    @property
    def title(self) -> str:
        return str(self.values["title"])


@dataclass
class Report:
    """What a file says. Nothing is written while ``problems`` has anything; ``doubts`` are only shown."""

    drafts: list[Draft] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


class _Reader:
    """Reads values one by one, and says what is wrong where it is."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def wrong(self, where: str, what: str) -> None:
        self.problems.append(_("%(where)s : %(what)s") % {"where": where, "what": what})

    def text(self, found: Any, where: str, most: int) -> str:
        if found is None:
            return ""
        if not isinstance(found, str):
            self.wrong(where, _("écrivez un texte."))
            return ""
        words = " ".join(found.split())
        if len(words) > most:
            self.wrong(where, _("le texte dépasse %(most)d caractères.") % {"most": most})
        return words[:most]

    def whole(self, found: Any, where: str, most: int = MOST) -> int | None:
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= most:
            said = _("écrivez un nombre entier entre 0 et %(most)s, ou null si on ne sait pas.")
            self.wrong(where, said % {"most": number(most)})
            return None
        return found

    def decimal(self, found: Any, where: str, most: int) -> Decimal | None:
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= most:
            said = _("écrivez un nombre entre 0 et %(most)s, ou null si on ne sait pas.")
            self.wrong(where, said % {"most": number(most)})
            return None
        return Decimal(str(found)).quantize(Decimal("0.1"))

    def qualifier(self, found: Any, where: str) -> str:
        if found is None:
            return Qualifier.EXACT
        if found not in Qualifier.values:
            said = _("la précision « %(said)s » n'est pas connue : %(known)s.")
            self.wrong(where, said % {"said": str(found)[:40], "known": ", ".join(Qualifier.values)})
            return Qualifier.EXACT
        return str(found)

    def stated(self, found: Any, where: str) -> tuple[int | None, str]:
        """A number alone, or with its precision."""
        if isinstance(found, Mapping):
            return self.whole(found.get("value"), where), self.qualifier(found.get("qualifier"), where)
        return self.whole(found, where), Qualifier.EXACT

    def rows(self, found: Any, where: str, most: int) -> list[tuple[str, Mapping[str, Any]]]:
        """A list of objects, each with the words that say where it is."""
        if found is None:
            return []
        if not isinstance(found, list):
            self.wrong(where, _("il faut une liste."))
            return []
        if len(found) > most:
            self.wrong(where, _("la liste dépasse %(most)d lignes.") % {"most": most})
        kept = []
        for rank, one in enumerate(found[:most], 1):
            place = f"{where} {rank}"
            if isinstance(one, Mapping):
                kept.append((place, one))
            else:
                self.wrong(place, _("il faut un objet, entre accolades."))
        return kept


def read(data: Any) -> Report:
    """What the file says, and what is wrong with it, in French."""
    reader, report = _Reader(), Report()
    if not isinstance(data, Mapping) or not isinstance(data.get("residencies"), list):
        report.problems.append(
            _("Le fichier doit contenir une liste « residencies » : une ligne par résidence du rapport.")
        )
        return report
    source = reader.text(data.get("source"), "source", 300)
    for where, one in reader.rows(data["residencies"], _("Résidence"), MOST_RESIDENCIES):
        report.drafts.append(_draft(reader, where, one, source))
    if not data["residencies"]:
        reader.wrong("residencies", _("la liste est vide."))
    titles = [draft.title.casefold() for draft in report.drafts]
    for title in sorted({title for title in titles if titles.count(title) > 1 and title}):
        reader.wrong(title, _("deux résidences portent ce nom."))
    report.problems = reader.problems
    if not report.problems:
        report.doubts = list(_doubts(data, report.drafts))
    return report


def _draft(reader: _Reader, where: str, one: Mapping[str, Any], source: str) -> Draft:
    title = reader.text(one.get("title"), f"{where}, title", 250)
    if not title:
        reader.wrong(f"{where}, title", _("donnez le nom de la résidence."))
    sessions, sessions_qualifier = reader.stated(one.get("interventions"), f"{where}, interventions")
    structures, structures_qualifier = reader.stated(one.get("structures"), f"{where}, structures")
    people = one.get("people", True)
    if not isinstance(people, bool):
        reader.wrong(f"{where}, people", _("écrivez true (personnes différentes) ou false (présences)."))
    values = {
        "title": title,
        "artists": _artists(reader, where, one),
        "discipline": reader.text(one.get("discipline"), f"{where}, discipline", 200),
        "months": reader.decimal(one.get("duration_months"), f"{where}, duration_months", 36),
        "sessions": sessions,
        "sessions_qualifier": sessions_qualifier,
        "hours": reader.decimal(one.get("hours"), f"{where}, hours", 100000),
        "structures": structures,
        "structures_qualifier": structures_qualifier,
        "classes": reader.whole(one.get("classes"), f"{where}, classes"),
        "counts_people": people is not False,
        "source": source,
    }
    return Draft(values, tuple(_counts(reader, where, one)), tuple(_made(reader, where, one)))


def _artists(reader: _Reader, where: str, one: Mapping[str, Any]) -> str:
    said = one.get("artists") or []
    if not isinstance(said, list):
        said = [said]
    names = [reader.text(name, f"{where}, artists", 300) for name in said]
    company = reader.text(one.get("company"), f"{where}, company", 200)
    words = ", ".join(name for name in names if name)
    return reader.text(f"{words} ({company})" if words and company else words or company, f"{where}, artists", 300)


def _counts(reader: _Reader, where: str, one: Mapping[str, Any]) -> list[Counted]:
    """Its audience; "of_which_pupils" makes a second line, inside the first."""
    found: list[Counted] = []
    for place, row in reader.rows(one.get("audience"), f"{where}, audience", MOST_LINES):
        said = row.get("category")
        category = CATEGORIES.get(said) if isinstance(said, str) else None
        if category is None:
            words = _("le public « %(said)s » n'est pas connu : %(known)s.")
            reader.wrong(place, words % {"said": str(said)[:40], "known": ", ".join(CATEGORIES)})
            continue
        value = reader.whole(row.get("value"), place)
        label = reader.text(row.get("label"), place, 160)
        found.append(Counted(category, value, reader.qualifier(row.get("qualifier"), place), label))
        pupils = reader.whole(row.get("of_which_pupils"), f"{place}, of_which_pupils")
        if pupils is not None:
            if value is not None and pupils > value:
                reader.wrong(place, _("« dont » compte plus de personnes que la ligne qui le contient."))
            elif value is None:
                reader.wrong(place, _("« dont » est compté dans une ligne qui n'a pas de nombre."))
            found.append(Counted(PUPILS_UNSPECIFIED, pupils, inside=len(found) - 1))
    return found


def _made(reader: _Reader, where: str, one: Mapping[str, Any]) -> list[Made]:
    found = []
    for place, row in reader.rows(one.get("productions"), f"{where}, productions", MOST_LINES):
        said = row.get("kind")
        kind = KINDS.get(said, ProductionKind.OTHER.value) if isinstance(said, str) else ProductionKind.OTHER.value
        title = reader.text(row.get("label"), place, 200) or str(ProductionKind(kind).label)
        found.append(Made(kind, title[:1].upper() + title[1:], reader.whole(row.get("value"), place, 10000)))
    return found


# What the report says of its own sums -------------------------------------------------------------


@dataclass(frozen=True)
class Sums:
    """What the lines of a report give together."""

    people: Total
    groups: dict[str, Total]
    sessions: Total
    structures: Total
    classes: Total
    floor: int


def sums(drafts: list[Draft]) -> Sums:
    """What the lines give: "650 dont 330" is 650, and what nobody said is counted as unknown."""
    people, sessions, structures, classes = Tally(), Tally(), Tally(), Tally()
    groups: dict[str, Tally] = {}
    floor = 0
    for draft in drafts:
        lines = [one.line for one in draft.counts]
        for category, total in shares(lines):
            people.add(total)
            groups.setdefault(GROUP_OF.get(category, ""), Tally()).add(total)
        floor += floor_of_lines(lines)
        values = draft.values
        sessions.add(_said(values["sessions"], values["sessions_qualifier"]))
        structures.add(_said(values["structures"], values["structures_qualifier"]))
        classes.add(_said(values["classes"], Qualifier.EXACT))
    found = {key: tally.total for key, tally in groups.items()}
    return Sums(people.total, found, sessions.total, structures.total, classes.total, floor)


def _said(value: int | None, qualifier: str) -> Total:
    return UNCOUNTED if value is None else Total(value, qualifier)


_CHECKS = (
    ("sum", gettext_lazy("personnes")),
    ("pupils", gettext_lazy("élèves")),
    ("residents_not_pupils", gettext_lazy("autres habitants")),
    ("professionals", gettext_lazy("professionnels")),
    ("interventions_stated_min", gettext_lazy("séances")),
    ("structures_stated", gettext_lazy("structures")),
)


def _doubts(data: Mapping[str, Any], drafts: list[Draft]) -> list[str]:
    """Where the report's own sums are not those of its lines."""
    found = sums(drafts)
    given = {
        "sum": found.people,
        "pupils": found.groups.get(AudienceGroup.PUPILS),
        "residents_not_pupils": found.groups.get(AudienceGroup.RESIDENTS),
        "professionals": found.groups.get(AudienceGroup.PROFESSIONALS),
        "interventions_stated_min": found.sessions,
        "structures_stated": found.structures,
    }
    check = data.get("check")
    check = check if isinstance(check, Mapping) else {}
    said = []
    for key, label in _CHECKS:
        announced, total = check.get(key), given[key]
        mine = (total.value if total else None) or 0
        if isinstance(announced, int) and not isinstance(announced, bool) and announced != mine:
            words = _("Le rapport annonce %(said)s %(what)s ; ses lignes en donnent %(mine)s.")
            said.append(words % {"said": number(announced), "what": label, "mine": number(mine)})
    claimed = data.get("claimed_total")
    least = claimed.get("min") if isinstance(claimed, Mapping) else None
    if isinstance(least, int) and not isinstance(least, bool) and found.floor <= least:
        words = _("Le rapport annonce « plus de %(said)s » personnes ; ses lignes n'en justifient que %(mine)s.")
        said.append(words % {"said": number(least), "mine": number(found.floor)})
    return said
