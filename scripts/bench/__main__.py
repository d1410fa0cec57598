"""Take every figure of docs/performance.md again: make bench (ARGS="--only pages,footprint --shapes S --rounds 5").

Products are made first, two at a time; then the parts, one at a time, each in a process of its own but for the
pages, which ask all the products in turn. A part that fails is told, and the others go on.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from bench import pages, report, sizes
from bench.figures import Figure
from bench.site import ROOT, SHAPES, VENDORS, Bench, empty, end_with_us, prepared


@dataclass(frozen=True)
class Part:
    """A module of this package with ``run(bench) -> list[Figure]``."""

    name: str
    title: str
    #: On which products, when they were made: the database and the shape. None: it makes what it needs.
    on: tuple[tuple[str, str], ...] = ()
    longest: int = 420  # seconds, on one product


PARTS = (
    # Of the products too, as they are made: the rest of this section.
    Part(sizes.PART, "Data made by a command"),
    Part("solvers", "Optimisers"),
    # S first: L is compared with it.
    Part("plans", "Plans of the queries", tuple((vendor, shape) for vendor in VENDORS for shape in ("S", "L"))),
    Part("files", "Files: assembled, zipped, written", (("postgresql", "S"),)),
    Part("footprint", "Start, memory, disk", (("postgresql", "S"),)),
    # With PEER, the folder of its virtual environment.
    Part("peer_pretalx", "Beside pretalx", (("postgresql", "S"),), longest=600),
    # They write: last.
    Part("deposit", "A whole deposit through the forms", (("postgresql", "S"),)),
    Part("rush", "The deadline rush", (("postgresql", "S"), ("sqlite", "S")), longest=600),
)
PAGES = "pages"
NAMES = (PAGES, *(part.name for part in PARTS))


def main() -> int:
    asked = arguments()
    began = time.monotonic()
    command = " ".join(["make bench", *([f'ARGS="{" ".join(sys.argv[1:])}"'] if sys.argv[1:] else [])])
    found: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="clea-bench-") as name, products(asked, Path(name), found) as made:
        tell(f"{len(made)} products ready after {time.monotonic() - began:.0f} s.")
        first = list(found)
        facts: dict[str, Any] = {"command": command, "made": round(time.monotonic() - began)}
        if PAGES in asked.only and made:
            found += asked_pages(made, command, facts, write=not asked.quick)
        for part in PARTS:
            if part.name in asked.only and (part.name != "peer_pretalx" or "PEER" in os.environ):
                before = first if part.name == sizes.PART else []
                found += measured(part, made, command, before, write=not asked.quick)
    facts["seconds"] = round(time.monotonic() - began)
    show(found)
    kept = report.kept(found, facts)
    if not asked.quick:
        whole = report.heading("What was to be reached", command) + report.summary(found)
        report.section("summary", f"{whole}\nThe whole run took {facts['seconds'] / 60:.0f} minutes.\n")
    tell(f"{facts['seconds']} s. Kept in {kept.relative_to(ROOT)}.")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--shapes", default="S,L", help=f"among {','.join(SHAPES)}")
    parser.add_argument("--databases", default=",".join(VENDORS))
    parser.add_argument("--only", default=",".join(NAMES), help=f"parts, among {','.join(NAMES)}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--quick", action="store_true", help="S on SQLite, one short round of the pages; writes no page"
    )
    asked = parser.parse_args()
    if asked.quick:
        asked.shapes, asked.databases, asked.rounds = "S", "sqlite", 1
        asked.only = PAGES if asked.only == ",".join(NAMES) else asked.only
    for name, allowed in (("shapes", SHAPES), ("databases", VENDORS), ("only", NAMES)):
        chosen = getattr(asked, name).split(",")
        if not set(chosen) <= set(allowed):
            parser.error(f"--{name}: among {', '.join(allowed)}")
        setattr(asked, name, chosen)
    return asked


@contextmanager
def products(asked: argparse.Namespace, folder: Path, told: list[Figure]) -> Iterator[list[Bench]]:
    """Every database asked for, filled and served; ``told`` takes what that cost. The largest is begun first."""
    needed = {pair for part in PARTS if part.name in asked.only for pair in part.on}
    pairs = [
        (vendor, shape)
        for shape in reversed(SHAPES)
        for vendor in asked.databases
        if shape in asked.shapes and (PAGES in asked.only or (vendor, shape) in needed)
    ]
    static = folder / "static"

    def make(pair: tuple[str, str]) -> Bench | None:
        vendor, shape = pair
        began = time.monotonic()
        options = {"rounds": asked.rounds, "quick": asked.quick}
        try:
            bench = prepared(shape, bare[vendor], folder / f"{vendor}-{shape}", static, **options)
        except SystemExit as error:
            tell(str(error))
            return None
        tell(f"{shape} on {vendor}: {time.monotonic() - began:.0f} s")
        told.extend(sizes.of(bench))
        return bench

    with ExitStack() as stack:
        vendors = list(dict.fromkeys(vendor for vendor, _shape in pairs))
        with ThreadPoolExecutor(2) as two:
            bare = dict(zip(vendors, two.map(lambda one: empty(one, folder / f"{one}-empty"), vendors), strict=True))
            made = [bench for bench in two.map(make, pairs) if bench is not None]
        if made:
            made[0].manage("collectstatic", "--no-input", "--verbosity", "0")
        made.sort(key=lambda bench: (VENDORS.index(bench.vendor), SHAPES.index(bench.shape)))
        yield [stack.enter_context(bench.serving()) for bench in made]


def asked_pages(made: Sequence[Bench], command: str, facts: dict[str, Any], *, write: bool) -> list[Figure]:
    """One database after the other: the shapes of one are asked in turn."""
    found: list[Figure] = []
    text = report.heading("Pages", command) + INTRODUCTION
    for vendor in dict.fromkeys(bench.vendor for bench in made):
        ours = [bench for bench in made if bench.vendor == vendor]
        if vendor == "sqlite":
            ours = [replace(bench, rounds=min(bench.rounds, 3)) for bench in ours]
        tell(f"Pages on {vendor} …")
        try:
            figures, rows, client = pages.measure(ours, tell)
        except Exception as error:  # noqa: BLE001 - told, and the other parts go on
            found.append(failed(PAGES, f"on {vendor}", error))
            continue
        found += figures
        heads, lines = pages.table(rows, vendor)
        facts[f"pages, {vendor}"] = [dict(zip(named(heads), line, strict=True)) for line in lines]
        facts[f"client, {vendor}"] = round(client.share, 3)
        text += f"\n### {'PostgreSQL' if vendor == 'postgresql' else 'SQLite'}\n\n{report.rows(heads, lines)}"
        text += f"\nRounds: {ours[0].rounds}. Of the time of processor, the client took {client.share:.0%}.\n"
        if not write:
            print(text)
    if write:
        report.section(PAGES, text)
    return found


INTRODUCTION = (
    "A request alone (ms), eight visitors at a time (req/s), and the share of the empty view's requests a second. "
    "Without a word beside it, a public page is asked by visitors who never came; « known to the browser » is answered "
    "304; « without cache » is `PUBLIC_CACHE=false`. Pretalx's figures are those of another day on two cores.\n"
)


def named(heads: Sequence[str]) -> list[str]:
    """Headings told apart: those of a shape are named after it."""
    names, group = [], ""
    for head in heads:
        group = head.partition(":")[0] if ":" in head else group
        names.append(head if ":" in head or not group or head == "L over S" else f"{group}: {head}")
    return names


def measured(part: Part, made: Sequence[Bench], command: str, before: Sequence[Figure], *, write: bool) -> list[Figure]:
    """One part on each of its products, in a process of its own; ``before``: what its section says besides."""
    chosen: list[Bench | None] = [bench for bench in made if (bench.vendor, bench.shape) in part.on]
    if not part.on:
        chosen = [None]
    found: list[Figure] = []
    for bench in chosen:
        where = f" on {bench.vendor}, {bench.shape}" if bench else ""
        tell(f"{part.title}{where} …")
        began = time.monotonic()
        try:
            figures = in_a_process(part, bench)
        except Exception as error:  # noqa: BLE001 - told, and the other parts go on
            figures = [failed(part.name, where.strip(), error)]
        if len(chosen) > 1 and bench is not None:
            several = len({one.shape for one in chosen if one}) > 1
            which = f"{bench.shape}, {bench.vendor}" if several else bench.vendor
            figures = [replace(figure, what=f"{figure.what} ({which})") for figure in figures]
        found += figures
        tell(f"  {time.monotonic() - began:.0f} s")
    if write and found:
        report.section(part.name, report.heading(part.title, command) + report.of_part([*before, *found]))
    return found


def in_a_process(part: Part, bench: Bench | None) -> list[Figure]:
    """What the part's ``run`` gives, asked of a new process: each part has Django on its own database."""
    with tempfile.NamedTemporaryFile(prefix="clea-bench-", suffix=".json") as answer:
        environment = bench.environment if bench else None
        done = subprocess.run(
            [sys.executable, "-m", "bench.__main__", "--one", part.name, answer.name],
            cwd=ROOT, env=environment, input=bench.as_json() if bench else "", text=True, capture_output=True,
            timeout=part.longest, preexec_fn=end_with_us, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError((done.stderr or done.stdout).strip()[-600:])
        return [Figure(**one) for one in json.load(answer)]


def one_part(name: str, target: str) -> int:
    """The inside of :func:`in_a_process`."""
    text = sys.stdin.read()
    figures = import_module(f"bench.{name}").run(Bench.from_json(text) if text else None)
    Path(target).write_text(json.dumps([asdict(figure) for figure in figures]), encoding="utf-8")
    return 0


def failed(part: str, where: str, error: Exception) -> Figure:
    note = " ".join(str(error).split())[-300:]
    tell(f"  {part} {where} failed: {note}")
    return Figure(part, f"measured {where}".strip(), 0, "", 1, True, note)


def show(found: Sequence[Figure]) -> None:
    for figure in found:
        value, wanted = report.number(figure.value, figure.unit), report.limit(figure)
        print(f"{figure.part:<10} {figure.what:<64} {value:>14}  {wanted:<18} {report.word(figure)}")


def tell(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        sys.exit(one_part(*sys.argv[2:4]))
    sys.exit(main())
