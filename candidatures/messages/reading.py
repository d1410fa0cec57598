"""What jurors write: reviews, discussion, blind reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

KINDS: tuple[MailKind, ...] = (
    MailKind(
        key="jury.review_reopened",
        label=_("Lecture rouverte par la coordination"),
        description=_("Envoyée aussitôt au membre dont la coordination rouvre une lecture déposée, avec son motif."),
        variables={
            "prenom": _("prénom du membre"),
            "dossier": _("nom du dossier, ou son numéro si la lecture est anonyme"),
            "appel": _("titre de l'appel"),
            "motif": _("motif donné par la coordination"),
            "lien": _("adresse du dossier dans l'espace du jury"),
            "courriel": _("adresse électronique du service en charge"),
        },
        subject={
            "fr": "Votre lecture est rouverte : {{ dossier }}",
            "en": "Your review is reopened: {{ dossier }}",
        },
        body={
            "fr": """Bonjour {{ prenom }},

La coordination a rouvert votre lecture, pour l'appel « {{ appel }} » : {{ dossier }}.

Motif : {{ motif }}

Rien n'est effacé. Complétez-la, puis déposez-la de nouveau :
{{ lien }}

Une question ? Écrivez à {{ courriel }}.
""",
            "en": """Hello {{ prenom }},

The coordination team has reopened your review, for the call "{{ appel }}": {{ dossier }}.

Reason: {{ motif }}

Nothing is erased. Complete it, then file it again:
{{ lien }}

A question? Write to {{ courriel }}.
""",
        },
    ),
)

VERBS: dict[str, _StrPromise] = {
    "review.started": _("lecture commencée"),
    "review.edited": _("lecture modifiée"),
    "review.filed": _("lecture déposée"),
    "review.reopened": _("lecture reprise"),
    "review.read_again": _("nouveau dépôt lu"),
    "discussion.said": _("remarque ajoutée à la discussion"),
    "discussion.removed": _("remarque retirée de la discussion"),
}
