"""The names that the public may read."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from candidatures.enums import ApplicationState, OfferState
from candidatures.models import Application
from clea.text import normalise

if TYPE_CHECKING:
    from candidatures.models import Call


def names(call: Call, today: date) -> list[str]:
    """Those who accepted, by name, once the coordination approved it and the day has come. One query.

    Live: a renouncement takes a name off. Empty before the day, and while nobody approved.
    """
    rows = Application.objects.filter(
        call=call,
        call__jury__publication_approved_at__isnull=False,
        call__jury__publish_on__lte=today,
        state=ApplicationState.SELECTED,
        offers__state=OfferState.ACCEPTED,
    ).only("artist_name", "first_name", "last_name")
    found = {row.pk: row.artist_name or row.legal_name for row in rows}
    return sorted((name for name in found.values() if name), key=normalise)
