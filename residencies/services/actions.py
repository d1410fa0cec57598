"""What a committee asks of somebody before a day: written, followed, reminded."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.errors import Refused, require
from clea.journal import services as journal
from residencies.enums.steering import ActionState, MeetingState
from residencies.models import Action, Meeting
from residencies.rules import steering as rules
from residencies.services import meeting_notices as notices
from residencies.services.base import require_desk
from residencies.services.meetings import lock_meeting

if TYPE_CHECKING:
    from clea.accounts.models import User

log = logging.getLogger(__name__)

#: Its owner is reminded that long before.
BEFORE = timedelta(days=7)
#: An action older than this, written down afterwards, is no longer asked about by mail.
NOT_AFTER = timedelta(days=30)
MAX_ACTIONS = 60
_VERB = {
    ActionState.DONE: "action.done",
    ActionState.DROPPED: "action.dropped",
    ActionState.OPEN: "action.reopened",
}


def add(*, by: User, meeting: Meeting, what: str, owner: str, due_on: date, owner_email: str = "") -> Action:
    """Note an action of a meeting that takes place or took place."""
    with transaction.atomic():
        locked = _writing(by, meeting)
        if locked.actions.count() >= MAX_ACTIONS:
            raise Refused(_("Une réunion compte %(n)d actions au plus.") % {"n": MAX_ACTIONS}, code="too_many")
        row = Action(meeting=locked)
        _write(row, what, owner, owner_email, due_on)
        journal.record(by=by, verb="action.added", target=locked, data=_data(row))
        return row


def change(*, by: User, action: Action, what: str, owner: str, due_on: date, owner_email: str = "") -> Action:
    """Correct it. Another day or another person is reminded anew."""
    with transaction.atomic():
        locked = _writing(by, action.meeting)
        row = locked.actions.get(pk=action.pk)
        if (row.due_on, row.owner_email) != (due_on, owner_email.strip().lower()):
            row.reminded_at = None
        _write(row, what, owner, owner_email, due_on)
        journal.record(by=by, verb="action.changed", target=locked, data=_data(row))
        return row


def remove(*, by: User, action: Action) -> None:
    with transaction.atomic():
        locked = _writing(by, action.meeting)
        row = locked.actions.get(pk=action.pk)
        data = _data(row)
        row.delete()
        journal.record(by=by, verb="action.removed", target=locked, data=data)


def mark(*, by: User, action: Action, target: ActionState, note: str = "") -> Action:
    """Done, dropped, or to do again: at any time after the meeting, settled minutes or not."""
    with transaction.atomic():
        locked = lock_meeting(action.meeting)
        require_desk(by, locked.territory)
        row = locked.actions.select_for_update().get(pk=action.pk)
        require(rules.can_mark(row, target))
        row.state, row.note = target, note.strip()
        row.done_on = timezone.localdate() if target == ActionState.DONE else None
        row.full_clean()
        row.save()
        journal.record(by=by, verb=_VERB[target], target=locked, data=_data(row))
        return row


def remind() -> int:
    """By the clock: once in the last week, once when the day has passed. How many messages left.

    ``reminded_at`` tells which: a late action reminded before its day is reminded once more.
    """
    today = timezone.localdate()
    waiting = (
        Action.objects.pending()
        .filter(due_on__lte=today + BEFORE, due_on__gte=today - NOT_AFTER)
        .filter(meeting__state__in=[MeetingState.HELD, MeetingState.SETTLED], meeting__season__closed_at__isnull=True)
        .exclude(owner_email="")
        .select_related("meeting")
        .order_by("pk")
    )
    done = 0
    for action in waiting:
        if _is_due(action, today):
            done += _remind(action, today)
    return done


def _is_due(action: Action, today: date) -> bool:
    if action.reminded_at is None:
        return True
    return action.due_on < today and timezone.localdate(action.reminded_at) <= action.due_on


def _remind(action: Action, today: date) -> int:
    with transaction.atomic():
        locked = lock_meeting(action.meeting)
        row = locked.actions.select_for_update().get(pk=action.pk)
        if row.state != ActionState.OPEN or not _is_due(row, today):
            return 0
        row.meeting = locked
        try:
            notices.reminded(action=row, today=today)
        except Refused:
            # One wrong address must not keep the others from being told.
            log.warning("reminder of action %s not written: bad address", row.uuid)
            return 0
        row.reminded_at = timezone.now()
        row.save(update_fields=["reminded_at"])
        journal.record(by=None, verb="action.reminded", target=locked, data=_data(row))
        return 1


# Inside a transaction ----------------------------------------------------------------------------


def _writing(by: User, meeting: Meeting) -> Meeting:
    locked = lock_meeting(meeting)
    require_desk(by, locked.territory)
    require(rules.can_write(locked))
    return locked


def _write(row: Action, what: str, owner: str, owner_email: str, due_on: date) -> None:
    row.what, row.owner, row.owner_email, row.due_on = what.strip(), owner.strip(), owner_email.strip().lower(), due_on
    row.full_clean()
    row.save()


def _data(action: Action) -> dict[str, object]:
    return {"action": str(action.uuid), "due_on": action.due_on.isoformat(), "state": str(action.state)}
