"""What leaves the house about coverage: figures, no person; the journal keeps who took them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from candidatures.models import Season
from clea.journal import services as journal
from residencies.models import Residency
from residencies.services.base import require_desk

if TYPE_CHECKING:
    from clea.accounts.models import User


@transaction.atomic
def record(*, by: User, season: Season, form: str, residency: Residency | None) -> None:
    """Journal an export of a season's coverage, of one residency or of all. Raises ``Forbidden``."""
    require_desk(by, season.programme.territory)
    data = {"form": form, "residency": str(residency.uuid) if residency is not None else None}
    journal.record(by=by, verb="coverage.exported", target=season, data=data)
