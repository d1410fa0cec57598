"""Building the jury: invitations, reminders, assignments, recusals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_MEMBER = {
    "nom": _("prénom et nom du membre"),
    "appel": _("titre de l'appel"),
    "territoire": _("nom du territoire"),
    "lecture": _("période de lecture, en une phrase"),
    "lien": _("adresse de l'espace du jury"),
    "courriel": _("adresse du compte du membre"),
    "contact": _("service en charge, adresse et téléphone"),
}

_SIGN_IN = """Pour entrer, ouvrez cette adresse :
{{ lien }}

Donnez-y l'adresse {{ courriel }} : un code vous est envoyé aussitôt. Aucun mot de passe n'est nécessaire.
"""

KINDS: tuple[MailKind, ...] = (
    MailKind(
        key="jury.invitation",
        label=_("Invitation à siéger dans un jury"),
        description=_("Envoyée aussitôt à la personne que la coordination invite, et quand elle renvoie l'invitation."),
        variables=_MEMBER | {"role": _("rôle dans le jury"), "institution": _("institution représentée")},
        subject={"fr": "Jury de l'appel « {{ appel }} » : votre invitation"},
        body={
            "fr": """Bonjour {{ nom }},

{{ territoire }} vous invite à siéger dans le jury de l'appel « {{ appel }} ».

- Institution : {{ institution }}
- Rôle : {{ role }}
- {{ lecture }}

"""
            + _SIGN_IN
            + """
Vous y lirez l'engagement demandé à chaque membre, puis vous accepterez ou déclinerez l'invitation.
Les dossiers s'ouvrent une fois l'engagement accepté.

{{ contact }}
{{ territoire }}
"""
        },
    ),
    MailKind(
        key="jury.invitation_reminder",
        label=_("Rappel d'une invitation à siéger"),
        description=_("Envoyé une fois, cinq jours après une invitation restée sans réponse."),
        variables=_MEMBER,
        subject={"fr": "Jury de l'appel « {{ appel }} » : votre réponse est attendue"},
        body={
            "fr": """Bonjour {{ nom }},

Vous êtes invité ou invitée à siéger dans le jury de l'appel « {{ appel }} ».
Nous n'avons pas encore votre réponse.

{{ lecture }}

"""
            + _SIGN_IN
            + """
Si vous ne pouvez pas siéger, déclinez l'invitation à la même adresse : une autre personne pourra être invitée.

{{ contact }}
{{ territoire }}
"""
        },
    ),
    MailKind(
        key="jury.assigned",
        label=_("Dossiers à lire"),
        description=_("Envoyé aussitôt à chaque membre à qui des dossiers viennent d'être attribués, en une fois."),
        variables=_MEMBER | {"nombre": _("nombre de dossiers attribués, en toutes lettres")},
        subject={"fr": "{{ nombre }} – jury de l'appel « {{ appel }} »"},
        body={
            "fr": """Bonjour {{ nom }},

De nouveaux dossiers vous sont confiés pour l'appel « {{ appel }} » : **{{ nombre }}**.

{{ lecture }}

"""
            + _SIGN_IN
            + """
Si un dossier vous met en conflit d'intérêts, signalez-le sur sa page avant de le lire.

{{ contact }}
{{ territoire }}
"""
        },
    ),
    MailKind(
        key="jury.reading_reminder",
        label=_("Rappel des lectures à déposer"),
        description=_(
            "Envoyé aux membres qui ont des lectures à déposer : une semaine avant la fin de la lecture, "
            "deux jours avant, le lendemain, et quand la coordination relance."
        ),
        variables=_MEMBER
        | {"reste": _("nombre de lectures à déposer, en toutes lettres"), "delai": _("fin de la lecture")},
        subject={"fr": "{{ reste }} – jury de l'appel « {{ appel }} »"},
        body={
            "fr": """Bonjour {{ nom }},

Pour l'appel « {{ appel }} », il vous reste : **{{ reste }}**.
Fin de la lecture : **{{ delai }}**.

"""
            + _SIGN_IN
            + """
Une lecture enregistrée mais non déposée n'est pas comptée.
Si un dossier vous met en conflit d'intérêts, signalez-le sur sa page.

{{ contact }}
{{ territoire }}
"""
        },
    ),
    MailKind(
        key="jury.declined",
        label=_("Invitation à siéger déclinée"),
        description=_("Envoyé à l'adresse de contact de l'appel quand une personne invitée décline."),
        variables={
            "nom": _("prénom et nom du membre"),
            "appel": _("titre de l'appel"),
            "institution": _("institution représentée"),
            "lien": _("adresse de la page des membres"),
        },
        subject={"fr": "{{ nom }} ne siégera pas – jury de l'appel « {{ appel }} »"},
        body={
            "fr": """Bonjour,

{{ nom }} ({{ institution }}) décline l'invitation à siéger dans le jury de l'appel « {{ appel }} ».
Les dossiers qui lui étaient attribués peuvent l'être à d'autres.

{{ lien }}
"""
        },
    ),
)

VERBS: dict[str, _StrPromise] = {
    "jury.created": _("jury constitué"),
    "jury.rules_changed": _("règles du jury modifiées"),
    "jury.member_invited": _("membre du jury invité"),
    "jury.member_invited_again": _("invitation à siéger renvoyée"),
    "jury.member_changed": _("membre du jury modifié"),
    "jury.member_joined": _("engagement de membre du jury accepté"),
    "jury.member_declined": _("invitation à siéger déclinée"),
    "jury.member_removed": _("membre retiré du jury"),
    "jury.member_reminded": _("membre du jury relancé"),
    "jury.assigned": _("dossiers attribués à des membres du jury"),
    "jury.unassigned": _("attribution de dossiers retirée"),
    "recusal.declared": _("déport prononcé"),
    "recusal.set_aside": _("déport ou indice de conflit écarté"),
    "jury.discussion_opened": _("discussion du jury ouverte"),
    "jury.discussion_closed": _("discussion du jury fermée"),
    "jury.identities_shown": _("identités dévoilées au jury"),
}
