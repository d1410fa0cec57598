"""Contracts, agreements, confirmations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_PAPER = {
    "nom": _("nom de la personne"),
    "document": _("titre du document"),
    "numero": _("numéro du document"),
    "objet": _("résidence ou activité concernée"),
    "lien": _("adresse du document dans l'espace de la personne"),
    "territoire": _("nom du territoire"),
    "coordonnees": _("service, adresses et téléphone, à la suite"),
}
_SESSION = {
    "nom": _("nom de la personne"),
    "activite": _("titre de l'activité"),
    "seance": _("date et heure de la séance"),
    "lien": _("adresse où confirmer"),
    "territoire": _("nom du territoire"),
    "coordonnees": _("service, adresses et téléphone, à la suite"),
}
_SIGNATURE = """
{{ coordonnees }}
{{ territoire }}"""

KINDS: tuple[MailKind, ...] = (
    MailKind(
        key="paper.contract_sent",
        label=_("Contrat de résidence à signer"),
        description=_("Envoyé par la coordination à chaque artiste de la résidence, quand elle le décide."),
        variables=_PAPER,
        subject={"fr": "{{ document }} à signer – {{ numero }}", "en": "{{ document }} to sign – {{ numero }}"},
        body={
            "fr": f"""Bonjour {{{{ nom }}}},

Le document **{{{{ document }}}}** ({{{{ numero }}}}) de la résidence « {{{{ objet }}}} » est prêt à être signé.

Lisez-le et téléchargez-le dans votre espace, signez-le, puis renvoyez la copie signée depuis la même page :
{{{{ lien }}}}

Il doit être signé avant le début de l'immersion.
{_SIGNATURE}""",
            "en": f"""Hello {{{{ nom }}}},

The document **{{{{ document }}}}** ({{{{ numero }}}}) of the residency "{{{{ objet }}}}" is ready to be signed.

Read and download it in your space, sign it, then send the signed copy back from the same page:
{{{{ lien }}}}

It must be signed before the immersion begins.
{_SIGNATURE}""",
        },
    ),
    MailKind(
        key="paper.agreement_sent",
        label=_("Convention d'activité à signer"),
        description=_("Envoyé par la coordination à l'artiste et à chaque structure, quand elle le décide."),
        variables=_PAPER,
        subject={
            "fr": "Convention à signer – {{ objet }} ({{ numero }})",
            "en": "Agreement to sign – {{ objet }} ({{ numero }})",
        },
        body={
            "fr": f"""Bonjour {{{{ nom }}}},

La convention de l'activité « {{{{ objet }}}} » ({{{{ numero }}}}) est prête à être signée.

Lisez-la et téléchargez-la dans votre espace, signez-la, puis renvoyez la copie signée depuis la même page :
{{{{ lien }}}}

Elle doit être signée avant la première séance.
{_SIGNATURE}""",
            "en": f"""Hello {{{{ nom }}}},

The agreement of the activity "{{{{ objet }}}}" ({{{{ numero }}}}) is ready to be signed.

Read and download it in your space, sign it, then send the signed copy back from the same page:
{{{{ lien }}}}

It must be signed before the first session.
{_SIGNATURE}""",
        },
    ),
    MailKind(
        key="paper.agreement_reminder",
        label=_("Rappel : convention non signée"),
        description=_("Envoyé une fois, sept jours avant la première séance, aux parties qui n'ont pas signé."),
        variables=_PAPER | {"premiere_seance": _("date de la première séance")},
        subject={
            "fr": "Rappel : convention à signer avant le {{ premiere_seance }}",
            "en": "Reminder: agreement to sign before {{ premiere_seance }}",
        },
        body={
            "fr": f"""Bonjour {{{{ nom }}}},

La première séance de « {{{{ objet }}}} » a lieu le {{{{ premiere_seance }}}}, et nous n'avons pas reçu votre \
signature de la convention {{{{ numero }}}}.

Vous pouvez la télécharger, et renvoyer la copie signée, ici :
{{{{ lien }}}}
{_SIGNATURE}""",
            "en": f"""Hello {{{{ nom }}}},

The first session of "{{{{ objet }}}}" takes place on {{{{ premiere_seance }}}}, and we have not received your \
signature of the agreement {{{{ numero }}}}.

You may download it, and send the signed copy back, here:
{{{{ lien }}}}
{_SIGNATURE}""",
        },
    ),
    MailKind(
        key="paper.cancelled",
        label=_("Contrat ou convention annulé"),
        description=_("Envoyé aussitôt à qui l'avait reçu, avec le motif."),
        variables=_PAPER | {"motif": _("motif de l'annulation")},
        subject={"fr": "{{ document }} {{ numero }} : annulé", "en": "{{ document }} {{ numero }}: cancelled"},
        body={
            "fr": f"""Bonjour {{{{ nom }}}},

Le document {{{{ numero }}}} ({{{{ document }}}}, « {{{{ objet }}}} ») ne vaut plus : ne le signez pas.

Motif : {{{{ motif }}}}

Une autre édition vous sera envoyée s'il y a lieu.
{_SIGNATURE}""",
            "en": f"""Hello {{{{ nom }}}},

The document {{{{ numero }}}} ({{{{ document }}}}, "{{{{ objet }}}}") no longer stands: do not sign it.

Reason: {{{{ motif }}}}

Another edition will be sent to you if need be.
{_SIGNATURE}""",
        },
    ),
    MailKind(
        key="session.confirmation_reminder",
        label=_("Rappel : séance à confirmer"),
        description=_("Envoyé une fois, le lendemain d'une séance, à qui n'a pas dit ce qui a eu lieu."),
        variables=_SESSION,
        subject={"fr": "Deux minutes pour confirmer : {{ activite }}", "en": "Two minutes to confirm: {{ activite }}"},
        body={
            "fr": f"""Bonjour {{{{ nom }}}},

La séance de « {{{{ activite }}}} » du {{{{ seance }}}} est passée. Dites-nous en deux minutes si elle a eu lieu et \
combien de personnes étaient là, même à peu près :
{{{{ lien }}}}
{_SIGNATURE}""",
            "en": f"""Hello {{{{ nom }}}},

The session of "{{{{ activite }}}}" on {{{{ seance }}}} is over. Tell us in two minutes whether it took place and \
how many people were there, even roughly:
{{{{ lien }}}}
{_SIGNATURE}""",
        },
    ),
)

VERBS: dict[str, str | _StrPromise] = {
    "paper_template.saved": _("modèle de document enregistré"),
    "paper.drafted": _("document rédigé"),
    "paper.rewritten": _("document relu et corrigé"),
    "paper.issued": _("document émis"),
    "paper.sent": _("document envoyé aux signataires"),
    "paper.signature_noted": _("signature notée"),
    "paper.signature_removed": _("signature reprise"),
    "paper.scan_received": _("copie signée reçue"),
    "paper.cancelled": _("document annulé"),
    "confirmation.given": _("séance confirmée"),
    "confirmation.settled": _("confirmation tranchée par la coordination"),
    "confirmation.unsettled": _("confirmation de la coordination reprise"),
    "activity.looked_back": _("regard sur l'activité écrit"),
    "activity.evaluated": _("activité évaluée"),
    "activity.evaluation_reopened": _("évaluation rouverte"),
}
