"""Opening a residency, its people, its documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_SERVICE = {
    "service": _("service en charge"),
    "territoire": _("nom du territoire"),
    "courriel": _("adresse électronique du service"),
    "telephone": _("téléphone du service"),
    "coordonnees": _("service, adresses et téléphone, à la suite"),
}
_RESIDENCY = {
    "personne": _("prénom et nom de la personne"),
    "nom": _("nom d'artiste, du collectif ou de la compagnie"),
    "saison": _("saison"),
    "lien": _("adresse de la page à ouvrir"),
}
_DOCUMENT = {"document": _("document demandé"), "avant_le": _("dernier jour pour l'envoyer")}
_SIGNATURE = """
{{ coordonnees }}
{{ territoire }}"""

KINDS: tuple[MailKind, ...] = (
    MailKind(
        key="residency.opened",
        label=_("Résidence ouverte"),
        description=_("Envoyé à l'artiste dès que sa résidence est ouverte, avec l'adresse de son espace."),
        variables=_SERVICE
        | _RESIDENCY
        | {"periodes": _("dates de présence, une par ligne"), "documents": _("documents demandés, un par ligne")},
        subject={"fr": "Votre résidence est ouverte – {{ saison }}", "en": "Your residency is open – {{ saison }}"},
        body={
            "fr": """Bonjour {{ personne }},

La résidence de **{{ nom }}** est ouverte pour la saison {{ saison }}. Votre espace est ici :
{{ lien }}

Connectez-vous avec cette adresse électronique : un code vous est envoyé, il n'y a pas de mot de passe à retenir.

Vos dates de présence :
{{ periodes }}

Ce que nous vous demandons d'envoyer depuis votre espace :
{{ documents }}
"""
            + _SIGNATURE,
            "en": """Hello {{ personne }},

The residency of **{{ nom }}** is open for the {{ saison }} season. Your space is here:
{{ lien }}

Sign in with this e-mail address: a code is sent to you, there is no password to remember.

Your dates of presence:
{{ periodes }}

What we ask you to send from your space:
{{ documents }}
"""
            + _SIGNATURE,
        },
    ),
    MailKind(
        key="residency.joined",
        label=_("Accès à l'espace d'une résidence"),
        description=_("Envoyé à une personne ajoutée à une résidence, avec l'adresse de son espace."),
        variables=_SERVICE | _RESIDENCY,
        subject={"fr": "Votre accès à la résidence de {{ nom }}", "en": "Your access to the residency of {{ nom }}"},
        body={
            "fr": """Bonjour {{ personne }},

L'espace de la résidence de **{{ nom }}** ({{ saison }}) vous est ouvert :
{{ lien }}

Connectez-vous avec cette adresse électronique : un code vous est envoyé.
Si vous n'attendiez pas ce message, écrivez-nous.
"""
            + _SIGNATURE,
            "en": """Hello {{ personne }},

The space of the residency of **{{ nom }}** ({{ saison }}) is open to you:
{{ lien }}

Sign in with this e-mail address: a code is sent to you.
If you did not expect this message, please write to us.
"""
            + _SIGNATURE,
        },
    ),
    MailKind(
        key="residency.document_asked",
        label=_("Document demandé à l'artiste"),
        description=_("Envoyé aussitôt quand la coordination demande un document après l'ouverture."),
        variables=_SERVICE | _RESIDENCY | _DOCUMENT | {"pourquoi": _("pourquoi il est demandé")},
        subject={"fr": "Un document à envoyer : {{ document }}", "en": "A document to send: {{ document }}"},
        body={
            "fr": """Bonjour {{ personne }},

Pour la résidence de {{ nom }}, nous avons besoin de ce document : **{{ document }}**, au plus tard le {{ avant_le }}.
{{ pourquoi }}

Envoyez-le depuis votre espace, en PDF, ou montrez-le-nous :
{{ lien }}
"""
            + _SIGNATURE,
            "en": """Hello {{ personne }},

For the residency of {{ nom }}, we need this document: **{{ document }}**, by {{ avant_le }}.
{{ pourquoi }}

Send it from your space, as a PDF, or show it to us:
{{ lien }}
"""
            + _SIGNATURE,
        },
    ),
    MailKind(
        key="residency.document_returned",
        label=_("Document à renvoyer"),
        description=_("Envoyé quand la coordination ne peut pas accepter un document reçu."),
        variables=_SERVICE | _RESIDENCY | _DOCUMENT | {"motif": _("ce qui ne va pas")},
        subject={"fr": "À renvoyer : {{ document }}", "en": "To be sent again: {{ document }}"},
        body={
            "fr": """Bonjour {{ personne }},

Nous ne pouvons pas accepter le document « {{ document }} » :
{{ motif }}

Envoyez-en un autre au plus tard le {{ avant_le }} :
{{ lien }}
"""
            + _SIGNATURE,
            "en": """Hello {{ personne }},

We cannot accept the document "{{ document }}":
{{ motif }}

Please send another one by {{ avant_le }}:
{{ lien }}
"""
            + _SIGNATURE,
        },
    ),
    MailKind(
        key="residency.document_reminder",
        label=_("Rappel d'un document attendu"),
        description=_("Envoyé une fois dans les sept jours avant la date, et une fois la date passée."),
        variables=_SERVICE | _RESIDENCY | _DOCUMENT,
        subject={"fr": "Rappel : {{ document }}", "en": "Reminder: {{ document }}"},
        body={
            "fr": """Bonjour {{ personne }},

Nous attendons encore ce document : **{{ document }}**. La date convenue est le {{ avant_le }}.

Envoyez-le depuis votre espace. S'il vous pose une difficulté, répondez à ce message.
{{ lien }}
"""
            + _SIGNATURE,
            "en": """Hello {{ personne }},

We are still waiting for this document: **{{ document }}**. The agreed date is {{ avant_le }}.

Send it from your space. If it is a difficulty, answer this message.
{{ lien }}
"""
            + _SIGNATURE,
        },
    ),
)

VERBS: dict[str, str | _StrPromise] = {
    "residency.opened": _("résidence ouverte"),
    "residency.changed": _("résidence modifiée"),
    "residency.periods_set": _("périodes enregistrées"),
    "residency.person_added": _("personne ajoutée à la résidence"),
    "residency.person_changed": _("personne de la résidence modifiée"),
    "residency.person_removed": _("personne retirée de la résidence"),
    "residency.started": _("résidence commencée"),
    "residency.finished": _("résidence terminée"),
    "residency.stopped": _("résidence interrompue"),
    "residency.resumed": _("résidence reprise"),
    "residency.published": _("page de la résidence publiée"),
    "residency.unpublished": _("page de la résidence retirée"),
    "residency.document_asked": _("document demandé à l'artiste"),
    "residency.document_changed": _("demande de document modifiée"),
    "residency.document_sent": _("document reçu de l'artiste"),
    "residency.document_accepted": _("document vérifié"),
    "residency.document_returned": _("document renvoyé à l'artiste"),
    "residency.document_waived": _("document dispensé"),
    "residency.document_reminded": _("rappel d'un document envoyé"),
    "residency.document_purged": _("fichier d'un document effacé"),
}
