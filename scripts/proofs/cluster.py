"""``python -m proofs.cluster``: two machines behave as one.

PostgreSQL and an object store are all that they share: each has its folder, its name, its web server, its two
workers. ``--rounds N`` uploads, ``--tasks N`` tasks. Exit 1 on any difference.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import secrets
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from proofs.machines import CSRF, ROOT, Asked, Machine, ask, no_one, post, quiet, send, signed_in, until

# What must hold: each gives sentences on what does not ---------------------------------------------


def uploads(machines: Sequence[Asked], dossier: Any, rounds: int) -> Iterator[str]:
    """A piece sent to one machine is read on the other, whole and by ranges, under the session opened anywhere."""
    from candidatures.models import Document
    from tests import pdfs

    cookies = signed_in(dossier.owner)
    for number in range(rounds):
        there, here = machines[number % 2], machines[1 - number % 2]
        content = pdfs.sound(1 + number % 4, title=f"Tour {number}")
        answer = send(there, f"/candidatures/{dossier.uuid}/pieces/cv/envoyer/", content, cookies)
        if answer.status != 302:
            yield f"upload {number} was answered {answer.status}: {answer.body[:200]!r}"
            continue
        stored = Document.objects.get(application=dossier, piece__code="cv").stored_file
        if stored.sha256 != hashlib.sha256(content).hexdigest():
            yield f"upload {number} is kept with another digest"
        address = f"/fichiers/{stored.uuid}/"
        whole = ask(here, "GET", address, cookies)
        part = ask(here, "GET", address, cookies, Range="bytes=20-59")
        if (whole.status, whole.body, part.status, part.body) != (200, content, 206, content[20:60]):
            yield f"upload {number} reads otherwise on the other machine: {whole.status}, {part.status}"


def sessions(machines: Sequence[Asked], person: Any) -> Iterator[str]:
    """Signed out on one machine is signed out on the other."""
    cookies, mine = signed_in(person), "/candidatures/"
    seen = [ask(machine, "GET", mine, cookies).status for machine in machines]
    if seen != [200, 200]:
        yield f"a session is known as {seen}"
    left = post(machines[0], "/compte/deconnexion/", {}, cookies).status
    after = [ask(machine, "GET", mine, cookies).status for machine in machines]
    if left != 302 or after != [302, 302]:
        yield f"after signing out ({left}) on one machine: {after}"


def limits(machines: Sequence[Asked]) -> Iterator[str]:
    """Codes asked for on both machines in turn stop as soon as those asked for on one alone."""

    def allowed(turn: Sequence[Asked], email: str) -> tuple[int, list[int]]:
        for number in range(40):
            if asked(turn[number % len(turn)], email) != 302:
                return number, [asked(machine, email) for machine in machines]
        return 40, []

    def asked(machine: Asked, email: str) -> int:
        # An address of its own: the limits by machine of the visitor are not what is counted here.
        forwarded = ".".join(["198", "51", "100", str(secrets.randbelow(250) + 1)])
        body = urlencode({"csrfmiddlewaretoken": CSRF, "login": email}).encode()
        kind = "application/x-www-form-urlencoded"
        return ask(
            machine, "POST", "/compte/connexion/", no_one(), body, Content_Type=kind, X_Forwarded_For=forwarded
        ).status

    alone, _refused = allowed(machines[:1], f"{secrets.token_hex(6)}@exemple.test")
    shared, refused = allowed(machines, f"{secrets.token_hex(6)}@exemple.test")
    if alone != shared or alone == 40:
        yield f"{alone} codes were given by one machine, {shared} by two in turn"
    if 302 in refused:
        yield f"beyond the limit the machines answer {refused}"


def fresh(machines: Sequence[Asked], territory: Any) -> Iterator[str]:
    """What is changed in the database shows on both at once: nothing older is kept in a process's memory."""
    for number in range(3):
        name = f"Territoire d'essai {secrets.token_hex(4)} {number}"
        type(territory).objects.filter(pk=territory.pk).update(name=name)
        for machine in machines:
            for _process in range(4):
                page = ask(machine, "GET", "/mentions-legales/").body.decode()
                if name.replace("'", "&#x27;") not in page:
                    yield f"change {number} of the publisher's name does not show"


def static_names(machines: Sequence[Asked]) -> Iterator[str]:
    """Both machines name static files alike, and each serves what the other names."""
    named = [sorted(set(re.findall(rb'/static/[^"\s]+', ask(machine, "GET", "/aide/").body))) for machine in machines]
    if named[0] != named[1] or not named[0]:
        yield f"static files are named {named}"
    for machine in machines:
        for name in named[0]:
            if ask(machine, "GET", name.decode()).status != 200:
                yield f"{name.decode()} is not served"


def once(tasks: int) -> Iterator[str]:
    """Every task is run by one worker, once; gives faults, and leaves the counts in ``proof_run``."""
    from django.db import connection

    from proofs.cluster_tasks import TABLE, run_once, run_once_beside

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (number integer, machine varchar(64))")
    for number in range(tasks):
        (run_once if number % 2 else run_once_beside).enqueue(number)

    def ran() -> Counter[int]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT number FROM {TABLE}")  # noqa: S608
            return Counter(number for (number,) in cursor.fetchall())

    until(lambda: len(ran()) >= tasks, lambda: f"{len(ran())} tasks of {tasks} were run")
    time.sleep(2)  # a second run would come now
    for number, times in ran().items():
        if times != 1:
            yield f"task {number} was run {times} times"


def by_machine() -> dict[str, int]:
    from django.db import connection

    from proofs.cluster_tasks import TABLE

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT machine, count(*) FROM {TABLE} GROUP BY machine ORDER BY machine")  # noqa: S608
        return dict(cursor.fetchall())


def long_work(machines: Sequence[Asked], coordinator: Any, dossiers: Sequence[Any]) -> Iterator[str]:
    """Long work made by one worker is followed, and its result read, on both machines."""
    from candidatures import jobs
    from clea.jobs.models import Job

    cookies = signed_in(coordinator)
    job = jobs.start_archive(by=coordinator, applications=dossiers)
    until(lambda: Job.objects.get(pk=job.pk).finished_at, lambda: f"the archive is {Job.objects.get(pk=job.pk).state}")
    job = Job.objects.select_related("result").get(pk=job.pk)
    if job.result is None:
        yield f"the archive ended without a result: {job.message}"
        return
    for machine in machines:
        page = ask(machine, "GET", f"/coordination/travaux/{job.uuid}/", cookies)
        if page.status != 200 or str(job.result.uuid) not in page.body.decode():
            yield f"the page of the long work answers {page.status}"
        got = ask(machine, "GET", f"/fichiers/{job.result.uuid}/", cookies)
        if (got.status, hashlib.sha256(got.body).hexdigest()) != (200, job.result.sha256):
            yield f"the archive reads otherwise: {got.status}, {len(got.body)} bytes of {job.result.size}"


def maintenance(one: Machine, two: Machine) -> Iterator[str]:
    """Closed from one machine, both are closed within seconds; and opened."""
    for arguments, wanted in ((("maintenance", "Le site rouvre à 14 h."), 503), (("maintenance", "--open"), 200)):
        one.manage(*arguments)
        began = time.monotonic()
        while time.monotonic() - began < 12:
            # Several times: each process of each machine must have heard it.
            seen = {ask(machine, "GET", "/aide/").status for machine in (one, two) for _process in range(6)}
            if seen == {wanted}:
                break
            time.sleep(0.3)
        else:
            yield f"12 s after {arguments} the machines answer {seen}"


def cleared(machines: Sequence[Asked], person: Any) -> Iterator[str]:
    """An emptied cache signs nobody out and breaks no page."""
    from django.core.cache import cache

    cookies = signed_in(person)
    cache.clear()
    for machine in machines:
        for path in ("/candidatures/", "/", "/appels/"):
            if (status := ask(machine, "GET", path, cookies).status) != 200:
                yield f"{path} answers {status} after the cache was emptied"


def large(store_figures: list[tuple[str, Any]]) -> Iterator[str]:
    """More leftovers than a listing gives at once, and a file of 100 MB sent in parts and read by a range."""
    from django.core.files.base import ContentFile, File
    from django.core.files.storage import default_storage

    from clea.documents import services as documents

    leftovers = {default_storage.save(f"files/aa/{number:05}.bin", ContentFile(b"x")) for number in range(1100)}
    removed = set(documents.remove_unowned_files(older_than=timedelta(seconds=-5)))
    if removed != leftovers:
        yield f"{len(removed)} leftovers of {len(leftovers)} were removed"
    with tempfile.TemporaryFile() as content:
        for number in range(100):
            content.write(hashlib.sha256(str(number).encode()).digest() * 32 * 1024)
        before, began = resident(), time.monotonic()
        name = default_storage.save("files/bb/large.bin", File(content))
        sent, grown = time.monotonic() - began, resident() - before
        content.seek(70 * 1024**2 + 5)
        wanted, began = content.read(1024**2), time.monotonic()
    with default_storage.open(name) as file:
        file.seek(70 * 1024**2 + 5)
        if file.read(1024**2) != wanted:
            yield "a range of the large file reads otherwise"
    took = time.monotonic() - began
    default_storage.delete(name)
    store_figures.append(("100 MB sent in parts: seconds, memory grown by", f"{sent:.1f} s, {grown:.0f} MB"))
    store_figures.append(("1 MB of it read from its middle", f"{took:.2f} s"))
    if grown > 100:
        yield f"sending 100 MB took {grown:.0f} MB of memory"


def resident() -> float:
    """Memory of this process, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def killed(one: Machine, two: Machine, folder: Path, seconds: float) -> tuple[list[str], dict[int, int], float]:
    """One machine killed behind nginx: the other answers; faults, answers by status, the longest wait."""
    from tests.documents.nginx import nginx

    statuses: Counter[int] = Counter()
    longest = 0.0
    with nginx(folder, [f"127.0.0.1:{one.port}", f"127.0.0.1:{two.port}"], folder) as proxy:
        over = threading.Event()

        def visit() -> None:
            nonlocal longest
            while not over.is_set():
                began = time.monotonic()
                statuses[quiet(lambda: proxy.get("/aide/")[0])] += 1
                longest = max(longest, time.monotonic() - began)

        visitors = [threading.Thread(target=visit) for _visitor in range(4)]
        for visitor in visitors:
            visitor.start()
        time.sleep(seconds / 3)
        one.kill()
        time.sleep(seconds * 2 / 3)
        over.set()
        for visitor in visitors:
            visitor.join()
    faults = [] if set(statuses) == {200} else [f"while a machine was killed: {dict(statuses)}"]
    return faults, dict(statuses), longest


# The whole ----------------------------------------------------------------------------------------


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40, help="pieces sent to one machine and read on the other")
    parser.add_argument("--tasks", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7, help="unused: nothing here is drawn by lot")
    parser.add_argument("--dry", action="store_true", help="write nothing in docs/reliability.md")
    options = parser.parse_args()
    if "DATABASE_URL" not in os.environ:
        print("Run it as make cluster does: scripts/with_postgres.sh … -m proofs.cluster", file=sys.stderr)
        return 2
    sys.path[:0] = [str(ROOT)]
    folder = Path(tempfile.mkdtemp(prefix="clea-cluster-"))
    try:
        with ExitStack() as stack:
            return whole(folder, stack, rounds=options.rounds, tasks=options.tasks, dry=options.dry)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def whole(folder: Path, stack: ExitStack, *, rounds: int, tasks: int, dry: bool) -> int:
    from tests.documents.objects import free_port, object_store

    store = stack.enter_context(object_store())
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "clea.settings", "DEBUG": "false", "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1,testserver", "STORAGE_URL": store, "SECURE_SSL_REDIRECT": "false",
        "BEHIND_PROXY": "true", "EMAIL_URL": "dummymail://", "SITE_URL": "http://127.0.0.1", "NO_PROXY": "*",
        "TASKS_IMMEDIATE": "false", "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "scripts")]),
    }  # fmt: skip
    machines = []
    for name in ("machine-1", "machine-2"):
        own = folder / name
        (own / "tmp").mkdir(parents=True)
        environment = os.environ | {"VAR_DIR": str(own), "TMPDIR": str(own / "tmp")}
        machines.append(Machine(name, own, environment, free_port()))
        stack.callback(machines[-1].kill)
    one, two = machines
    os.environ["VAR_DIR"] = str(folder / "here")
    import django

    django.setup()
    print("tables, people", flush=True)
    one.manage("migrate", "--verbosity", "0")
    one.manage("createcachetable")
    dossiers, coordinator = people()
    for machine in machines:
        machine.manage("collectstatic", "--noinput", "--verbosity", "0")
        machine.serve()
        machine.work()
    for machine in machines:
        machine.ready()
    return 1 if report(folder, one, two, dossiers, coordinator, rounds=rounds, tasks=tasks, dry=dry) else 0


def people() -> tuple[list[Any], Any]:
    """Dossiers filed, one still open, and the coordinator of their territory."""
    from django.db import transaction

    from structures.models import TerritoryMembership
    from tests.factories.accounts import UserFactory
    from tests.factories.candidatures import ApplicationFactory, CallFactory

    with transaction.atomic():
        call = CallFactory(complete=True)
        dossiers = [ApplicationFactory(call=call, complete=True)]
        dossiers += [ApplicationFactory(call=call, submitted=True) for _rank in range(12)]
        coordinator = UserFactory(email="coordination@exemple.test", is_staff=True)
        TerritoryMembership.objects.get_or_create(territory=call.season.programme.territory, user=coordinator)
    return dossiers, coordinator


def report(
    folder: Path,
    one: Machine,
    two: Machine,
    dossiers: list[Any],
    coordinator: Any,
    *,
    rounds: int,
    tasks: int,
    dry: bool,
) -> int:
    from proofs import report as page

    both, territory = (one, two), dossiers[0].call.season.programme.territory
    figures: list[tuple[str, Any]] = []
    measured: list[tuple[str, Any]] = []
    faults: list[str] = []
    steps: list[tuple[str, Callable[[], Iterator[str]]]] = [
        (f"{rounds} pieces sent to one machine, read on the other", lambda: uploads(both, dossiers[0], rounds)),
        ("signed out on one, signed out on the other", lambda: sessions(both, dossiers[1].owner)),
        ("rate limits counted over both", lambda: limits(both)),
        ("changes seen by every process at once", lambda: fresh(both, territory)),
        ("static names, each served by both", lambda: static_names(both)),
        (f"{tasks} tasks run once each by four workers", lambda: once(tasks)),
        ("archive of 12 dossiers followed and read on both", lambda: long_work(both, coordinator, dossiers[1:])),
        ("1 100 leftovers on the store removed, 100 MB sent and read by a range", lambda: large(measured)),
        ("closed and opened by one command", lambda: maintenance(one, two)),
        ("shared cache emptied", lambda: cleared(both, dossiers[0].owner)),
    ]
    for what, step in steps:
        began = time.monotonic()
        found = list(step())
        faults += [f"{what}: {fault}" for fault in found]
        figures.append((what, f"{len(found)} faults, {time.monotonic() - began:.1f} s"))
        print(f"{what}: {figures[-1][1]}", flush=True)
    figures += measured
    figures.append(("tasks by machine", ", ".join(f"{name} {count}" for name, count in by_machine().items())))
    (folder / "nginx").mkdir()
    found, statuses, longest = killed(one, two, folder / "nginx", 9)
    faults += found
    said = ", ".join(f"{count} answers {status}" for status, count in sorted(statuses.items()))
    figures.append(("one machine killed behind nginx: answers, longest wait", f"{said}, {longest:.2f} s"))
    one.serve()
    one.ready()
    again = list(uploads((two, one), dossiers[0], 4))
    faults += [f"started again: {fault}" for fault in again]
    broken = sum(machine.whole_log().count('"status": 500') for machine in (one, two))
    faults += [f"{broken} answers were 500: {one.log()} {two.log()}"] if broken else []
    figures += [("pieces after it came back", f"4, {len(again)} faults"), ("answers 500", broken)]
    figures.append(("faults in all", len(faults)))
    print("\n".join([*faults, *(f"{what}: {value}" for what, value in figures[-7:])]))
    if not dry:
        page.write("cluster", "Two machines as one", f'make cluster ARGS="--rounds {rounds} --tasks {tasks}"', figures)
    return len(faults)


if __name__ == "__main__":
    sys.exit(main())
