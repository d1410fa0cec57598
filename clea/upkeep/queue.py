"""Tasks whose worker was killed: the queue alone would leave them running for ever."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from clea.processes import is_gone

log = logging.getLogger(__name__)

#: A task that killed so many workers is not given to another.
MAX_WORKERS = 3
#: A worker of another machine is taken for dead when its task lasts so long. Tasks may run twice.
LONGEST = timedelta(hours=6)
#: How long the queue remembers what it has done.
KEPT = timedelta(days=14)


def requeue(*, own: str = "", dry_run: bool = False) -> int:
    """Put the tasks of dead workers back in the queue; returns how many. One query, and one a task.

    ``own`` is a worker that begins: what its name still holds, it dropped when the database left it.
    """
    now, count = timezone.now(), 0
    for task in DBTaskResult.objects.running().only("pk", "started_at", "worker_ids"):
        worker = str(task.worker_ids[-1]) if task.worker_ids else ""
        gone = True if own and worker == own else is_gone(worker)
        if gone is None:
            gone = task.started_at is not None and task.started_at < now - LONGEST
        if not gone:
            continue
        count += 1
        if dry_run:
            continue
        # What is told to another worker meanwhile is no longer ours to touch.
        held = DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.RUNNING, started_at=task.started_at)
        if len(task.worker_ids) >= MAX_WORKERS:
            log.error("task %s ended %s workers: it is not tried again", task.pk, len(task.worker_ids))
            held.update(status=TaskResultStatus.FAILED, finished_at=now)
        else:
            held.update(status=TaskResultStatus.READY, started_at=None)
    return count


def prune(*, dry_run: bool = False) -> int:
    """Forget the tasks that ended long ago; returns how many. One query."""
    rows = DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEPT)
    return rows.count() if dry_run else rows.delete()[0]
