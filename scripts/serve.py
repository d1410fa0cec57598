"""Serve the demonstration: prepare what is missing, start the server, say where it is.

HOST and PORT choose the address. The first start writes .env and fills the database; the next
ones keep both and take a few seconds. Everything started here ends with it, even if it is killed.
With --no-demo the database is left as it is found.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import environ

ROOT = Path(__file__).resolve().parent.parent
ANY_ADDRESS = {"0.0.0.0", "::", "[::]"}  # noqa: S104 - compared, not bound by default
READY_WITHIN = 60  # seconds
STOP_WITHIN = 10  # seconds
PR_SET_PDEATHSIG = 1
# The demonstration's accounts that have a part to play; the other applicants are there to be read.
ROLES = ("coordination", "admin", "artiste", "jure", "structure")


def write_env(target: Path, example: Path) -> bool:
    """Make .env from the example, with a secret of its own. An existing one is never touched."""
    if target.exists():
        return False
    text = example.read_text(encoding="utf-8")
    # Whole or not at all: half a .env would be read as production.
    half = target.with_name(f"{target.name}.new")
    half.unlink(missing_ok=True)
    half.touch(mode=0o600)
    half.write_text(text.replace("\nSECRET_KEY=\n", f"\nSECRET_KEY={secrets.token_urlsafe(50)}\n", 1), encoding="utf-8")
    half.rename(target)
    return True


def bracketed(host: str) -> str:
    """A host as it stands before a port: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def own_names(host: str) -> list[str]:
    """The names under which a browser may ask for this server."""
    names = ["localhost", "127.0.0.1", "[::1]"]
    if host not in ANY_ADDRESS:
        return list(dict.fromkeys([*names, bracketed(host)]))
    names.append(socket.gethostname())
    # Every address of the machine, as Debian's hostname lists them.
    done = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=False)
    names += [bracketed(address) for address in done.stdout.split()]
    return list(dict.fromkeys(names))


def port_is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError:
            return False
    return True


@dataclass(frozen=True)
class Prepared:
    """What the start needs to know of the installation."""

    needs_worker: bool  # tasks are stored, and a process must run them
    demo_built: bool  # the command has just said who one may sign in as
    prints_mails: bool


def prepare(*, demo: bool) -> Prepared:
    """Tables, cache, first data."""
    import django
    from django.core.management import call_command

    django.setup()
    from django.apps import apps
    from django.conf import settings
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Preparing the database ...", flush=True)
        call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    if not settings.DEBUG:
        call_command("collectstatic", interactive=False, verbosity=0)
    build = demo and settings.DEBUG and not apps.get_model("candidatures", "Call").objects.exists()
    if build:
        call_command("demo")
    connection.close()
    return Prepared(
        needs_worker="immediate" not in str(settings.TASKS["default"]["BACKEND"]),
        demo_built=build,
        prints_mails=".console." in settings.EMAIL_BACKEND,
    )


def demonstration_accounts() -> list[str]:
    """One line a role: the accounts of ``manage.py demo`` that one signs in with, as far as they exist."""
    from django.contrib.auth import get_user_model
    from django.db import connection

    people = get_user_model().objects.filter(email__endswith="@demo.test", is_active=True).order_by("email")
    by_role: dict[str, list[str]] = {role: [] for role in ROLES}
    for email in people.values_list("email", flat=True):
        found = re.fullmatch(r"([a-z]+)\d*@demo\.test", email)
        if found and found[1] in by_role:
            by_role[found[1]].append(email)
    connection.close()
    return [emails[0] if len(emails) == 1 else f"{emails[0]} … {emails[-1]}" for emails in by_role.values() if emails]


def shown_folder() -> str:
    """Where the program writes, as one would type it from the project's folder."""
    from django.conf import settings

    folder = Path(settings.VAR_DIR)
    return f"{folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder}/"


def die_with_parent() -> None:
    """Ask the kernel to end this child when its parent ends, however it ends (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start(*arguments: str) -> subprocess.Popen[bytes]:
    """A child in a session of its own: the terminal's Ctrl-C stops this program, which stops its children."""
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True,
        preexec_fn=die_with_parent,
    )  # fmt: skip


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
            return bool(answer.status < 500)
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def stop_all(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    limit = time.monotonic() + STOP_WITHIN
    for child in children:
        try:
            child.wait(timeout=max(0.1, limit - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


class Stopped(Exception):
    """A signal asked for the end."""


def on_signal(number: int, frame: FrameType | None) -> None:
    raise Stopped(signal.Signals(number).name)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-demo", action="store_true", help="do not fill an empty database")
    options = parser.parse_args()
    started = time.monotonic()
    host = os.environ.get("HOST") or "127.0.0.1"
    try:
        port = int(os.environ.get("PORT") or 8000)
    except ValueError:
        print("PORT must be a number, for instance: make run PORT=8001", file=sys.stderr)
        return 2
    if not port_is_free(host, port):
        print(
            f"{host}:{port} is taken or cannot be used. Choose another port, for instance: make run PORT={port + 1}",
            file=sys.stderr,
        )
        return 1
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    # An environment that says what this is needs no file.
    if "DEBUG" not in os.environ and write_env(ROOT / ".env", ROOT / ".env.example"):
        print("Wrote .env for the demonstration.", flush=True)
    environ.Env.read_env(ROOT / ".env")
    shown = "127.0.0.1" if host in ANY_ADDRESS else bracketed(host)
    address = f"http://{shown}:{port}"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clea.settings")
    os.environ.setdefault("SITE_URL", address)
    os.environ.setdefault("ALLOWED_HOSTS", ",".join(own_names(host)))

    children: list[subprocess.Popen[bytes]] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    try:
        prepared = prepare(demo=not options.no_demo)
        # Said once: the demonstration, when it has just been built, has named them.
        accounts = [] if prepared.demo_built else demonstration_accounts()
        children.append(
            start(
                "-m", "gunicorn", "clea.wsgi:application",
                "--bind", f"{bracketed(host)}:{port}", "--workers", "2", "--threads", "4",
                "--timeout", "120", "--graceful-timeout", "3", "--log-level", "warning",
            )
        )  # fmt: skip
        if prepared.needs_worker:
            children.append(start("manage.py", "db_worker", "--no-reload", "--queue-name", "*"))
        limit = time.monotonic() + READY_WITHIN
        while not answers(f"{address}/sante/"):
            if children[0].poll() is not None or time.monotonic() > limit:
                print("The server did not start; its messages are above.", file=sys.stderr)
                return 1
            time.sleep(0.2)
        print(f"\nCLEA answers at {address}/ (ready in {time.monotonic() - started:.1f} s)")
        if accounts:
            print("Demonstration accounts, password clea-demo:")
            for email in accounts:
                print(f"    {email}")
            print(f"The coordinator's desk is at {address}/coordination/")
        if prepared.prints_mails:
            print("Mails are printed here.")
        print(f"Ctrl-C stops everything; the data stay in {shown_folder()}.\n", flush=True)
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        print("A process ended by itself: stopping.", file=sys.stderr)
        return 1
    except Stopped:
        print("\nStopping.", flush=True)
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        stop_all(children)


if __name__ == "__main__":
    sys.exit(main())
