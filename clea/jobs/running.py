"""Running a job, in the worker of the tasks."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from simple_history.models import HistoricalRecords

from clea.errors import Refused, require
from clea.jobs import kinds, rules
from clea.jobs.ending import finish, interrupted
from clea.jobs.enums import JobState
from clea.jobs.kinds import Outcome
from clea.jobs.models import Job
from clea.jobs.progress import Progress, Stopped

if TYPE_CHECKING:
    from clea.accounts.models import User

log = logging.getLogger(__name__)


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
    with override(settings.LANGUAGE_CODE), _in_the_name_of(job.owner):
        outcome = Outcome()
        try:
            require(rules.can_ask(job.owner, job))
            outcome = kinds.get(job.kind).handler(Progress(job)) or outcome
            finish(job, JobState.DONE, outcome)
        except Stopped:
            return
        except Refused as error:
            finish(job, JobState.FAILED, Outcome(str(error)))
        except Exception:
            log.exception("job %s (%s) failed", job.uuid, job.kind)
            finish(job, JobState.FAILED, Outcome(unexpected(), file=outcome.file))
        except BaseException:
            # The worker is told to end now.
            finish(job, JobState.FAILED, Outcome(interrupted()))
            raise


@contextmanager
def _in_the_name_of(user: User) -> Iterator[None]:
    """What rows remember of who changed them, as during a request of this person."""
    context = HistoricalRecords.context
    former = getattr(context, "request", None)
    context.request = SimpleNamespace(user=user)
    try:
        yield
    finally:
        context.request = former


def unexpected() -> str:
    return _(
        "Une erreur imprévue a arrêté ce travail. Relancez-le ; si elle revient, prévenez l'administration du site en "
        "lui donnant l'heure."
    )
