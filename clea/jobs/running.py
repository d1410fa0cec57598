"""Running a job, in the worker of the tasks."""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from clea.documents import services as documents
from clea.errors import Refused, require
from clea.jobs import kinds, rules
from clea.jobs.enums import JobState
from clea.jobs.kinds import Outcome
from clea.jobs.models import Job
from clea.jobs.progress import Progress, Stopped
from clea.journal import services as journal

log = logging.getLogger(__name__)

#: How long a result waits.
KEPT = timedelta(days=7)


def run(job_id: int) -> None:
    """Take a job and bring it to its end. Nothing happens unless it was waiting: it may be called twice."""
    now = timezone.now()
    taken = Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(
        state=JobState.RUNNING,
        claim=uuid.uuid4(),
        worker=rules.this_process(),
        started_at=now,
        beat_at=now,
        message="",
        attempts=F("attempts") + 1,
    )
    if not taken:
        return
    job = Job.objects.select_related("owner").get(pk=job_id)
    # The desk is read in French, whoever's language the worker woke up with.
    with override(settings.LANGUAGE_CODE):
        try:
            require(rules.can_ask(job.owner, job))
            outcome = kinds.get(job.kind).handler(Progress(job)) or Outcome()
        except Stopped:
            return
        except Refused as error:
            finish(job, JobState.FAILED, Outcome(str(error)))
        except Exception:
            log.exception("job %s (%s) failed", job.uuid, job.kind)
            finish(job, JobState.FAILED, Outcome(unexpected()))
        except BaseException:
            # The worker is told to end now.
            finish(job, JobState.FAILED, Outcome(interrupted()))
            raise
        else:
            finish(job, JobState.DONE, outcome)


def unexpected() -> str:
    return _(
        "Une erreur imprévue a arrêté ce travail. Relancez-le ; si elle revient, prévenez l'administration du site en "
        "lui donnant l'heure."
    )


def interrupted() -> str:
    return _("Le service a été arrêté pendant ce travail. Ce qui était fait le reste : relancez-le.")


@transaction.atomic
def finish(job: Job, state: JobState, outcome: Outcome) -> bool:
    """End a run, unless it is no longer the one that counts. The file of a run that does not count goes."""
    current = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if current.state != JobState.RUNNING or current.claim != job.claim:
        if outcome.file is not None:
            documents.discard(outcome.file, by=job.owner)
        return False
    now = timezone.now()
    current.state, current.finished_at, current.expires_at = state, now, now + KEPT
    current.seen_at = None
    current.message = outcome.message
    if state == JobState.DONE:
        current.done = current.total if current.total is not None else current.done
        current.result, current.result_url = outcome.file, outcome.url
    current.full_clean(validate_unique=False)
    current.save()
    journal.record(
        by=job.owner,
        verb=f"job.{state.value}",
        target=current,
        data={"kind": current.kind, "done": current.done, "total": current.total},
    )
    return True
