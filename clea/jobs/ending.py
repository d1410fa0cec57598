"""The end of a run: what came out of it, written once, by the run that counts."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.documents import services as documents
from clea.jobs.enums import JobState
from clea.jobs.kinds import Outcome
from clea.jobs.models import Job
from clea.journal import services as journal

#: How long a result waits.
KEPT = timedelta(days=7)


def interrupted() -> str:
    return _("Le service a été arrêté pendant ce travail. Ce qui était fait le reste : relancez-le.")


@transaction.atomic
def finish(job: Job, state: JobState, outcome: Outcome) -> bool:
    """End a run, unless it is no longer the one that counts. A file that nobody will get goes."""
    current = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
    counts = current.state == JobState.RUNNING and current.claim == job.claim
    lost = outcome.file is not None and outcome.file.pk != current.result_id
    if outcome.file is not None and lost and not (counts and state == JobState.DONE):
        documents.discard(outcome.file, by=job.owner)
    if not counts:
        return False
    now, read = timezone.now(), None
    current.state, current.finished_at, current.expires_at = state, now, now + KEPT
    current.seen_at = None
    current.message = outcome.message
    if state == JobState.DONE:
        current.done = current.total if current.total is not None else current.done
        current.result, current.result_url = outcome.file, outcome.url
        read, current.sent = current.sent, None
    current.full_clean(validate_unique=False)
    current.save()
    if read is not None:
        documents.discard(read, by=job.owner)
    journal.record(
        by=job.owner,
        verb=f"job.{state.value}",
        target=current,
        data={"kind": current.kind, "done": current.done, "total": current.total},
    )
    return True
