"""Events, meetings, works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

REGISTERED = "event.registered"
WAITING = "event.waiting"
PROMOTED = "event.promoted"
GIVEN_BACK = "event.registration_cancelled"
CHANGED = "event.changed"
CANCELLED = "event.cancelled"
ARTIST_CANCELLED = "event.cancelled_for_artist"
TIMETABLE = "event.timetable"
ARTIST_TIMETABLE = "event.timetable_for_artist"
BOOKED = "work.booked"
BOOKED_FOR_ARTIST = "work.booked_for_artist"
BOOKED_FOR_DESK = "work.booked_for_desk"
ACCEPTED = "work.booking_accepted"
REFUSED = "work.booking_refused"
CALLED_OFF = "work.booking_called_off"

_CONTACT = {"contact": _("coordonnées du service")}
_EVENT = _CONTACT | {
    "evenement": _("titre de l'évènement"),
    "quand": _("jour et heure"),
    "lieu": _("lieu"),
    "lien": _("adresse de la page à ouvrir"),
}
_REGISTRATION = _EVENT | {"nom": _("nom de l'inscription"), "personnes": _("nombre de personnes")}
_WORDS = {"mots": _("mots de la coordination")}
_WORK = _CONTACT | {
    "oeuvre": _("titre de l'œuvre"),
    "artiste": _("nom de l'artiste"),
    "structure": _("nom de la structure"),
    "dates": _("dates possibles"),
    "public": _("public"),
    "lien": _("adresse de la page à ouvrir"),
}

_FACTS = """- Quand : **{{ quand }}**
- Où : {{ lieu }}
- Au nom de : {{ nom }}, {{ personnes }}"""

KINDS: tuple[MailKind, ...] = (
    MailKind(
        key=REGISTERED,
        label=_("Inscription à un évènement"),
        description=_("Envoyé dès que l'inscription est faite."),
        variables=_REGISTRATION,
        subject={"fr": "Vous êtes inscrits – {{ evenement }}"},
        body={
            "fr": """Bonjour,

Votre inscription à « {{ evenement }} » est enregistrée.

"""
            + _FACTS
            + """

Pour revoir ou annuler votre inscription :
{{ lien }}

{{ contact }}
"""
        },
    ),
    MailKind(
        key=WAITING,
        label=_("Inscription sur liste d'attente"),
        description=_("Envoyé quand il ne reste pas assez de places."),
        variables=_REGISTRATION,
        subject={"fr": "Vous êtes sur liste d'attente – {{ evenement }}"},
        body={
            "fr": """Bonjour,

Il ne reste pas assez de places pour « {{ evenement }} ». Vous êtes sur liste d'attente : dès que des places se
libèrent, elles sont données dans l'ordre des demandes et un message vous prévient.

"""
            + _FACTS
            + """

Pour revoir ou annuler votre demande :
{{ lien }}

{{ contact }}
"""
        },
    ),
    MailKind(
        key=PROMOTED,
        label=_("Place obtenue depuis la liste d'attente"),
        description=_("Envoyé quand des places se libèrent."),
        variables=_REGISTRATION,
        subject={"fr": "Une place s'est libérée – {{ evenement }}"},
        body={
            "fr": """Bonjour,

Des places se sont libérées : vous êtes maintenant inscrits à « {{ evenement }} ».

"""
            + _FACTS
            + """

Si vous ne pouvez plus venir, annulez pour que la place profite à d'autres :
{{ lien }}

{{ contact }}
"""
        },
    ),
    MailKind(
        key=GIVEN_BACK,
        label=_("Inscription annulée"),
        description=_("Envoyé à qui était inscrit, quand l'inscription est annulée."),
        variables=_REGISTRATION,
        subject={"fr": "Inscription annulée – {{ evenement }}"},
        body={
            "fr": """Bonjour,

L'inscription de {{ nom }} ({{ personnes }}) à « {{ evenement }} » est annulée.

La page de l'évènement :
{{ lien }}

{{ contact }}
"""
        },
    ),
    MailKind(
        key=CHANGED,
        label=_("Évènement déplacé"),
        description=_("Envoyé aux inscrits quand la date, l'heure ou le lieu change."),
        variables=_REGISTRATION | {"avant": _("jour, heure et lieu d'avant")},
        subject={"fr": "Changement – {{ evenement }}"},
        body={
            "fr": """Bonjour,

« {{ evenement }} » change.

- Quand : **{{ quand }}**
- Où : **{{ lieu }}**
- Auparavant : {{ avant }}

Votre inscription reste valable. Si vous ne pouvez plus venir, annulez-la ici :
{{ lien }}

{{ contact }}
"""
        },
    ),
    MailKind(
        key=CANCELLED,
        label=_("Évènement annulé"),
        description=_("Envoyé à chaque inscrit, avec les mots de la coordination."),
        variables=_REGISTRATION | _WORDS,
        subject={"fr": "Annulé – {{ evenement }}"},
        body={
            "fr": """Bonjour,

« {{ evenement }} », prévu {{ quand }}, n'aura pas lieu. Vous n'avez rien à faire.

{{ mots }}

{{ contact }}
"""
        },
    ),
    MailKind(
        key=ARTIST_CANCELLED,
        label=_("Évènement annulé, aux artistes"),
        description=_("Envoyé aux artistes qui devaient être présents."),
        variables=_EVENT | _WORDS,
        subject={"fr": "Annulé – {{ evenement }}", "en": "Cancelled – {{ evenement }}"},
        body={
            "fr": """Bonjour,

« {{ evenement }} », prévu {{ quand }}, n'aura pas lieu.

{{ mots }}

{{ contact }}
""",
            "en": """Hello,

"{{ evenement }}", planned on {{ quand }}, will not take place.

{{ mots }}

{{ contact }}
""",
        },
    ),
    MailKind(
        key=TIMETABLE,
        label=_("Horaire des rendez-vous d'une structure"),
        description=_("Envoyé à chaque structure inscrite ; de nouveau seulement si le sien a changé."),
        variables=_EVENT | {"structure": _("nom de la structure"), "rendez_vous": _("liste des rendez-vous")},
        subject={"fr": "Vos rendez-vous – {{ evenement }}"},
        body={
            "fr": """Bonjour,

Voici les rendez-vous de « {{ structure }} » à « {{ evenement }} », {{ quand }}, {{ lieu }} :

{{ rendez_vous }}

Cet horaire remplace celui que vous auriez déjà reçu. Il est aussi dans votre espace :
{{ lien }}

{{ contact }}
"""
        },
    ),
    MailKind(
        key=ARTIST_TIMETABLE,
        label=_("Horaire des rendez-vous d'un artiste"),
        description=_("Envoyé à chaque artiste présent ; de nouveau seulement si le sien a changé."),
        variables=_EVENT | {"artiste": _("nom de l'artiste"), "rendez_vous": _("liste des rendez-vous")},
        subject={"fr": "Vos rendez-vous – {{ evenement }}", "en": "Your meetings – {{ evenement }}"},
        body={
            "fr": """Bonjour,

Voici les rendez-vous de {{ artiste }} à « {{ evenement }} », {{ quand }}, {{ lieu }} :

{{ rendez_vous }}

Cet horaire remplace celui que vous auriez déjà reçu. Il est aussi dans votre espace :
{{ lien }}

{{ contact }}
""",
            "en": """Hello,

Here are the meetings of {{ artiste }} at "{{ evenement }}", {{ quand }}, {{ lieu }}:

{{ rendez_vous }}

This timetable replaces any you received before. It is in your space too:
{{ lien }}

{{ contact }}
""",
        },
    ),
    MailKind(
        key=BOOKED,
        label=_("Demande d'œuvre reçue"),
        description=_("Envoyé à la personne qui demande une œuvre pour sa structure."),
        variables=_WORK,
        subject={"fr": "Votre demande est reçue – {{ oeuvre }}"},
        body={
            "fr": """Bonjour,

La demande de « {{ structure }} » pour « {{ oeuvre }} », de {{ artiste }}, est reçue.

- Dates possibles : {{ dates }}
- Public : {{ public }}

La coordination vous répond. D'ici là, vous pouvez annuler votre demande :
{{ lien }}

{{ contact }}
"""
        },
    ),
    MailKind(
        key=BOOKED_FOR_DESK,
        label=_("Demande d'œuvre à traiter"),
        description=_("Envoyé à la coordination quand une structure demande une œuvre."),
        variables=_WORK,
        subject={"fr": "{{ structure }} demande « {{ oeuvre }} »"},
        body={
            "fr": """« {{ structure }} » demande « {{ oeuvre }} », de {{ artiste }}.

- Dates possibles : {{ dates }}
- Public : {{ public }}

Pour répondre :
{{ lien }}
"""
        },
    ),
    MailKind(
        key=BOOKED_FOR_ARTIST,
        label=_("Une structure demande votre œuvre"),
        description=_("Envoyé aux artistes de la résidence ; la coordination répond à la structure."),
        variables=_WORK,
        subject={"fr": "{{ structure }} demande « {{ oeuvre }} »", "en": "{{ structure }} asks for “{{ oeuvre }}”"},
        body={
            "fr": """Bonjour,

« {{ structure }} » souhaite accueillir « {{ oeuvre }} ».

- Dates possibles : {{ dates }}
- Public : {{ public }}

La coordination lui répond. Vous suivez les demandes ici :
{{ lien }}

{{ contact }}
""",
            "en": """Hello,

"{{ structure }}" would like to host "{{ oeuvre }}".

- Possible dates: {{ dates }}
- Public: {{ public }}

The coordination will answer. You can follow the requests here:
{{ lien }}

{{ contact }}
""",
        },
    ),
    MailKind(
        key=ACCEPTED,
        label=_("Demande d'œuvre acceptée"),
        description=_("Envoyé à la structure et aux artistes : la demande devient une activité."),
        variables=_WORK | _WORDS,
        subject={
            "fr": "Acceptée : « {{ oeuvre }} » – {{ structure }}",
            "en": "Accepted: “{{ oeuvre }}” – {{ structure }}",
        },
        body={
            "fr": """Bonjour,

La venue de « {{ oeuvre }} », de {{ artiste }}, à « {{ structure }} » est acceptée : c'est maintenant une activité de
diffusion, dont la date reste à fixer ensemble.

{{ mots }}

L'activité :
{{ lien }}

{{ contact }}
""",
            "en": """Hello,

The showing of "{{ oeuvre }}", by {{ artiste }}, at "{{ structure }}" is accepted. It is now an activity; its date is to
be chosen together.

{{ mots }}

The activity:
{{ lien }}

{{ contact }}
""",
        },
    ),
    MailKind(
        key=REFUSED,
        label=_("Demande d'œuvre non retenue"),
        description=_("Envoyé à la structure avec les mots de la coordination, et aux artistes."),
        variables=_WORK | _WORDS,
        subject={
            "fr": "Non retenue : « {{ oeuvre }} » – {{ structure }}",
            "en": "Declined: “{{ oeuvre }}” – {{ structure }}",
        },
        body={
            "fr": """Bonjour,

La demande de « {{ structure }} » pour « {{ oeuvre }} », de {{ artiste }}, n'est pas retenue.

{{ mots }}

Le catalogue des œuvres :
{{ lien }}

{{ contact }}
""",
            "en": """Hello,

The request of "{{ structure }}" for "{{ oeuvre }}", by {{ artiste }}, is declined.

{{ mots }}

The works:
{{ lien }}

{{ contact }}
""",
        },
    ),
    MailKind(
        key=CALLED_OFF,
        label=_("Demande d'œuvre annulée par la structure"),
        description=_("Envoyé à la coordination et aux artistes."),
        variables=_WORK,
        subject={
            "fr": "{{ structure }} ne demande plus « {{ oeuvre }} »",
            "en": "{{ structure }} no longer asks for “{{ oeuvre }}”",
        },
        body={
            "fr": """Bonjour,

« {{ structure }} » annule sa demande pour « {{ oeuvre }} », de {{ artiste }}. Rien n'était encore décidé.

{{ lien }}

{{ contact }}
""",
            "en": """Hello,

"{{ structure }}" calls off its request for "{{ oeuvre }}", by {{ artiste }}. Nothing had been decided yet.

{{ lien }}

{{ contact }}
""",
        },
    ),
)

VERBS: dict[str, str | _StrPromise] = {
    "event.created": _("évènement préparé"),
    "event.changed": _("évènement modifié"),
    "event.published": _("évènement annoncé"),
    "event.cancelled": _("évènement annulé"),
    "event.discarded": _("évènement jamais annoncé supprimé"),
    "event.registered": _("inscription à un évènement"),
    "event.registration_changed": _("inscription modifiée"),
    "event.registration_cancelled": _("inscription annulée"),
    "event.promoted": _("inscription passée de la liste d'attente aux inscrits"),
    "event.timetable_applied": _("rendez-vous calculés"),
    "event.meeting_set": _("rendez-vous fixé à la main"),
    "event.meeting_freed": _("rendez-vous rendu au calcul"),
    "event.meeting_removed": _("rendez-vous supprimé"),
    "event.away_set": _("indisponibilité d'un artiste notée"),
    "event.timetable_told": _("rendez-vous annoncés"),
    "work.proposed": _("œuvre proposée à la diffusion"),
    "work.changed": _("œuvre modifiée"),
    "work.removed": _("œuvre retirée"),
    "work.published": _("œuvre mise au catalogue"),
    "work.unpublished": _("œuvre retirée du catalogue"),
    "work.booked": _("œuvre demandée par une structure"),
    "work.booking_accepted": _("demande d'œuvre acceptée"),
    "work.booking_refused": _("demande d'œuvre refusée"),
    "work.booking_called_off": _("demande d'œuvre annulée"),
}
