"""Interviews: invitations, bookings, changes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from candidatures.messages.dossier import _DOSSIER, _SERVICE, _SIGNATURE_EN, _SIGNATURE_FR
from clea.mail.kinds import MailKind

_NUMBER = {"numero": _("numéro de dépôt")}
_LINK = {"lien": _("adresse de la page de l'entretien")}
_SLOT = {
    "quand": _("jour et heure de l'entretien"),
    "duree": _("durée"),
    "forme": _("sur place ou à distance"),
    "lieu": _("lieu, ou adresse de la visioconférence"),
}
_ARTIST = _SERVICE | _DOSSIER | _NUMBER | _LINK

_SLOT_FR = """- Quand : **{{ quand }}** (heure de Paris), {{ duree }}
- Forme : {{ forme }}
- Où : {{ lieu }}"""
_SLOT_EN = """- When: **{{ quand }}** (Paris time), {{ duree }}
- How: {{ forme }}
- Where: {{ lieu }}"""

KINDS: tuple[MailKind, ...] = (
    MailKind(
        key="interview.invitation",
        label=_("Invitation à un entretien"),
        description=_("Préparée pour les artistes présélectionnés ; part une fois approuvée dans la boîte d'envoi."),
        variables=_ARTIST
        | {"delai": _("dernier moment pour réserver"), "jours": _("jours où des créneaux sont ouverts")},
        subject={"fr": "Entretien avec le jury – {{ appel }}", "en": "Interview with the jury – {{ appel }}"},
        body={
            "fr": """Bonjour,

Le jury souhaite rencontrer {{ nom }} (dossier {{ numero }}) au sujet de l'appel « {{ appel }} ».

Choisissez le créneau qui vous convient, {{ jours }} :
{{ lien }}

À réserver au plus tard : **{{ delai }}**. Vous pourrez changer de créneau sur la même page, ou décliner l'entretien.
"""
            + _SIGNATURE_FR,
            "en": """Hello,

The jury would like to meet {{ nom }} (application {{ numero }}) about the call "{{ appel }}".

Choose the slot that suits you, {{ jours }}:
{{ lien }}

To be booked by: **{{ delai }}** (Paris time). You can change slot on the same page, or decline the interview.
"""
            + _SIGNATURE_EN,
        },
    ),
    MailKind(
        key="interview.confirmed",
        label=_("Entretien réservé"),
        description=_("Envoyé dès qu'un créneau est réservé, avec un fichier pour l'agenda."),
        variables=_ARTIST | _SLOT,
        subject={"fr": "Entretien réservé : {{ quand }}", "en": "Interview booked: {{ quand }}"},
        body={
            "fr": """Bonjour,

Votre entretien pour l'appel « {{ appel }} » est réservé.

"""
            + _SLOT_FR
            + """

Le fichier joint l'ajoute à votre agenda. Pour changer de créneau ou décliner :
{{ lien }}
"""
            + _SIGNATURE_FR,
            "en": """Hello,

Your interview for the call "{{ appel }}" is booked.

"""
            + _SLOT_EN
            + """

The attached file adds it to your calendar. To change slot or decline:
{{ lien }}
"""
            + _SIGNATURE_EN,
        },
    ),
    MailKind(
        key="interview.changed",
        label=_("Entretien changé"),
        description=_("Envoyé quand le jour, l'heure ou le lieu d'un entretien réservé change."),
        variables=_ARTIST | _SLOT | {"avant": _("jour et heure prévus jusque-là")},
        subject={"fr": "Entretien changé : {{ quand }}", "en": "Interview changed: {{ quand }}"},
        body={
            "fr": """Bonjour,

Votre entretien pour l'appel « {{ appel }} », prévu jusqu'ici le {{ avant }}, a changé. Voici ce qui vaut maintenant.

"""
            + _SLOT_FR
            + """

Le fichier joint met votre agenda à jour. Pour voir l'entretien :
{{ lien }}
"""
            + _SIGNATURE_FR,
            "en": """Hello,

Your interview for the call "{{ appel }}", planned until now for {{ avant }}, has changed. Here is what applies now.

"""
            + _SLOT_EN
            + """

The attached file updates your calendar. To see the interview:
{{ lien }}
"""
            + _SIGNATURE_EN,
        },
    ),
    MailKind(
        key="interview.cancelled",
        label=_("Entretien annulé"),
        description=_("Envoyé quand la coordination annule ou libère le créneau d'un artiste."),
        variables=_ARTIST
        | {
            "quand": _("jour et heure qui étaient prévus"),
            "mots": _("explication écrite par la coordination"),
            "suite": _("ce que l'artiste peut faire maintenant"),
        },
        subject={"fr": "Entretien annulé : {{ quand }}", "en": "Interview cancelled: {{ quand }}"},
        body={
            "fr": """Bonjour,

Votre entretien du {{ quand }} pour l'appel « {{ appel }} » est annulé.

{{ mots }}

{{ suite }}
{{ lien }}

Le fichier joint le retire de votre agenda.
"""
            + _SIGNATURE_FR,
            "en": """Hello,

Your interview of {{ quand }} for the call "{{ appel }}" is cancelled.

{{ mots }}

{{ suite }}
{{ lien }}

The attached file takes it out of your calendar.
"""
            + _SIGNATURE_EN,
        },
    ),
    MailKind(
        key="interview.declined",
        label=_("Entretien décliné : confirmation à l'artiste"),
        description=_("Envoyée à l'artiste qui décline l'entretien."),
        variables=_ARTIST,
        subject={"fr": "Entretien décliné – {{ appel }}", "en": "Interview declined – {{ appel }}"},
        body={
            "fr": """Bonjour,

Nous avons noté que vous déclinez l'entretien pour l'appel « {{ appel }} ».
Votre dossier {{ numero }} reste à l'étude : pour le retirer, passez par votre espace.

{{ lien }}
"""
            + _SIGNATURE_FR,
            "en": """Hello,

We have recorded that you decline the interview for the call "{{ appel }}".
Your application {{ numero }} is still under review: to withdraw it, go to your area.

{{ lien }}
"""
            + _SIGNATURE_EN,
        },
    ),
    MailKind(
        key="interview.freed",
        label=_("Entretien décliné : information à la coordination"),
        description=_("Envoyée à l'adresse de l'appel quand un artiste décline un entretien ou retire son dossier."),
        variables=_DOSSIER
        | _NUMBER
        | {
            "quand": _("créneau rendu, s'il y en avait un"),
            "mots": _("ce que l'artiste a écrit"),
            "lien": _("adresse de la page des entretiens"),
        },
        subject={"fr": "Entretien décliné : {{ nom }} ({{ numero }})"},
        body={
            "fr": """{{ nom }} ({{ numero }}) ne viendra pas à l'entretien pour « {{ appel }} ».

Créneau rendu : {{ quand }}

{{ mots }}

{{ lien }}
"""
        },
    ),
    MailKind(
        key="interview.reminder",
        label=_("Rappel avant un entretien"),
        description=_("Envoyé à l'artiste deux jours avant son entretien."),
        variables=_ARTIST | _SLOT,
        subject={"fr": "Rappel : entretien le {{ quand }}", "en": "Reminder: interview on {{ quand }}"},
        body={
            "fr": """Bonjour,

Votre entretien pour l'appel « {{ appel }} » a lieu bientôt.

"""
            + _SLOT_FR
            + """

Un empêchement ? Dites-le-nous ici :
{{ lien }}
"""
            + _SIGNATURE_FR,
            "en": """Hello,

Your interview for the call "{{ appel }}" is coming soon.

"""
            + _SLOT_EN
            + """

If you cannot come, please tell us here:
{{ lien }}
"""
            + _SIGNATURE_EN,
        },
    ),
    MailKind(
        key="interview.booking_reminder",
        label=_("Rappel : entretien à réserver"),
        description=_("Envoyé deux jours avant la fin des réservations à qui n'a pas choisi de créneau."),
        variables=_ARTIST | {"delai": _("dernier moment pour réserver")},
        subject={
            "fr": "Votre entretien n'est pas réservé – {{ appel }}",
            "en": "Your interview is not booked yet – {{ appel }}",
        },
        body={
            "fr": """Bonjour,

Le jury souhaite rencontrer {{ nom }} au sujet de l'appel « {{ appel }} », et aucun créneau n'est encore réservé.

Dernier moment : **{{ delai }}**.
{{ lien }}

Si vous ne souhaitez pas d'entretien, dites-le sur la même page : le créneau servira à quelqu'un d'autre.
"""
            + _SIGNATURE_FR,
            "en": """Hello,

The jury would like to meet {{ nom }} about the call "{{ appel }}", and no slot is booked yet.

Last moment: **{{ delai }}** (Paris time).
{{ lien }}

If you do not want an interview, please say so on the same page: the slot can then go to somebody else.
"""
            + _SIGNATURE_EN,
        },
    ),
)

VERBS = {
    "interview.slots_opened": _("créneaux d'entretien ouverts"),
    "interview.slot_changed": _("créneau d'entretien modifié"),
    "interview.slot_deleted": _("créneau d'entretien supprimé"),
    "interview.slot_cancelled": _("créneau d'entretien annulé"),
    "interview.invited": _("invitation à un entretien préparée"),
    "interview.booked": _("entretien réservé"),
    "interview.moved": _("entretien déplacé"),
    "interview.released": _("créneau d'entretien rendu"),
    "interview.declined": _("entretien décliné"),
    "interview.recorded": _("issue de l'entretien notée"),
    "interview.noted": _("notes d'entretien écrites"),
    "interview.reminded": _("rappel d'entretien envoyé"),
    "interview.feed_reset": _("adresse de l'agenda des entretiens changée"),
}
