"""What people are told about their consent. Call inside the act's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from clea.mail import services as mail
from clea.ui.dates import day
from residencies.models import Consent
from residencies.selectors.traces import scope_words
from residencies.services.event_notices import absolute, contact

if TYPE_CHECKING:
    from clea.accounts.models import User

#: People met in the territory are written to in French, as the forms they sign are.
LANGUAGE = "fr"


def recorded(*, by: User, consent: Consent, token: str) -> None:
    """What was agreed, and the link that withdraws it."""
    _queue("consent.recorded", by=by, consent=consent, token=token)


def withdrawn(*, by: User | None, consent: Consent, token: str) -> None:
    """It no longer stands."""
    _queue("consent.withdrawn", by=by, consent=consent, token=token)


def _queue(kind: str, *, by: User | None, consent: Consent, token: str) -> None:
    territory = consent.season.programme.territory
    with override(LANGUAGE):
        about = (
            _("les paroles ou l'image de %(person)s") % {"person": consent.person}
            if consent.guardian
            else _("vos paroles ou votre image")
        )
        until = _("jusqu'au %(day)s") % {"day": day(consent.ends_on)} if consent.ends_on else _("sans limite de durée")
        context = {
            "nom": consent.guardian or consent.person,
            "objet": about,
            "usages": scope_words(consent),
            "donne_le": day(consent.given_on),
            "duree": until,
            "lien": absolute(reverse("residencies:consent", args=[token])),
            "territoire": territory.name,
            "coordonnees": contact(territory),
        }
        if consent.withdrawn_at is not None:
            context["retire_le"] = day(timezone.localdate(consent.withdrawn_at))
    mail.queue(
        by=by,
        kind=kind,
        to=consent.email,
        language=LANGUAGE,
        context=context,
        about=consent,
        scope=territory.slug,
        reply_to=territory.contact_email,
    )
