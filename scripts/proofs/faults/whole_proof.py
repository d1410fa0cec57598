"""The whole proof on one database: rounds, the mail server's instant, the disk, the database."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from proofs import report
from proofs.faults import checks, scenarios, setting
from proofs.faults.postbox import Postbox
from proofs.faults.rounds import Season, tell_log
from proofs.faults.stand import Stand, free_port

ARTISTS = 30
MARK = "figures: "
PRODUCTION = {"DEBUG": "false", "STAFF_SECOND_FACTOR": "true"}


def run(folder: Path, *, rounds: int, window: int, seed: int, only: list[str], dry: bool, rng: random.Random) -> int:
    name = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    print(f"{name}: tables, files, people", flush=True)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # The tests' cluster does not wait for its commits: here they are what is proved.
            cursor.execute(f"ALTER DATABASE {connection.settings_dict['NAME']} SET synchronous_commit = on")
        connection.close()
    if only != ["full"]:
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        if not (settings.STATIC_ROOT / "staticfiles.json").exists():
            call_command("collectstatic", verbosity=0, interactive=False)
    connection.close()
    if connection.vendor == "sqlite" and len(only) > 1:
        shutil.copyfile(connection.settings_dict["NAME"], folder / "empty.sqlite3")
    figures: list[tuple[str, object]] = []
    faults: list[str] = []
    with season(folder, rng, 2 if only == ["full"] else ARTISTS, temporary=None, **PRODUCTION) as main:
        if "rounds" in only:
            main.play(rounds)
            figures += told(main)
            faults += main.tally.faults
            figures.append(("answers 500", tell_log(folder)))
        if "window" in only:
            add(figures, faults, scenarios.window(main, window))
        if "restart" in only and connection.vendor == "postgresql":
            data = Path(str(connection.get_connection_params()["host"])) / "data"
            add(figures, faults, scenarios.restart(main, data))
        if only == ["full"]:
            add(figures, faults, scenarios.full(main, folder))
    if "full" in only and len(only) > 1 and connection.vendor == "sqlite":
        figures += on_a_small_disk(faults)
    if not dry:
        command = f'make faults ARGS="--rounds {rounds} --seed {seed}"'
        report.write(f"faults-{connection.vendor}", f"Faults, on {name}", command, figures)
    for what, value in figures:
        print(f"{what}: {value}")
    for fault in faults:
        print(f"FAULT {fault}")
    print(MARK + json.dumps(figures, default=str))
    return 1 if faults else 0


@contextmanager
def season(
    folder: Path, rng: random.Random, artists: int = ARTISTS, *, temporary: Path | None = None, **more: str
) -> Iterator[Season]:
    """Servers on the database of this process, with ``folder``, its own VAR_DIR too, and ``temporary`` as TMPDIR."""
    postbox, port = Postbox(rng), free_port()
    environment = setting.environment(
        folder, database=setting.database_url(), smtp=postbox.start(), temporary=temporary, **more
    )
    stand = Stand(folder, environment, port)
    try:
        people = setting.people(port, artists)
        connection.close()
        stand.wait_until_ready()
        yield Season(stand, people, postbox, rng)
    finally:
        stand.close()
        postbox.stop()


def add(figures: list[tuple[str, object]], faults: list[str], found: tuple[scenarios.Figures, list[str]]) -> None:
    figures += found[0]
    faults += found[1]


def on_a_small_disk(faults: list[str]) -> scenarios.Figures:
    """By another process, whose VAR_DIR is a disk of 48 MB, which root alone may mount."""
    disk = tempfile.mkdtemp(prefix="disk-", dir=settings.VAR_DIR)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", disk], check=False).returncode:
        return [("disk full", "not proved: mounting a small disk needs root")]
    try:
        shutil.copyfile(settings.VAR_DIR / "empty.sqlite3", Path(disk) / "clea.sqlite3")
        static = str(settings.STATIC_ROOT)
        done = subprocess.run(
            [sys.executable, "-m", "proofs.faults", "--only", "full", "--folder", disk, "--dry"],
            env=os.environ | {"DATABASE_URL": f"sqlite:///{disk}/clea.sqlite3", "STATIC_ROOT": static},
            check=False, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        told = done.stdout.rpartition(MARK)[2]
        if done.returncode or not told:
            faults.append(f"disk full: {done.stdout[-2000:]}")
        return [(what, value) for what, value in json.loads(told or "[]")]
    finally:
        subprocess.run(["umount", disk], check=False)


def told(season: Season) -> list[tuple[str, object]]:
    tally, postbox = season.tally, season.postbox
    statuses: Counter[str] = Counter()
    for artist in season.artists:
        statuses.update({str(status): count for status, count in artist.statuses.items()})
    return [
        ("rounds", tally.rounds),
        ("seconds a round", tally.seconds / max(1, tally.rounds)),
        ("kill -9", ", ".join(f"{count} {victim}" for victim, count in sorted(tally.kills.items()))),
        ("deposits acknowledged", sum(len(artist.filed) for artist in season.artists)),
        ("requests answered, cut, answered 503", f"{statuses['302']}, {statuses['cut']}, {statuses['503']}"),
        ("messages approved by the coordinator, and told so", len(season.approved())),
        ("messages confirmed by the mail server", len(postbox.confirmed)),
        ("refused for a while, hung up after DATA", f"{postbox.refused}, {postbox.hung_up}"),
        ("confirmed twice", checks.twice(postbox)),
        ("left behind before menage", ", ".join(f"{count} {what}" for what, count in tally.left.items())),
        ("losses, half rows, holes, files without an owner after menage", len(tally.faults)),
    ]
