"""Asking for long work, stopping it, starting it again. ``from clea.jobs import services as jobs``.

# AppConfig.ready
jobs.register("dossiers.archive", archive, may=lambda user, job: scopes.holds(user, job.territory))

def archive(progress: jobs.Progress) -> jobs.Outcome:
    progress.expect(len(rows))
    for row in rows:
        ...                  # a service, in its own transaction
        progress.advance()   # raises when somebody stops the job
    return jobs.Outcome(_("300 dossiers."), file=stored)

# a view
job = jobs.start(by=request.user, kind="dossiers.archive", label=_("…"), params={"call": str(call.uuid)})
return redirect(job)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.documents import services as documents
from clea.errors import Refused, require
from clea.jobs import rules
from clea.jobs.ending import KEPT, finish, interrupted
from clea.jobs.enums import JobState
from clea.jobs.kinds import Outcome, get, register
from clea.jobs.models import Job
from clea.jobs.progress import Progress, Stopped
from clea.journal import services as journal

if TYPE_CHECKING:
    from clea.accounts.models import User
    from clea.documents.models import StoredFile

__all__ = [
    "KEPT", "MANY", "Outcome", "Progress", "Stopped", "cancel", "find", "register", "restart", "settle", "start",
    "tidy",
]  # fmt: skip


#: Beyond so many messages, dossiers or rows, a request would make a person wait: a job does it.
MANY = 20
_LONGEST_ADDRESS = 500


def start(
    *,
    by: User,
    kind: str,
    label: str,
    params: Mapping[str, Any],
    territory: str = "",
    back_url: str = "",
    sent: StoredFile | None = None,
) -> Job:
    """Have something done after this transaction; the same thing asked for the same territory while it is not
    over gives the same job.

    ``params`` is plain JSON and says all the handler needs; ``territory`` is a slug; ``back_url`` the page
    one comes from; ``sent`` a file that the handler reads, which the job then owns. Go then to the job
    (``redirect(job)``): its page shows how far it is, and keeps what it made. Raises :class:`Forbidden`
    when the kind does not let this person.
    """
    job = Job(
        owner=by, kind=kind, label=label[:200], territory=territory, params=dict(params), sent=sent,
        # The address of a list says all its filters: too long a one is not worth refusing the work.
        back_url=back_url if len(back_url) <= _LONGEST_ADDRESS else "",
        fingerprint=hashlib.sha256(json.dumps([territory, params], sort_keys=True).encode()).hexdigest(),
    )  # fmt: skip
    require(rules.can_ask(by, job))
    found = _asked(by, job)
    if found != job and sent is not None:
        documents.discard(sent, by=by)
    return found


def _asked(by: User, job: Job) -> Job:
    """The same that is not over, or this one, in the queue."""
    known = Job.objects.active().filter(owner=by, kind=job.kind, fingerprint=job.fingerprint)
    try:
        with transaction.atomic():
            if standing := known.first():
                return settle(standing) if rules.is_stale(standing, timezone.now()) else standing
            # The table says whether it was asked meanwhile.
            job.full_clean(validate_unique=False, validate_constraints=False)
            job.save()
            journal.record(by=by, verb="job.started", target=job, data={"kind": job.kind})
            _run_on_commit(job)
    except IntegrityError:
        return known.get()
    return job


def find(*, by: User, uuid: UUID) -> Job:
    """One's own job, and what it says once its worker is known to be gone. Raises ``Job.DoesNotExist``."""
    return settle(Job.objects.of(by).select_related("result").get(uuid=uuid))


@transaction.atomic
def cancel(*, by: User, job: Job) -> Job:
    """Stop a job: at once while it waits, at its next step while it runs. What is done stays done."""
    current = _own(by, job)
    require(rules.can_become(current, JobState.CANCELLED))
    now = timezone.now()
    current.state, current.finished_at, current.expires_at = JobState.CANCELLED, now, now + KEPT
    current.seen_at = now
    current.message = _("Vous l'avez arrêté. Ce qui était fait le reste.") if current.done else _("Vous l'avez arrêté.")
    current.full_clean(validate_unique=False)
    current.save()
    journal.record(
        by=by, verb="job.cancelled", target=current,
        data={"kind": current.kind, "done": current.done, "total": current.total},
    )  # fmt: skip
    return current


@transaction.atomic
def restart(*, by: User, job: Job) -> Job:
    """Put a job that did not end well in the queue again; it goes on where it stood if its kind can."""
    current = _own(by, job)
    require(rules.can_become(current, JobState.QUEUED))
    require(rules.can_ask(by, current))
    if Job.objects.active().filter(owner=by, kind=current.kind, fingerprint=current.fingerprint).exists():
        raise Refused(_("Le même travail est déjà en cours : suivez-le dans la liste de vos travaux."), code="twin")
    current.state, current.claim, current.worker = JobState.QUEUED, None, ""
    current.started_at = current.finished_at = current.expires_at = current.seen_at = None
    current.beat_at, current.message = timezone.now(), ""
    if not get(current.kind).resumes:
        current.done, current.total, current.memory = 0, None, {}
    current.full_clean(validate_unique=False)
    current.save()
    journal.record(by=by, verb="job.restarted", target=current, data={"kind": current.kind, "done": current.done})
    _run_on_commit(current)
    return current


def settle(job: Job) -> Job:
    """Say of a job whose worker is gone that it was interrupted. Nothing is written of any other."""
    if not rules.is_stale(job, timezone.now()):
        return job
    finish(job, JobState.FAILED, Outcome(interrupted()))
    return Job.objects.select_related("result").get(pk=job.pk)


def tidy() -> int:
    """The clock's round: interrupted jobs say so, forgotten ones run, results that waited enough go."""
    now, acts = timezone.now(), 0
    for job in Job.objects.active().select_related("owner"):
        if rules.is_stale(job, now):
            acts += finish(job, JobState.FAILED, Outcome(interrupted()))
        elif rules.is_untaken(job, now):
            # Its task was lost: the queue did not answer when it was asked. Twice harms nothing.
            Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(beat_at=now)
            _run_on_commit(job)
            acts += 1
    ended = Job.objects.over().outlived(now)
    for key in ended.values_list("pk", flat=True):
        with transaction.atomic():
            # Held: somebody may start it again, or another clock take it.
            held = ended.filter(pk=key).select_for_update(of=("self",)).select_related("result", "sent")
            over = held.first()
            if over is None:
                continue
            kept = [over.result, over.sent]
            over.delete()
            for stored in kept:
                if stored is not None:
                    documents.discard(stored)
        acts += 1
    return acts


def _own(by: User, job: Job) -> Job:
    """The row as it stands, held until the transaction ends. Somebody else's does not exist."""
    return Job.objects.of(by).select_for_update(of=("self",)).get(pk=job.pk)


def _run_on_commit(job: Job) -> None:
    def enqueue() -> None:
        from clea.jobs.tasks import run_job

        run_job.enqueue(job.pk)

    # Robust: if the queue does not answer, the row is written and the clock's round comes by.
    transaction.on_commit(enqueue, robust=True)
