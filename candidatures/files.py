"""Who may read the files of a dossier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from candidatures.models import Application
from clea.documents.access import Grant
from clea.documents.models import StoredFile
from clea.text import normalise

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User


def resolve(user: User | AnonymousUser, stored_file: StoredFile) -> Grant | None:
    """Its people always; the coordination of its territory once it was filed, deposits only."""
    if not user.is_authenticated:
        return None
    mine = Application.objects.of(user)
    desk = Application.objects.coordinated_by(user)
    document = stored_file.documents.select_related("application", "piece").first()
    if document is not None and mine.filter(pk=document.application_id).exists():
        return Grant(filename=stored_file.original_name, journal_target=document.application)
    row = stored_file.deposit_pieces.select_related("deposit__application").first()
    if row is not None:
        application_id = row.deposit.application_id
        if mine.filter(pk=application_id).exists() or desk.filter(pk=application_id).exists():
            name = f"{row.deposit.number} {normalise(row.title)}.pdf".replace(" ", "-")
            return Grant(filename=name, journal_target=row.deposit.application)
    assembly = stored_file.assemblies.select_related("deposit__application").first()
    if assembly is not None:
        application_id = assembly.deposit.application_id
        if mine.filter(pk=application_id).exists() or desk.filter(pk=application_id).exists():
            return Grant(filename=f"{assembly.deposit.number}.pdf", journal_target=assembly.deposit.application)
    return None
