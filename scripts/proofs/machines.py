"""Machines that share a database and an object store and nothing else, as a browser and a supervisor see them."""

from __future__ import annotations

import ctypes
import http.client
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent.parent
CSRF = "c" * 32
PATIENCE = 90.0  # seconds


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Asked(Protocol):
    """A machine as a browser sees it."""

    def ask(self, method: str, path: str, *, cookies: dict[str, str], body: bytes, headers: dict[str, str]) -> Answer:
        """One request, no redirect followed."""


@dataclass
class Machine:
    """Everything of it but the database and the object store is its own: folder, name, processes."""

    name: str
    folder: Path
    environment: dict[str, str]
    port: int
    web: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, *arguments]
        if own_name_possible():
            command = ["unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', self.name, *command]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=end_with_us,
            )  # fmt: skip

    def serve(self, *, processes: int = 2) -> None:
        self.web = self.start(
            "-m", "gunicorn", "clea.wsgi:application", "--bind", f"127.0.0.1:{self.port}", "--threads", "4",
            "--workers", str(processes), "--timeout", "120", "--log-level", "error",
        )  # fmt: skip

    def work(self) -> None:
        for queue in ("default", "travaux"):
            command = ("manage.py", "db_worker", "--no-reload", "--no-startup-delay", "--interval", "0.1")
            self.workers.append(self.start(*command, "--queue-name", queue))

    def manage(self, *arguments: str) -> None:
        done = self.start("manage.py", *arguments).wait(timeout=300)
        if done != 0:
            raise SystemExit(f"{arguments} failed on {self.name}: {self.log()}")

    def ready(self) -> None:
        until(
            lambda: quiet(lambda: ask(self, "GET", "/sante/pret/").status) == 200, lambda: f"{self.name}: {self.log()}"
        )

    def ask(self, method: str, path: str, *, cookies: dict[str, str], body: bytes, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            said = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()), "Connection": "close"}
            connection.request(method, path, body or None, headers | said)
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def log(self) -> str:
        return self.whole_log()[-3000:]

    def whole_log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """``kill -9`` of all that runs here."""
        for process in filter(None, (self.web, *self.workers)):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # a session of its own, started here
            process.wait()
        self.web, self.workers = None, []


def end_with_us() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def own_name_possible() -> bool:
    """Whether each machine may have a name of its own (root on Linux); else they share this one's."""
    return os.geteuid() == 0 and subprocess.run(["unshare", "--uts", "true"], capture_output=True).returncode == 0


def until(true: Callable[[], Any], what: Callable[[], str]) -> float:
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > PATIENCE:
            raise SystemExit(f"waited in vain: {what()}")
        time.sleep(0.1)
    return time.monotonic() - began


def quiet(asked: Callable[[], int]) -> int:
    try:
        return asked()
    except (OSError, http.client.HTTPException):
        return 0


def ask(
    machine: Asked, method: str, path: str, cookies: dict[str, str] | None = None, body: bytes = b"", **headers: str
) -> Answer:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return machine.ask(method, path, cookies=cookies or {}, body=body, headers={"Accept-Language": "fr"} | sent)


# People -------------------------------------------------------------------------------------------


def signed_in(user: Any) -> dict[str, str]:
    """The cookies of a session that this person opened, the second factor passed."""
    from django.conf import settings
    from django.test import Client

    from clea.accounts import factor

    client = Client(REMOTE_ADDR="127.0.0.1")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    if user.is_staff:
        session = client.session
        factor.vouch(session, user)
        session.save()
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value} | no_one()


def no_one() -> dict[str, str]:
    from django.conf import settings

    return {settings.CSRF_COOKIE_NAME: CSRF}


def post(machine: Asked, path: str, fields: dict[str, str], cookies: dict[str, str]) -> Answer:
    body = urlencode({"csrfmiddlewaretoken": CSRF} | fields).encode()
    kind = "application/x-www-form-urlencoded"
    return ask(machine, "POST", path, cookies, body, Content_Type=kind, Sec_Fetch_Site="same-origin")


def send(machine: Asked, path: str, content: bytes, cookies: dict[str, str]) -> Answer:
    mark = secrets.token_hex(12)
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{CSRF}\r\n'
        f'--{mark}\r\nContent-Disposition: form-data; name="fichier"; filename="cv.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
    kind = f"multipart/form-data; boundary={mark}"
    return ask(machine, "POST", path, cookies, body, Content_Type=kind, Sec_Fetch_Site="same-origin")
