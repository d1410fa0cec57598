"""What making the data took, and what was made: the products of this run, and the shape M beside them."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from bench import report
from bench.figures import Figure
from bench.site import VENDORS, Bench, empty, prepared

PART = "sizes"
_SAID = re.compile(r"^\w: (\d+) rows, (\d+) lines of the journal, (\d+) s, of which (\d+) s", re.MULTILINE)


def run(bench: Bench | None) -> list[Figure]:
    """M, made on each database and measured no further. PostgreSQL's asks for its cluster."""
    on_a_cluster = os.environ.get("DATABASE_URL", "").startswith("postgres")
    found = []
    with tempfile.TemporaryDirectory(prefix="clea-bench-") as name:
        for vendor in VENDORS if on_a_cluster else ("sqlite",):
            bare = empty(vendor, Path(name) / f"{vendor}-empty")
            found += of(prepared("M", bare, Path(name) / f"{vendor}-M"))
    return found


def of(made: Bench) -> list[Figure]:
    """What ``bench.volume`` said of this product."""
    said = _SAID.search(made.log())
    if said is None:
        return []
    rows, lines, seconds, ours = (int(number) for number in said.groups())
    counted = f"{report.number(rows)} rows, {report.number(lines)} of them the journal's"
    note = f"{counted}; {ours} s of our own processor, the rest is the database's"
    return [Figure(PART, f"{made.shape} on {made.vendor}, made in", seconds, "s", note=note)]
