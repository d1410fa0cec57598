"""The demonstration in a throwaway folder, served as production serves, and a session for each role."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RESULTS = ROOT / "var" / "audit"
READY_WITHIN = 60  # seconds

ANONYMOUS = "anonymous"
#: Who looks, and with whose account of the demonstration.
ACCOUNTS = {
    "applicant": "artiste2@demo.test",
    "first-time applicant": "artiste1@demo.test",
    "artist in residence": "briquet@demo.test",
    "juror": "jure1@demo.test",
    "structure": "structure1@demo.test",
    "coordinator": "coordination@demo.test",
    "administrator": "admin@demo.test",
}
ROLES = (ANONYMOUS, *ACCOUNTS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def build(folder: Path) -> None:
    """The demonstration, in an empty folder."""
    debug = {
        **os.environ,
        "DEBUG": "true",
        "VAR_DIR": str(folder),
        "EMAIL_URL": "dummymail://",
        "TASKS_IMMEDIATE": "true",
    }
    debug["DATABASE_URL"] = f"sqlite:///{folder}/clea.sqlite3"
    for command in (["migrate", "-v0"], ["createcachetable", "-v0"], ["demo", "--if-empty"]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=debug, check=True, stdout=subprocess.DEVNULL
        )


def as_production(folder: Path, port: int) -> None:
    """The environment of production, for this process and those it starts; only the encryption is missing."""
    os.environ.update(
        DEBUG="false",
        VAR_DIR=str(folder),
        SECRET_KEY=secrets.token_urlsafe(60),
        ALLOWED_HOSTS="localhost,127.0.0.1",
        DATABASE_URL=f"sqlite:///{folder}/clea.sqlite3",
        SITE_URL=f"http://localhost:{port}",
        EMAIL_URL="dummymail://",
        TASKS_IMMEDIATE="true",
        SECURE_SSL_REDIRECT="false",
        SECURE_HSTS_SECONDS="0",
        DJANGO_SETTINGS_MODULE="clea.settings",
        DJANGO_ALLOW_ASYNC_UNSAFE="true",  # Playwright's loop runs in our threads
    )


@contextmanager
def served(folder: Path, port: int) -> Iterator[str]:
    """The site's address, while gunicorn serves it."""
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], cwd=ROOT, check=True)
    address = f"http://localhost:{port}"
    log = RESULTS / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", "clea.wsgi:application", "--bind", f"127.0.0.1:{port}",
                "--workers", "2", "--threads", "4", "--timeout", "120", "--log-level", "warning",
            ],
            cwd=ROOT, stdout=output, stderr=output,
        )  # fmt: skip
        try:
            limit = time.monotonic() + READY_WITHIN
            while not answers(f"{address}/sante/"):
                if server.poll() is not None or time.monotonic() > limit:
                    raise SystemExit(f"The site did not start; see {log}.")
                time.sleep(0.2)
            yield address
        finally:
            server.terminate()
            try:
                server.wait(timeout=15)
            except subprocess.TimeoutExpired:
                server.kill()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
            return bool(answer.status < 500)
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def sessions() -> dict[str, str]:
    """The session cookie of each role. Whoever must hold a second factor is given one."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from allauth.mfa.utils import is_mfa_enabled
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    from clea.accounts import factor

    found = {}
    for role, email in ACCOUNTS.items():
        user = get_user_model().objects.get(email=email)
        if user.is_staff and not is_mfa_enabled(user):
            TOTP.activate(user, generate_totp_secret())
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        if user.is_staff:
            session = client.session
            factor.vouch(session, user)
            session.save()
        found[role] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return found


def tools() -> Path:
    """The folder of the audit's own tools, installed from the lock when it has changed."""
    folder = RESULTS / "node"
    source = Path(__file__).parent
    folder.mkdir(parents=True, exist_ok=True)
    lock, stamp = source / "npm-shrinkwrap.json", folder / "installed.json"
    shutil.copy(source / "lighthouse.mjs", folder)
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return folder
    for name in ("package.json", "npm-shrinkwrap.json"):
        shutil.copy(source / name, folder)
    print("Installing the audit's tools ...", flush=True)
    subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"], cwd=folder, check=True
    )
    shutil.copy(lock, stamp)
    return folder
