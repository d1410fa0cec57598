"""News, subscriptions, press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ASKED = "news.subscription_asked"
KNOWN = "news.subscription_known"
PUBLISHED = "news.published"

_COMMON = {"contact": _("coordonnées du service"), "territoire": _("nom du territoire")}
_LEAVE = {"desabonnement": _("adresse pour se désabonner")}

KINDS: tuple[MailKind, ...] = (
    MailKind(
        key=ASKED,
        label=_("Abonnement aux actualités à confirmer"),
        description=_(
            "Envoyé à l'adresse qui a demandé les actualités : sans confirmation, rien d'autre n'est envoyé.",
        ),
        variables=_COMMON | {"lien": _("adresse de la page à ouvrir"), "jours": _("jours pour confirmer")},
        subject={
            "fr": "Confirmez votre abonnement aux actualités – {{ territoire }}",
            "en": "Confirm your subscription to the news – {{ territoire }}",
        },
        body={
            "fr": """Bonjour,

Quelqu'un, sans doute vous, a demandé à recevoir à cette adresse les actualités des résidences d'artistes
({{ territoire }}).

Pour confirmer, ouvrez cette page et appuyez sur le bouton (dans les {{ jours }} jours) :
{{ lien }}

Si ce n'est pas vous, ne faites rien : vous ne recevrez rien d'autre et votre adresse sera effacée.

{{ contact }}
""",
            "en": """Hello,

Someone, probably you, asked to receive the news of the artist residencies ({{ territoire }}) at this address.

To confirm, open this page and press the button (within {{ jours }} days):
{{ lien }}

If it was not you, do nothing: you will receive nothing else and your address will be erased.

{{ contact }}
""",
        },
        samples={"jours": "7"},
    ),
    MailKind(
        key=KNOWN,
        label=_("Déjà abonné aux actualités"),
        description=_("Envoyé à une adresse déjà abonnée pour laquelle on demande à nouveau les actualités."),
        variables=_COMMON | _LEAVE,
        subject={
            "fr": "Vous êtes déjà abonné aux actualités – {{ territoire }}",
            "en": "You already receive the news – {{ territoire }}",
        },
        body={
            "fr": """Bonjour,

Quelqu'un, sans doute vous, a demandé à recevoir à cette adresse les actualités des résidences d'artistes
({{ territoire }}). Elle est déjà abonnée : vous n'avez rien à faire.

Pour ne plus les recevoir :
{{ desabonnement }}

{{ contact }}
""",
            "en": """Hello,

Someone, probably you, asked to receive the news of the artist residencies ({{ territoire }}) at this address.
It is already subscribed: there is nothing to do.

To stop receiving them:
{{ desabonnement }}

{{ contact }}
""",
        },
    ),
    MailKind(
        key=PUBLISHED,
        label=_("Actualité envoyée aux abonnés"),
        description=_("Envoyé une fois à chaque abonné, quand la coordination envoie une actualité publiée."),
        variables=_COMMON
        | _LEAVE
        | {
            "titre": _("titre de l'actualité"),
            "resume": _("résumé de l'actualité"),
            "lien": _("adresse de l'actualité"),
        },
        subject={"fr": "{{ titre }}", "en": "{{ titre }}"},
        body={
            "fr": """**{{ titre }}**

{{ resume }}

À lire en entier :
{{ lien }}

Vous recevez ce message parce que vous êtes abonné aux actualités des résidences d'artistes ({{ territoire }}).
Pour ne plus les recevoir :
{{ desabonnement }}

{{ contact }}
""",
            "en": """**{{ titre }}**

{{ resume }}

Read it in full (in French):
{{ lien }}

You receive this message because you subscribed to the news of the artist residencies ({{ territoire }}).
To stop receiving them:
{{ desabonnement }}

{{ contact }}
""",
        },
    ),
)

VERBS: dict[str, str | _StrPromise] = {
    "communication.added": _("action de communication prévue"),
    "communication.changed": _("action de communication modifiée"),
    "communication.moved": _("état d'une action de communication"),
    "communication.removed": _("action de communication effacée"),
    "press.saved": _("retombée de presse notée"),
    "press.removed": _("retombée de presse effacée"),
    "news.written": _("actualité écrite"),
    "news.changed": _("actualité modifiée"),
    "news.published": _("actualité publiée"),
    "news.unpublished": _("actualité retirée du site"),
    "news.sent": _("actualité envoyée aux abonnés"),
    "news.discarded": _("actualité supprimée"),
    "subscriber.confirmed": _("abonnement aux actualités confirmé"),
    "subscriber.left": _("abonnement aux actualités effacé"),
    "subscriber.purged": _("demandes d'abonnement sans réponse effacées"),
}
