"""Payments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_PAYMENT = {
    "nom": _("nom de la personne"),
    "objet": _("intitulé du paiement"),
    "montant": _("montant versé"),
    "beneficiaire": _("à qui l'argent est versé"),
    "echeance": _("date d'échéance, ou un tiret"),
    "paye_le": _("date du paiement, ou un tiret"),
    "reference": _("référence du paiement, ou un tiret"),
    "regle": _("règle qui fait refuser, ou un tiret"),
    "explication": _("explication de la coordination, ou un tiret"),
    "lien": _("adresse de la page Argent de l'artiste"),
    "territoire": _("nom du territoire"),
    "coordonnees": _("service, adresses et téléphone, à la suite"),
}
_SIGNATURE = """
{{ coordonnees }}
{{ territoire }}"""

KINDS: tuple[MailKind, ...] = (
    MailKind(
        key="payment.approved",
        label=_("Paiement validé"),
        description=_("Envoyé aux artistes de la résidence dès qu'un paiement est validé."),
        variables=_PAYMENT,
        subject={"fr": "Paiement validé – {{ montant }}", "en": "Payment approved – {{ montant }}"},
        body={
            "fr": f"""Bonjour {{{{ nom }}}},

Ce paiement est validé : **{{{{ montant }}}}** ({{{{ objet }}}}), au bénéfice de {{{{ beneficiaire }}}}.

Il est transmis pour versement ; un message vous dira quand il est fait. Le détail est ici :
{{{{ lien }}}}
{_SIGNATURE}""",
            "en": f"""Hello {{{{ nom }}}},

This payment is approved: **{{{{ montant }}}}** ({{{{ objet }}}}), to {{{{ beneficiaire }}}}.

It has been passed on to be paid; a message will tell you when it is done. The details are here:
{{{{ lien }}}}
{_SIGNATURE}""",
        },
    ),
    MailKind(
        key="payment.paid",
        label=_("Paiement effectué"),
        description=_("Envoyé aux artistes de la résidence dès qu'un paiement est noté comme fait."),
        variables=_PAYMENT,
        subject={"fr": "Paiement effectué – {{ montant }}", "en": "Payment made – {{ montant }}"},
        body={
            "fr": f"""Bonjour {{{{ nom }}}},

Le paiement de **{{{{ montant }}}}** ({{{{ objet }}}}), au bénéfice de {{{{ beneficiaire }}}}, a été fait le \
{{{{ paye_le }}}}.

Référence : {{{{ reference }}}}

Ce qui est payé et ce qui reste à venir se lit ici :
{{{{ lien }}}}
{_SIGNATURE}""",
            "en": f"""Hello {{{{ nom }}}},

The payment of **{{{{ montant }}}}** ({{{{ objet }}}}), to {{{{ beneficiaire }}}}, was made on {{{{ paye_le }}}}.

Reference: {{{{ reference }}}}

What is paid and what is still to come can be read here:
{{{{ lien }}}}
{_SIGNATURE}""",
        },
    ),
    MailKind(
        key="payment.refused",
        label=_("Demande de paiement refusée"),
        description=_("Envoyé aux artistes de la résidence dès qu'une demande est refusée, avec la règle."),
        variables=_PAYMENT,
        subject={"fr": "Demande non prise en charge – {{ objet }}", "en": "Claim not covered – {{ objet }}"},
        body={
            "fr": f"""Bonjour {{{{ nom }}}},

Cette demande n'est pas prise en charge : **{{{{ objet }}}}** ({{{{ montant }}}}).

Règle : {{{{ regle }}}}

Explication de la coordination : {{{{ explication }}}}

Vos demandes et leur état sont ici ; répondez à ce message si quelque chose nous a échappé :
{{{{ lien }}}}
{_SIGNATURE}""",
            "en": f"""Hello {{{{ nom }}}},

This claim is not covered: **{{{{ objet }}}}** ({{{{ montant }}}}).

Rule: {{{{ regle }}}}

In the coordinators' words: {{{{ explication }}}}

Your claims and their state are here; answer this message if we missed something:
{{{{ lien }}}}
{_SIGNATURE}""",
        },
    ),
)
VERBS: dict[str, str | _StrPromise] = {
    "money.budget_copied": _("budget repris de l'appel"),
    "money.budget_changed": _("budget de la résidence modifié"),
    "money.rules_reread": _("règles financières de l'appel reprises"),
    "money.scheduled": _("échéancier établi"),
    "money.lump_sum_planned": _("forfait prévu"),
    "money.expense_added": _("dépense ajoutée"),
    "payment.changed": _("paiement modifié"),
    "payment.checked": _("paiement vérifié"),
    "payment.approved": _("paiement validé"),
    "payment.paid": _("paiement effectué"),
    "payment.sent_back": _("paiement renvoyé à l'étape précédente"),
    "payment.refused": _("paiement refusé"),
    "payment.undone": _("paiement noté par erreur, repris"),
    "payment.cancelled": _("paiement annulé"),
    "payment.restored": _("paiement rétabli"),
    "payment.reference_corrected": _("référence d'un paiement corrigée"),
    "payment.exported": _("paiements exportés"),
}
