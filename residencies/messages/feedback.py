"""What structures say afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_ASKED: dict[str, str | _StrPromise] = {
    "nom": _("nom de la personne"),
    "activite": _("titre de l'activité"),
    "structure": _("nom de la structure"),
    "lien": _("adresse du questionnaire"),
    "territoire": _("nom du territoire"),
    "coordonnees": _("service, adresses et téléphone, à la suite"),
}
_END = """
Vos réponses sont anonymes : elles sont conservées sans le nom de votre structure et ne sont lues qu'ensemble, à partir de cinq réponses.

{{ coordonnees }}
{{ territoire }}"""  # noqa: E501

KINDS: tuple[MailKind, ...] = (
    MailKind(
        key="feedback.asked",
        label=_("Avis demandé à une structure"),
        description=_("Envoyé à la structure quand une activité est terminée."),
        variables=_ASKED,
        subject={"fr": "Votre avis en deux minutes : {{ activite }}"},
        body={
            "fr": """Bonjour {{ nom }},

L'activité « {{ activite }} » est terminée. Qu'en dit {{ structure }} ? Cinq questions et quelques mots, sans compte ni mot de passe :
{{ lien }}
"""  # noqa: E501
            + _END,
        },
    ),
    MailKind(
        key="feedback.reminded",
        label=_("Avis demandé à une structure : rappel"),
        description=_("Envoyé une fois à la structure qui n'a pas encore répondu."),
        variables=_ASKED,
        subject={"fr": "Rappel, votre avis : {{ activite }}"},
        body={
            "fr": """Bonjour {{ nom }},

Vous n'avez pas encore dit ce que {{ structure }} a pensé de l'activité « {{ activite }} ». Deux minutes suffisent :
{{ lien }}

Ce rappel est le seul.
"""
            + _END,
        },
    ),
)
VERBS: dict[str, _StrPromise] = {
    "feedback.questions_written": _("questions aux structures modifiées"),
    "feedback.asked": _("avis demandé à une structure"),
    "feedback.reminded": _("avis rappelé aux structures"),
    "feedback.answered": _("avis d'une structure reçu"),
}
