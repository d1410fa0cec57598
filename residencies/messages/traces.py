"""Consents, testimonies, pictures, productions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_CONSENT = {
    "nom": _("nom de la personne, ou de son responsable légal"),
    "objet": _("de qui sont les paroles et les images"),
    "usages": _("ce que l'accord couvre, à la suite"),
    "donne_le": _("date de l'accord"),
    "duree": _("jusqu'à quand l'accord vaut"),
    "lien": _("adresse qui montre ce qui est couvert et permet de retirer l'accord"),
    "territoire": _("nom du territoire"),
    "coordonnees": _("service, adresses et téléphone, à la suite"),
}
_SIGNATURE = """
{{ coordonnees }}
{{ territoire }}"""

KINDS: tuple[MailKind, ...] = (
    MailKind(
        key="consent.recorded",
        label=_("Votre accord, et comment le retirer"),
        description=_("Envoyé quand l'accord d'une personne est noté avec une adresse, ou à nouveau sur demande."),
        variables=_CONSENT,
        subject={"fr": "Votre accord, et comment le retirer à tout moment"},
        body={
            "fr": f"""Bonjour {{{{ nom }}}},

Le {{{{ donne_le }}}}, vous avez accepté que le CLEA publie {{{{ objet }}}} : {{{{ usages }}}}, {{{{ duree }}}}.

Vous pouvez voir ce qui est publié, et retirer cet accord à tout moment, sans compte et sans donner de raison :
{{{{ lien }}}}

Tout ce qu'il couvre quitte alors aussitôt les pages publiques. Gardez ce message : cette adresse n'est qu'à vous.
{_SIGNATURE}""",
        },
    ),
    MailKind(
        key="consent.withdrawn",
        label=_("Votre accord est retiré"),
        description=_("Envoyé aussitôt à la personne dont l'accord est retiré, si elle a donné une adresse."),
        variables=_CONSENT | {"retire_le": _("date du retrait")},
        subject={"fr": "Votre accord est retiré"},
        body={
            "fr": f"""Bonjour {{{{ nom }}}},

L'accord du {{{{ donne_le }}}}, qui permettait au CLEA de publier {{{{ objet }}}}, est retiré depuis le \
{{{{ retire_le }}}}. Ce qu'il couvrait a quitté les pages publiques, les dossiers à télécharger et les documents \
que le CLEA fait désormais. Ce qui est déjà imprimé ou paru ailleurs ne peut pas être repris.
{_SIGNATURE}""",
        },
    ),
)

VERBS: dict[str, str | _StrPromise] = {
    "consent.recorded": _("accord d'une personne noté"),
    "consent.changed": _("accord d'une personne corrigé"),
    "consent.link_sent": _("lien de retrait renvoyé à la personne"),
    "consent.withdrawn": _("accord d'une personne retiré"),
    "consent.removed": _("accord noté par erreur effacé"),
    "testimony.added": _("témoignage ajouté"),
    "testimony.changed": _("témoignage modifié"),
    "testimony.removed": _("témoignage supprimé"),
    "testimony.published": _("témoignage publié"),
    "testimony.unpublished": _("témoignage retiré de la publication"),
    "picture.added": _("image ajoutée"),
    "picture.changed": _("image modifiée"),
    "picture.lightened": _("copies légères de l'image faites"),
    "picture.removed": _("image supprimée"),
    "picture.published": _("image publiée"),
    "picture.unpublished": _("image retirée de la publication"),
    "picture.put_in_kit": _("image mise dans le dossier de presse"),
    "picture.taken_from_kit": _("image retirée du dossier de presse"),
    "production.added": _("production ajoutée"),
    "production.changed": _("production modifiée"),
    "production.removed": _("production supprimée"),
    "production.published": _("production publiée"),
    "production.unpublished": _("production retirée de la publication"),
}
