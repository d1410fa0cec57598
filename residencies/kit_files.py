"""Who may read the PDF of an information kit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clea.documents.access import Grant
from clea.documents.models import StoredFile
from residencies.models import Residency
from residencies.selectors.relays import received_by_team
from residencies.services.kits import file_name
from structures.models import Territory

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User


def resolve(user: User | AnonymousUser, stored_file: StoredFile) -> Grant | None:
    """The coordination; the artists of its season; the team of a structure that received it. Two to four queries."""
    kit = stored_file.kits.select_related("season__programme").first()
    if kit is None:
        return None
    reads = (
        Territory.objects.coordinated_by(user).filter(pk=kit.season.programme.territory_id).exists()
        or Residency.objects.of(user).filter(season=kit.season_id).exists()
        or received_by_team(user, kit.pk)
    )
    return Grant(filename=file_name(kit), journal_target=kit) if reads else None
