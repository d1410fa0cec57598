"""The backup drill: the demonstration saved under load, restored on both databases, killed midway, damaged.

``make drill`` starts PostgreSQL for it. Everything happens in a temporary folder.

- four directions, SQLite and PostgreSQL each to each, the last archives sealed; each restore compares every row with
  the archive by itself, then ``verify`` reads every file again;
- the first two archives are made while a process sends, replaces and journals files without a pause: what it was
  told was kept before the backup began must come back;
- rounds of ``kill -9`` in the middle of a restore, started again until it ends: identical each time;
- bytes changed and ends cut off at random: refused, or nothing changes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proofs import report

ROOT = Path(__file__).resolve().parent.parent.parent
PHRASE = "une phrase pour l'exercice"
MB = 1024 * 1024


@dataclass(frozen=True)
class Place:
    """An installation: its folder and its database."""

    folder: Path
    database: str

    @property
    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key not in ("STORAGE_URL", "BACKUP_DIR")}
        return kept | {
            "DEBUG": "true",
            "VAR_DIR": str(self.folder),
            "DATABASE_URL": self.database,
            "EMAIL_URL": "dummymail://",
            "TASKS_IMMEDIATE": "true",
            "BACKUP_PASSPHRASE": "",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'scripts'}",
        }


@dataclass
class Ran:
    """A command that ended: its status, what it said, how long and how much memory it took."""

    status: int
    said: str
    seconds: float
    megabytes: float


@dataclass
class Drill:
    folder: Path
    seed: int
    figures: list[tuple[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    databases: int = 0

    def place(self, kind: str) -> Place:
        """A new installation that holds nothing."""
        self.databases += 1
        name = f"drill{self.databases}"
        folder = self.folder / name
        folder.mkdir()
        if kind == "SQLite":
            return Place(folder, f"sqlite:///{folder}/clea.sqlite3")
        given = os.environ["DATABASE_URL"]
        psql("CREATE DATABASE " + name)
        return Place(folder, given.replace("/clea?", f"/{name}?"))

    def expect(self, truth: bool, fault: str) -> None:
        if not truth:
            self.faults.append(fault)
            print(f"FAULT: {fault}", flush=True)

    def say(self, what: str, value: Any) -> None:
        self.figures.append((what, value))
        print(f"{what}: {value}", flush=True)


def psql(statement: str) -> None:
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(statement.encode())


def manage(place: Place, *arguments: str, kill_after: float | None = None) -> Ran:
    """Run one of the project's commands to its end, or until it is killed."""
    started = time.monotonic()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=place.environment, stdout=said, stderr=said
        )
        if kill_after is not None:
            try:
                process.wait(kill_after)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        _pid, status, usage = os.wait4(process.pid, 0) if process.returncode is None else (0, process.returncode, None)
        process.returncode = os.waitstatus_to_exitcode(status) if usage else status
        said.seek(0)
        seconds = time.monotonic() - started
        return Ran(process.returncode, said.read(), seconds, usage.ru_maxrss / 1024 if usage else 0.0)


# The demonstration, heavier, and people at work -------------------------------------------------------


def build(drill: Drill, source: Path | None) -> Place:
    place = drill.place("SQLite")
    if source is not None:
        shutil.copytree(source, place.folder, dirs_exist_ok=True)
    for command in (["migrate", "-v0"], ["createcachetable", "-v0"], ["demo", "--if-empty"]):
        ran = manage(place, *command)
        drill.expect(ran.status == 0, f"{command[0]}: {ran.said[-500:]}")
    return place


def heavier(place: Place, megabytes: int) -> None:
    command = [sys.executable, "-m", "proofs.drill_people", "heavier", str(megabytes)]
    subprocess.run(command, env=place.environment, check=True)


class People:
    """A process that sends, replaces and journals files until it is told to stop."""

    def __init__(self, place: Place) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "proofs.drill_people", "write"], env=place.environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdout
        # What was kept before the backup: a file of which it says the name, and never touches again.
        self.kept = [self._process.stdout.readline().strip() for _n in range(5)]

    def stop(self) -> dict[str, int]:
        said, _ = self._process.communicate("stop\n", timeout=60)
        done: dict[str, int] = json.loads(said.splitlines()[-1])
        return done


def backup_under_load(drill: Drill, place: Place, archive: Path, name: str, *options: str) -> list[str]:
    people = People(place)
    time.sleep(1)
    ran = manage(place, "backup", "--to", str(archive), *options)
    done = people.stop()
    drill.expect(ran.status == 0, f"{name}: {ran.said[-500:]}")
    drill.say(f"{name}: time, size", f"{ran.seconds:.1f} s, {archive.stat().st_size / MB:.1f} MiB")
    drill.say(f"{name}: memory at most", f"{ran.megabytes:.0f} MiB")
    drill.say(f"{name}: files sent, files discarded meanwhile", f"{done['sent']}, {done['discarded']}")
    return people.kept


def restored(drill: Drill, archive: Path, place: Place, name: str, kept: list[str], *options: str) -> None:
    ran = manage(place, "restore", str(archive), *options)
    drill.expect(ran.status == 0, f"{name}: {ran.said[-800:]}")
    drill.say(f"{name}: time, memory at most", f"{ran.seconds:.1f} s, {ran.megabytes:.0f} MiB")
    verified(drill, place, name, kept)


def verified(drill: Drill, place: Place, name: str, kept: list[str]) -> None:
    ran = manage(place, "verify", "--json")
    found: dict[str, Any] = {"ok": False, "checks": []}
    if ran.said.startswith("{"):
        found = json.loads(ran.said.splitlines()[0])
    findings = [one for check in found["checks"] for one in check["findings"]]
    drill.expect(ran.status == 0 and found["ok"] and not findings, f"{name}, verify: {findings or ran.said[-500:]}")
    missing = [file for file in kept if not (place.folder / "files" / file).is_file()]
    drill.expect(not missing, f"{name}: {missing} were kept before the backup and are not there")


# Kills and damage -------------------------------------------------------------------------------------


def killed_restores(drill: Drill, archive: Path, rounds: int) -> None:
    """``kill -9`` at a random moment of a restore, three times, then to its end."""
    chance = random.Random(drill.seed)  # noqa: S311
    tables = drill.place("SQLite")
    manage(tables, "migrate", "-v0")
    whole = drill.place("SQLite")
    shutil.copytree(tables.folder, whole.folder, dirs_exist_ok=True)
    took = manage(whole, "restore", str(archive)).seconds
    kills = 0
    for number in range(rounds):
        place = drill.place("SQLite")
        shutil.copytree(tables.folder, place.folder, dirs_exist_ok=True)
        for attempt in range(4):
            after = took * chance.uniform(0.1, 1.0) if attempt < 3 else None
            ran = manage(place, "restore", str(archive), kill_after=after)
            if ran.status == 0:
                break
            kills += ran.status == -signal.SIGKILL
            refused_whole = "n'est pas vide" in ran.said  # killed between its last act and its last word
            drill.expect(ran.status == -signal.SIGKILL or refused_whole, f"round {number}: {ran.said[-500:]}")
            if refused_whole:
                break
        verified(drill, place, f"restore killed, round {number}", [])
        shutil.rmtree(place.folder)
    drill.say("restores killed midway and started again: rounds, kills, losses", f"{rounds}, {kills}, 0")


def damage(archive: Path, rounds: int, seed: int, passphrase: str | None, folder: Path) -> tuple[int, int, list[str]]:
    """Change a byte, or cut the end off; how many were refused, how many changed nothing, and what went wrong."""
    from clea.errors import Refused
    from clea.upkeep import archive as archives

    chance = random.Random(seed)  # noqa: S311
    whole = archive.read_bytes()
    tables = folder / "tables"
    tables.mkdir()
    sound = archives.read(archive, passphrase, tables)
    then = {path.name: path.read_bytes() for path in tables.iterdir()}
    refused = harmless = 0
    faults = []
    changed = folder / "changed"
    for number in range(rounds):
        place = chance.randrange(len(whole))
        if number % 4 == 3:
            changed.write_bytes(whole[:place])
        else:
            changed.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << chance.randrange(8))]) + whole[place + 1 :])
        try:
            if archives.read(changed, passphrase, tables) != sound:
                faults.append(f"round {number} at {place}: read as another archive")
            elif {path.name: path.read_bytes() for path in tables.iterdir()} != then:
                faults.append(f"round {number} at {place}: other tables")
            harmless += 1
        except Refused:
            refused += 1
    return refused, harmless, faults


def damaged_archives(drill: Drill, place: Place, rounds: int) -> None:
    """On a small archive, so that a changed byte is as often in a heading or a table as in a file."""
    for sealed in (False, True):
        archive = drill.folder / f"small-{sealed}.tar"
        options = ["--passphrase-file", str(drill.folder / "phrase")] if sealed else []
        ran = manage(place, "backup", "--to", str(archive), *options)
        drill.expect(ran.status == 0, ran.said[-500:])
        with tempfile.TemporaryDirectory(dir=drill.folder) as folder:
            done = max(rounds // 20, 20) if sealed else rounds  # each asks scrypt's half second
            refused, harmless, faults = damage(archive, done, drill.seed, PHRASE if sealed else None, Path(folder))
        for fault in faults:
            drill.expect(False, fault)
        name = "sealed archives" if sealed else "plain archives"
        drill.say(f"{name} damaged: tried, refused, padding only, believed", f"{done}, {refused}, {harmless}, 0")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="restores killed midway")
    parser.add_argument("--damages", type=int, default=400, help="archives damaged")
    parser.add_argument("--megabytes", type=int, default=500, help="files added to the demonstration")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--source", type=Path, help="a VAR_DIR of the demonstration, copied; made when absent")
    asked = parser.parse_args()
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        print("Run it with scripts/with_postgres.sh: see make drill.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="clea-drill-") as folder:
        drill = Drill(Path(folder), asked.seed)
        (drill.folder / "phrase").write_text(PHRASE + "\n")
        sealing = ["--passphrase-file", str(drill.folder / "phrase")]
        first = build(drill, asked.source)
        damaged_archives(drill, first, asked.damages)
        killed_restores(drill, drill.folder / "small-False.tar", asked.rounds)
        heavier(first, asked.megabytes)

        plain, sealed = drill.folder / "a.tar", drill.folder / "b.tar.age"
        kept = backup_under_load(drill, first, plain, "backup of SQLite under load")
        restored(drill, plain, drill.place("SQLite"), "restore SQLite → SQLite", kept)
        moved = drill.place("PostgreSQL")
        restored(drill, plain, moved, "restore SQLite → PostgreSQL", kept)
        kept += backup_under_load(drill, moved, sealed, "backup of PostgreSQL under load, sealed", *sealing)
        restored(drill, sealed, drill.place("PostgreSQL"), "restore PostgreSQL → PostgreSQL", kept, *sealing)
        restored(drill, sealed, drill.place("SQLite"), "restore PostgreSQL → SQLite", kept, *sealing)
        drill.say("losses", len(drill.faults))
        if not drill.faults:
            command = f'make drill ARGS="--rounds {asked.rounds} --damages {asked.damages} --seed {asked.seed}"'
            report.write("drill", "Backup and restore", command, drill.figures)
    return 1 if drill.faults else 0


if __name__ == "__main__":
    sys.exit(main())
