"""What must hold whatever was killed. Each check gives sentences on what does not; none is expected."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Max
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from candidatures.enums import ApplicationState
from candidatures.models import Application, Deposit, DepositCounter, Document
from candidatures.selectors import with_content
from candidatures.snapshot import take
from clea.documents.models import StoredFile
from clea.documents.services.storage import ROOT, _stored_names
from clea.journal import services as journal
from clea.journal.models import Entry
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from clea.mail.services import notes
from clea.upkeep.leftovers import _left_for_a_moment, unheld

if TYPE_CHECKING:
    from proofs.faults.people import Artist
    from proofs.faults.postbox import Postbox

#: What a task meets when the disk is full or the database away.
PASSING = ("django.db.utils.OperationalError", "django.db.utils.InterfaceError", "builtins.OSError")
ACKNOWLEDGEMENT = "application.acknowledgement"


def acknowledged(artists: Iterable[Artist]) -> Iterator[str]:
    """Every deposit that its artist saw is there, with its text and its piece, byte for byte."""
    rows = {row.number: row for row in Deposit.objects.prefetch_related("pieces__stored_file")}
    for artist in artists:
        yield from (f"artist {artist.rank} was answered {fault}" for fault in artist.faults)
        for number, (text, sha256) in artist.filed.items():
            row = rows.get(number)
            if row is None:
                yield f"{number} was acknowledged and is not there"
                continue
            if row.data["answers"]["lettre"]["text"] != text:
                yield f"{number} does not hold the letter that was saved before it"
            if [piece.sha256 for piece in row.pieces.all() if piece.code == "cv"] != [sha256]:
                yield f"{number} does not hold the piece that was received before it"


def whole() -> Iterator[str]:
    """No half row: deposits with their pieces and their line, dossiers with their last deposit, numbers in a row."""
    lines = Counter(Entry.objects.filter(verb="application.filed").values_list("data__deposit", flat=True))
    for deposit in Deposit.objects.prefetch_related("pieces__stored_file"):
        codes = [piece.code for piece in deposit.pieces.all()]
        if "cv" not in codes or "lettre" not in codes:
            yield f"{deposit.number} has the pieces {codes}"
        if lines.pop(deposit.number, 0) != 1:
            yield f"{deposit.number} is not told once by the journal"
    yield from (f"the journal tells of {number}, which is not there" for number in lines)
    for counter in DepositCounter.objects.all():
        series = f"{counter.prefix}-{counter.year}-"
        numbers = set(Deposit.objects.filter(number__startswith=series).values_list("number", flat=True))
        if numbers != {f"{series}{rank:04d}" for rank in range(1, counter.last + 1)}:
            yield f"the series {series} has holes: {len(numbers)} of {counter.last}"
    for dossier in Application.objects.annotate(last=Max("deposits__rank")).select_related("last_deposit"):
        rank = dossier.last_deposit.rank if dossier.last_deposit else None
        if rank != dossier.last or (rank is not None) != (dossier.state == ApplicationState.SUBMITTED):
            yield f"dossier {dossier.uuid} says {rank} ({dossier.state}) where its deposits say {dossier.last}"
        elif (
            dossier.last_deposit
            and not dossier.has_unfiled_changes
            and take(with_content(dossier.pk)).sha256 != dossier.last_deposit.sha256
        ):
            yield f"dossier {dossier.uuid} says it is filed as it stands, and is not"


def files() -> Iterator[str]:
    """Every file that a row names is there, with its digest; the working copies' and the deposits' agree."""
    for stored in StoredFile.objects.all():
        for field in (stored.file, stored.original):
            if field and not default_storage.exists(field.name or ""):
                yield f"the bytes of {stored.uuid} are missing"
                break
        else:
            with stored.file.open("rb") as content:
                if hashlib.file_digest(content, "sha256").hexdigest() != stored.sha256:
                    yield f"the bytes of {stored.uuid} are not those that were received"
    for document in Document.objects.select_related("stored_file"):
        if document.stored_file.pages is None:
            yield f"document {document.pk} is a file without pages"


def chain() -> Iterator[str]:
    result = journal.verify()
    if not result.ok:
        yield f"the journal is broken at line {result.broken_seq}: {result.reason}"
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            (answer,) = cursor.fetchone()
            if answer != "ok":
                yield f"SQLite: {answer}"


def settled() -> Iterator[str]:
    """Once menage and the workers have passed: nothing held by the dead, nothing without an owner, all papers made."""
    for what, count in leftovers().items():
        if count:
            yield f"{count} {what} left"
    if missing := Deposit.objects.filter(assembly__isnull=True).count():
        yield f"{missing} deposit(s) without their PDF"
    stuck = DBTaskResult.objects.exclude(status=TaskResultStatus.SUCCESSFUL).exclude(
        # What it could not do then was done since: the lines above and below say so.
        status=TaskResultStatus.FAILED,
        exception_class_path__in=PASSING,
    )
    yield from (f"task {task.task_path} {task.args_kwargs} is {task.status}: {task.traceback[-400:]}" for task in stuck)


def leftovers() -> dict[str, int]:
    """What kills left behind, by kind."""
    stored = list(_stored_names(default_storage, ROOT))
    named = {name for row in StoredFile.objects.values_list("file", "original") for name in row if name}
    return {
        "files without a row": len(set(stored) - named),
        "rows without an owner": unheld().count(),
        "temporary files": sum(1 for _path in _left_for_a_moment()),
        "notes of deliveries": sum(1 for _note in notes.left()),
        "tasks held by the dead": DBTaskResult.objects.running().count(),
        "messages held by the dead": OutgoingMail.objects.exclude(claimed_until=None).count(),
    }


def mails(postbox: Postbox, approved: Iterable[str]) -> Iterator[str]:
    """Each message left at least once and is marked so; one acknowledgement a deposit; none invented."""
    taken = Counter(postbox.confirmed) + Counter(postbox.unanswered)
    rows = {str(mail.uuid): mail for mail in OutgoingMail.objects.all()}
    for key, mail in rows.items():
        if mail.state == MailState.DRAFT:
            continue
        if mail.state != MailState.SENT:
            yield f"message {key} is {mail.state} after {mail.attempts} tries"
        elif not taken[key]:
            yield f"message {key} is marked as sent, and the server never took it"
    yield from (f"the server took {key}, which is no message of ours" for key in taken if key not in rows)
    for key in approved:
        if rows[key].state == MailState.DRAFT:
            yield f"message {key} was approved and is a draft"
    told = Counter(
        found[0]
        for mail in rows.values()
        if mail.kind == ACKNOWLEDGEMENT and (found := re.search(r"\b[A-Z]+-\d{4}-\d{4}\b", mail.body))
    )
    for number in Deposit.objects.values_list("number", flat=True):
        if told.pop(number, 0) != 1:
            yield f"{number} does not have one acknowledgement"
    yield from (f"{number} is acknowledged and is not there" for number in told)


def twice(postbox: Postbox) -> int:
    """Messages that the server confirmed more than once."""
    return sum(1 for count in Counter(postbox.confirmed).values() if count > 1)
