"""What an artist is told about an offer, and what the coordination is told about an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from candidatures.services.jury.renouncing import answers_address
from candidatures.services.notices import _service, absolute
from clea.i18n import localised
from clea.mail import services as mail
from clea.mail.models import OutgoingMail
from clea.ui.dates import deadline

if TYPE_CHECKING:
    from candidatures.models import Application, Offer
    from clea.accounts.models import User


def _context(application: Application, offer: Offer) -> dict[str, object]:
    call = application.call
    return _service(call) | {
        "nom": application.display_name,
        "appel": localised(call, "title"),
        "numero": application.last_deposit.number if application.last_deposit else "–",
        "residence": localised(offer.position, "title") if offer.position is not None else localised(call, "title"),
        "repondre_avant": deadline(offer.answer_by),
        "lien": absolute(reverse("applications:answer", args=[application.uuid])),
    }


def _to_artist(
    kind: str,
    *,
    by: User | None,
    application: Application,
    offer: Offer,
    approved: bool = True,
    dedupe_key: str = "",
    **more: object,
) -> None:
    """Write to the dossier's owner, in their language."""
    with translation.override(application.owner.language):
        mail.queue(
            by=by,
            kind=kind,
            to=application.owner.email,
            language=application.owner.language,
            context=_context(application, offer) | more,
            about=application,
            scope=application.call.territory.slug,
            reply_to=application.call.contact_email,
            approved=approved,
            dedupe_key=dedupe_key,
        )


def accepted(*, by: User, application: Application, offer: Offer) -> None:
    """Confirm a yes to the artist."""
    _to_artist("offer.accepted", by=by, application=application, offer=offer)


def refused(*, by: User, application: Application, offer: Offer) -> None:
    """Confirm a no to the artist."""
    _to_artist("offer.refused", by=by, application=application, offer=offer)


def extended(*, by: User, application: Application, offer: Offer) -> None:
    """Tell the artist the new date."""
    _to_artist("offer.extended", by=by, application=application, offer=offer)


def reminder_key(offer: Offer) -> str:
    """One reminder an offer and a date: a date that moves reminds again."""
    return f"offer-reminder:{offer.uuid}:{offer.answer_by.isoformat()}"


def is_reminded(offer: Offer) -> bool:
    """Whether the reminder of this date is written. One query."""
    return OutgoingMail.objects.filter(dedupe_key=reminder_key(offer)).exists()


def reminded(*, application: Application, offer: Offer) -> None:
    """Remind the artist that an answer is awaited."""
    _to_artist("offer.reminder", by=None, application=application, offer=offer, dedupe_key=reminder_key(offer))


def closed(*, by: User, application: Application, offer: Offer, why: str) -> None:
    """Draft what tells the artist that the offer is over: the coordination reads it before it leaves."""
    _to_artist("offer.closed", by=by, application=application, offer=offer, approved=False, motif=why)


def answered(*, application: Application, offer: Offer) -> None:
    """Tell the coordination what the artist answered; "reply" writes to the artist."""
    call = application.call
    with translation.override("fr"):
        mail.queue(
            by=None,
            kind="offer.answered",
            to=call.contact_email,
            context={
                "nom": application.display_name,
                "appel": call.title,
                "numero": application.last_deposit.number if application.last_deposit else "–",
                "reponse": offer.get_state_display(),
                "message": offer.words or _("Sans message."),
                "lien": answers_address(application),
            },
            about=application,
            scope=call.territory.slug,
            reply_to=application.owner.email,
        )
