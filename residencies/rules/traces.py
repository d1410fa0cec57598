"""Who agreed to what, and what may be shown under it (RGPD, articles 6 and 7). Pure: rows already read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Literal, get_args

from django.utils.translation import gettext as _

from clea.rules import ALLOWED, Verdict, refuse

if TYPE_CHECKING:
    from residencies.models import Consent, Picture, Production, Testimony

#: Where something may be shown: the site and the bilan online; what is printed and the PDFs; the press.
Where = Literal["site", "print", "press"]
WHERES: tuple[Where, ...] = get_args(Where)
#: The column of a consent that says it.
SCOPE: dict[Where, str] = {"site": "on_site", "print": "in_print", "press": "in_press"}


def stands(consent: Consent, where: Where, today: date) -> bool:
    """Whether it covers this today: begun, not over (its last day counts), not withdrawn."""
    return (
        getattr(consent, SCOPE[where])
        and consent.withdrawn_at is None
        and consent.given_on <= today
        and (consent.ends_on is None or today <= consent.ends_on)
    )


def is_over(consent: Consent, today: date) -> bool:
    """Its last day has passed: it counts as none."""
    return consent.ends_on is not None and consent.ends_on < today


def covered(consents: Collection[Consent], where: Where, today: date, *, needed: bool) -> bool:
    """Whether everyone agreed: each consent stands, and there is at least one where one is ``needed``."""
    return all(stands(one, where, today) for one in consents) and bool(consents or not needed)


def can_publish_testimony(testimony: Testimony, today: date) -> Verdict:
    """Words are shown under their author's consent, on the site or in print."""
    consent = testimony.consent
    if consent is None:
        return refuse(_("Notez d'abord l'accord de la personne, puis choisissez-le pour ce témoignage."), "no_consent")
    return _can_publish([consent], today, needed=True)


def can_publish_picture(picture: Picture, consents: Collection[Consent], today: date) -> Verdict:
    """A picture where people can be recognised needs at least one consent, and all it has must stand."""
    if picture.shows_people and not consents:
        return refuse(
            _(
                "Des personnes sont reconnaissables : choisissez l'accord de chacune, ou dites que personne n'est "
                "reconnaissable."
            ),
            "no_consent",
        )
    return _can_publish(consents, today, needed=picture.shows_people)


def can_put_in_kit(picture: Picture, consents: Collection[Consent], today: date) -> Verdict:
    """The kit is for the press: everyone on the picture agreed to that too."""
    if picture.shows_people and not consents:
        return can_publish_picture(picture, consents, today)
    if covered(consents, "press", today, needed=picture.shows_people):
        return ALLOWED
    return refuse(
        _("L'accord d'une des personnes ne couvre pas la presse, n'est plus en vigueur ou a été retiré."), "not_press"
    )


def _can_publish(consents: Collection[Consent], today: date, *, needed: bool) -> Verdict:
    if any(covered(consents, where, today, needed=needed) for where in ("site", "print")):
        return ALLOWED
    if any(one.withdrawn_at is not None for one in consents):
        return refuse(_("Un accord a été retiré : cela ne se publie plus."), "withdrawn")
    if any(is_over(one, today) for one in consents):
        return refuse(_("Un accord est arrivé à sa fin : demandez-en un nouveau, puis choisissez-le."), "expired")
    return refuse(_("Les accords ne couvrent ni le site ni les documents imprimés."), "not_covered")


def can_artist_write(row: Testimony | Picture | Production) -> Verdict:
    """Artists change what is not published yet; the coordination, everything."""
    if not row.is_published and not getattr(row, "in_kit", False):
        return ALLOWED
    return refuse(
        _("C'est publié : demandez à la coordination de le retirer de la publication, puis modifiez-le."), "published"
    )


def can_change_consent(consent: Consent) -> Verdict:
    """A consent that was withdrawn stays as it was: another one is another row."""
    if consent.withdrawn_at is None:
        return ALLOWED
    return refuse(_("Cet accord a été retiré. Si la personne accepte de nouveau, notez un nouvel accord."), "withdrawn")
