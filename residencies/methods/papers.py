"""Placeholders of contracts and agreements: the closed lists, filling them, what is missing, what changed.

A text is Markdown. A value is text that somebody typed somewhere: it is escaped, and never read again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import check_placeholders, fill, placeholders
from residencies.enums import PaperKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Label = str | _StrPromise


@dataclass(frozen=True)
class Placeholder:
    """One name between double braces, what it stands for, and where its value is written."""

    name: str
    label: Label
    where: Label = ""


_TERRITORY = _("fiche du territoire")
_HUB = _("vue d'ensemble de la résidence")
_MONEY = _("règles financières de l'appel")
_PROJECT = _("projet de l'activité")

_COMMON = (
    Placeholder("territoire", _("nom du territoire"), _TERRITORY),
    Placeholder("coordonnees", _("service, adresses et téléphone du territoire"), _TERRITORY),
    Placeholder("saison", _("nom de la saison"), _("fiche de la saison")),
    Placeholder("numero", _("numéro du document")),
)

PLACEHOLDERS: dict[str, tuple[Placeholder, ...]] = {
    PaperKind.CONTRACT: (
        *_COMMON,
        Placeholder("artiste", _("nom d'artiste, du collectif ou de la compagnie"), _HUB),
        Placeholder("artistes", _("personnes de la résidence, avec leur rôle"), _("artistes de la résidence")),
        Placeholder("nature", _("résidence artistique, ou éducation aux médias"), _HUB),
        Placeholder("titre", _("titre de la résidence"), _HUB),
        Placeholder("discipline", _("discipline"), _HUB),
        Placeholder("domicile", _("ville de résidence habituelle"), _HUB),
        Placeholder("employeur", _("structure employeuse, ou paiement direct"), _HUB),
        Placeholder("immersion", _("dates de l'immersion"), _("périodes de la résidence")),
        Placeholder("periodes", _("liste des périodes et de leurs dates"), _("périodes de la résidence")),
        Placeholder("jours", _("jours de présence dus"), _HUB),
        Placeholder("decompte", _("décompte qui fait foi"), _HUB),
        Placeholder("jours_semaine", _("jours de semaine des périodes"), _("périodes de la résidence")),
        Placeholder("jours_ouvres", _("jours ouvrés des périodes, fériés ôtés"), _("périodes de la résidence")),
        Placeholder("feries", _("jours fériés qui tombent dans les périodes"), _("périodes de la résidence")),
        Placeholder("structures", _("nombre de structures différentes à rencontrer"), _HUB),
        Placeholder("allocation", _("allocation nette"), _MONEY),
        Placeholder("mois", _("nombre de mois payés"), _MONEY),
        Placeholder("plafond", _("coût total employeur maximal"), _MONEY),
        Placeholder("cachets", _("part maximale des cachets"), _MONEY),
        Placeholder("droits_auteur", _("part maximale des droits d'auteur"), _MONEY),
        Placeholder("forfait", _("forfait de déplacement sur le territoire"), _MONEY),
        Placeholder("voyages", _("allers-retours pris en charge"), _MONEY),
        Placeholder("bareme", _("barème kilométrique appliqué"), _TERRITORY),
        Placeholder("logement", _("logement attribué, ou formule générale"), _("séjour")),
    ),
    PaperKind.AGREEMENT: (
        *_COMMON,
        Placeholder("titre", _("titre de l'activité"), _PROJECT),
        Placeholder("nature", _("nature de l'activité"), _PROJECT),
        Placeholder("intention", _("intention"), _PROJECT),
        Placeholder("public", _("public"), _PROJECT),
        Placeholder("temps_de_vie", _("temps de vie"), _PROJECT),
        Placeholder("personnes", _("nombre de personnes attendues"), _PROJECT),
        Placeholder("axes", _("axes de la saison"), _PROJECT),
        Placeholder("artistes", _("artistes"), _PROJECT),
        Placeholder("structures", _("structures et leurs communes"), _PROJECT),
        Placeholder("equipes", _("structures et membres de leurs équipes"), _("équipes des structures")),
        Placeholder("seances", _("tableau des séances"), _("séances de l'activité")),
        Placeholder("premiere_seance", _("date de la première séance"), _("séances de l'activité")),
        Placeholder("besoins", _("besoins ; une formule quand rien n'est noté"), _PROJECT),
        Placeholder("reemploi", _("réemploi ; une formule quand rien n'est noté"), _PROJECT),
    ),
}

#: Said when they change after the paper was issued, whether its text uses them or not.
CORE: dict[str, frozenset[str]] = {
    PaperKind.CONTRACT: frozenset({"artiste", "artistes", "employeur", "periodes", "jours", "decompte"}),
    PaperKind.AGREEMENT: frozenset({"titre", "artistes", "structures", "seances"}),
}
#: Never said: a team that grows changes nothing in what was agreed.
UNWATCHED = frozenset({"equipes", "coordonnees", "numero"})

_MEANT = re.compile(r"[\\`*_{}\[\]<>~|&]")
_LINE_START = re.compile(r"^(\d*)([#+\-=.)])")


def names(kind: str) -> list[str]:
    """Every placeholder of this kind, in the order they are shown."""
    return [one.name for one in PLACEHOLDERS[kind]]


def check(kind: str, text: str) -> None:
    """Raise ``Refused``, with the known list, unless every placeholder of ``text`` exists."""
    check_placeholders(names(kind), text)


def escape(text: str) -> str:
    """One line that Markdown shows as it was typed: ``*``, ``[``, ``#``… lose their meaning."""
    line = _MEANT.sub(lambda found: f"\\{found.group()}", " ".join(text.split()))
    # "3." and "-" open a list, "#" a title, "==" underlines one.
    return _LINE_START.sub(r"\1\\\2", line)


def escape_lines(text: str) -> str:
    """Several lines as they were typed: paragraphs stay paragraphs, a line end stays one."""
    paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return "\n\n".join("\\\n".join(escape(line) for line in one.split("\n") if line.strip()) for one in paragraphs)


def bullets(lines: Iterable[str]) -> str:
    """A Markdown list of lines already escaped, a block of its own."""
    return "\n".join(f"- {line}" for line in lines)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table of cells already escaped, a block of its own."""
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *[list(row) for row in rows]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


@dataclass(frozen=True)
class Filled:
    """A text with its values, and the placeholders it uses that have none."""

    text: str
    missing: tuple[Placeholder, ...]


def used(kind: str, text: str) -> list[Placeholder]:
    """The placeholders of ``text``, each once, in the order of the list."""
    present = set(placeholders(text))
    return [one for one in PLACEHOLDERS[kind] if one.name in present]


def filled(kind: str, text: str, values: Mapping[str, str]) -> Filled:
    """Put the values in. What has none is written "à compléter", in full view. ``Refused`` on an unknown name."""
    check(kind, text)
    lacking = tuple(one for one in used(kind, text) if not values.get(one.name))
    # Outside the text around it: gettext's tools do not read inside an f-string.
    missing = gettext("à compléter :")
    marks = {one.name: f"**[{missing} {escape(str(one.label))}]**" for one in lacking}
    return Filled(fill(text, {name: _apart(value) for name, value in values.items()} | marks).strip(), lacking)


def _apart(value: str) -> str:
    """A list or a table stands on lines of its own, wherever its placeholder was written."""
    return f"\n\n{value}\n\n" if value.startswith(("- ", "| ")) else value


def watched(kind: str, text: str, values: Mapping[str, str]) -> dict[str, str]:
    """What to keep when a paper is issued, to tell later what changed."""
    keep = (CORE[kind] | {one.name for one in used(kind, text)}) - UNWATCHED
    return {name: values.get(name, "") for name in sorted(keep)}


@dataclass(frozen=True)
class Change:
    """A fact that is no longer what the paper says. ``before`` and ``after`` are Markdown."""

    label: Label
    before: str
    after: str


def changes(kind: str, issued: Mapping[str, str], now: Mapping[str, str]) -> list[Change]:
    """What differs between the facts a paper was issued with and today's, in the order of the list.

    Words are compared, not the spaces between them: a typographer's space changes nothing to what was signed.
    """
    known: Collection[Placeholder] = PLACEHOLDERS[kind]
    return [
        Change(one.label, issued[one.name], now.get(one.name, ""))
        for one in known
        if one.name in issued and issued[one.name].split() != now.get(one.name, "").split()
    ]
