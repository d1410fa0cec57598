"""That somebody took their data away, at the journal before the first byte leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from clea.journal import services as journal

if TYPE_CHECKING:
    from clea.accounts.models import User


@transaction.atomic
def taken(*, by: User) -> None:
    """One's own data, by oneself."""
    journal.record(by=by, verb="account.data_taken", target=by)
