"""The messages this app sends, with their default texts."""

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

_SERVICE = {
    "service": _("service en charge"),
    "territoire": _("nom du territoire"),
    "courriel": _("adresse électronique du service"),
    "telephone": _("téléphone du service"),
    "adresse_postale": _("adresse postale du service"),
    "coordonnees": _("service, adresses et téléphone, à la suite"),
}
_DOSSIER = {"nom": _("nom annoncé du dossier"), "appel": _("titre de l'appel")}

_SIGNATURE_FR = """
{{ coordonnees }}
{{ territoire }}"""
_SIGNATURE_EN = _SIGNATURE_FR

KINDS = (
    MailKind(
        key="application.acknowledgement",
        label=_("Accusé de réception d'un dépôt"),
        description=_("Envoyé aussitôt, à chaque dépôt. La loi en fixe le contenu (CRPA, L112-11 et R112-11-1)."),
        variables=_SERVICE
        | _DOSSIER
        | {
            "numero": _("numéro de dépôt"),
            "recu_le": _("date et heure de réception"),
            "empreinte": _("empreinte SHA-256 du dépôt"),
            "pieces": _("liste des pièces reçues"),
            "silence": _("ce que vaut le silence de l'administration"),
            "cloture": _("clôture de l'appel"),
            "lien": _("adresse de la page du dépôt"),
        },
        subject={
            "fr": "Dossier {{ numero }} bien reçu – {{ appel }}",
            "en": "Application {{ numero }} received – {{ appel }}",
        },
        body={
            "fr": """Bonjour,

Nous avons reçu le dossier de **{{ nom }}** pour l'appel « {{ appel }} ».

- Numéro de dépôt : **{{ numero }}**
- Reçu le {{ recu_le }} (heure de Paris)
- Empreinte SHA-256 : {{ empreinte }}

Pièces reçues :

{{ pieces }}

Votre dossier réuni en un seul PDF et votre accusé de réception à télécharger :
{{ lien }}

Jusqu'à la clôture, {{ cloture }}, vous pouvez modifier votre dossier et le déposer de nouveau.
Le dernier dépôt fait foi.

{{ silence }}

Service chargé du dossier : {{ coordonnees }}.
""",
            "en": """Hello,

We have received the application of **{{ nom }}** for the call "{{ appel }}".

- Deposit number: **{{ numero }}**
- Received on {{ recu_le }} (Paris time)
- SHA-256 fingerprint: {{ empreinte }}

Documents received:

{{ pieces }}

Your application as one PDF, and your acknowledgement to download:
{{ lien }}

Until the close, {{ cloture }}, you may change your application and file it again. The last deposit stands.

{{ silence }}

Service in charge: {{ coordonnees }}.
""",
        },
    ),
    MailKind(
        key="application.withdrawn",
        label=_("Confirmation d'un retrait"),
        description=_("Envoyée quand l'artiste retire un dossier déposé."),
        variables=_SERVICE | _DOSSIER | {"numero": _("numéro de dépôt")},
        subject={
            "fr": "Dossier {{ numero }} retiré – {{ appel }}",
            "en": "Application {{ numero }} withdrawn – {{ appel }}",
        },
        body={
            "fr": """Bonjour,

Le dossier de {{ nom }} ({{ numero }}) pour l'appel « {{ appel }} » est retiré. Il ne sera pas examiné.

Si ce n'est pas vous qui l'avez demandé, écrivez-nous sans attendre.
"""
            + _SIGNATURE_FR,
            "en": """Hello,

The application of {{ nom }} ({{ numero }}) for the call "{{ appel }}" is withdrawn. It will not be examined.

If you did not ask for this, please write to us at once.
"""
            + _SIGNATURE_EN,
        },
    ),
    MailKind(
        key="application.reminder",
        label=_("Rappel avant la clôture"),
        description=_("Envoyé deux jours avant la clôture à qui n'a pas déposé son dossier tel qu'il est."),
        variables=_SERVICE | _DOSSIER | {"delai": _("clôture, pour cette personne"), "lien": _("adresse du dossier")},
        subject={
            "fr": "Votre dossier n'est pas déposé – {{ appel }}",
            "en": "Your application is not filed yet – {{ appel }}",
        },
        body={
            "fr": """Bonjour,

Le dossier de {{ nom }} pour l'appel « {{ appel }} » est enregistré.
**Il n'est pas déposé** tel qu'il est aujourd'hui.

Dernier délai : **{{ delai }}**.

Pour le terminer et le déposer :
{{ lien }}

Si vous ne souhaitez plus candidater, vous n'avez rien à faire.
"""
            + _SIGNATURE_FR,
            "en": """Hello,

The application of {{ nom }} for the call "{{ appel }}" is saved, but **it is not filed** as it stands today.

Last moment: **{{ delai }}** (Paris time).

To complete and file it:
{{ lien }}

If you no longer wish to apply, there is nothing to do.
"""
            + _SIGNATURE_EN,
        },
    ),
    MailKind(
        key="collaborator.invitation",
        label=_("Invitation dans un dossier"),
        description=_("Envoyée par l'artiste à une personne qui lira, modifiera ou reprendra le dossier."),
        variables={
            "invitant": _("qui invite"),
            "dossier": _("nom annoncé du dossier"),
            "appel": _("titre de l'appel"),
            "droit": _("ce que permet l'invitation"),
            "jusqu_au": _("fin de validité"),
            "lien": _("adresse à ouvrir pour accepter"),
        },
        subject={
            "fr": "{{ invitant }} vous invite dans un dossier CLEA",
            "en": "{{ invitant }} invites you into a CLEA application",
        },
        body={
            "fr": """Bonjour,

{{ invitant }} vous invite à {{ droit }} : « {{ dossier }} », pour l'appel « {{ appel }} ».

Pour accepter, ouvrez cette adresse et connectez-vous avec l'adresse qui a reçu ce message :
{{ lien }}

L'invitation est valable jusqu'au {{ jusqu_au }}. Si vous ne connaissez pas cette personne, ne faites rien.
""",
            "en": """Hello,

{{ invitant }} invites you to: {{ droit }} – "{{ dossier }}", for the call "{{ appel }}".

To accept, open this address and sign in with the e-mail address that received this message:
{{ lien }}

The invitation is valid until {{ jusqu_au }}. If you do not know this person, do nothing.
""",
        },
    ),
    MailKind(
        key="piece.held",
        label=_("Pièce retenue par l'antivirus"),
        description=_("Envoyé à l'artiste quand l'antivirus retient une pièce de son dossier après son envoi."),
        variables=_SERVICE
        | _DOSSIER
        | {
            "piece": _("pièce retenue"),
            "fichier": _("nom du fichier"),
            "menace": _("nom de la menace signalée"),
            "lien": _("adresse de la page de la pièce"),
        },
        subject={
            "fr": "Un fichier de votre dossier est à remplacer – {{ appel }}",
            "en": "A file of your application must be replaced – {{ appel }}",
        },
        body={
            "fr": """Bonjour,

L'antivirus signale une menace ({{ menace }}) dans « {{ fichier }} », envoyé pour la pièce « {{ piece }} » du dossier \
de **{{ nom }}**. Personne ne peut lire ce fichier : la pièce compte comme manquante.

Analysez votre ordinateur, refaites le fichier à partir de l'original, puis remplacez-le avant la clôture :
{{ lien }}

Si votre dossier est déjà déposé, le dépôt et sa date sont gardés. Si vous êtes sûr du fichier, répondez à ce message.
"""
            + _SIGNATURE_FR,
            "en": """Hello,

Our antivirus reports a threat ({{ menace }}) in "{{ fichier }}", sent as "{{ piece }}" for the application of \
**{{ nom }}**. Nobody can read this file: it counts as missing.

Scan your computer, make the file again from its source, then replace it before the deadline:
{{ lien }}

If you have already filed, your deposit and its date are kept. If you are sure of the file, reply to this message.
"""
            + _SIGNATURE_EN,
        },
    ),
    MailKind(
        key="piece.request",
        label=_("Demande de pièce manquante"),
        description=_("Dit quelle pièce manque et avant quand la fournir (CRPA, L114-5)."),
        variables=_SERVICE
        | _DOSSIER
        | {
            "numero": _("numéro de dépôt"),
            "piece": _("pièce demandée"),
            "message": _("ce qui manque, en clair"),
            "delai": _("délai pour fournir la pièce"),
            "lien": _("adresse où l'envoyer"),
        },
        subject={
            "fr": "Une pièce manque à votre dossier {{ numero }}",
            "en": "A document is missing from your application {{ numero }}",
        },
        body={
            "fr": """Bonjour,

Il manque une pièce au dossier de {{ nom }} ({{ numero }}) pour l'appel « {{ appel }} » : **{{ piece }}**.

{{ message }}

Merci de l'envoyer avant le délai suivant : **{{ delai }}**, à cette adresse :
{{ lien }}
"""
            + _SIGNATURE_FR,
            "en": """Hello,

A document is missing from the application of {{ nom }} ({{ numero }}) for the call "{{ appel }}": **{{ piece }}**.

{{ message }}

Please send it before: **{{ delai }}** (Paris time), at this address:
{{ lien }}
"""
            + _SIGNATURE_EN,
        },
    ),
    MailKind(
        key="extension.granted",
        label=_("Délai supplémentaire accordé"),
        description=_("Envoyé à la personne à qui la coordination accorde un délai."),
        variables=_SERVICE
        | {"appel": _("titre de l'appel"), "delai": _("nouveau délai"), "lien": _("adresse de l'appel")},
        subject={
            "fr": "Un délai supplémentaire vous est accordé – {{ appel }}",
            "en": "You have been given more time – {{ appel }}",
        },
        body={
            "fr": """Bonjour,

Pour l'appel « {{ appel }} », un délai supplémentaire vous est accordé. Il vous est personnel : **{{ delai }}**.

{{ lien }}
"""
            + _SIGNATURE_FR,
            "en": """Hello,

For the call "{{ appel }}", you have been given more time. It is yours alone: **{{ delai }}** (Paris time).

{{ lien }}
"""
            + _SIGNATURE_EN,
        },
    ),
    MailKind(
        key="call.question",
        label=_("Question reçue par le formulaire de contact"),
        description=_("Envoyée à l'adresse de contact de l'appel ; répondre au message répond à la personne."),
        variables={
            "appel": _("titre de l'appel"),
            "nom": _("nom de la personne"),
            "courriel": _("son adresse électronique"),
            "question": _("sa question"),
        },
        subject={"fr": "Question de {{ nom }} – {{ appel }}"},
        body={
            "fr": """{{ nom }} ({{ courriel }}) demande, à propos de « {{ appel }} » :

{{ question }}

Répondez à ce message pour lui écrire.
"""
        },
    ),
)

VERBS = {
    "application.started": _("brouillon commencé"),
    "application.edited": _("brouillon modifié"),
    "application.filed": _("dossier déposé"),
    "application.withdrawn": _("dossier retiré"),
    "application.contact_agreed": _("accord pour être recontacté donné"),
    "application.contact_withdrawn": _("accord pour être recontacté retiré"),
    "piece.added": _("pièce envoyée"),
    "piece.removed": _("pièce retirée"),
    "piece.requested": _("pièce demandée"),
    "piece.request_cancelled": _("demande de pièce annulée"),
    "piece.supplied": _("pièce fournie sur demande"),
    "collaborator.invited": _("invitation envoyée"),
    "collaborator.revoked": _("invitation annulée"),
    "collaborator.joined": _("invitation acceptée"),
    "collaborator.owner_changed": _("responsable du dossier changé"),
    "collaborator.removed": _("co-candidat retiré"),
    "collaborator.role_changed": _("droit d'un co-candidat changé"),
    "eligibility.checked": _("recevabilité vérifiée"),
    "extension.granted": _("délai supplémentaire accordé"),
    "application.reminded": _("rappel avant la clôture envoyé"),
    "application.exported": _("dossiers exportés"),
    "call.published": _("appel publié"),
    "call.unpublished": _("appel retiré de la publication"),
    "call.archived": _("appel archivé"),
    "call.cloned": _("appel repris d'un autre"),
    "call.changed": _("appel modifié"),
    "call.question": _("question reçue"),
}
