"""Who may do what to a job, and when."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.jobs import kinds
from clea.jobs.enums import TRANSITIONS, JobState
from clea.jobs.models import Job
from clea.rules import ALLOWED, Verdict, forbid, refuse

if TYPE_CHECKING:
    from clea.accounts.models import User

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


def this_process() -> str:
    """Machine, process, and when it began: a number is used again by another process some day."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{_began(os.getpid())}"


def _began(pid: int) -> str:
    """The kernel's clock at which a process started; empty when there is none of this number."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def is_stale(job: Job, now: datetime) -> bool:
    """Whether the worker of a running job is gone: its process, on this machine; its signs, on another."""
    if job.state != JobState.RUNNING:
        return False
    host, _colon, rest = job.worker.partition(":")
    pid, _colon, began = rest.partition(":")
    if host == socket.gethostname()[:60] and pid.isdigit() and began:
        return _began(int(pid)) != began
    return (job.beat_at or job.created_at) < now - SILENCE


def is_untaken(job: Job, now: datetime) -> bool:
    """Whether a job waits for a service that does not seem to run."""
    return job.state == JobState.QUEUED and (job.beat_at or job.created_at) < now - UNTAKEN
