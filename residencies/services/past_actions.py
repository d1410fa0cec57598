"""What took place before this software, written by hand. Sheets go through the admin's import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from clea.journal import services as journal
from residencies.models import PastAction
from residencies.services.base import require_desk

if TYPE_CHECKING:
    from clea.accounts.models import User


@transaction.atomic
def write(*, by: User, action: PastAction) -> PastAction:
    """Save one line. Raises ``Forbidden``, or ``ValidationError`` for a place of another territory."""
    require_desk(by, action.territory)
    action.full_clean()
    action.save()
    journal.record(
        by=by,
        verb="past_action.written",
        target=action,
        data={"commune": action.commune.insee, "sessions": action.sessions, "people": action.people},
    )
    return action


@transaction.atomic
def remove(*, by: User, action: PastAction) -> None:
    """Take one line away: the journal keeps that it was there. Raises ``Forbidden``."""
    require_desk(by, action.territory)
    journal.record(by=by, verb="past_action.removed", target=action, data={"commune": action.commune.insee})
    action.delete()
