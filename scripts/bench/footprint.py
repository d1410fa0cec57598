"""What the program takes: to start, of memory at rest and after work, of disk.

Memory is PSS: what processes share is counted once. Growth is measured with gunicorn's recycling off, over an
hour-equivalent of requests as every role: 20 000, more than five a second, of which one in nine by somebody signed in.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from importlib.metadata import distributions
from pathlib import Path

from bench import addresses
from bench.figures import Figure
from bench.load import Ask, Failed, cpu_of, look, ready, send
from bench.site import GUNICORN, HOST, ROOT, Bench, alone, answers, children, empty, free_port, served_at, stop

PART = "footprint"
STARTS = 5
REQUESTS = 20_000
LONGEST = 170.0  # seconds, of the requests
#: Megabytes of pretalx and its worker, measured on the shape S (without its Redis).
PEER_REST, PEER_LOADED, PEER_WORKER = 180, 390, 140
#: What two processes may gather over the last ten thousand requests and still be said not to grow, in megabytes.
STEADY = 5.0
MB = 1024 * 1024


def run(bench: Bench) -> list[Figure]:
    """Start, memory, disk of one product."""
    ready()
    with tempfile.TemporaryDirectory(prefix="clea-bench-") as name:
        nothing = empty("sqlite", Path(name))
        database = size_of(nothing.folder / "clea.sqlite3")
        return [*starts(bench), *memory(bench, nothing), *disk(database)]


# Start --------------------------------------------------------------------------------------------


def starts(bench: Bench) -> list[Figure]:
    """From the command to the first answer, the files of the disk already read once."""
    seconds, spent = [], []
    for turn in range(2 if bench.quick else STARTS + 1):
        port = free_port()
        began = time.perf_counter()
        server = bench.start(*GUNICORN, **served_at(port), WEB_WORKERS="1")
        try:
            while not answers(f"http://{HOST}:{port}/bench/empty/"):
                if server.poll() is not None or time.perf_counter() - began > 90:
                    raise SystemExit(f"gunicorn did not start:\n{bench.log()}")
                time.sleep(0.01)
            if turn:
                seconds.append(time.perf_counter() - began)
                spent.append(cpu_of([server.pid, *children(server.pid)]))
        finally:
            stop(server)
    note = f"median of {len(seconds)} starts, one process, {statistics.median(spent):.1f} s of processor"
    return [Figure(PART, "start of a web process, to its first answer", statistics.median(seconds), "s", note=note)]


# Memory -------------------------------------------------------------------------------------------


def memory(bench: Bench, nothing: Bench) -> list[Figure]:
    with ExitStack() as stack:
        served = stack.enter_context(bench.serving())
        tasks = stack.enter_context(served.working())
        # On a database of its own: what it tidies away must not be what the other parts measure.
        clock = nothing.start("manage.py", "horloge")
        stack.callback(stop, clock)
        time.sleep(5 if bench.quick else 10)
        web, worker, time_keeper = pss(served.pids()), pss(tree(tasks.pid)), pss(tree(clock.pid))
        asks = asked(served)
        taken, done = loaded(served, asks, 400 if bench.quick else REQUESTS)
        after, worker_after = pss(served.pids()), pss(tree(tasks.pid))
    growth = slope(taken) * 10_000
    note = f"web, worker of tasks and clock: {web:.0f} + {worker:.0f} + {time_keeper:.0f}"
    threads = f"2 processes of 4 threads, PSS; {served.vendor}, {served.shape}"
    return [
        Figure(PART, "memory at rest, web (pretalx 180 MB)", web, "MB", PEER_REST, note=threads),
        Figure(PART, "memory at rest, worker of tasks (pretalx 140 MB)", worker, "MB", PEER_WORKER),
        Figure(PART, "memory at rest, in all", web + worker + time_keeper, "MB", PEER_REST + PEER_WORKER, note=note),
        Figure(
            PART, "memory after the load, web (pretalx 390 MB)", after, "MB", PEER_LOADED,
            note=f"{done} requests as every role",
        ),
        Figure(PART, "memory after the load, worker of tasks", worker_after, "MB", PEER_WORKER),
        Figure(
            PART, "growth over the last half, for 10 000 requests", growth, "MB", None if growth != growth else STEADY,
            note=f"straight line through {len(taken) - len(taken) // 2} measures, three at least; recycling off",
        ),
    ]  # fmt: skip


def asked(bench: Bench) -> list[Ask]:
    """Every page of every role that the bench knows, but those that write."""
    listed = subprocess.run(
        [sys.executable, "-m", "bench.addresses"], cwd=ROOT, env=bench.environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    asks = []
    for page in addresses.read(listed.stdout):
        ask = Ask(page.label, bench, page.path, page.cookie)
        if page.forms:
            continue
        try:
            look(ask)
        except (Failed, OSError):
            continue
        asks.append(ask)
    return asks


def loaded(bench: Bench, asks: list[Ask], count: int) -> tuple[list[tuple[int, float]], int]:
    """Ask for all of them in turn, the public ones most; the memory after each tour, by the requests done so far."""
    taken: list[tuple[int, float]] = []
    done, began = 0, time.monotonic()
    while done < count and time.monotonic() - began < LONGEST:
        for ask in asks:
            if time.monotonic() - began > LONGEST:
                break
            send(ask, tour := 8 if ask.cookie else 200)
            done += tour
        taken.append((done, pss(bench.pids())))
    return taken, done


def slope(taken: list[tuple[int, float]]) -> float:
    """Megabytes a request over the last half; not a number when there are too few measures to say."""
    half = taken[len(taken) // 2 :]
    if len(half) < 3:
        return float("nan")
    return statistics.linear_regression([at for at, _ in half], [size for _, size in half]).slope


def pss(pids: list[int]) -> float:
    """Megabytes of these processes, what they share counted once."""
    total = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
        total += int(found[1]) if found else 0
    return total / 1024


def tree(pid: int) -> list[int]:
    return [pid, *children(pid)]


# Disk ---------------------------------------------------------------------------------------------


def disk(database: int) -> list[Figure]:
    """What an installation takes: the packages of requirements.lock, the project, a database without a row of ours."""
    wanted = {name.lower().replace("_", "-") for name in locked()}
    packages = sum(
        size_of(Path(str(file.locate())))
        for found in distributions()
        if found.name.lower().replace("_", "-") in wanted
        for file in found.files or ()
        if file.suffix != ".pyc"
    )
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    project = [ROOT / name for name in listed.split("\0") if name]
    served = sum(size_of(path) for path in project if path.relative_to(ROOT).parts[0] not in {"tests", "docs"})
    return [
        Figure(
            PART, "packages of requirements.lock", packages / MB, "MB", note=f"{len(wanted)} packages, without bytecode"
        ),
        Figure(
            PART, "the project, without its tests and documents", served / MB, "MB", note=f"{len(project)} files in all"
        ),
        Figure(PART, "an empty database, SQLite", database / MB, "MB"),
    ]


def locked() -> list[str]:
    return re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)


def size_of(path: Path) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


if __name__ == "__main__":
    alone(run, serving=False)
