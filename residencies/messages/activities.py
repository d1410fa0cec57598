"""Activities and their sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_COMMON = {
    "activite": _("titre de l'activité"),
    "territoire": _("nom du territoire"),
    "coordonnees": _("service, adresses et téléphone, à la suite"),
    "lien": _("adresse de la page de l'activité"),
}
_SESSION = _COMMON | {"quand": _("jour et heures de la séance"), "lieu": _("lieu de la séance")}
_END = """
{{ coordonnees }}
{{ territoire }}"""

_WHEN_FR = """- Quand : **{{ quand }}** (heure de Paris)
- Où : {{ lieu }}
"""
_WHEN_EN = """- When: **{{ quand }}** (Paris time)
- Where: {{ lieu }}
"""

KINDS: tuple[MailKind, ...] = (
    MailKind(
        key="planning.moved",
        label=_("Séance déplacée"),
        description=_("Envoyé aux artistes et aux équipes quand une séance à venir change de moment ou de lieu."),
        variables=_SESSION | {"avant": _("moment prévu auparavant"), "lieu_avant": _("lieu prévu auparavant")},
        subject={"fr": "Séance déplacée : {{ activite }}", "en": "Session moved: {{ activite }}"},
        body={
            "fr": """Bonjour,

Une séance de « {{ activite }} » est déplacée. Elle était prévue {{ avant }} ({{ lieu_avant }}).

"""
            + _WHEN_FR
            + """
Si ce moment ne convient pas, répondez à ce message. Le détail est ici :
{{ lien }}
"""
            + _END,
            "en": """Hello,

A session of "{{ activite }}" has been moved. It was planned {{ avant }} ({{ lieu_avant }}).

"""
            + _WHEN_EN
            + """
If this does not suit you, reply to this message. Details are here:
{{ lien }}
"""
            + _END,
        },
    ),
    MailKind(
        key="planning.cancelled",
        label=_("Séance annulée"),
        description=_("Envoyé aux artistes et aux équipes quand une séance à venir est annulée."),
        variables=_SESSION | {"mots": _("pourquoi elle est annulée")},
        subject={"fr": "Séance annulée : {{ activite }}", "en": "Session cancelled: {{ activite }}"},
        body={
            "fr": """Bonjour,

Cette séance de « {{ activite }} » n'aura pas lieu :

"""
            + _WHEN_FR
            + """
{{ mots }}

Pour convenir d'un autre moment, répondez à ce message. L'activité est ici :
{{ lien }}
"""
            + _END,
            "en": """Hello,

This session of "{{ activite }}" will not take place:

"""
            + _WHEN_EN
            + """
{{ mots }}

To agree on another time, reply to this message. The activity is here:
{{ lien }}
"""
            + _END,
        },
    ),
    MailKind(
        key="planning.restored",
        label=_("Séance rétablie"),
        description=_("Envoyé aux artistes et aux équipes quand une séance annulée à tort est remise au calendrier."),
        variables=_SESSION,
        subject={"fr": "Séance rétablie : {{ activite }}", "en": "Session back on: {{ activite }}"},
        body={
            "fr": """Bonjour,

Cette séance de « {{ activite }} », qui avait été annulée, aura bien lieu :

"""
            + _WHEN_FR
            + """
Le détail est ici :
{{ lien }}
"""
            + _END,
            "en": """Hello,

This session of "{{ activite }}", which had been cancelled, will take place after all:

"""
            + _WHEN_EN
            + """
Details are here:
{{ lien }}
"""
            + _END,
        },
    ),
    MailKind(
        key="activity.cancelled",
        label=_("Activité annulée"),
        description=_("Envoyé aux artistes et aux équipes quand une activité est annulée avec ses séances à venir."),
        variables=_COMMON
        | {"mots": _("pourquoi elle est annulée"), "seances": _("séances qui n'auront pas lieu, une par ligne")},
        subject={"fr": "Activité annulée : {{ activite }}", "en": "Activity cancelled: {{ activite }}"},
        body={
            "fr": """Bonjour,

L'activité « {{ activite }} » est annulée. N'auront donc pas lieu :

{{ seances }}

{{ mots }}

Pour en parler, répondez à ce message. L'activité reste lisible ici :
{{ lien }}
"""
            + _END,
            "en": """Hello,

The activity "{{ activite }}" is cancelled. These sessions will therefore not take place:

{{ seances }}

{{ mots }}

To talk about it, reply to this message. The activity can still be read here:
{{ lien }}
"""
            + _END,
        },
    ),
)

VERBS: dict[str, str | _StrPromise] = {
    "activity.created": _("activité créée"),
    "activity.written": _("texte de l'activité modifié"),
    "activity.structures_changed": _("structures de l'activité modifiées"),
    "activity.joined": _("résidence jointe à l'activité"),
    "activity.left": _("résidence retirée de l'activité"),
    "activity.cancelled": _("activité annulée"),
    "activity.reopened": _("activité reprise"),
    "planning.planned": _("séance placée"),
    "planning.moved": _("séance déplacée"),
    "planning.changed": _("séance modifiée"),
    "planning.cancelled": _("séance annulée"),
    "planning.restored": _("séance rétablie"),
    "planning.waived": _("alerte levée"),
}
