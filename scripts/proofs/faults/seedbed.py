"""Forks the servers, so that one that was killed is back in a twentieth of a second.

Python and the project are read once; each server is then a child with a life, a group and a log of its own, running
the code that production runs. Reads lines (``web PORT``, ``worker``, ``approve UUID…``, ``manage COMMAND…``), answers
with the child's number. Everything ends with the process that started this one.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    die_with_parent()
    import django

    django.setup()
    # What a server reads before its first page, and a worker before its first paper.
    import pikepdf  # noqa: F401
    import weasyprint  # noqa: F401
    from django.db import connections
    from django.urls import get_resolver

    import clea.wsgi  # noqa: F401

    assert get_resolver().url_patterns
    connections.close_all()
    print("ready", flush=True)
    left = b""
    while True:
        readable, _writable, _broken = select.select([0], [], [], 0.05)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not readable:
            continue
        read = os.read(0, 1 << 16)
        if not read:
            return
        *lines, left = (left + read).split(b"\n")
        for line in lines:
            print(fork(line.decode().split()), flush=True)


def fork(order: list[str]) -> int:
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        os.setsid()
        die_with_parent()
        log = os.open(Path(os.environ["VAR_DIR"]) / "servers.log", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        for stream in (1, 2):
            os.dup2(log, stream)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        run(order)
        status = 0
    except SystemExit as ending:
        status = int(ending.code or 0)
    except BaseException:  # noqa: BLE001 - told by the log; the child must never go on as its parent
        traceback.print_exc()
    finally:
        if order[0] == "manage":
            (Path(os.environ["VAR_DIR"]) / "last-status").write_text(str(status), encoding="ascii")
        os._exit(status)


def run(order: list[str]) -> None:
    from django.core.management import call_command

    what, *arguments = order
    if what == "web":
        from gunicorn.app.wsgiapp import run as serve  # type: ignore[import-untyped]

        sys.argv = [
            "gunicorn", "clea.wsgi:application", "--bind", f"127.0.0.1:{arguments[0]}", "--workers", "2",
            "--threads", "4", "--timeout", "120", "--graceful-timeout", "3", "--log-level", "error",
        ]  # fmt: skip
        serve()
    elif what == "worker":
        options = ["--no-reload", "--no-startup-delay", "--interval", "0.05", "--queue-name", "*"]
        call_command("db_worker", *options, verbosity=0)
    elif what == "approve":
        approve(*arguments)
    elif what == "manage":
        call_command(*arguments)


def approve(by: str, told: str, *mails: str) -> None:
    """The coordinator lets drafts go, one by one; what was approved is told to ``told`` once it is."""
    from clea.accounts.models import User
    from clea.mail import services
    from clea.mail.models import OutgoingMail

    coordinator = User.objects.get(uuid=by)
    with Path(told).open("a", encoding="ascii") as out:
        for mail in mails:
            services.approve(by=coordinator, mails=[OutgoingMail.objects.get(uuid=mail)])
            out.write(f"{mail}\n")
            out.flush()


if __name__ == "__main__":
    main()
