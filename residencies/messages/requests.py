"""Wishes of structures: what teams, artists and the coordination are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FILED = "request.filed"
PROPOSED = "request.proposed"
REFUSED = "request.refused"
ACCEPTED = "request.accepted"
JOINED = "request.joined"
PARTNER = "request.partner"
PROPOSAL_ANSWERED = "request.proposal_answered"
FOR_ARTIST = "request.for_artist"

_COMMON = {
    "structure": _("nom de la structure"),
    "lien": _("adresse de la page"),
    "contact": _("coordonnées du service"),
}
_WISH = _COMMON | {"public": _("public du souhait"), "souhait": _("artiste ou axe souhaité")}
_WORDS = {"mots": _("mots de la coordination")}
_ACTIVITY = {"artiste": _("nom des artistes"), "activite": _("titre de l'activité")}

KINDS: tuple[MailKind, ...] = (
    MailKind(
        key=FILED,
        label=_("Souhait reçu"),
        description=_("Envoyé à la personne qui vient de déposer un souhait pour sa structure."),
        variables=_WISH,
        subject={"fr": "Votre souhait est reçu – {{ structure }}"},
        body={
            "fr": """Bonjour,

Le souhait de « {{ structure }} » est bien reçu.

- Avec : {{ souhait }}
- Pour : {{ public }}

La coordination l'étudie et vous répond. D'ici là, vous pouvez le compléter ou le retirer :
{{ lien }}

{{ contact }}
"""
        },
    ),
    MailKind(
        key=PROPOSED,
        label=_("Un autre artiste est proposé"),
        description=_("Envoyé quand la coordination propose un autre artiste que celui d'un souhait."),
        variables=_WISH | _WORDS | {"propose": _("artiste proposé")},
        subject={"fr": "Une proposition pour votre souhait – {{ structure }}"},
        body={
            "fr": """Bonjour,

Pour votre souhait ({{ souhait }}, {{ public }}), la coordination vous propose : **{{ propose }}**.

{{ mots }}

Dites si cela vous convient. Si vous déclinez, votre souhait reste à l'étude tel que vous l'avez écrit :
{{ lien }}

{{ contact }}
"""
        },
    ),
    MailKind(
        key=REFUSED,
        label=_("Souhait non retenu"),
        description=_("Envoyé avec les raisons que la coordination a écrites."),
        variables=_WISH | _WORDS,
        subject={"fr": "Votre souhait n'est pas retenu – {{ structure }}"},
        body={
            "fr": """Bonjour,

Votre souhait ({{ souhait }}, {{ public }}) n'est pas retenu.

{{ mots }}

Vous pouvez répondre à ce message, ou déposer un autre souhait :
{{ lien }}

{{ contact }}
"""
        },
    ),
    MailKind(
        key=ACCEPTED,
        label=_("Souhait devenu une activité"),
        description=_("Envoyé à toute l'équipe quand son souhait devient une activité."),
        variables=_WISH | _ACTIVITY | _WORDS,
        subject={"fr": "Votre souhait est retenu – {{ structure }}"},
        body={
            "fr": """Bonjour,

Le souhait de « {{ structure }} » devient une activité avec **{{ artiste }}** : « {{ activite }} ».

{{ mots }}

L'artiste et votre équipe l'écrivent maintenant ensemble, puis les séances sont planifiées. Vous la retrouvez ici :
{{ lien }}

{{ contact }}
"""
        },
    ),
    MailKind(
        key=JOINED,
        label=_("Souhait : la structure rejoint une activité"),
        description=_("Envoyé à toute l'équipe quand son souhait la fait entrer dans une activité qui existe."),
        variables=_WISH | _ACTIVITY | _WORDS,
        subject={"fr": "Vous rejoignez « {{ activite }} » – {{ structure }}"},
        body={
            "fr": """Bonjour,

Le souhait de « {{ structure }} » trouve sa place dans une activité qui existe avec **{{ artiste }}** : \
« {{ activite }} ».

{{ mots }}

Les séances seront vues avec vous. Vous retrouvez l'activité ici :
{{ lien }}

{{ contact }}
"""
        },
    ),
    MailKind(
        key=PARTNER,
        label=_("Structure associée à l'activité d'une autre"),
        description=_("Envoyé à l'équipe que l'auteur d'un souhait a nommée comme partenaire."),
        variables=_COMMON | _ACTIVITY,
        subject={"fr": "« {{ structure }} » vous associe à une activité"},
        body={
            "fr": """Bonjour,

« {{ structure }} » a souhaité travailler avec vous et **{{ artiste }}**. L'activité « {{ activite }} » commence à \
s'écrire, et votre structure y figure :
{{ lien }}

Si vous ne pouvez pas y prendre part, répondez à ce message : la coordination le verra avec vous.

{{ contact }}
"""
        },
    ),
    MailKind(
        key=PROPOSAL_ANSWERED,
        label=_("Réponse d'une structure à une proposition"),
        description=_("Envoyé à la coordination."),
        variables=_COMMON
        | {
            "propose": _("artiste proposé"),
            "reponse": _("réponse, en mots"),
            "mots": _("mots de la structure"),
        },
        subject={"fr": "{{ structure }} a répondu à votre proposition"},
        body={
            "fr": """Bonjour,

« {{ structure }} » répond à la proposition de {{ propose }} : {{ reponse }}.

{{ mots }}

{{ lien }}

{{ contact }}
"""
        },
    ),
    MailKind(
        key=FOR_ARTIST,
        label=_("Souhait devenu une activité : à l'artiste"),
        description=_("Envoyé à l'artiste quand le souhait d'une structure devient une activité de sa résidence."),
        variables={
            "nom": _("nom de la personne"),
            "structure": _("nom de la structure"),
            "commune": _("commune de la structure"),
            "public": _("public du souhait"),
            "personnes": _("nombre de personnes"),
            "activite": _("titre de l'activité"),
            "attente": _("ce que la structure en attend"),
            "lien": _("adresse de la page"),
            "contact": _("coordonnées du service"),
        },
        subject={
            "fr": "« {{ structure }} » souhaite vous rencontrer",
            "en": "“{{ structure }}” wishes to work with you",
        },
        body={
            "fr": """Bonjour {{ nom }},

Un souhait de « {{ structure }} » ({{ commune }}) devient une activité avec vous : « {{ activite }} ».

- Pour : {{ public }}
- Effectif : environ {{ personnes }}
- Ce que l'équipe en attend : {{ attente }}

Vous l'écrivez maintenant ensemble :
{{ lien }}

{{ contact }}
""",
            "en": """Hello {{ nom }},

A wish of “{{ structure }}” ({{ commune }}) becomes an activity with you: “{{ activite }}”.

- For: {{ public }}
- Number of people: about {{ personnes }}
- What the team hopes for: {{ attente }}

You now write it together:
{{ lien }}

{{ contact }}
""",
        },
    ),
)

VERBS: dict[str, str | _StrPromise] = {
    "request.filed": _("souhait déposé"),
    "request.changed": _("souhait modifié"),
    "request.withdrawn": _("souhait retiré"),
    "request.resumed": _("souhait repris"),
    "request.proposed": _("autre artiste proposé"),
    "request.proposal_accepted": _("proposition acceptée par la structure"),
    "request.proposal_declined": _("proposition déclinée par la structure"),
    "request.turned": _("souhait devenu une activité"),
    "request.joined": _("souhait joint à une activité"),
    "request.refused": _("souhait non retenu"),
    "request.reopened": _("souhait rouvert"),
}
