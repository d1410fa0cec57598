"""The artist's acts: book a slot, change for another, decline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from candidatures.models import Application, InterviewSlot
from candidatures.rules import interviews as rules
from candidatures.rules import role_access
from candidatures.services.applications import lock
from candidatures.services.jury import interview_notices as notices
from candidatures.services.jury import interview_places as places
from clea.errors import require
from clea.journal import services as journal

if TYPE_CHECKING:
    from clea.accounts.models import User


def book(*, by: User, application: Application, slot: InterviewSlot) -> InterviewSlot:
    """Book ``slot``, in place of the one held until now if there is one. The same twice changes nothing.

    Two artists on one slot: the second gets ``Refused`` (``taken``), and keeps what they held.
    """
    with transaction.atomic():
        locked = lock(application)
        access = role_access(locked, by, locked.call.closes_at)
        invitation = places.lock_invitation(locked)
        held = places.lock_slots(locked, slot)
        own, wanted = held["own"], held["wanted"]
        now = timezone.now()
        require(rules.can_book(access, locked, invitation, own, now))
        if own is not None and own.pk == slot.pk:
            return own
        if wanted is not None and wanted.jury.call_id != locked.call_id:
            wanted = None
        require(rules.can_take(wanted, now))
        assert wanted is not None
        assert invitation is not None
        return places.seat(by=by, application=locked, invitation=invitation, own=own, wanted=wanted)


def decline(*, by: User, application: Application, words: str = "") -> None:
    """Say that one will not come; the slot opens to the others, the dossier stays under review."""
    with transaction.atomic():
        locked = lock(application)
        access = role_access(locked, by, locked.call.closes_at)
        invitation = places.lock_invitation(locked)
        own = places.lock_slots(locked)["own"]
        require(rules.can_decline(access, locked, invitation, own, timezone.now()))
        assert invitation is not None
        invitation.declined_at = timezone.now()
        invitation.save(update_fields=["declined_at"])
        if own is not None:
            places.free(own)
            places.count_change(invitation)
        notices.declined(by=by, invitation=invitation, slot=own, words=words.strip())
        journal.record(
            by=by, verb="interview.declined", target=locked, data={"slot": str(own.uuid) if own is not None else ""}
        )
