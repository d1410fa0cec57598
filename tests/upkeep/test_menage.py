"""What a killed process leaves behind is put right, once, and what lives is left alone."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
import uuid
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult, get_date_max

from clea import processes
from clea.documents import services as documents
from clea.documents.models import StoredFile
from clea.jobs.models import Job
from clea.upkeep import queue, sweeps
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

ALIVE = processes.this_process()
DEAD = f"{ALIVE}0"


def _running(*workers, started=None):
    return DBTaskResult.objects.create(
        args_kwargs={"args": [404], "kwargs": {}}, task_path="clea.mail.tasks.deliver_mail", backend_name="default",
        run_after=get_date_max(), status=TaskResultStatus.RUNNING, started_at=started or timezone.now(),
        worker_ids=list(workers),
    )  # fmt: skip


def _status(task):
    task.refresh_from_db()
    return task.status


def test_the_tasks_of_the_dead_are_done_again_and_only_those():
    dead, alive, elsewhere = _running(DEAD), _running(ALIVE), _running("ailleurs:1:1")
    forgotten = _running("ailleurs:1:1", started=timezone.now() - queue.LONGEST - dt.timedelta(seconds=1))
    deadly = _running(DEAD, DEAD, DEAD)

    assert queue.requeue(dry_run=True) == 3
    assert queue.requeue() == 3
    assert queue.requeue() == 0

    assert _status(dead) == _status(forgotten) == TaskResultStatus.READY
    assert _status(alive) == _status(elsewhere) == TaskResultStatus.RUNNING
    assert _status(deadly) == TaskResultStatus.FAILED, "it ended three workers: not a fourth"


def test_a_worker_takes_up_what_the_dead_held_and_waits_for_a_database_that_is_away(monkeypatch, settings):
    settings.TASKS = settings.TASKS_QUEUED
    tries, dead, dropped = [], _running(DEAD), []

    def work(self, **options):
        tries.append(options["worker_id"])
        if len(tries) == 1:
            assert _status(dead) == TaskResultStatus.READY
            dropped.append(_running(ALIVE))
            raise OperationalError("the connection is closed")
        assert _status(dropped[0]) == TaskResultStatus.READY

    monkeypatch.setattr(db_worker.Command, "handle", work)
    monkeypatch.setattr("clea.upkeep.management.commands.db_worker.FIRST_PAUSE", 0.01)
    monkeypatch.setattr("clea.upkeep.management.commands.db_worker.close_old_connections", lambda: None)

    call_command("db_worker", "--no-reload", verbosity=0)

    assert tries == [ALIVE, ALIVE]


@pytest.fixture
def own_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def _store(name):
    return documents.store_bytes(by=None, content=name.encode(), name=name, content_type="application/pdf")


def test_files_that_nothing_holds_go_and_the_others_stay(own_temporary_folder):
    kept, now = _store("the result of a job"), timezone.now()
    times = {"started_at": now, "finished_at": now, "expires_at": now + dt.timedelta(days=7)}
    Job.objects.create(owner=UserFactory(), kind="x", label="x", state="done", result=kept, **times)
    received = _store("received by a process killed before it gave it a place")
    name = default_storage.save(f"files/{uuid.uuid4().hex[:2]}/{uuid.uuid4().hex}.pdf", ContentFile(b"no row"))
    for left in ("clea-intake-ab_1cd23", "tmpab_1cd23.upload.pdf", "clea-tests-ab_1cd23", "clea-pg-aBcDeF"):
        (own_temporary_folder / left).mkdir()

    young = _menage("--hours", "1")
    assert "0 : fichier(s) reçu(s) que rien ne retient" in young
    assert "1 : fichier(s) reçu(s) que rien ne retient" in _menage("--hours", "0", "--dry-run")
    assert StoredFile.objects.filter(pk=received.pk).exists()

    done = _menage("--hours", "0")

    assert "1 : fichier(s) reçu(s) que rien ne retient" in done
    assert "2 : reste(s) de fichiers temporaires" in done
    assert list(StoredFile.objects.all()) == [kept]
    assert default_storage.exists(kept.file.name)
    assert not default_storage.exists(name)
    assert sorted(os.listdir(own_temporary_folder)) == ["clea-pg-aBcDeF", "clea-tests-ab_1cd23"]
    assert {line.partition(" ")[0] for line in _menage("--hours", "0").splitlines()} == {"0"}, "nothing is left to do"


def test_a_round_that_fails_is_said_and_keeps_no_other_from_running(monkeypatch):
    def fails(plan):
        raise RuntimeError

    def succeeds(plan):
        done.append(plan)
        return 1

    done = []
    monkeypatch.setattr(sweeps, "_sweeps", {"a": ("panne", fails), "b": ("suite", succeeds)})
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("menage", stdout=out)
    with pytest.raises(CommandError):
        call_command("menage", "--hours", "-1")

    assert out.getvalue().splitlines() == ["échec : panne", "1 : suite"]
    assert done == [sweeps.Plan(dt.timedelta(hours=24))]


def _menage(*arguments):
    out = StringIO()
    call_command("menage", *arguments, stdout=out)
    return out.getvalue()
