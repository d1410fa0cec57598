"""Giving a slot to a dossier and taking it back: the two gestures that every act on interviews is made of.

Call inside a transaction that holds the dossier (``applications.lock``); slots are locked after it,
in one order whoever asks.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.enums import InterviewOutcome
from candidatures.models import Application, InterviewInvitation, InterviewSlot
from candidatures.rules import interviews as rules
from clea.errors import Refused, require
from clea.journal import services as journal

if TYPE_CHECKING:
    from clea.accounts.models import User


def lock_slots(application: Application, wanted: InterviewSlot | None = None) -> dict[str, InterviewSlot | None]:
    """The slot this dossier holds (``own``) and the one it wants (``wanted``), locked, fresh. One query."""
    mine = Q(application=application, cancelled_at__isnull=True)
    condition = mine | Q(pk=wanted.pk) if wanted is not None else mine
    rows = list(InterviewSlot.objects.select_for_update().filter(condition).order_by("pk"))
    return {
        "own": next((row for row in rows if row.application_id == application.pk and row.cancelled_at is None), None),
        "wanted": next((row for row in rows if wanted is not None and row.pk == wanted.pk), None),
    }


def lock_slot(slot: InterviewSlot) -> InterviewSlot:
    """One slot, locked, fresh. ``Refused`` when it was deleted since."""
    found = InterviewSlot.objects.select_for_update().filter(pk=slot.pk).first()
    if found is None:
        raise Refused(_("Ce créneau vient d'être supprimé."), code="gone")
    return found


def lock_invitation(application: Application) -> InterviewInvitation | None:
    """The dossier's invitation, its letter with it."""
    found = (
        InterviewInvitation.objects.select_for_update(of=("self",))
        .select_related("mail")
        .filter(application=application)
        .first()
    )
    if found is not None:
        found.application = application
    return found


def take(*, by: User, application: Application, slot: InterviewSlot, now: datetime) -> None:
    """Write the dossier on a locked free slot."""
    require(rules.can_take(slot, now))
    slot.application, slot.booked_at, slot.booked_by = application, now, by
    slot.sequence += 1
    try:
        slot.full_clean()
    except ValidationError as error:
        raise Refused(" ".join(error.messages), code="taken") from None
    slot.save()


def free(slot: InterviewSlot) -> None:
    """Take the dossier off a locked slot, which may be booked again."""
    slot.application = slot.booked_at = slot.booked_by = None
    slot.outcome = InterviewOutcome.PLANNED
    slot.sequence += 1
    slot.save()


def count_change(invitation: InterviewInvitation) -> None:
    """The artist's event changes: its next file replaces the last one."""
    invitation.sequence += 1
    invitation.save(update_fields=["sequence"])


def seat(
    *,
    by: User,
    application: Application,
    invitation: InterviewInvitation,
    own: InterviewSlot | None,
    wanted: InterviewSlot,
) -> InterviewSlot:
    """Put the artist in ``wanted``, out of ``own`` if they held one: rows, message, journal. All are locked."""
    from candidatures.services.jury import interview_notices

    former = own.starts_at if own is not None else None
    if own is not None:
        free(own)
    take(by=by, application=application, slot=wanted, now=timezone.now())
    if invitation.declined_at is not None:
        invitation.declined_at = None
        invitation.save(update_fields=["declined_at"])
    count_change(invitation)
    if former is None:
        interview_notices.confirmed(by=by, invitation=invitation, slot=wanted)
    else:
        interview_notices.changed(by=by, invitation=invitation, slot=wanted, former=former)
    journal.record(
        by=by,
        verb="interview.booked" if own is None else "interview.moved",
        target=application,
        data={"slot": str(wanted.uuid), "from": str(own.uuid) if own is not None else ""},
    )
    return wanted


def give_back(*, by: User, application: Application) -> None:
    """Free the coming slot of a locked dossier that leaves the process, and tell the coordination.

    For ``applications.withdraw``: nobody keeps an hour of the jury for a dossier that is gone.
    """
    from candidatures.services.jury import interview_notices

    own = lock_slots(application)["own"]
    if own is None or own.outcome != InterviewOutcome.PLANNED or own.starts_at <= timezone.now():
        return
    free(own)
    interview_notices.freed(by=by, application=application, slot=own, words=_("Le dossier est retiré."))
    journal.record(by=by, verb="interview.released", target=application, data={"slot": str(own.uuid)})
