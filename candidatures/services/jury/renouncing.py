"""What a dossier held once it is no longer in the race: its letters not gone yet, its offer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from candidatures.enums import HOLDING_OFFERS, ApplicationState, OfferState
from candidatures.models import Application, Jury, Letter, Offer
from candidatures.selectors.answers import UNSENT
from candidatures.services.notices import absolute
from clea.journal import services as journal
from clea.mail import services as mail
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail

if TYPE_CHECKING:
    from clea.accounts.models import User


def lock_unsent(applications: Iterable[Application]) -> None:
    """Lock the messages of these dossiers' letters that have not left. One query.

    For an act that journals before it voids a letter: the outbox locks a message, then the journal, and
    one that held the journal while it waited for a message would be killed by PostgreSQL. Call with the
    dossiers locked.
    """
    rows = OutgoingMail.objects.filter(decision_letter__application__in=list(applications), state__in=UNSENT)
    list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))


def void_letters(*, by: User | None, locked: Application, keep: str | None = None) -> list[Letter]:
    """Cancel the dossier's letters that have not left, but those that announce ``keep``.

    One that is leaving at this very moment is past holding back. Call with the dossier locked.
    """
    now = timezone.now()
    rows = Letter.objects.filter(application=locked, mail__state__in=UNSENT).select_related("mail")
    leaving = Q(mail__state=MailState.APPROVED, mail__claimed_until__gt=now)
    waiting = [letter for letter in rows.exclude(leaving) if letter.outcome != keep]
    if waiting:
        mail.cancel(by=by, mails=[letter.mail for letter in waiting])
        for letter in waiting:
            journal.record(
                by=by, verb="letter.voided", target=locked, data={"letter": str(letter.uuid), "outcome": letter.outcome}
            )
    return waiting


def close_offer(*, by: User | None, offer: Offer, state: OfferState, why: str = "") -> Offer:
    """Write that an offer is over. Call with the dossier and the offer locked."""
    offer.state = state
    offer.ended_at = timezone.now()
    offer.ended_why = why
    offer.full_clean(exclude=["application", "decision", "position", "letter", "answered_by"])
    offer.save(update_fields=["state", "ended_at", "ended_why"])
    return offer


def free_position(*, by: User | None, locked: Application, why: str) -> Offer | None:
    """End the offer that holds a position for this dossier: cancelled before the answer, released after."""
    offer = Offer.objects.select_for_update().filter(application=locked, state__in=HOLDING_OFFERS).first()
    if offer is None:
        return None
    pending = offer.state == OfferState.PENDING
    close_offer(by=by, offer=offer, state=OfferState.CANCELLED if pending else OfferState.RELEASED, why=why)
    journal.record(
        by=by,
        verb="offer.cancelled" if pending else "offer.released",
        target=locked,
        data={"offer": str(offer.uuid)},
    )
    return offer


def settle(*, by: User, locked: Application, before: str) -> None:
    """An artist withdrew after the decision: nothing held for them, the desk told. Call once letters are void."""
    free_position(by=None, locked=locked, why="")
    journal.record(by=by, verb="application.renounced", target=locked, data={"from": before})
    call = locked.call
    mail.queue(
        by=None,
        kind="application.renounced",
        to=call.contact_email,
        context={
            "nom": locked.display_name,
            "appel": call.title,
            "numero": locked.last_deposit.number if locked.last_deposit else "–",
            "decision": ApplicationState(before).label,
            "lien": answers_address(locked),
        },
        about=locked,
        scope=call.territory.slug,
        reply_to=locked.owner.email,
    )


def answers_address(application: Application) -> str:
    """Where the coordination finds the answers of this dossier's jury; the dossier itself without one."""
    jury = Jury.objects.filter(call=application.call_id).first()
    if jury is None:
        return absolute(reverse("admin:candidatures_application_change", args=[application.uuid]))
    return absolute(reverse("admin:candidatures_jury_answers", args=[jury.uuid]))
