"""The product started as in production on data of a stated size, for the parts of the bench.

A part measures one ``Bench``: it is asked over HTTP at ``base_url``, and its database is the one of this very process
once ``setup()`` was called (``python -m bench`` runs each part in a process of its own, so one never sees another's
database). A part that writes says so to nobody: each run of the bench fills its databases anew.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import re
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from bench.figures import Figure

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
WORKERS = 2
SHAPES = ("S", "M", "L")
VENDORS = ("postgresql", "sqlite")
READY_WITHIN = 180.0  # seconds
GUNICORN = (
    "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "clea.wsgi:application",
    "--max-requests", "0", "--max-requests-jitter", "0",
)  # fmt: skip
#: The coordinator of every shape.
STAFF = "coordination@demo.test"


@dataclass
class Bench:
    """One started product: what ``run(bench)`` of a part is given."""

    shape: str  # S, M or L
    vendor: str  # postgresql or sqlite
    folder: Path  # VAR_DIR: files, logs, the SQLite database
    base_url: str  # http://127.0.0.1:port, without a final slash
    environment: dict[str, str]  # of the product's processes, and of this one after setup()
    master: int = 0  # gunicorn's first process, 0 when nothing serves
    rounds: int = 7
    quick: bool = False  # a developer's look: tiny counts, seconds
    workers: list[int] = field(default_factory=list)  # db_worker and clock, when they were started

    # Processes --------------------------------------------------------------------------------

    def pids(self) -> list[int]:
        """gunicorn and its workers, as they are now."""
        return [self.master, *children(self.master)] if self.master else []

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """A process of the product: ``bench.start("manage.py", "db_worker")``. It ends with this one at the latest."""
        with (self.folder / "bench.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=self.environment | environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=end_with_us,
            )  # fmt: skip

    def manage(self, *arguments: str) -> None:
        """One command, waited for. Raises ``SystemExit`` with the log when it fails."""
        if self.start("manage.py", *arguments).wait() != 0:
            raise SystemExit(f"manage.py {' '.join(arguments)} failed:\n{self.log()}")

    @contextmanager
    def serving(self, **environment: str) -> Iterator[Bench]:
        """Another gunicorn on the same database and folder, with a setting or two of its own (``WEB_THREADS="8"``).

        Its processes are never replaced by fresh ones: it would fall in the middle of a page's round, and hide what
        memory they gather.
        """
        port = free_port()
        other = replace(
            self,
            base_url=f"http://{HOST}:{port}",
            environment=self.environment | served_at(port) | environment,
            workers=[],
        )
        server = other.start(*GUNICORN)
        other.master = server.pid
        try:
            other.wait(server)
            yield other
        finally:
            stop(server)

    @contextmanager
    def working(self, queue: str = "*") -> Iterator[subprocess.Popen[bytes]]:
        """A ``db_worker``, as production runs one beside the site."""
        worker = self.start("manage.py", "db_worker", "--no-reload", "--no-startup-delay", "--queue-name", queue)
        self.workers.append(worker.pid)
        try:
            yield worker
        finally:
            self.workers.remove(worker.pid)
            stop(worker)

    def wait(self, server: subprocess.Popen[bytes]) -> float:
        """Seconds until the server answers."""
        began = time.monotonic()
        while not answers(f"{self.base_url}/bench/empty/"):
            if server.poll() is not None or time.monotonic() - began > READY_WITHIN:
                raise SystemExit(f"gunicorn did not start:\n{self.log()}")
            time.sleep(0.05)
        return time.monotonic() - began

    def log(self) -> str:
        return (self.folder / "bench.log").read_text(encoding="utf-8", errors="replace")[-4000:]

    # Database and people ----------------------------------------------------------------------

    def setup(self) -> None:
        """Django in this process, on this product's database. Once a process, for one ``Bench``."""
        import django

        os.environ.update(self.environment)
        if str(ROOT) not in sys.path:
            sys.path.insert(0, str(ROOT))
        django.setup()

    def cookie(self, email: str = STAFF) -> str:
        """The ``Cookie`` header of a session that this person opened, second factor passed, csrf cookie included.

        The csrf token to post with it is ``machines.CSRF``. Asks for ``setup()``; no one: ``cookie("")``.
        """
        self.setup()
        from django.contrib.auth import get_user_model
        from proofs import machines

        cookies = machines.signed_in(get_user_model().objects.get(email=email)) if email else machines.no_one()
        return "; ".join(f"{name}={value}" for name, value in cookies.items())

    # To and from a process of its own ---------------------------------------------------------

    def as_json(self) -> str:
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> Bench:
        kept = json.loads(text)
        return cls(**kept | {"folder": Path(kept["folder"])})


# Making one ---------------------------------------------------------------------------------------


def environment_of(folder: Path, database: str) -> dict[str, str]:
    """Production's settings, but for the encryption; nothing of a .env that may lie here."""
    passed = {"PATH", "HOME", "LANG", "TMPDIR", "TZ", "PEER", "POSTGRES_BIN"}
    kept = {name: value for name, value in os.environ.items() if name in passed}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "PYTHONPATH": os.pathsep.join((str(ROOT / "scripts"), str(ROOT))),
        "DEBUG": "false",
        "VAR_DIR": str(folder),
        "DATABASE_URL": database,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": HOST,
        "EMAIL_URL": "dummymail://",
        "SECURE_SSL_REDIRECT": "false",
        "SECURE_HSTS_SECONDS": "0",
        "STAFF_SECOND_FACTOR": "true",
        "WEB_WORKERS": str(WORKERS),
        "SENTRY_DSN": "",
        "STORAGE_URL": "",
        "CLAMD_URL": "",
        "BACKUP_DIR": "",
        "METRICS_TOKEN": "",
    }


def served_at(port: int) -> dict[str, str]:
    """What a server of its own has for itself: the address, and the folder of its metrics."""
    return {
        "BIND": f"{HOST}:{port}",
        "SITE_URL": f"http://{HOST}:{port}",
        "PROMETHEUS_MULTIPROC_DIR": str(Path(tempfile.gettempdir()) / f"clea-bench-metrics-{port}"),
    }


def empty(vendor: str, folder: Path) -> Bench:
    """A database with its tables and no row of ours, copied for each shape: making tables takes longer than filling S.

    On PostgreSQL, ``DATABASE_URL`` names the cluster (``scripts/with_postgres.sh``): each database is made again there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    database = f"sqlite:///{folder / 'clea.sqlite3'}" if vendor == "sqlite" else made_on_the_cluster("bench_empty")
    bench = Bench("", vendor, folder, "", environment_of(folder, database))
    bench.manage("migrate", "--verbosity", "0")
    bench.manage("createcachetable", "--verbosity", "0")
    return bench


def prepared(shape: str, bare: Bench, folder: Path, static: Path | None = None, **options: Any) -> Bench:
    """A copy of the empty database, filled; nothing serving yet. ``static`` is where all share the static files."""
    folder.mkdir(parents=True, exist_ok=True)
    if bare.vendor == "sqlite":
        database = f"sqlite:///{folder / 'clea.sqlite3'}"
        copy_sqlite(bare.folder / "clea.sqlite3", folder / "clea.sqlite3")
    else:
        database = made_on_the_cluster(f"bench_{shape.lower()}", "bench_empty")
    environment = environment_of(folder, database) | {"STATIC_ROOT": str(static or folder / "static")}
    bench = Bench(shape, bare.vendor, folder, "", environment, **options)
    if bench.start("-m", "bench.volume", shape).wait() != 0:
        raise SystemExit(f"The shape {shape} was not made:\n{bench.log()}")
    return bench


def made_on_the_cluster(name: str, template: str = "template1") -> str:
    import psycopg

    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        raise SystemExit("PostgreSQL's column asks for scripts/with_postgres.sh before the command.")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return re.sub(r"(?<=/)[^/?]*(?=\?|$)", name, url, count=1)


def copy_sqlite(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)


# A part alone -------------------------------------------------------------------------------------


def alone(run: Callable[[Bench], list[Figure]], *, serving: bool = True) -> None:
    """``python -m bench.<part>``: make one product, run this part, print its figures.

    ``--var`` and ``--database`` measure data that is already there, as it is, instead of making some.
    """
    parser = argparse.ArgumentParser(description=run.__doc__)
    parser.add_argument("--shape", choices=SHAPES, default="S")
    parser.add_argument("--var", type=Path, help="the VAR_DIR of data already made")
    parser.add_argument("--database", help="its DATABASE_URL, when it is not clea.sqlite3 in there")
    parser.add_argument("--vendor", choices=VENDORS, default="sqlite", help="without --var: on what to make some")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clea-bench-") as name:
        kept = {"rounds": asked.rounds, "quick": asked.quick}
        if asked.var:
            database = asked.database or f"sqlite:///{(asked.var / 'clea.sqlite3').resolve()}"
            vendor = "sqlite" if database.startswith("sqlite") else "postgresql"
            bench = Bench(
                asked.shape, vendor, asked.var.resolve(), "", environment_of(asked.var.resolve(), database), **kept
            )
        else:
            bench = prepared(asked.shape, empty(asked.vendor, Path(name) / "empty"), Path(name), **kept)
        bench.manage("collectstatic", "--no-input", "--verbosity", "0")
        if serving:
            with bench.serving() as started:
                figures = run(started)
        else:
            figures = run(bench)
    for figure in figures:
        limit = "" if figure.limit is None else f"  {'≥' if figure.at_least else '≤'} {figure.limit:g}: {word(figure)}"
        print(f"{figure.part:<13}{figure.what:<60}{figure.value:>12.2f} {figure.unit:<10}{limit}  {figure.note}")


def word(figure: Figure) -> str:
    return {True: "reached", False: "short", None: ""}[figure.met]


# Small things -------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except OSError:
        return False


def children(pid: int) -> list[int]:
    """The processes that this one started, and theirs."""
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                found += [int(child), *children(int(child))]
    return found


def end_with_us() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=40)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
