"""Who may read the files of a dossier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from candidatures.models import Application, Deposit, Juror, Review
from candidatures.rules.jury import can_open_dossiers
from candidatures.selectors.jury_face import face
from clea.documents.access import Grant
from clea.documents.models import StoredFile
from clea.text import normalise

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User


def resolve(user: User | AnonymousUser, stored_file: StoredFile) -> Grant | None:
    """Its people always; the coordination of its territory once it was filed, deposits only; a juror,
    the one PDF of a dossier they may open, without its name while identities are withheld.
    """
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
        return None
    assembly = stored_file.assemblies.select_related("deposit__application__last_deposit").first()
    if assembly is not None:
        application_id = assembly.deposit.application_id
        if mine.filter(pk=application_id).exists() or desk.filter(pk=application_id).exists():
            return Grant(filename=f"{assembly.deposit.number}.pdf", journal_target=assembly.deposit.application)
        return _to_juror(user, assembly.deposit, blind=False)
    copy = stored_file.blind_copies.select_related("deposit__application__last_deposit").first()
    if copy is not None:
        if desk.filter(pk=copy.deposit.application_id).exists():
            return Grant(filename=f"{copy.deposit.number}-anonyme.pdf", journal_target=copy.deposit.application)
        return _to_juror(user, copy.deposit, blind=True)
    return None


def _to_juror(user: User, deposit: Deposit, *, blind: bool) -> Grant | None:
    """Leave for a juror who may open this dossier now, of the one kind of PDF that their jury reads.

    The standing deposit, or the one their own review is tied to. Two queries, three for an earlier
    deposit; one for whoever sits in no jury of this call.
    """
    application = deposit.application
    juror = Juror.objects.of(user).select_related("jury__call").filter(jury__call=application.call_id).first()
    if juror is None or juror.jury.is_blind != blind or not can_open_dossiers(juror, timezone.localdate()):
        return None
    if not Application.objects.readable_by(juror).filter(pk=application.pk).exists():
        return None
    if deposit.pk != application.last_deposit_id and not Review.objects.filter(juror=juror, deposit=deposit).exists():
        return None
    return Grant(filename=file_name(application, deposit, juror), journal_target=application)


def file_name(application: Application, deposit: Deposit, juror: Juror) -> str:
    """What a juror's browser saves: the number, and the name once it is known. No query."""
    seen = face(application, juror)
    if seen.blind:
        return f"{deposit.number}.pdf"
    return f"{deposit.number} {normalise(seen.label)}.pdf".replace(" ", "-")
