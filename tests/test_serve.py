"""``make run`` as one lives it: the site answers, mails leave, Ctrl-C or a kill leaves nothing behind."""

from __future__ import annotations

import os
import runpy
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SERVE = ROOT / "scripts" / "serve.py"
PATIENCE = 90  # seconds: the machine may be busy with the other tests

QUEUE_A_MAIL = """
from django.db import transaction
from clea.mail import kinds, services as mail
kind = kinds.get("application.acknowledgement")
with transaction.atomic():
    mail.queue(by=None, kind=kind.key, to="artiste@demo.test", context=dict.fromkeys(kind.variables, "essai"))
"""


def eventually(true: Callable[[], bool], what: str) -> None:
    limit = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < limit, what
        time.sleep(0.1)


def alive(pid: int) -> bool:
    """Whether a process still runs; one that only waits to be reaped does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def family(pid: int) -> set[int]:
    """A process and everything it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return {pid}.union(*(family(int(child)) for child in children))


class Served:
    """One installation in a folder of its own, and what is running of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.environment = {
            **os.environ,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "VAR_DIR": str(folder / "var"),
            "DATABASE_URL": f"sqlite:///{folder / 'clea.sqlite3'}",
            "TASKS_IMMEDIATE": "false",
            "EMAIL_URL": f"filemail:///{folder / 'mails'}",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(SERVE), "--no-demo"],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        process = self.process
        eventually(lambda: process.poll() is not None or "Ctrl-C" in self.log(), "the server did not start")
        assert process.poll() is None, self.log()
        return process

    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8").rpartition("Stopping.")[2]

    def home(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=PATIENCE) as answer:
            return int(answer.status)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path)
    yield served
    if served.process is not None and served.process.poll() is None:
        served.process.terminate()
        served.process.wait(timeout=PATIENCE)


def test_the_site_answers_mails_leave_and_nothing_is_left_behind(served: Served) -> None:
    # One installation and two starts, because the first creates every table.
    first = served.start()
    assert served.home() == 200
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", QUEUE_A_MAIL],
        cwd=ROOT,
        env=served.environment,
        check=True,
        capture_output=True,
    )
    eventually(lambda: any((served.folder / "mails").glob("*")), "the worker delivered nothing")
    running = family(first.pid)
    assert len(running) >= 5, "the program, gunicorn and its two workers, the worker of tasks"
    # What a terminal does on Ctrl-C: the signal goes to the whole group.
    os.killpg(first.pid, signal.SIGINT)
    assert first.wait(timeout=PATIENCE) == 0, served.log()
    assert not [pid for pid in running if alive(pid)]

    second = served.start()
    assert served.home() == 200
    running = family(second.pid)
    second.kill()
    second.wait(timeout=PATIENCE)
    eventually(lambda: not any(alive(pid) for pid in running), "a killed server left processes")


def test_a_port_that_is_taken_is_named_with_another_one(served: Served) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", served.port))
        taken.listen()
        done = subprocess.run(
            [sys.executable, str(SERVE)], env=served.environment, capture_output=True, text=True, check=False
        )
    assert done.returncode == 1
    assert f"127.0.0.1:{served.port} is taken" in done.stderr
    assert f"make run PORT={served.port + 1}" in done.stderr


def test_env_is_written_once_with_a_secret_of_its_own_for_its_owner_only(tmp_path: Path) -> None:
    write_env = runpy.run_path(str(SERVE))["write_env"]
    one, other = tmp_path / "one", tmp_path / "other"
    assert write_env(one, ROOT / ".env.example")
    assert write_env(other, ROOT / ".env.example")
    values = dict(line.split("=", 1) for line in one.read_text(encoding="utf-8").splitlines() if line[:1].isalpha())
    assert values["DEBUG"] == "true"
    assert len(values["SECRET_KEY"]) >= 50
    assert values["SECRET_KEY"] not in other.read_text(encoding="utf-8")
    assert stat.S_IMODE(one.stat().st_mode) == 0o600
    one.write_text("DEBUG=false\n", encoding="utf-8")
    assert not write_env(one, ROOT / ".env.example")
    assert one.read_text(encoding="utf-8") == "DEBUG=false\n"
