"""Send every hostile file through its door, count what happens, write the figures in docs/reliability.md.

python -m proofs.hostile [--rounds N] [--seed N] [--at-once N] [--only papers|pictures|sheets] [--no-fetch] [--dry]

``--rounds`` is how many spoilt files are made beside those written by hand and those published. Everything happens in
a folder of its own: a database, the files, the temporary files, of which nothing may be left. Exit 1 on any problem.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="clea-hostile-") as folder:
        _prepare(Path(folder))
        return _run(options, Path(folder))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", choices=("papers", "pictures", "sheets"))
    parser.add_argument("--no-fetch", action="store_true")
    parser.add_argument("--tell", action="store_true", help="say what becomes of each file")
    parser.add_argument("--dry", action="store_true", help="write no figures")
    return parser.parse_args()


def _prepare(folder: Path) -> None:
    """A site of its own, before Django reads its settings."""
    scratch = folder / "tmp"
    scratch.mkdir()
    tempfile.tempdir = str(scratch)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "clea.settings", "DEBUG": "true", "VAR_DIR": str(folder / "var"),
        "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}", "EMAIL_URL": "memorymail://", "TASKS_IMMEDIATE": "true",
        "STORAGE_URL": "", "CLAMD_URL": "", "TMPDIR": str(scratch),
    }  # fmt: skip
    sys.path.insert(0, str(ROOT))
    import logging

    import django
    from django.core.management import call_command
    from django.utils import translation

    django.setup()
    translation.activate("fr")
    logging.getLogger("clea.documents").setLevel(logging.ERROR)
    call_command("migrate", verbosity=0)


Job = tuple[str, str, Callable[[], bytes]]


def _jobs(options: argparse.Namespace, folder: Path) -> Iterator[Job]:
    from proofs.hostile import papers, pictures, published, spoiling, workbooks

    def wanted(kind: str) -> bool:
        return options.only in (None, kind)

    chance = random.Random(options.seed)  # noqa: S311 - the same for a seed
    rounds = {"papers": options.rounds * 7 // 10, "pictures": options.rounds * 2 // 10, "sheets": options.rounds // 10}
    by_hand = {"papers": papers.by_hand, "pictures": pictures.by_hand, "sheets": workbooks.by_hand}
    kinds = {"papers": published.PAPERS, "pictures": published.PICTURES, "sheets": published.SHEETS}
    for kind in by_hand:
        if not wanted(kind):
            continue
        bases = {"pictures": pictures.bases, "sheets": workbooks.bases}.get(kind, list)()
        for name, maker in by_hand[kind]():
            yield kind, name, maker
            if kind == "papers" and name.startswith(("benign", "odd", "repairable")):
                bases.append((name, maker()))
        for name, data in published.files(folder, kinds[kind]):
            label = f"csv: {name}" if kind == "sheets" and name.endswith(".csv") else name
            yield kind, label, lambda data=data: data  # type: ignore[misc]
            if len(data) < 200_000 and chance.random() < 0.1:
                bases.append((name, data))
        for name, maker in spoiling.spoilt(bases, rounds[kind], options.seed):
            yield kind, name, maker


def _run(options: argparse.Namespace, folder: Path) -> int:
    from proofs.hostile import doors, published
    from proofs.report import write

    store = ROOT / "var" / "proofs" / "published"
    told = [] if options.no_fetch else published.fetch(store)
    for sentence in told:
        print(sentence, flush=True)
    site = doors.Doors()
    through = {"papers": site.paper, "pictures": site.picture, "sheets": site.sheet}
    outcomes: list[tuple[str, doors.Outcome]] = []
    start = time.monotonic()

    def go(job: Job) -> tuple[str, doors.Outcome]:
        kind, name, maker = job
        return kind, through[kind](name, maker())

    with doors.Children() as watched, ThreadPoolExecutor(options.at_once) as pool:
        for kind, outcome in _bounded(pool, go, _jobs(options, store), options.at_once * 2):
            outcomes.append((kind, outcome))
            for problem in outcome.problems:
                print(f"PROBLEM {kind} {outcome.name}: {problem}", flush=True)
            if options.tell:
                print(f"{outcome.answer:12} {outcome.seconds:5.2f} {outcome.later:5.2f} {outcome.name}", flush=True)
            if len(outcomes) % 250 == 0:
                print(f"{len(outcomes)} files, {time.monotonic() - start:.0f} s", flush=True)
    seconds = time.monotonic() - start
    crowd = _crowd(site)
    left = _left(folder)
    problems = [problem for _, outcome in outcomes for problem in outcome.problems] + left + crowd.problems
    if watched.largest > doors.MOST_BYTES:
        problems.append(f"a process held {watched.largest // doors.MB} MB")
    for problem in left + crowd.problems:
        print(f"PROBLEM {problem}")
    figures = _figures(outcomes, watched, crowd, told, len(problems), seconds)
    for what, value in figures:
        print(f"{what}: {value}")
    if not options.dry:
        command = f'make hostile ARGS="--rounds {options.rounds} --seed {options.seed}"'
        write("hostile", "Hostile files", command, figures)
    return 1 if problems else 0


def _bounded(pool: ThreadPoolExecutor, go: Callable[[Job], Any], jobs: Iterator[Job], most: int) -> Iterator[Any]:
    """``pool.map``, without making every file beforehand."""
    waiting: list[Any] = []
    for job in jobs:
        waiting.append(pool.submit(go, job))
        if len(waiting) >= most:
            yield waiting.pop(0).result()
    for one in waiting:
        yield one.result()


class Crowd:
    """Sixteen people who send the worst files at the same second."""

    def __init__(self) -> None:
        self.sent = 16
        self.most = self.together = self.busy = 0
        self.seconds = 0.0
        self.problems: list[str] = []


def _crowd(site: Any) -> Crowd:
    from django.conf import settings

    from proofs.hostile import doors, papers
    from tests import pdfs

    crowd = Crowd()
    worst = [pdfs.HOSTILE["too_complex"]["inflates"](), papers.TREES["a million objects"](), pdfs.sound(3)]
    start = time.monotonic()
    with doors.Children() as watched, ThreadPoolExecutor(crowd.sent) as pool:
        sent = [pool.submit(site.paper, f"crowd {n}", worst[n % len(worst)]) for n in range(crowd.sent)]
        outcomes = [one.result() for one in sent]
    crowd.seconds = time.monotonic() - start
    crowd.most, crowd.together = watched.most, watched.together
    # To wait, or to be asked to come back, is what a crowd is promised: not a problem.
    crowd.busy = sum(outcome.answer == "busy" for outcome in outcomes)
    if watched.most > settings.READERS_AT_ONCE:
        crowd.problems.append(f"{watched.most} readers at once where {settings.READERS_AT_ONCE} are allowed")
    for outcome in outcomes:
        told = [one for one in outcome.problems if "want of a place" not in one and not one.startswith("took")]
        crowd.problems += [f"{outcome.name}: {one}" for one in told]
    return crowd


def _left(folder: Path) -> list[str]:
    """Anything that should have been tidied: temporary files, stored files, rows, processes, places not given back."""
    from clea.documents.models import StoredFile
    from proofs.hostile import doors

    left = [f"left in the temporary folder: {path.name}" for path in (folder / "tmp").iterdir()]
    left += [f"left in the store: {path}" for path in (folder / "var" / "files").rglob("*") if path.is_file()]
    left += [f"left a process: {pid}" for pid in doors.children()]
    if rows := StoredFile.objects.count():
        left.append(f"left {rows} rows")
    return left


def _figures(
    outcomes: list[tuple[str, Any]], watched: Any, crowd: Crowd, told: list[str], problems: int, seconds: float
) -> list[tuple[str, Any]]:
    figures: list[tuple[str, Any]] = [("files sent through a door", len(outcomes))]
    for kind in ("papers", "pictures", "sheets"):
        answers = Counter(outcome.answer for one, outcome in outcomes if one == kind)
        if not answers:
            continue
        taken = answers.pop("accepted", 0)
        repaired = answers.pop("repaired", 0)
        named = ", ".join(f"{code} {number}" for code, number in answers.most_common())
        also = f", {repaired} repaired" if repaired else ""
        figures.append((f"{kind}: {taken} accepted{also}, {answers.total()} refused", named))
    figures += [
        ("problems (500s, limits passed, anything left behind)", problems),
        ("longest at the door (s)", max(outcome.seconds for _, outcome in outcomes)),
        ("longest afterwards: two dossiers, clean copy, words (s)", max(outcome.later for _, outcome in outcomes)),
        ("most memory of one process (MB)", watched.largest // 2**20),
        (f"{crowd.sent} of the worst at the same second: readers at once", crowd.most),
        ("… their memory together (MB)", crowd.together // 2**20),
        ("… asked to come back in a minute", crowd.busy),
        ("… all answered after (s)", crowd.seconds),
        ("whole run (s)", seconds),
    ]
    figures += [("not fetched", sentence) for sentence in told]
    return figures


if __name__ == "__main__":
    sys.exit(main())
