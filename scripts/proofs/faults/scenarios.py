"""What is not a kill: the instant after the mail server's yes, a full disk, a database that restarts."""

from __future__ import annotations

import os
import shlex
import shutil
import statistics
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.db import close_old_connections, connection

from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from proofs.faults.people import Answer, Artist, Nobody, pdf
from proofs.faults.rounds import Season
from proofs.faults.stand import alive

Figures = list[tuple[str, object]]
#: Seconds between the mail server's yes and the kill.
INSTANTS = (0.0, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01)


def window(season: Season, tries: int) -> tuple[Figures, list[str]]:
    """Kill the worker just after the mail server said yes, and see whether the message leaves again."""
    postbox, stand = season.postbox, season.stand
    postbox.quiet = True
    again: Counter[float] = Counter()
    made: Counter[float] = Counter()
    for number in range(tries):
        instant = INSTANTS[number % len(INSTANTS)]
        (key,) = season.drafts(number, 1)
        stand.start()
        done = threading.Event()

        def kill(confirmed: str, key: str = key, instant: float = instant, done: threading.Event = done) -> None:
            if confirmed == key and not done.is_set():
                time.sleep(instant)
                stand.kill("task worker")
                done.set()

        postbox.on_confirm = kill
        stand.run("approve", season.coordinator, str(season.told), key)
        done.wait(timeout=30)
        postbox.on_confirm = None
        stand.start()
        _until(OutgoingMail.objects.filter(uuid=key, state=MailState.SENT).exists, 30)
        made[instant] += 1
        again[instant] += postbox.confirmed.count(key) > 1
    told = ", ".join(f"{instant * 1000:g} ms: {again[instant]} of {made[instant]}" for instant in INSTANTS)
    return [
        ("worker killed after the mail server's yes: messages confirmed twice", f"{again.total()} of {made.total()}"),
        ("the same, by the time between the yes and the kill", told),
    ], []


def full(season: Season, folder: Path) -> tuple[Figures, list[str]]:
    """Fill the disk that holds the files (and SQLite), act, make room, act again. ``folder`` is that disk."""
    artist, faults = season.artists[0], []
    season.stand.start()
    season.stand.wait_for_web()
    artist.turn(1)
    answers: Counter[str] = Counter()
    ballast = folder / "ballast"
    before = artist.text
    for step in range(12):
        _fill(ballast, folder, left=step % 3 * 12 * 1024)
        for what, act in (
            ("save", lambda: artist.save("Lettre qui ne tient pas. " * 40)),
            ("send", lambda: artist.send(pdf("x") + b"%" * 400_000)),
            ("file", artist.file),
        ):
            try:
                answer = act()
            except Nobody:
                faults.append(f"{what}: no answer on a full disk")
                continue
            answers[f"{what} {answer.status}"] += 1
            faults += _rude(what, answer)
            if what == "save" and answer.status == 302:
                artist.text = before = "Lettre qui ne tient pas. " * 40
        ballast.unlink(missing_ok=True)
    artist.faults.clear()
    artist.text = before
    began = time.monotonic()
    artist.turn(2)
    back = time.monotonic() - began
    season.settle()
    faults += season.tally.faults
    return [
        ("disk full: answers", ", ".join(f"{count} {what}" for what, count in sorted(answers.items()))),
        ("room again: seconds until a page is saved, a piece received and the dossier filed", back),
        ("disk full: torn rows, files or answers without a sentence", len(faults)),
    ], faults


def _rude(what: str, answer: Answer) -> list[str]:
    """An answer that does not say what to do."""
    if answer.status in (302, 422) or (answer.status == 503 and "Attendez une minute" in answer.body):
        return []
    return [f"{what} on a full disk: {answer.status} {answer.body[:200]}"]


def _fill(ballast: Path, folder: Path, *, left: int) -> None:
    room = shutil.disk_usage(folder).free - left
    with ballast.open("wb", buffering=0) as out, suppress(OSError):
        while room > 0:
            room -= out.write(b"\0" * min(room, 1 << 16))
        out.flush()


def restart(season: Season, data: Path) -> tuple[Figures, list[str]]:
    """Restart PostgreSQL, as after a crash, while artists work; ``data`` is its folder."""
    stand, faults = season.stand, []
    stand.start()
    stand.wait_for_web()
    worker, ended = stand.worker, threading.Event()
    first: list[float] = []
    ready = [0.0]
    acting = season.artists[:4]

    def work(artist: Artist) -> None:
        number = 0
        while not ended.is_set():
            number += 1
            try:
                artist.turn(number)
            except SystemExit as error:
                faults.append(str(error))
                return
            if ready[0] and len(first) < len(acting):
                first.append(time.monotonic() - ready[0])

    threads = [threading.Thread(target=work, args=[artist]) for artist in acting]
    for thread in threads:
        thread.start()
    away = []
    for _turn in range(3):
        time.sleep(4)
        connection.close()
        began = time.monotonic()
        ready[0] = 0.0
        _pg_ctl(data, "stop", "-m", "immediate")
        time.sleep(1.5)
        _pg_ctl(data, "start")
        away.append(time.monotonic() - began)
        ready[0] = time.monotonic()
    time.sleep(6)
    ended.set()
    for thread in threads:
        thread.join(timeout=120)
    if not alive(worker):
        faults.append("the task worker did not outlive the database's restart")
    page = next((artist.last_503 for artist in acting if artist.last_503), "")
    if not page:
        faults.append("nobody met a 503 while the database was away")
    elif "Lettre du tour" not in "".join(artist.last_503 for artist in acting):
        faults.append("the page of a breakdown did not give the form back")
    statuses: Counter[str] = Counter()
    for artist in acting:
        statuses.update({str(status): count for status, count in artist.statuses.items()})
    season.settle()
    return [
        ("PostgreSQL stopped at once and started again: times, seconds away", f"3, {statistics.mean(away):.1f}"),
        ("answers meanwhile: done, 503 with the form, cut", f"{statuses['302']}, {statuses['503']}, {statuses['cut']}"),
        ("seconds from the database's return to the first dossier filed", max(first, default=float("nan"))),
        ("losses after the restarts", len(faults) + len(season.tally.faults)),
    ], faults + season.tally.faults


def _pg_ctl(data: Path, what: str, *more: str) -> None:
    """As the cluster's owner, with the options it was first started with."""
    as_owner = ["runuser", "-u", data.owner(), "--"] if os.getuid() == 0 else []
    program = next(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), Path("pg_ctl"))
    order = [str(program), "--pgdata", str(data), "--log", str(data.parent / "log"), "--wait", "--silent", what, *more]
    if what == "start":
        words = (data / "postmaster.opts").read_text(encoding="utf-8").split('"')[1::2]
        order += ["--options", shlex.join(word for word in words if word not in ("-D", str(data)))]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    subprocess.run([*as_owner, *order], cwd="/", check=True, **quiet)  # type: ignore[call-overload]


def _until(holds: Callable[[], bool], within: float) -> bool:
    limit = time.monotonic() + within
    while time.monotonic() < limit:
        close_old_connections()
        if holds():
            return True
        time.sleep(0.02)
    return False
