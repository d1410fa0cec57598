"""What coverage says in words: the reasons of a suggestion, the weights that order them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clea.ui import dates
from residencies.methods.where_next import Reason

if TYPE_CHECKING:
    from datetime import date

    from structures.models import Commune

#: Kinds of structures that live by the school calendar (territory data, structures/data).
SCHOOL_KINDS = frozenset({"primary", "secondary"})

#: What each weight is, on the page that explains the score.
WEIGHT_LABELS = {
    "new_commune": gettext_lazy("Commune où rien n'est prévu cette saison"),
    "never_met": gettext_lazy("… et que personne n'a jamais rencontrée, toutes saisons confondues"),
    "own_commune": gettext_lazy("Commune où d'autres vont, pas encore cette résidence"),
    "never_structure": gettext_lazy("Structure jamais rencontrée par personne"),
    "rural": gettext_lazy("Cœur rural"),
    "priority": gettext_lazy("Commune avec un quartier prioritaire"),
    "district": gettext_lazy("Circonscription moins servie que la moyenne, au plus"),
    "per_head": gettext_lazy("Commune moins servie que la moyenne par habitant, au plus"),
    "wish": gettext_lazy("Un souhait de cette structure attend une réponse"),
    "pairing": gettext_lazy("Jumelage possible entre premier cercle et proximité"),
    "no_team": gettext_lazy("Équipe encore incomplète"),
    "km": gettext_lazy("Chaque kilomètre ajouté"),
    "repeat": gettext_lazy("Chaque proposition déjà faite dans la même commune"),
}


def _figure(value: object, places: int) -> str:
    return dates.number(cast("float", value), places)


def words(reason: Reason, communes: Mapping[int, Commune]) -> str:
    """One reason as a sentence."""
    facts = reason.facts
    match reason.code:
        case "never_met":
            return _("%(commune)s n'a jamais été rencontrée, en aucune saison") % facts
        case "new_commune":
            return _("rien n'est encore prévu à %(commune)s cette saison") % facts
        case "own_commune":
            return _("nouvelle commune pour cette résidence") % facts
        case "never_structure":
            return _("structure jamais rencontrée")
        case "rural":
            return _("cœur rural")
        case "priority":
            return _("commune avec un quartier prioritaire")
        case "per_head":
            return _("%(rate)s séance pour 1 000 habitants, moins que la moyenne du territoire") % {
                "rate": _figure(facts["rate"], 2)
            }
        case "district":
            said = {"name": facts["name"], "rate": _figure(facts["rate"], 2)}
            if facts["last"]:
                return _("circonscription %(name)s, la moins servie (%(rate)s séance pour 1 000 habitants)") % said
            return _("circonscription %(name)s, sous la moyenne (%(rate)s séance pour 1 000 habitants)") % said
        case "wish":
            if facts["named"]:
                return _("un souhait de cette structure pour cet artiste attend une réponse")
            return _("un souhait de cette structure attend une réponse")
        case "pairing":
            return _("jumelage possible avec %(name)s, à %(km)s km") % {
                "name": facts["name"],
                "km": _figure(facts["km"], 0),
            }
        case "no_team":
            return _("équipe à compléter : %(have)s sur %(need)s") % facts
        case "repeat":
            return _("déjà une proposition plus haut dans cette commune")
        case "km":
            return _journey(facts, communes)
    raise ValueError(reason.code)


def _journey(facts: Mapping[str, object], communes: Mapping[int, Commune]) -> str:
    said = {"km": _figure(facts["km"], 0), "day": dates.day(cast("date", facts["day"]), year=False)}
    near = facts["near"]
    if near is None:
        return _("%(km)s km aller et retour %(day)s") % said
    said["commune"] = communes[cast("int", near)].name
    if cast("float", facts["km"]) < 0.5:
        return _("sur le chemin %(day)s, près de la séance prévue à %(commune)s") % said
    return _("%(km)s km de détour %(day)s, près de la séance prévue à %(commune)s") % said
