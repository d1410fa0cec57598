"""Visits, lodging, check-ins, incidents, relays and kits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_FRAME: dict[str, str | _StrPromise] = {
    "service": _("service en charge"),
    "territoire": _("nom du territoire"),
    "coordonnees": _("service, adresses et téléphone, à la suite"),
}
_RESIDENCY = _FRAME | {"residence": _("nom de la résidence"), "lien": _("adresse de la page où en savoir plus")}
_SIGNATURE = """
{{ coordonnees }}
{{ territoire }}"""

_VISIT = _RESIDENCY | {
    "visite": _("intitulé de la visite"),
    "quand": _("jour et heures"),
    "avant": _("jour et heure d'avant"),
    "lieu": _("où se retrouver"),
    "guide": _("qui accompagne"),
}
_INCIDENT = _RESIDENCY | {"incident": _("l'incident en une phrase"), "mots": _("ce qui est écrit")}

KINDS: tuple[MailKind, ...] = (
    MailKind(
        key="visit.moved",
        label=_("Visite de découverte déplacée"),
        description=_("Envoyé aux artistes quand une visite proche change de moment ou de lieu."),
        variables=_VISIT,
        subject={"fr": "Visite déplacée : {{ visite }}, {{ quand }}", "en": "Visit moved: {{ visite }}, {{ quand }}"},
        body={
            "fr": """Bonjour,

La visite « {{ visite }} » change.

- Désormais : **{{ quand }}** (heure de Paris)
- Auparavant : {{ avant }}
- Où : {{ lieu }}
- Avec : {{ guide }}

Votre programme à jour :
{{ lien }}
"""
            + _SIGNATURE,
            "en": """Hello,

The visit "{{ visite }}" has changed.

- Now: **{{ quand }}** (Paris time)
- Before: {{ avant }}
- Where: {{ lieu }}
- With: {{ guide }}

Your programme, up to date:
{{ lien }}
"""
            + _SIGNATURE,
        },
    ),
    MailKind(
        key="visit.cancelled",
        label=_("Visite de découverte annulée"),
        description=_("Envoyé aux artistes quand une visite proche est annulée, ou n'est plus dans leur programme."),
        variables=_VISIT,
        subject={
            "fr": "Visite annulée : {{ visite }}, {{ quand }}",
            "en": "Visit cancelled: {{ visite }}, {{ quand }}",
        },
        body={
            "fr": """Bonjour,

La visite « {{ visite }} », prévue {{ quand }}, n'aura pas lieu pour vous.

Votre programme à jour :
{{ lien }}
"""
            + _SIGNATURE,
            "en": """Hello,

The visit "{{ visite }}", planned for {{ quand }}, will not take place for you.

Your programme, up to date:
{{ lien }}
"""
            + _SIGNATURE,
        },
    ),
    MailKind(
        key="inventory.to_read",
        label=_("État des lieux à relire"),
        description=_("Envoyé aux artistes quand un état des lieux de leur logement est à accepter."),
        variables=_RESIDENCY | {"moment": _("entrée ou sortie"), "logement": _("nom du logement")},
        subject={
            "fr": "État des lieux à relire : {{ logement }} ({{ moment }})",
            "en": "Inventory to read: {{ logement }} ({{ moment }})",
        },
        body={
            "fr": """Bonjour,

L'état des lieux de votre logement, {{ logement }} ({{ moment }}), est prêt. Relisez-le, puis acceptez-le, avec des réserves s'il le faut :
{{ lien }}
"""  # noqa: E501 - a paragraph of a message is one line
            + _SIGNATURE,
            "en": """Hello,

The inventory of your lodging, {{ logement }} ({{ moment }}), is ready. Please read it and agree to it, with reservations if need be:
{{ lien }}
"""  # noqa: E501
            + _SIGNATURE,
        },
    ),
    MailKind(
        key="inventory.reserved",
        label=_("Réserves sur un état des lieux"),
        description=_("Envoyé à la coordination quand un artiste accepte un état des lieux avec des réserves."),
        variables=_RESIDENCY | {"logement": _("nom du logement"), "mots": _("réserves de l'artiste")},
        subject={"fr": "Réserves sur l'état des lieux de {{ logement }} – {{ residence }}"},
        body={
            "fr": """Bonjour,

{{ residence }} accepte l'état des lieux de {{ logement }} avec des réserves :

{{ mots }}

{{ lien }}
"""
            + _SIGNATURE
        },
    ),
    MailKind(
        key="incident.reported",
        label=_("Incident signalé"),
        description=_("Envoyé à la coordination dès qu'un artiste signale un incident ou y ajoute un mot."),
        variables=_INCIDENT | {"gravite": _("gravité"), "sujet": _("sujet"), "qui": _("qui l'écrit")},
        subject={"fr": "[{{ gravite }}] {{ residence }} : {{ incident }}"},
        body={
            "fr": """Bonjour,

{{ qui }} ({{ residence }}) écrit au sujet de : **{{ incident }}**

- Gravité : {{ gravite }}
- Sujet : {{ sujet }}

{{ mots }}

Répondre et suivre :
{{ lien }}
"""
            + _SIGNATURE
        },
    ),
    MailKind(
        key="incident.followed",
        label=_("Suite donnée à un incident"),
        description=_("Envoyé aux artistes quand une suite est partagée avec eux."),
        variables=_INCIDENT,
        subject={"fr": "Votre signalement : {{ incident }}", "en": "What you reported: {{ incident }}"},
        body={
            "fr": """Bonjour,

Une suite est donnée à « {{ incident }} » :

{{ mots }}

{{ lien }}
"""
            + _SIGNATURE,
            "en": """Hello,

Something was done about "{{ incident }}":

{{ mots }}

{{ lien }}
"""
            + _SIGNATURE,
        },
    ),
    MailKind(
        key="incident.closed",
        label=_("Incident clos"),
        description=_("Envoyé aux artistes quand un incident qu'ils connaissent est clos."),
        variables=_INCIDENT,
        subject={"fr": "Clos : {{ incident }}", "en": "Closed: {{ incident }}"},
        body={
            "fr": """Bonjour,

La coordination considère « {{ incident }} » comme réglé :

{{ mots }}

Si ce n'est pas le cas, signalez-le de nouveau :
{{ lien }}
"""
            + _SIGNATURE,
            "en": """Hello,

The coordination considers "{{ incident }}" as settled:

{{ mots }}

If it is not, please report it again:
{{ lien }}
"""
            + _SIGNATURE,
        },
    ),
    MailKind(
        key="kit.given",
        label=_("Dossier d'information"),
        description=_("Envoyé aux relais et aux structures à qui la coordination remet un dossier d'information."),
        variables=_FRAME
        | {
            "titre": _("titre du dossier"),
            "saison": _("nom de la saison"),
            "destinataire": _("relais ou structure"),
            "lien": _("adresse où lire le dossier"),
        },
        subject={"fr": "{{ titre }} – {{ saison }}"},
        body={
            "fr": """Bonjour,

Voici, pour {{ destinataire }}, le dossier « {{ titre }} » des résidences d'artistes ({{ saison }}) :
{{ lien }}

Répondez à ce message pour toute question.
"""
            + _SIGNATURE
        },
    ),
)

VERBS: dict[str, str | _StrPromise] = {
    "visit.planned": _("visite de découverte prévue"),
    "visit.changed": _("visite de découverte modifiée"),
    "visit.cancelled": _("visite de découverte annulée"),
    "visit.done": _("visite de découverte faite"),
    "visit.restored": _("visite de découverte remise au programme"),
    "visit.programme_copied": _("programme de visites copié"),
    "lodging.saved": _("logement enregistré"),
    "lodging.removed": _("logement supprimé"),
    "stay.booked": _("séjour réservé"),
    "stay.changed": _("séjour modifié"),
    "stay.removed": _("séjour supprimé"),
    "inventory.written": _("état des lieux écrit"),
    "inventory.agreed": _("état des lieux accepté"),
    "check_in.planned": _("points d'étape prévus"),
    "check_in.written": _("point d'étape noté"),
    "check_in.removed": _("point d'étape supprimé"),
    "incident.reported": _("incident signalé"),
    "incident.followed": _("suite donnée à un incident"),
    "incident.closed": _("incident clos"),
    "incident.reopened": _("incident rouvert"),
    "incident.answered": _("mot de l'artiste sur un incident"),
    "relay.saved": _("relais enregistré"),
    "relay.removed": _("relais supprimé"),
    "kit.saved": _("dossier d'information enregistré"),
    "kit.removed": _("dossier d'information supprimé"),
    "kit.file_replaced": _("PDF d'un dossier d'information reçu"),
    "kit.given": _("dossier d'information remis"),
    "kit.taken_back": _("remise d'un dossier d'information effacée"),
    "supplier.saved": _("ressourcerie enregistrée"),
    "supplier.removed": _("ressourcerie supprimée"),
}
