"""Remind artists: of an interview that is near, of one that is not booked. For cron."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from candidatures.enums import ApplicationState, InterviewOutcome
from candidatures.models import InterviewInvitation, InterviewSlot
from candidatures.services.applications import lock
from candidatures.services.jury import interview_notices as notices
from candidatures.services.jury import interview_places as places
from clea.journal import services as journal
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail

log = logging.getLogger(__name__)

NOTICE = timedelta(hours=48)


def remind_artists(*, now: datetime | None = None) -> int:
    """Queue what is due; returns how many. Idempotent: once a dossier and a moment, once a deadline.

    Nobody who booked, or was invited, within the notice itself is reminded: they have just read it.
    One that fails is logged, and keeps nobody else from being told.
    """
    now = now or timezone.now()
    count = 0
    slots = (
        InterviewSlot.objects.booked()
        .filter(
            outcome=InterviewOutcome.PLANNED,
            starts_at__gt=now,
            starts_at__lte=now + NOTICE,
            booked_at__lte=F("starts_at") - NOTICE,
            application__state=ApplicationState.SHORTLISTED,
        )
        .select_related("application")
    )
    for slot in slots.iterator():
        try:
            count += _remind(slot, now)
        except Exception:
            log.exception("the artist of slot %s cannot be reminded", slot.uuid)
    invitations = InterviewInvitation.objects.filter(
        declined_at__isnull=True,
        book_by__gt=now,
        book_by__lte=now + NOTICE,
        mail__state=MailState.SENT,
        mail__sent_at__lte=F("book_by") - NOTICE,
        application__state=ApplicationState.SHORTLISTED,
    ).select_related("application")
    for invitation in invitations.iterator():
        try:
            count += _remind_to_book(invitation, now)
        except Exception:
            log.exception("the artist of invitation %s cannot be reminded", invitation.uuid)
    return count


def _remind(slot: InterviewSlot, now: datetime) -> bool:
    assert slot.application is not None
    with transaction.atomic():
        application = lock(slot.application)
        own = places.lock_slots(application)["own"]
        # Moved or given back while the list was read: the next round will know.
        if own is None or own.pk != slot.pk or own.starts_at != slot.starts_at:
            return False
        if _told(notices.reminder_key(own, application)):
            return False
        notices.reminded(slot=own, application=application)
        journal.record(by=None, verb="interview.reminded", target=application, data={"slot": str(own.uuid)})
        return True


def _remind_to_book(invitation: InterviewInvitation, now: datetime) -> bool:
    with transaction.atomic():
        application = lock(invitation.application)
        locked = places.lock_invitation(application)
        if locked is None or locked.declined_at is not None or locked.book_by != invitation.book_by:
            return False
        if places.lock_slots(application)["own"] is not None or _told(notices.booking_key(locked)):
            return False
        if not InterviewSlot.objects.free().filter(jury__call=application.call_id, starts_at__gt=now).exists():
            # Nothing to choose: it is the coordination that must act, and its desk says so.
            return False
        notices.reminded_to_book(invitation=locked)
        journal.record(
            by=None, verb="interview.reminded", target=application, data={"book_by": locked.book_by.isoformat()}
        )
        return True


def _told(key: str) -> bool:
    return OutgoingMail.objects.filter(dedupe_key=key).exists()
