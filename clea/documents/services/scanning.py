"""The antivirus: what it says when a file arrives, asked again when it did not answer, and a person's last word.

A file is never refused because the scanner is away: it is kept, waiting, and nobody but who sent it may read it.
It is asked for again by a task, then by the round of the clock, ever less often, and a coordinator may do without
after ``SCAN_PATIENCE_HOURS``: nothing waits for ever. The bytes and their SHA-256 never change.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.documents import keepers, rules, scanner
from clea.documents.enums import ScanState
from clea.documents.errors import PieceRefused, Withheld
from clea.documents.models import StoredFile
from clea.errors import Forbidden, Refused, require
from clea.journal import services as journal

if TYPE_CHECKING:
    from clea.accounts.models import User

log = logging.getLogger(__name__)

#: After each try without an answer, how many minutes until the next; then the last of them, for ever.
DELAYS = (1, 2, 5, 10, 20, 40, 60)
#: Nobody waits on the other side of a task.
PATIENT_SECONDS = 120.0
#: While one request has just learnt that nobody answers, the others do not wait to learn it.
DOWN, DOWN_SECONDS = "documents.scanner.down", 30
QUEUED = "documents.scanner.queued"
REASON_MIN, REASON_MAX = 10, 2000
_COPIED = ("scan", "threat", "scanned_at", "release_reason", "released_by_uuid")


@dataclass(frozen=True)
class Scan:
    """What is known of a file when it is kept."""

    state: ScanState = ScanState.NOT_SCANNED
    threat: str = ""

    @property
    def infected(self) -> bool:
        return self.state is ScanState.INFECTED


NOT_SCANNED = Scan()


def at_intake(*paths: Path) -> Scan:
    """Ask about what has just come in, within ``CLAMD_SECONDS``. Never raises; no query unless it does not answer.

    Without ``CLAMD_URL``, nothing is asked and nothing is known.
    """
    if not scanner.enabled():
        return NOT_SCANNED
    if cache.get(DOWN):
        return Scan(ScanState.WAITING)
    try:
        for path in paths:
            if threat := scanner.threat_in(path, seconds=settings.CLAMD_SECONDS):
                log.warning("the antivirus found %s in a file that came in", threat)
                return Scan(ScanState.INFECTED, threat)
    except scanner.ScannerUnavailable as error:
        log.warning("a file waits for the antivirus: %s", error)
        cache.set(DOWN, True, DOWN_SECONDS)
        return Scan(ScanState.WAITING)
    return Scan(ScanState.CLEAN)


def refuse_infected(found: Scan) -> None:
    """Where a held file would serve nobody: say it to who sends it, and keep nothing."""
    if found.infected:
        raise PieceRefused(
            _(
                "L'antivirus signale une menace dans ce fichier (%(threat)s) : il n'est pas enregistré. Analysez votre "
                "ordinateur, refaites le fichier à partir de l'original, puis envoyez-le à nouveau. Si vous êtes "
                "sûr du fichier, écrivez à la coordination."
            )
            % {"threat": found.threat},
            code="infected",
        )


def mark(row: StoredFile, found: Scan) -> None:
    """Write on a row about to be stored what is known of its bytes. No query."""
    now = timezone.now()
    row.scan, row.threat = found.state, found.threat
    row.scanned_at = now if found.state is not ScanState.NOT_SCANNED else None
    row.next_scan_at = now + _delay(0) if found.state is ScanState.WAITING else None


def received(row: StoredFile, *, by: User | None) -> None:
    """After the row was written, in its transaction: journal one that is held, ask again for one that waits."""
    if row.infected:
        journal.record(by=by, verb="file.held", target=row, data=_data(row))
    elif row.waiting and row.copy_of_id is None:
        transaction.on_commit(_queue_next, robust=True)


def follow(copy: StoredFile, source: StoredFile) -> None:
    """A copy drawn from another file goes as that one goes. No query."""
    copy.copy_of = source
    for name in _COPIED:
        setattr(copy, name, getattr(source, name))


# Asking again -------------------------------------------------------------------------------------


def scan_due() -> int:
    """Ask again about the files whose turn has come; returns how many got an answer. May run twice at once.

    One query for the list; three to ten for each answer. A daemon that is away is asked once, not once a file.
    """
    if not scanner.enabled():
        return 0
    waiting = StoredFile.objects.filter(scan=ScanState.WAITING, copy_of=None)
    due = list(waiting.filter(next_scan_at__lte=timezone.now()).order_by("next_scan_at").values_list("pk", flat=True))
    count = 0
    for place, pk in enumerate(due):
        try:
            count += scan_now(pk)
        except (scanner.ScannerUnavailable, OSError) as error:
            log.warning("stored file %s still waits for the antivirus: %s", pk, error)
            if not scanner.answers():
                _postpone(due[place:])
                break
            _postpone([pk])
        except Exception:  # its answer could not be written: the next ones do not wait for it
            log.exception("what the antivirus says of stored file %s cannot be written", pk)
            _postpone([pk])
    else:
        cache.delete(DOWN)
    return count


def run_again() -> int:
    """What the task does: those due, then a task for the next ones, if any still wait."""
    cache.delete(QUEUED)
    count = scan_due()
    if scanner.enabled() and StoredFile.objects.filter(scan=ScanState.WAITING, copy_of=None).exists():
        _queue_next()
    return count


def scan_now(pk: int) -> bool:
    """Ask about one file, outside any transaction, then write the answer. True when it changed something.

    Raises ``ScannerUnavailable``, or ``OSError`` when its bytes cannot be read.
    """
    from clea.documents.services.storage import local_path

    row = StoredFile.objects.filter(pk=pk).first()
    if row is None or not _may_be_scanned(row):
        return False
    threat = ""
    for original in (False, True) if row.original else (False,):
        with local_path(row, original=original, withheld_too=True) as path:
            threat = threat or scanner.threat_in(path, seconds=PATIENT_SECONDS)
    return _settle(pk, Scan(ScanState.INFECTED if threat else ScanState.CLEAN, threat))


def _may_be_scanned(row: StoredFile) -> bool:
    return rules.can_become(row, ScanState.INFECTED)


@transaction.atomic
def _settle(pk: int, found: Scan) -> bool:
    locked = StoredFile.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if locked is None or not _may_be_scanned(locked) or locked.scan == found.state:
        return False
    was_waiting = locked.waiting
    _become(locked, found.state, threat=found.threat)
    if locked.infected or was_waiting:
        keepers.changed(locked)
        journal.record(
            by=None, verb="file.held" if locked.infected else "file.cleared", target=locked, data=_data(locked)
        )
    if locked.infected:
        log.warning("the antivirus found %s in stored file %s", found.threat, locked.uuid)
    return True


def _become(row: StoredFile, state: ScanState, *, threat: str = "", reason: str = "", by: User | None = None) -> None:
    """Change the state of a locked row, and of its copies. What could be read and still can keeps its date: what was
    made of it holds.
    """
    was_withheld = row.withheld
    row.scan, row.threat, row.next_scan_at = state, threat or row.threat, None
    if was_withheld or row.withheld:
        row.scanned_at = timezone.now()
    row.release_reason, row.released_by_uuid = reason, by.uuid if by else None
    row.save(update_fields=[*_COPIED, "next_scan_at"])
    row.copies.update(**{name: getattr(row, name) for name in _COPIED})


def _postpone(keys: Iterable[int]) -> None:
    with transaction.atomic():
        for row in StoredFile.objects.select_for_update(of=("self",)).filter(pk__in=keys, scan=ScanState.WAITING):
            row.scan_attempts += 1
            row.next_scan_at = timezone.now() + _delay(row.scan_attempts)
            row.save(update_fields=["scan_attempts", "next_scan_at"])


def _delay(attempts: int) -> timedelta:
    return timedelta(minutes=DELAYS[min(attempts, len(DELAYS) - 1)])


def _queue_next() -> None:
    """One task for all that wait, however many come in: the round of the clock is there if it is lost."""
    from clea.documents.tasks import scan_waiting

    first = (
        StoredFile.objects.filter(scan=ScanState.WAITING, copy_of=None)
        .order_by("next_scan_at")
        .values_list("next_scan_at", flat=True)
        .first()
    )
    if first is None or not scan_waiting.get_backend().supports_defer:
        return
    now = timezone.now()
    at = max(first, now + timedelta(seconds=10))
    if cache.add(QUEUED, True, (at - now).total_seconds() + 60):
        scan_waiting.using(run_after=at).enqueue()


def scan_all(*, again: bool = False) -> tuple[int, int]:
    """Ask about files kept before there was an antivirus, and with ``again`` about clean ones too.

    Returns how many were read, and how many are now held. Raises ``ScannerUnavailable``.
    """
    states = [ScanState.NOT_SCANNED, ScanState.WAITING, *([ScanState.CLEAN] if again else [])]
    rows = StoredFile.objects.filter(scan__in=states, copy_of=None).order_by("pk").values_list("pk", flat=True)
    read = held = 0
    for pk in rows.iterator(chunk_size=500):
        try:
            changed = scan_now(pk)
        except OSError as error:
            log.error("stored file %s cannot be read: %s", pk, error)
            continue
        read += 1
        held += changed and StoredFile.objects.filter(pk=pk, scan=ScanState.INFECTED).exists()
    return read, held


# A person's word ----------------------------------------------------------------------------------


@transaction.atomic
def release(*, by: User | None, stored: StoredFile, reason: str) -> StoredFile:
    """Let a held file be read, on the word of who decides: a false alarm, or an antivirus away for too long.

    ``by=None`` is the operator's command. The reason is kept with the file; the journal has its digest.
    """
    reason = reason.strip()[:REASON_MAX]
    if by is not None and not StoredFile.objects.filter(keepers.reach(by), pk=stored.pk).exists():
        raise Forbidden(_("Ce fichier ne relève pas de votre territoire."), code="forbidden")
    if len(reason) < REASON_MIN:
        raise Refused(
            _("Écrivez pourquoi ce fichier peut être lu : une phrase au moins."), code="reason", field="reason"
        )
    locked = StoredFile.objects.select_for_update(of=("self",)).get(pk=stored.pk)
    require(rules.can_release(locked, timezone.now()))
    before = locked.scan
    _become(locked, ScanState.RELEASED, reason=reason, by=by)
    keepers.changed(locked)
    digest = hashlib.sha256(reason.encode()).hexdigest()
    journal.record(
        by=by, verb="file.released", target=locked, data=_data(locked) | {"from": before, "reason_sha256": digest}
    )
    return locked


def doubt(files: Iterable[int]) -> None:
    """What was made of a file that is held must not be read until it is made again, or read by the antivirus."""
    now = timezone.now()
    StoredFile.objects.filter(pk__in=list(files), scan__in=[ScanState.NOT_SCANNED, ScanState.CLEAN]).update(
        scan=ScanState.WAITING, scanned_at=now, next_scan_at=now
    )


def require_readable(stored: StoredFile) -> None:
    """Raise :class:`Withheld` for a file that the antivirus keeps from being read. No query."""
    if stored.withheld:
        raise Withheld(why(stored), code="waiting" if stored.waiting else "infected")


def why(stored: StoredFile) -> str:
    """Why nobody reads it, and what happens next."""
    if stored.infected:
        return _(
            "Ce fichier est retenu : l'antivirus y signale une menace. La personne qui l'a envoyé peut le remplacer ; "
            "la coordination peut le libérer si c'est une fausse alerte."
        )
    return _(
        "Ce fichier attend l'analyse de l'antivirus, qui ne répond pas pour le moment. Il n'est pas perdu : l'analyse "
        "est reprise d'elle-même, et vous pourrez le lire ensuite."
    )


def next_try(stored: StoredFile) -> datetime | None:
    """When it will be asked again; never in the past."""
    if not stored.waiting or not scanner.enabled():
        return None
    return max(stored.next_scan_at or timezone.now(), timezone.now() + timedelta(minutes=1))


def _data(row: StoredFile) -> dict[str, str]:
    return {"sha256": row.sha256, "threat": row.threat}
