"""What leaves the house in a file: the journal says who took which dossiers, and in what form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from candidatures.models import Application, Call
from clea.journal import services as journal

if TYPE_CHECKING:
    from clea.accounts.models import User


def record(*, by: User, applications: Sequence[Application], form: str) -> None:
    """Journal an export, one line a call: ``form`` (``xlsx``, ``csv``, ``zip``), how many and which.

    The dossiers come with their call. Their number does not change the number of queries.
    """
    by_call: dict[Call, list[str]] = {}
    for application in applications:
        by_call.setdefault(application.call, []).append(str(application.uuid))
    with transaction.atomic():
        for call, uuids in by_call.items():
            journal.record(
                by=by,
                verb="application.exported",
                target=call,
                data={"form": form, "count": len(uuids), "applications": sorted(uuids)},
            )
