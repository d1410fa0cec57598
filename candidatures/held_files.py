"""Files of the dossiers that the antivirus holds, or has not looked at yet: whose they are, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from candidatures.models import Assembly, BlindCopy, Deposit, DepositPiece, Document, Minutes
from candidatures.services import notices
from clea.accounts.models import User
from clea.documents.keepers import Keeper, Place
from clea.documents.models import StoredFile
from clea.documents.services import scanning
from structures.models import Territory
from structures.services.held_files import tell_coordination


def reach(user: User) -> Q:
    """Pieces of a draft too: the desk sees their state, never whose they are nor what they say."""
    territories = Territory.objects.coordinated_by(user)
    drafts = Document.objects.filter(application__call__season__programme__territory__in=territories)
    filed = DepositPiece.objects.filter(deposit__application__call__season__programme__territory__in=territories)
    signed = Minutes.objects.filter(session__jury__call__season__programme__territory__in=territories)
    return (
        Q(pk__in=drafts.values("stored_file"))
        | Q(pk__in=filed.exclude(stored_file=None).values("stored_file"))
        | Q(pk__in=signed.exclude(signed=None).values("signed"))
    )


def places(files: Sequence[StoredFile]) -> dict[int, Place]:
    """Three queries. A file that was filed is told by its deposit."""
    found = {
        pk: Place(_("Dossier en préparation"), private=True)
        for pk in Document.objects.filter(stored_file__in=files).values_list("stored_file", flat=True)
    }
    rows = DepositPiece.objects.filter(stored_file__in=files).select_related("deposit__application")
    for row in rows.order_by("deposit__rank"):
        assert row.stored_file_id is not None
        url = reverse("admin:candidatures_application_change", args=[row.deposit.application])
        found[row.stored_file_id] = Place(f"{row.deposit.number} – {row.title}", f"{url}#pieces")
    for minutes in Minutes.objects.filter(signed__in=files).select_related("session"):
        assert minutes.signed_id is not None
        found[minutes.signed_id] = Place(_("Procès-verbal signé du jury"))
    return found


def changed(stored: StoredFile) -> None:
    """In the transaction that changed a file's state: what was made of it is made again, and people are told."""
    deposits = list(Deposit.objects.filter(pieces__stored_file=stored).order_by("pk").distinct())
    keys = [deposit.pk for deposit in deposits]
    if stored.infected:
        made = Assembly.objects.filter(deposit__in=keys).values_list("stored_file", flat=True)
        copies = BlindCopy.objects.filter(deposit__in=keys).values_list("stored_file", flat=True)
        scanning.doubt([*made, *copies])
        document = (
            Document.objects.select_related("application__owner", "application__call__season__programme__territory")
            .filter(stored_file=stored)
            .first()
        )
        if document is not None:
            notices.held(document=document)
        if deposits:
            call = deposits[-1].application.call
            place = places([stored])[stored.pk]
            tell_coordination(territory=call.territory, to=call.contact_email, stored=stored, place=place)
    for key in keys:
        transaction.on_commit(partial(_make_again, key), robust=True)


def _make_again(deposit_id: int) -> None:
    from candidatures.tasks import make_again

    make_again.enqueue(deposit_id)


KEEPER = Keeper(reach=reach, places=places, changed=changed)
