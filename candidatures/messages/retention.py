"""What is told before a dossier goes, and the journal's words for it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

KINDS = (
    MailKind(
        key="application.retention",
        label=_("Effacement prochain d'un dossier"),
        description=_("Prévient, un mois avant, qu'un dossier sera effacé, et dit comment en garder une copie."),
        variables={
            "nom": _("nom de l'artiste ou du collectif"),
            "appel": _("titre de l'appel"),
            "jour": _("jour à partir duquel le dossier peut être effacé"),
            "lien": _("adresse du dossier"),
            "choix": _("ce que la personne peut demander avant"),
            "service": _("service qui répond des données"),
            "courriel": _("adresse de contact"),
        },
        subject={
            "fr": "Votre dossier sera bientôt effacé – {{ appel }}",
            "en": "Your application will soon be erased – {{ appel }}",
        },
        body={
            "fr": """Bonjour,

Le dossier de {{ nom }} pour l'appel « {{ appel }} » arrive au terme de sa conservation.
Il sera effacé, avec ses fichiers, à partir du **{{ jour }}**.

Pour en garder une copie, ouvrez-le avant ce jour :
{{ lien }}

{{ choix }}

Vous n'avez rien d'autre à faire.

{{ service }}
{{ courriel }}
""",
            "en": """Hello,

The application of {{ nom }} for the call "{{ appel }}" has come to the end of the time it is kept.
It will be erased, with its files, from **{{ jour }}** on.

To keep a copy, open it before that day:
{{ lien }}

{{ choix }}

You need not do anything else.

{{ service }}
{{ courriel }}
""",
        },
    ),
)

VERBS = {
    "application.erased": _("dossier effacé"),
    "application.retention_told": _("effacement prochain annoncé"),
    "questions.erased": _("questions reçues effacées"),
}
