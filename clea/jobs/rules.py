"""Who may do what to a job, and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.jobs import kinds
from clea.jobs.enums import TRANSITIONS, JobState
from clea.jobs.models import Job
from clea.processes import is_gone, this_process
from clea.rules import ALLOWED, Verdict, forbid, refuse

if TYPE_CHECKING:
    from clea.accounts.models import User

__all__ = ["SILENCE", "UNTAKEN", "can_ask", "can_become", "is_stale", "is_untaken", "this_process"]

#: A worker on another machine that gave no sign for so long is taken for dead.
SILENCE = timedelta(minutes=15)
#: A job that nobody took for so long: the service of the jobs does not run.
UNTAKEN = timedelta(minutes=2)


def can_ask(user: User, job: Job) -> Verdict:
    """Whether this person may have this done."""
    try:
        if kinds.get(job.kind).may(user, job):
            return ALLOWED
    except kinds.UnknownKind:
        if job.pk is None:
            raise
        return forbid(_("Ce travail n'existe plus dans le programme : demandez-le à nouveau depuis sa page."))
    return forbid(_("Ce travail ne relève pas de vous : demandez-le à la coordination du territoire."))


def can_become(job: Job, state: JobState) -> Verdict:
    if state in TRANSITIONS[JobState(job.state)]:
        return ALLOWED
    return refuse(
        _("Ce travail est dans l'état « %(state)s » : cette action n'est plus possible.")
        % {"state": job.get_state_display()},
        "wrong_state",
    )


def is_stale(job: Job, now: datetime) -> bool:
    """Whether the worker of a running job is gone: its process, on this machine; its signs, on another."""
    if job.state != JobState.RUNNING:
        return False
    gone = is_gone(job.worker)
    return (job.beat_at or job.created_at) < now - SILENCE if gone is None else gone


def is_untaken(job: Job, now: datetime) -> bool:
    """Whether a job waits for a service that does not seem to run."""
    return job.state == JobState.QUEUED and (job.beat_at or job.created_at) < now - UNTAKEN
