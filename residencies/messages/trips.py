"""Trips and their claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_TRIP = {
    "residence": _("nom de l'artiste, du collectif ou de la compagnie"),
    "voyage": _("intitulé du voyage"),
    "montant": _("montant pris en charge"),
    "lien": _("adresse du voyage dans l'espace de la personne"),
    "territoire": _("nom du territoire"),
    "coordonnees": _("service, adresses et téléphone, à la suite"),
}
_SIGNATURE = """
{{ coordonnees }}
{{ territoire }}"""

KINDS: tuple[MailKind, ...] = (
    MailKind(
        key="trip.claimed",
        label=_("Voyage demandé"),
        description=_("Envoyé à la coordination dès qu'un artiste demande un voyage, ou change sa demande."),
        variables=_TRIP | {"moyen": _("train ou voiture"), "jours": _("jours de l'aller et du retour")},
        subject={"fr": "{{ voyage }} – {{ residence }} : {{ montant }} à vérifier"},
        body={
            "fr": f"""Bonjour,

{{{{ residence }}}} demande le voyage « {{{{ voyage }}}} » ({{{{ moyen }}}}, {{{{ jours }}}}) : {{{{ montant }}}}.

Le calcul et les justificatifs sont ici :
{{{{ lien }}}}
{_SIGNATURE}"""
        },
    ),
    MailKind(
        key="trip.coverage_changed",
        label=_("Voyage : montant d'une ligne changé"),
        description=_("Envoyé aux artistes quand la coordination change ce qui est pris en charge d'une ligne."),
        variables=_TRIP | {"ligne": _("intitulé de la ligne"), "mots": _("explication de la coordination")},
        subject={
            "fr": "Votre voyage « {{ voyage }} » : {{ montant }}",
            "en": "Your trip “{{ voyage }}”: {{ montant }}",
        },
        body={
            "fr": f"""Bonjour,

La coordination a relu votre voyage « {{{{ voyage }}}} ». Ligne « {{{{ ligne }}}} » : {{{{ mots }}}}

Le montant pris en charge est maintenant de {{{{ montant }}}}. Le détail est dans votre espace :
{{{{ lien }}}}
{_SIGNATURE}""",
            "en": f"""Hello,

The coordination has read your trip “{{{{ voyage }}}}” again. Line “{{{{ ligne }}}}”: {{{{ mots }}}}

The amount covered is now {{{{ montant }}}}. The details are in your space:
{{{{ lien }}}}
{_SIGNATURE}""",
        },
    ),
)
VERBS: dict[str, _StrPromise] = {
    "scale.loaded": _("barème kilométrique chargé"),
    "scale.saved": _("barème kilométrique enregistré"),
    "scale.removed": _("barème kilométrique supprimé"),
    "trip.claimed": _("voyage demandé"),
    "trip.changed": _("demande de voyage modifiée"),
    "trip.withdrawn": _("demande de voyage retirée"),
    "trip.coverage_changed": _("prise en charge d'une ligne changée"),
    "trip.recounted": _("voyage recalculé"),
}
