"""Decision letters, offers and answers, other territories, publication."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from candidatures.messages.dossier import _DOSSIER, _SERVICE, _SIGNATURE_EN, _SIGNATURE_FR
from clea.mail.kinds import MailKind

#: What a letter's own text may use; see ``services.jury.letters``.
LETTER_VARIABLES = (
    _SERVICE
    | _DOSSIER
    | {
        "numero": _("numéro de dépôt"),
        "saison": _("saison de l'appel"),
        "date_jury": _("date de la séance du jury"),
        "residence": _("intitulé de la résidence proposée"),
        "repondre_avant": _("dernier jour pour répondre"),
        "lien": _("adresse du dossier, ou de la réponse à donner"),
        "motif": _("motif de la décision, s'il est à communiquer"),
        "conditions": _("conditions non remplies, avec leur motif"),
        "rang": _("rang en liste complémentaire"),
        "autre_territoire": _("territoire qui a retenu l'artiste"),
    }
)

_OFFER = _SERVICE | _DOSSIER | {"numero": _("numéro de dépôt"), "residence": _("intitulé de la résidence")}
_TO_DESK = _DOSSIER | {
    "numero": _("numéro de dépôt"),
    "lien": _("adresse de la page des réponses"),
}

KINDS: tuple[MailKind, ...] = (
    MailKind(
        key="decision.letter",
        label=_("Courrier de décision"),
        description=_(
            "Porte le texte choisi par les règles de courrier du jury. Ce modèle l'entoure : on peut y ajouter "
            "un en-tête ou une mention commune à tous les courriers."
        ),
        variables={"sujet": _("objet du courrier"), "texte": _("texte du courrier")} | LETTER_VARIABLES,
        subject={"fr": "{{ sujet }}", "en": "{{ sujet }}"},
        body={"fr": "{{ texte }}", "en": "{{ texte }}"},
    ),
    MailKind(
        key="offer.accepted",
        label=_("Réponse enregistrée : résidence acceptée"),
        description=_("Confirme à l'artiste qu'il ou elle accepte la résidence."),
        variables=_OFFER,
        subject={
            "fr": "Vous acceptez la résidence – {{ appel }}",
            "en": "You accept the residency – {{ appel }}",
        },
        body={
            "fr": """Bonjour,

Nous avons bien enregistré que **{{ nom }}** ({{ numero }}) accepte la résidence : {{ residence }}.
Nous prenons contact avec vous pour la suite.

Si ce n'est pas vous qui avez répondu, écrivez-nous sans attendre.
"""
            + _SIGNATURE_FR,
            "en": """Hello,

We have recorded that **{{ nom }}** ({{ numero }}) accepts the residency: {{ residence }}.
We will get in touch with you about what comes next.

If you did not give this answer, please write to us at once.
"""
            + _SIGNATURE_EN,
        },
    ),
    MailKind(
        key="offer.refused",
        label=_("Réponse enregistrée : résidence déclinée"),
        description=_("Confirme à l'artiste qu'il ou elle décline la résidence."),
        variables=_OFFER,
        subject={
            "fr": "Vous déclinez la résidence – {{ appel }}",
            "en": "You decline the residency – {{ appel }}",
        },
        body={
            "fr": """Bonjour,

Nous avons bien enregistré que {{ nom }} ({{ numero }}) décline la résidence : {{ residence }}.
Elle pourra être proposée à une autre personne.

Si ce n'est pas vous qui avez répondu, écrivez-nous sans attendre.
"""
            + _SIGNATURE_FR,
            "en": """Hello,

We have recorded that {{ nom }} ({{ numero }}) declines the residency: {{ residence }}.
It may now be offered to somebody else.

If you did not give this answer, please write to us at once.
"""
            + _SIGNATURE_EN,
        },
    ),
    MailKind(
        key="offer.reminder",
        label=_("Rappel avant la fin du délai de réponse"),
        description=_("Envoyé deux jours avant le délai à l'artiste qui n'a pas répondu à une proposition."),
        variables=_OFFER | {"repondre_avant": _("dernier jour pour répondre"), "lien": _("adresse de la réponse")},
        subject={
            "fr": "Votre réponse est attendue – {{ appel }}",
            "en": "Your answer is expected – {{ appel }}",
        },
        body={
            "fr": """Bonjour,

Une résidence est proposée à **{{ nom }}** ({{ numero }}) : {{ residence }}.
Nous n'avons pas encore votre réponse.

Dernier délai : **{{ repondre_avant }}**. Pour accepter ou décliner :
{{ lien }}
"""
            + _SIGNATURE_FR,
            "en": """Hello,

A residency is offered to **{{ nom }}** ({{ numero }}): {{ residence }}.
We do not have your answer yet.

Last moment: **{{ repondre_avant }}** (Paris time). To accept or decline:
{{ lien }}
"""
            + _SIGNATURE_EN,
        },
    ),
    MailKind(
        key="offer.extended",
        label=_("Délai de réponse déplacé"),
        description=_("Envoyé à l'artiste dont la coordination déplace le délai de réponse."),
        variables=_OFFER | {"repondre_avant": _("dernier jour pour répondre"), "lien": _("adresse de la réponse")},
        subject={
            "fr": "Votre délai de réponse est déplacé – {{ appel }}",
            "en": "The date for your answer has moved – {{ appel }}",
        },
        body={
            "fr": """Bonjour,

Une résidence est proposée à {{ nom }} ({{ numero }}) : {{ residence }}.
Vous pouvez désormais répondre jusqu'au **{{ repondre_avant }}** :
{{ lien }}
"""
            + _SIGNATURE_FR,
            "en": """Hello,

A residency is offered to {{ nom }} ({{ numero }}): {{ residence }}.
You may now answer until **{{ repondre_avant }}** (Paris time):
{{ lien }}
"""
            + _SIGNATURE_EN,
        },
    ),
    MailKind(
        key="offer.closed",
        label=_("Proposition close par la coordination"),
        description=_("Projet de message quand une proposition est close : sans réponse, annulée ou libérée."),
        variables=_OFFER | {"motif": _("pourquoi la proposition est close")},
        subject={
            "fr": "La proposition de résidence est close – {{ appel }}",
            "en": "The offer of a residency is closed – {{ appel }}",
        },
        body={
            "fr": """Bonjour,

La résidence proposée à {{ nom }} ({{ numero }}), {{ residence }}, ne vous est plus réservée.

{{ motif }}

Pour toute question, répondez à ce message.
"""
            + _SIGNATURE_FR,
            "en": """Hello,

The residency offered to {{ nom }} ({{ numero }}), {{ residence }}, is no longer kept for you.

{{ motif }}

If you have any question, please reply to this message.
"""
            + _SIGNATURE_EN,
        },
    ),
    MailKind(
        key="offer.answered",
        label=_("Un artiste a répondu"),
        description=_("Prévient la coordination de la réponse à une proposition de résidence."),
        variables=_TO_DESK | {"reponse": _("réponse donnée"), "message": _("message de l'artiste")},
        subject={"fr": "{{ nom }} : {{ reponse }} – {{ appel }}"},
        body={
            "fr": """{{ nom }} ({{ numero }}) a répondu à la proposition de résidence : **{{ reponse }}**.

{{ message }}

{{ lien }}
"""
        },
    ),
    MailKind(
        key="application.renounced",
        label=_("Désistement après la décision"),
        description=_("Prévient la coordination qu'un dossier déjà décidé est retiré par l'artiste."),
        variables=_TO_DESK | {"decision": _("décision prise avant le retrait")},
        subject={"fr": "Désistement de {{ nom }} – {{ appel }}"},
        body={
            "fr": """{{ nom }} ({{ numero }}) a retiré sa candidature après la décision ({{ decision }}).

Son courrier de décision, s'il n'était pas parti, est annulé.

{{ lien }}
"""
        },
    ),
)

VERBS = {
    "letter_rules.seeded": _("règles de courrier proposées"),
    "letter_rule.saved": _("règle de courrier enregistrée"),
    "letter_rule.moved": _("règle de courrier déplacée"),
    "letter.drafted": _("courrier de décision préparé"),
    "letter.voided": _("projet de courrier annulé"),
    "offer.made": _("résidence proposée"),
    "offer.accepted": _("résidence acceptée par l'artiste"),
    "offer.refused": _("résidence déclinée par l'artiste"),
    "offer.lapsed": _("proposition close faute de réponse"),
    "offer.accepted_late": _("acceptation tardive enregistrée"),
    "offer.extended": _("délai de réponse déplacé"),
    "offer.released": _("résidence libérée après acceptation"),
    "offer.cancelled": _("proposition annulée par la coordination"),
    "offer.given_back": _("place rendue après une proposition annulée"),
    "offer.reminded": _("rappel de réponse envoyé"),
    "reserve.called": _("appelée depuis la liste complémentaire"),
    "reserve.ended": _("liste complémentaire close"),
    "application.renounced": _("désistement après la décision"),
    "outside.recorded": _("décision d'un autre territoire notée"),
    "outside.cancelled": _("décision d'un autre territoire annulée"),
    "outside.overridden": _("règle entre territoires écartée, avec motif"),
    "application.elsewhere": _("candidature retenue ailleurs"),
    "application.back": _("candidature revenue d'un autre territoire"),
    "publication.approved": _("publication des noms approuvée"),
    "publication.withdrawn": _("publication des noms retirée"),
}
