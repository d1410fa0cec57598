"""What this app tells people, and the journal's words for its acts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

KINDS = (
    MailKind(
        key="account.retention",
        label=_("Effacement prochain d'un compte"),
        description=_("Prévient, un mois avant, qu'un compte inutilisé sera effacé."),
        variables={
            "jour": _("jour à partir duquel le compte peut être effacé"),
            "lien": _("adresse où se connecter"),
        },
        subject={"fr": "Votre compte sera bientôt effacé", "en": "Your account will soon be erased"},
        body={
            "fr": """Bonjour,

Vous n'avez pas utilisé votre compte depuis longtemps. Il sera effacé à partir du **{{ jour }}**.

Pour le garder, il suffit de vous connecter avant ce jour :
{{ lien }}

Sinon, vous n'avez rien à faire.
""",
            "en": """Hello,

You have not used your account for a long time. It will be erased from **{{ jour }}** on.

To keep it, just sign in before that day:
{{ lien }}

Otherwise you need not do anything.
""",
        },
    ),
)

VERBS = {
    "disposal.prepared": _("bordereau d'élimination préparé"),
    "disposal.line_kept": _("ligne d'un bordereau conservée"),
    "disposal.line_put_back": _("ligne d'un bordereau remise"),
    "disposal.approved": _("bordereau d'élimination approuvé"),
    "disposal.cancelled": _("bordereau d'élimination abandonné"),
    "disposal.carried_out": _("bordereau d'élimination exécuté"),
    "account.retention_told": _("effacement prochain d'un compte annoncé"),
    "account.erased": _("compte effacé"),
    "account.closed": _("compte fermé à la demande de sa personne"),
    "account.data_taken": _("copie de ses données téléchargée"),
    "privacy.copy_given": _("copie de ses données remise à une personne"),
    "privacy.erased_on_request": _("effacement à la demande d'une personne"),
    "mails.erased": _("messages anciens effacés"),
}
