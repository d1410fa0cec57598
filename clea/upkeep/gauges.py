"""The figures of the ground: what waits, what failed, what fills the disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Min, Sum
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from clea.documents import scanner
from clea.documents.models import StoredFile
from clea.jobs.models import Job
from clea.journal.models import ChainHead
from clea.mail.models import OutgoingMail
from clea.upkeep.metrics import Gauge, register
from clea.upkeep.models import Passage

Read = Iterator[tuple[tuple[str, ...], float]]


def since(moment: datetime | None) -> float:
    """Seconds since a moment; 0 when there is none."""
    return max((timezone.now() - moment).total_seconds(), 0) if moment else 0


def tasks() -> Read:
    waiting = [TaskResultStatus.READY, TaskResultStatus.RUNNING, TaskResultStatus.FAILED]
    rows = DBTaskResult.objects.filter(status__in=waiting).order_by().values_list("queue_name", "status")
    for queue, status, count in rows.annotate(count=Count("pk")):
        yield (queue, str(status).lower()), count


def oldest_task() -> Read:
    rows = DBTaskResult.objects.ready().order_by().values_list("queue_name").annotate(first=Min("enqueued_at"))
    for queue, first in rows:
        yield (queue,), since(first)


def mails() -> Read:
    for state, count in OutgoingMail.objects.order_by().values_list("state").annotate(count=Count("pk")):
        yield (state,), count


def oldest_mail() -> Read:
    yield (), since(OutgoingMail.objects.due(timezone.now()).aggregate(first=Min("approved_at"))["first"])


def jobs() -> Read:
    for state, count in Job.objects.order_by().values_list("state").annotate(count=Count("pk")):
        yield (state,), count


def files() -> Read:
    found = StoredFile.objects.aggregate(count=Count("pk"), size=Sum("size"))
    yield ("count",), found["count"]
    yield ("bytes",), found["size"] or 0


def withheld_files() -> Read:
    rows = StoredFile.objects.withheld().originals().order_by().values_list("scan")
    for state, count in rows.annotate(count=Count("pk")):
        yield (state,), count


def antivirus() -> Read:
    well = scanner.health()
    if well is not None:
        yield (), float(well)


def free_space() -> Read:
    yield (), shutil.disk_usage(settings.VAR_DIR).free


def journal_lines() -> Read:
    yield (), ChainHead.objects.values_list("seq", flat=True).first() or 0


def last_passages() -> Read:
    for work, ended, well in Passage.objects.values_list("work", "ended_at", "well"):
        if ended is not None:
            yield (work, "yes" if well else "no"), ended.timestamp()


def bring() -> None:
    """Called once the apps are ready."""
    for gauge in (
        Gauge("clea_tasks", "Tasks that wait, run or failed.", tasks, ("queue", "status")),
        Gauge("clea_task_oldest_seconds", "How long the first task that may run has waited.", oldest_task, ("queue",)),
        Gauge("clea_mails", "Messages of the outbox.", mails, ("state",)),
        Gauge("clea_mail_oldest_seconds", "How long the first message that is due has waited.", oldest_mail),
        Gauge("clea_jobs", "Long work.", jobs, ("state",)),
        Gauge("clea_files", "Private files: how many, how heavy.", files, ("what",)),
        Gauge("clea_files_withheld", "Files nobody reads: waiting, or held.", withheld_files, ("state",)),
        Gauge("clea_antivirus_up", "Whether the antivirus answers, where there is one.", antivirus),
        Gauge("clea_disk_free_bytes", "Free space where this machine writes.", free_space),
        Gauge("clea_journal_lines", "Lines of the journal.", journal_lines),
        Gauge("clea_clock_last_timestamp", "When each periodic work last ended.", last_passages, ("work", "well")),
    ):
        register(gauge)
