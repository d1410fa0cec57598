"""What a structure's team is written, and the verbs of what it does to its own page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

INVITATION = "structure.invitation"
LETTER = "coordination.message"
HELD = "file.held"

KINDS: tuple[MailKind, ...] = (
    MailKind(
        key=INVITATION,
        label=_("Invitation dans l'espace d'une structure"),
        description=_(
            "Envoyée à chaque membre d'une équipe que la coordination invite, ou qu'un collègue vient d'ajouter."
        ),
        variables={
            "nom": _("nom de la personne"),
            "structure": _("nom de la structure"),
            "par": _("qui invite"),
            "adresse": _("adresse électronique à donner pour entrer"),
            "lien": _("adresse de l'espace"),
            "territoire": _("nom du territoire"),
            "contact": _("coordonnées du service"),
        },
        subject={"fr": "L'espace de « {{ structure }} » vous est ouvert"},
        body={
            "fr": """Bonjour {{ nom }},

Vous faites partie de l'équipe de « {{ structure }} » : {{ par }} vous ouvre son espace dans le contrat local \
d'éducation artistique de {{ territoire }}. Vous pourrez y compléter l'équipe, dire quand la structure est fermée, \
proposer un souhait aux artistes en résidence et suivre ce qui est prévu chez vous.

Pour entrer, ouvrez cette adresse et donnez votre courriel, **{{ adresse }}** :
{{ lien }}

Un code vous est envoyé à chaque fois : il n'y a pas de mot de passe à retenir.

Vous n'êtes pas la bonne personne, ou ne souhaitez pas y figurer ? Répondez à ce message : vos coordonnées seront \
retirées.

{{ contact }}
"""
        },
    ),
    MailKind(
        key=HELD,
        label=_("Fichier retenu par l'antivirus"),
        description=_("Envoyé à la coordination quand l'antivirus retient un fichier déjà reçu."),
        variables={
            "fichier": _("nom du fichier"),
            "ou": _("dossier ou document auquel il appartient"),
            "menace": _("nom de la menace signalée"),
            "lien": _("adresse de la page du fichier"),
        },
        subject={"fr": "Fichier retenu par l'antivirus : {{ ou }}"},
        body={
            "fr": """Bonjour,

L'antivirus signale une menace ({{ menace }}) dans un fichier reçu, « {{ fichier }} » :
**{{ ou }}**

Plus personne ne peut le lire. Redemandez-le à qui l'a envoyé ; si c'est une fausse alerte, libérez-le avec un motif :
{{ lien }}

Ne l'ouvrez pas pour vérifier.
"""
        },
    ),
    MailKind(
        key=LETTER,
        label=_("Message de la coordination"),
        description=_("Écrit par la coordination à une ou plusieurs personnes, depuis une liste."),
        variables={
            "nom": _("nom de la personne"),
            "pour": _("sa structure, son dossier ou son jury"),
            "sujet": _("objet saisi par la coordination"),
            "message": _("texte saisi par la coordination"),
            "territoire": _("nom du territoire"),
            "coordonnees": _("service, adresses et téléphone, à la suite"),
        },
        subject={"fr": "{{ sujet }}", "en": "{{ sujet }}"},
        body={
            "fr": "{{ message }}\n\n{{ coordonnees }}\n{{ territoire }}",
            "en": "{{ message }}\n\n{{ coordonnees }}\n{{ territoire }}",
        },
    ),
)

VERBS: dict[str, str | _StrPromise] = {
    "letter.written": _("lettre écrite à plusieurs personnes"),
    "letter.kept": _("lettre type enregistrée"),
    "letter.forgotten": _("lettre type supprimée"),
    "structure.details_changed": _("coordonnées publiques changées"),
    "team.member_added": _("membre de l'équipe ajouté"),
    "team.member_changed": _("membre de l'équipe modifié"),
    "team.member_removed": _("membre de l'équipe retiré"),
    "team.member_invited": _("membre de l'équipe invité"),
    "closure.added": _("fermeture ajoutée"),
    "closure.removed": _("fermeture retirée"),
    "closure.desk_changed": _("fermetures changées par la coordination"),
    "closure.weekdays_set": _("jours de fermeture hebdomadaires fixés"),
}
