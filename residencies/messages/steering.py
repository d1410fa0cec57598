"""Committees and their actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

INVITED = "meeting.invited"
MOVED = "meeting.moved"
CANCELLED = "meeting.cancelled"
MINUTES = "meeting.minutes"
ACTION_SOON = "action.soon"
ACTION_LATE = "action.late"

_MEETING = {
    "reunion": _("intitulé de la réunion"),
    "nature": _("nature de la réunion"),
    "quand": _("jour et heure"),
    "lieu": _("lieu, et lien de visioconférence"),
    "contact": _("coordonnées du service"),
}
_AGENDA = {"ordre_du_jour": _("points de l'ordre du jour, un par ligne")}
_ACTION = {
    "qui": _("nom de la personne chargée de l'action"),
    "action": _("ce qui est à faire"),
    "echeance": _("dernier jour"),
    "reunion": _("intitulé de la réunion"),
    "contact": _("coordonnées du service"),
}

_FACTS = """- Quand : **{{ quand }}**
- Où : {{ lieu }}
"""
_HOW = """La pièce jointe « reunion.ics » met la réunion dans votre agenda."""

KINDS: tuple[MailKind, ...] = (
    MailKind(
        key=INVITED,
        label=_("Convocation à une réunion de pilotage"),
        description=_("Envoyé aux participants que la coordination a cochés, avec l'ordre du jour."),
        variables=_MEETING | _AGENDA | {"mots": _("mots de la coordination")},
        subject={"fr": "{{ reunion }} – {{ quand }}"},
        body={
            "fr": """Bonjour,

Vous êtes convié à cette réunion ({{ nature }}) : {{ reunion }}.

"""
            + _FACTS
            + """
{{ mots }}

**Ordre du jour**

{{ ordre_du_jour }}

"""
            + _HOW
            + """ Si vous ne pouvez pas venir, répondez à ce message.

{{ contact }}
""",
        },
    ),
    MailKind(
        key=MOVED,
        label=_("Réunion de pilotage déplacée"),
        description=_("Envoyé aux participants quand le jour, l'heure ou le lieu change après la convocation."),
        variables=_MEETING | {"avant": _("jour, heure et lieu d'avant")},
        subject={"fr": "Changement – {{ reunion }}, {{ quand }}"},
        body={
            "fr": """Bonjour,

Cette réunion change : {{ reunion }}.

"""
            + _FACTS
            + """- Avant : {{ avant }}

La pièce jointe « reunion.ics » la déplace dans votre agenda.

{{ contact }}
""",
        },
    ),
    MailKind(
        key=CANCELLED,
        label=_("Réunion de pilotage annulée"),
        description=_("Envoyé aux participants convoqués, avec le motif."),
        variables=_MEETING | {"mots": _("motif donné par la coordination")},
        subject={"fr": "Annulation – {{ reunion }}"},
        body={
            "fr": """Bonjour,

La réunion « {{ reunion }} », prévue le {{ quand }}, n'aura pas lieu.

{{ mots }}

La pièce jointe « reunion.ics » la retire de votre agenda.

{{ contact }}
""",
        },
    ),
    MailKind(
        key=MINUTES,
        label=_("Compte rendu d'une réunion de pilotage"),
        description=_("Envoyé aux participants, une fois le compte rendu arrêté, avec le PDF."),
        variables=_MEETING,
        subject={"fr": "Compte rendu – {{ reunion }}"},
        body={
            "fr": """Bonjour,

Le compte rendu de la réunion « {{ reunion }} » ({{ quand }}) est arrêté : vous le trouverez en pièce jointe.

Si quelque chose y manque ou n'est pas juste, répondez à ce message.

{{ contact }}
""",
        },
    ),
    MailKind(
        key=ACTION_SOON,
        label=_("Action décidée en réunion : dans une semaine"),
        description=_("Envoyé une semaine avant l'échéance à la personne chargée de l'action."),
        variables=_ACTION,
        subject={"fr": "À faire avant le {{ echeance }} : {{ action }}"},
        body={
            "fr": """Bonjour {{ qui }},

La réunion « {{ reunion }} » vous a confié cette action :

**{{ action }}**

Elle est à faire pour le {{ echeance }}. Quand c'est fait, répondez à ce message : la coordination le notera.

{{ contact }}
""",
        },
    ),
    MailKind(
        key=ACTION_LATE,
        label=_("Action décidée en réunion : échéance passée"),
        description=_("Envoyé une fois, le lendemain de l'échéance, à la personne chargée de l'action."),
        variables=_ACTION,
        subject={"fr": "Échéance passée : {{ action }}"},
        body={
            "fr": """Bonjour {{ qui }},

Cette action, décidée à la réunion « {{ reunion }} », était à faire pour le {{ echeance }} :

**{{ action }}**

Si elle est faite, répondez à ce message : la coordination le notera. Sinon, dites quand elle pourra l'être, ou ce
qui manque pour la faire.

{{ contact }}
""",
        },
    ),
)
VERBS: dict[str, _StrPromise] = {
    "steering_rhythm.set": _("rythme des réunions fixé"),
    "steering_rhythm.removed": _("rythme des réunions retiré"),
    "meeting.planned": _("réunion de pilotage prévue"),
    "meeting.changed": _("réunion de pilotage modifiée"),
    "meeting.moved": _("réunion de pilotage déplacée"),
    "meeting.cancelled": _("réunion de pilotage annulée"),
    "meeting.restored": _("réunion de pilotage rétablie"),
    "meeting.held": _("réunion de pilotage tenue"),
    "meeting.unheld": _("réunion de pilotage remise à venir"),
    "meeting.invited": _("convocation envoyée"),
    "meeting.agenda_changed": _("ordre du jour modifié"),
    "meeting.attendees_changed": _("participants modifiés"),
    "meeting.paper_added": _("document de réunion ajouté"),
    "meeting.paper_changed": _("document de réunion modifié"),
    "meeting.paper_removed": _("document de réunion retiré"),
    "meeting.minutes_written": _("compte rendu écrit"),
    "meeting.decisions_changed": _("décisions modifiées"),
    "meeting.settled": _("compte rendu arrêté"),
    "meeting.reopened": _("compte rendu rouvert"),
    "meeting.published": _("compte rendu publié"),
    "meeting.unpublished": _("compte rendu retiré du site"),
    "meeting.minutes_sent": _("compte rendu envoyé aux participants"),
    "action.added": _("action décidée"),
    "action.changed": _("action modifiée"),
    "action.removed": _("action retirée"),
    "action.done": _("action faite"),
    "action.dropped": _("action abandonnée"),
    "action.reopened": _("action reprise"),
    "action.reminded": _("rappel d'action envoyé"),
}
