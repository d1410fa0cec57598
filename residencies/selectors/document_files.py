"""Who may read what an artist sent: the artist's residency, and its coordination."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clea.documents.access import Grant
from clea.text import normalise
from residencies.models import Residency

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User
    from clea.documents.models import StoredFile


def requested_document(user: User | AnonymousUser, stored_file: StoredFile) -> Grant | None:
    """A document asked from an artist, while its file exists. Three queries at most."""
    row = stored_file.requested_documents.select_related("residency").first()
    if row is None:
        return None
    theirs = Residency.objects.filter(pk=row.residency_id)
    if not (theirs.of(user).exists() or theirs.coordinated_by(user).exists()):
        return None
    name = f"{normalise(row.residency.artist_name)} {normalise(row.title)}.pdf".replace(" ", "-")
    return Grant(filename=name, journal_target=row.residency)
