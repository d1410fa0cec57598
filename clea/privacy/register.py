"""The register of processing that the law asks for (RGPD, article 30), written by what the program really does."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clea.privacy import holdings
from clea.privacy.holdings import Holding
from clea.text import normalise
from clea.ui.identity import Publisher, publisher

#: What a spreadsheet would take for a formula when a cell begins so.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Register:
    """Who answers for the processing, what is processed, and how it is kept safe."""

    controller: Publisher
    lines: list[Holding]
    security: list[str]


def register() -> Register:
    """The register as the program stands. One query: who publishes."""
    return Register(publisher(), sorted(holdings.everything(), key=lambda one: normalise(str(one.label))), security())


def security() -> list[str]:
    """The measures of article 32, as the program applies them."""
    return [
        _("Connexion par code à usage unique ou mot de passe ; double authentification pour toute la coordination."),
        _("Chaque page, chaque fichier et chaque acte sont fermés à qui n'y a pas droit : une table le vérifie."),
        _("Échanges chiffrés (HTTPS) ; politique de contenu stricte ; rien n'est demandé à un autre site."),
        _("Fichiers sous des noms tirés au sort, hors de tout dossier publié, ouverts dans des programmes cloisonnés."),
        _("Journal des actes et des lectures, dont les lignes s'enchaînent : une ligne changée se voit."),
        _("Sauvegardes vérifiées, chiffrées à la demande ; traces techniques sans nom ni adresse."),
    ]


def columns() -> list[str]:
    return [
        _("Traitement"),
        _("Personnes concernées"),
        _("Données"),
        _("Finalité"),
        _("Base légale"),
        _("Destinataires"),
        _("Durée de conservation"),
        _("Point de départ"),
        _("Effacement"),
        _("Statistiques gardées"),
    ]


def row(one: Holding) -> list[str]:
    """A holding under :func:`columns`."""
    words = (
        one.label, one.people, one.data, one.purpose, one.basis, one.recipients, one.duration, one.clock, one.erasure,
        one.statistics,
    )  # fmt: skip
    return [str(word) for word in words]


def table(found: Register) -> Iterator[str]:
    """The register as CSV that a French spreadsheet opens: UTF-8 with its mark, semicolons. Line after line."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    yield "\ufeff"
    for values in (columns(), *(row(one) for one in found.lines)):
        writer.writerow([f"'{value}" if value.startswith(_FORMULA) else value for value in values])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
