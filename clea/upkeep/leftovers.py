"""What the ground's own rounds of upkeep put right."""

from __future__ import annotations

import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import PROTECT, RESTRICT, SET_NULL, Exists, OuterRef, ProtectedError, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clea.documents import services as documents
from clea.documents.models import StoredFile
from clea.jobs import rules as job_rules
from clea.jobs import services as jobs
from clea.jobs.models import Job
from clea.mail import services as mail
from clea.upkeep import queue, sweeps
from clea.upkeep.sweeps import Plan

log = logging.getLogger(__name__)

#: Whoever holds a file so keeps it alive; what would go with it (CASCADE) does not.
_HOLDS = (PROTECT, RESTRICT, SET_NULL)
#: How the program, and Django's uploads, name what they make for a moment. The tests' own folders are theirs.
_MOMENTARY = re.compile(r"clea-(?!tests-)(?:[a-z]+-)?[a-z0-9_]{8}(?:\.[a-z]+)?|tmp[a-z0-9_]{8}\.upload.*")


def register() -> None:
    """Called once the apps are ready."""
    sweeps.register("mails", _("message(s) repris à des envois interrompus"), _mails)
    sweeps.register("tasks", _("tâche(s) remise(s) en file"), lambda plan: queue.requeue(dry_run=plan.dry_run))
    sweeps.register("jobs", _("travaux arrêtés, oubliés ou périmés"), _jobs)
    sweeps.register("rows", _("fichier(s) reçu(s) que rien ne retient"), _rows)
    sweeps.register("bytes", _("fichier(s) enregistré(s) que rien ne désigne"), _bytes)
    sweeps.register("temporary", _("reste(s) de fichiers temporaires"), _temporary)
    sweeps.register("sessions", _("session(s) terminée(s)"), _sessions)
    sweeps.register("queue", _("tâche(s) faite(s) depuis longtemps"), lambda plan: queue.prune(dry_run=plan.dry_run))


def unheld() -> QuerySet[StoredFile]:
    """Files whose row nothing holds: received by a process killed before it gave them a place."""
    found = StoredFile.objects.all()
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or relation.many_to_many:
            continue
        held: Any = relation
        # Versions kept by simple_history remember files, a copy knows its model: they do not hold them.
        if held.on_delete in _HOLDS and held.field.db_constraint and held.related_model is not StoredFile:
            holders = held.related_model._base_manager.filter(**{held.field.name: OuterRef("pk")})
            found = found.exclude(Exists(holders))
    return found


def _mails(plan: Plan) -> int:
    return 0 if plan.dry_run else mail.settle_the_dead()


def _jobs(plan: Plan) -> int:
    if not plan.dry_run:
        return jobs.tidy()
    now = timezone.now()
    return sum(job_rules.is_stale(job, now) for job in Job.objects.active()) + Job.objects.outlived(now).count()


def _rows(plan: Plan) -> int:
    limit, count = timezone.now() - plan.older_than, 0
    for stored in unheld().filter(created_at__lt=limit):
        try:
            if not plan.dry_run:
                documents.discard(stored)
        except ProtectedError:
            continue  # it has found its place meanwhile
        count += 1
    return count


def _bytes(plan: Plan) -> int:
    return len(documents.remove_unowned_files(older_than=plan.older_than, dry_run=plan.dry_run))


def _temporary(plan: Plan) -> int:
    limit, count = (timezone.now() - plan.older_than).timestamp(), 0
    for path in _left_for_a_moment():
        try:
            found = path.lstat()
            if found.st_uid != os.getuid() or found.st_mtime >= limit:
                continue
            if not plan.dry_run:
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        except FileNotFoundError:
            continue
        count += 1
    return count


def _left_for_a_moment() -> Iterator[Path]:
    folders = {tempfile.gettempdir(), str(settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir())}
    for folder in sorted(folders):
        for path in Path(folder).iterdir():
            if _MOMENTARY.fullmatch(path.name):
                yield path


def _sessions(plan: Plan) -> int:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    over = store.get_model_class().objects.filter(expire_date__lt=timezone.now()).count()
    if not plan.dry_run:
        store.clear_expired()
    return int(over)
