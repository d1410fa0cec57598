"""Long work: asked once, followed, stopped, interrupted, started again, and its result."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from clea.documents import services as documents
from clea.documents.models import StoredFile
from clea.errors import Forbidden, Refused
from clea.jobs import kinds, rules, running, services
from clea.jobs.enums import JobState
from clea.jobs.models import Job
from clea.journal.models import Entry
from tests.factories.accounts import AdministratorFactory, UserFactory

Handler = Callable[[services.Progress], services.Outcome | None]


def three(progress: services.Progress) -> services.Outcome:
    progress.expect(3)
    for _turn in range(3):
        progress.advance()
    stored = documents.store_bytes(by=progress.by, content=b"a;b", name="Trois lignes.csv", content_type="text/csv")
    return services.Outcome("Trois lignes.", file=stored)


@pytest.fixture
def kind() -> Iterator[Callable[..., None]]:
    """Registers the handler of « essai » for one test."""
    yield lambda handler, **options: services.register("essai", handler, **options)
    kinds._kinds.pop("essai", None)


@pytest.fixture
def owner(db: None) -> Any:
    return AdministratorFactory(email="coordination@exemple.test")


def asked(owner: Any, **params: Any) -> Job:
    return services.start(by=owner, kind="essai", label="Un essai", params=params, back_url="/coordination/")


def test_a_job_is_asked_once_runs_once_and_its_result_waits_for_its_owner_alone(
    kind: Any, owner: Any, client: Client
) -> None:
    kind(three)
    job = asked(owner, call="x")
    assert asked(owner, call="x") == job, "asked twice while it waits: the same"
    assert asked(owner, call="y") != job
    client.force_login(owner)
    waiting = client.get(job.get_absolute_url()).content.decode()
    assert "en attente" in waiting
    assert '<meta http-equiv="refresh" content="5">' in waiting
    assert "Personne ne l'a encore pris" not in waiting
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(minutes=3))
    part = client.get(job.get_absolute_url(), {"partie": "1"}).content.decode()
    assert "Personne ne l&#x27;a encore pris" in part or "Personne ne l'a encore pris" in part
    assert "<html" not in part

    running.run(job.pk)
    running.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.attempts) == (JobState.DONE, 3, 3, 1)
    assert "1 terminé" in client.get("/coordination/travaux/").content.decode()
    page = client.get(job.get_absolute_url()).content.decode()
    assert "Trois lignes." in page
    assert "Télécharger" in page
    assert "refresh" not in page
    assert "1 terminé" not in client.get("/coordination/travaux/").content.decode(), "it was looked at"
    file = client.get(f"/fichiers/{job.result.uuid}/")
    assert b"".join(file.streaming_content) == b"a;b"  # type: ignore[attr-defined]
    assert 'attachment; filename="Trois lignes.csv"' in file["Content-Disposition"]
    assert [entry.verb for entry in Entry.objects.filter(target_id=str(job.uuid)).order_by("seq")] == [
        "job.started",
        "job.done",
        "file.read",
    ]

    client.force_login(AdministratorFactory(email="autre@exemple.test"))
    assert client.get(job.get_absolute_url()).status_code == 404
    assert client.get(f"/fichiers/{job.result.uuid}/").status_code == 404

    Job.objects.filter(pk=job.pk).update(
        finished_at=timezone.now() - timedelta(days=8), expires_at=timezone.now() - timedelta(days=1)
    )
    services.tidy()
    assert not Job.objects.filter(pk=job.pk).exists()
    assert not StoredFile.objects.exists()


def test_what_is_refused_or_breaks_says_so_and_goes_on_where_it_stood(kind: Any, owner: Any) -> None:
    seen: list[Any] = []

    def handler(progress: services.Progress) -> None:
        progress.expect(4, done=progress.memory.get("at", 0))
        for turn in range(progress.done, 4):
            if turn == 2 and len(seen) < 3:
                seen.append("broken")
                raise ZeroDivisionError if len(seen) == 3 else Refused("Le tarif manque : renseignez-le.")
            seen.append(turn)
            progress.advance(at=turn + 1)

    kind(handler, resumes=True)
    job = asked(owner)
    running.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (JobState.FAILED, 2, 4)
    assert "Une erreur imprévue" in job.message
    assert "ZeroDivision" not in job.message
    with pytest.raises(Refused, match="plus possible"):
        services.cancel(by=owner, job=job)
    job = services.restart(by=owner, job=job)
    assert job.state == JobState.QUEUED
    running.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert seen == [0, 1, "broken", 2, 3]
    with pytest.raises(Refused, match="plus possible"):
        services.restart(by=owner, job=job)

    kind(lambda progress: progress.say("…") or (_ for _ in ()).throw(Refused("Le tarif manque.")))
    other = asked(owner, other=1)
    running.run(other.pk)
    other.refresh_from_db()
    assert (other.state, other.message) == (JobState.FAILED, "Le tarif manque.")


def test_a_job_stopped_while_it_runs_ends_at_its_next_step_and_leaves_no_file(
    kind: Any, owner: Any, client: Client
) -> None:
    client.force_login(owner)

    def handler(progress: services.Progress) -> services.Outcome:
        progress.expect(300)
        progress.advance(128, at=128)
        page = client.get(progress.job.get_absolute_url()).content.decode()
        assert "128 sur 300" in page
        assert 'max="300" value="128"' in page
        answer = client.post(f"{progress.job.get_absolute_url()}arreter/")
        assert answer.status_code == 302
        if progress.params.get("finishes"):
            return three(services.Progress(progress.job))
        progress.advance(at=129)
        raise AssertionError("it went on")

    kind(handler)
    for params in ({}, {"finishes": 1}):
        job = asked(owner, **params)
        running.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.done, job.result) == (JobState.CANCELLED, 128, None)
        assert "Relancer" in client.get(job.get_absolute_url()).content.decode()
    assert not StoredFile.objects.exists()


def test_a_worker_that_died_leaves_a_job_that_says_so(kind: Any, owner: Any, client: Client) -> None:
    kind(three)
    job = asked(owner)
    state = {
        "state": JobState.RUNNING, "started_at": timezone.now(), "beat_at": timezone.now(), "claim": uuid.uuid4(),
        "total": 300, "done": 128,
    }  # fmt: skip
    Job.objects.filter(pk=job.pk).update(worker=rules.this_process(), **state)
    assert services.find(by=owner, uuid=job.uuid).state == JobState.RUNNING, "this process is alive"
    assert services.tidy() == 0
    # The same number, begun at another time: another process.
    Job.objects.filter(pk=job.pk).update(worker=rules.this_process() + "0")
    client.force_login(owner)
    page = client.get(job.get_absolute_url()).content.decode()
    assert "interrompu" in page
    assert "128 sur 300" in page
    assert "Relancer" in page
    services.restart(by=owner, job=job)
    # On another machine one only sees that it says nothing.
    Job.objects.filter(pk=job.pk).update(worker="ailleurs:1:1", **state)
    assert services.tidy() == 0
    Job.objects.filter(pk=job.pk).update(beat_at=timezone.now() - rules.SILENCE * 2)
    assert services.tidy() == 1
    job.refresh_from_db()
    assert job.state == JobState.FAILED


def test_who_lost_the_right_neither_starts_nor_reads(kind: Any, owner: Any, client: Client) -> None:
    allowed = {"coordination@exemple.test"}
    kind(three, may=lambda user, job: user.email in allowed)
    job = asked(owner)
    with pytest.raises(Forbidden):
        asked(UserFactory(email="artiste@exemple.test"))
    running.run(job.pk)
    job.refresh_from_db()
    allowed.clear()
    client.force_login(owner)
    assert "n'est plus le vôtre" in client.get(job.get_absolute_url()).content.decode()
    assert client.get(f"/fichiers/{job.result.uuid}/").status_code == 404


def test_the_list_costs_the_same_with_thirty_jobs(
    kind: Any, owner: Any, client: Client, assert_num_queries_constant: Any
) -> None:
    kind(three)
    client.force_login(owner)
    for turn in range(30):
        job = asked(owner, turn=turn)
        if turn % 3:
            running.run(job.pk)
        if turn == 2:
            read = lambda: client.get("/coordination/travaux/").status_code == 200  # noqa: E731
            read()
    assert_num_queries_constant(
        lambda: client.get("/coordination/travaux/"), lambda: [asked(owner, more=turn) for turn in range(27)]
    )


@pytest.mark.django_db(transaction=True)
def test_the_queue_runs_it_and_a_lost_task_is_found_again(kind: Any, settings: Any) -> None:
    from django_tasks_db.models import DBTaskResult

    settings.TASKS = settings.TASKS_QUEUED
    kind(three)
    job = asked(AdministratorFactory())
    DBTaskResult.objects.all().delete()
    Job.objects.update(created_at=timezone.now() - rules.UNTAKEN * 2)
    assert services.tidy() == 1
    assert services.tidy() == 0, "asked again a moment ago"
    call_command("db_worker", "--batch", "--no-startup-delay", "--queue-name", "*", verbosity=0)
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_the_same_demand_for_another_territory_is_another_job_and_a_long_way_back_is_let_go(
    kind: Any, owner: Any
) -> None:
    kind(three)
    wanted = {"by": owner, "kind": "essai", "label": "Un essai", "params": {"sha256": "x"}}
    one = services.start(**wanted, territory="lens", back_url="/coordination/?q=" + "a" * 500)
    other = services.start(**wanted, territory="arras")
    assert one != other
    assert one.back_url == ""


def test_an_end_that_cannot_be_written_is_said_and_does_not_run_for_ever(kind: Any, owner: Any) -> None:
    def handler(progress: services.Progress) -> services.Outcome:
        made = three(progress)
        return services.Outcome("Fini.", file=made.file, url="/coordination/?" + "a" * 600)

    kind(handler)
    job = asked(owner)
    running.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "Une erreur imprévue" in job.message
    assert not StoredFile.objects.exists(), "nobody will get its file"
