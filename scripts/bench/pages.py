"""The pages that people open, against an empty view on the same server: throughput, queries, S beside L.

Interleaved rounds: the empty view of each server is asked in each round, and a page is compared with the empty view of
its own round. A public page is asked in three ways: by a new visitor while others come too, by one whose browser has it
(``If-None-Match``; at S only), and without any cache (``PUBLIC_CACHE=false``).
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlencode

from bench import addresses
from bench.figures import Figure
from bench.load import Ask, Client, Failed, look, one, ready, rounds
from bench.site import ROOT, Bench, alone

EMPTY = "empty view"
WARM, KNOWN, BARE = "", "known to the browser", "without cache"
PUBLIC_SHARE, BARE_SHARE, PUBLIC_QUERIES = 0.5, 0.25, 6
#: How much longer at L than at S.
PUBLIC_GROWTH, GROWTH = 1.2, 2.0
FASTER = 5.0


@dataclass(frozen=True)
class Peer:
    """What pretalx took for the same work on the shape S: queries, milliseconds, requests a second."""

    queries: int
    ms: float
    rate: float = 0.0
    held: bool = False  # whether the issue asks for five times the throughput


PEERS = {
    "call": Peer(8, 33, 74),
    "dossier: form page": Peer(19, 64, 39),
    "applicant's own list": Peer(14, 61),
    "desk: list of dossiers": Peer(23, 391, 5.5, held=True),
    "juror's desk": Peer(39, 1700, 1.1, held=True),
    "one review page": Peer(44, 114),
    "saving a review": Peer(33, 114),
}


@dataclass
class Row:
    """One page on one database, at each shape that was measured."""

    label: str
    variant: str
    vendor: str
    public: bool
    asks: dict[str, Ask]  # by shape
    empties: dict[str, Ask]

    def share(self, shape: str) -> float:
        """Of the empty view's throughput, round by round."""
        return statistics.median(self.shares(shape))

    def shares(self, shape: str) -> list[float]:
        return [a / b for a, b in zip(self.asks[shape].rates, self.empties[shape].rates, strict=True)]

    def spent(self, shape: str) -> float:
        """The same by the web processes' time of processor: steadier where the machine has other work."""
        return statistics.median(self.empties[shape].cpu) / (statistics.median(self.asks[shape].cpu) or 1)

    def growth(self) -> float | None:
        """The time at L over that at S, round by round."""
        if not {"S", "L"} <= set(self.asks):
            return None
        pairs = zip(self.asks["S"].rates, self.asks["L"].rates, strict=True)
        return statistics.median(small / large for small, large in pairs)


def run(bench: Bench) -> list[Figure]:
    """The pages of one product."""
    return measure([bench])[0]


def measure(benches: Sequence[Bench], tell: Callable[[str], None] = print) -> tuple[list[Figure], list[Row], Client]:
    """The pages of these products, their rounds interleaved. All serve already; those without cache start here."""
    ready()
    with ExitStack() as stack:
        rows: list[Row] = []
        figures: list[Figure] = []
        asks: list[Ask] = []
        for bench in benches:
            bare = stack.enter_context(bench.serving(PUBLIC_CACHE="false"))
            empty = Ask(EMPTY, bench, "/bench/empty/")
            asks.append(empty)
            found, missing = asked(bench, bare)
            figures += missing
            for ask, public in found:
                row = next((row for row in rows if key(row) == (ask.label, ask.variant, bench.vendor)), None)
                if row is None:
                    row = Row(ask.label, ask.variant, bench.vendor, public, {}, {})
                    rows.append(row)
                row.asks[bench.shape], row.empties[bench.shape] = ask, empty
        # S beside L, page by page.
        asks += [ask for row in rows for ask in row.asks.values()]
        quick = benches[0].quick
        client = rounds(asks, 1 if quick else benches[0].rounds, 0.1 if quick else 0.4, tell)
    return [*(figure for row in rows for figure in figures_of(row)), *figures], rows, client


def key(row: Row) -> tuple[str, str, str]:
    return row.label, row.variant, row.vendor


def asked(bench: Bench, bare: Bench) -> tuple[list[tuple[Ask, bool]], list[Figure]]:
    """What to ask of it, each looked at once, and those that did not answer: they are figures too."""
    listed = subprocess.run(
        [sys.executable, "-m", "bench.addresses"], cwd=ROOT, env=bench.environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if listed.returncode:
        raise SystemExit(f"No address was found: {listed.stderr[-2000:]}")
    found: list[tuple[Ask, bool]] = []
    missing: list[Figure] = []
    for page in addresses.read(listed.stdout):
        for ask in asks_of(page, bench, bare):
            try:
                look(ask)
            except (Failed, OSError) as error:
                missing.append(
                    Figure("pages", f"{page.label}, {bench.shape}: answers", 0, "", 1, True, str(error)[:160])
                )
            else:
                found.append((ask, page.public))
    return found, missing


def asks_of(page: addresses.Page, bench: Bench, bare: Bench) -> list[Ask]:
    if page.forms:
        return [Ask(page.label, bench, page.path, status=302, body=sender(page))]
    if not page.public:
        return [Ask(page.label, bench, page.path, page.cookie)]
    asks = [Ask(page.label, bench, page.path), Ask(page.label, bare, page.path, variant=BARE)]
    _, headers, _ = one(bench, page.path, asks[0].sent())
    if "etag" in headers and bench.shape == "S":
        condition = {"If-None-Match": headers["etag"]}
        asks.append(Ask(page.label, bench, page.path, headers=condition, status=304, variant=KNOWN))
    return asks


def sender(page: addresses.Page) -> Callable[[int, int], tuple[str, str, str]]:
    """Each turn another text, so that each is written: path, cookie and body."""

    def form(sender: int, turn: int) -> tuple[str, str, str]:
        path, cookie, fields = page.forms[sender % len(page.forms)]
        return path, cookie, urlencode({name: value.replace("{turn}", str(turn)) for name, value in fields.items()})

    return form


# Figures ------------------------------------------------------------------------------------------


def figures_of(row: Row) -> list[Figure]:
    what = f"{row.label} ({row.variant})" if row.variant else row.label
    figures = []
    for shape, ask in row.asks.items():
        note = (
            f"{row.vendor}, {shape}, {len(ask.rates)} rounds, {min(row.shares(shape)):.2f}–{max(row.shares(shape)):.2f}"
        )
        if row.public:
            limit = BARE_SHARE if row.variant == BARE else PUBLIC_SHARE
            figures.append(Figure("pages", f"{what}: of the empty view", row.share(shape), "", limit, True, note))
            if row.variant == BARE:
                figures.append(Figure("pages", f"{what}: queries", ask.queries, "", PUBLIC_QUERIES, note=note))
        else:
            figures.append(Figure("pages", f"{what}: of the empty view", row.share(shape), note=note))
            figures.append(Figure("pages", f"{what}: queries", ask.queries, note=note))
    growth = row.growth()
    if growth is not None:
        limit = PUBLIC_GROWTH if row.public else GROWTH
        figures.append(Figure("pages", f"{what}: time at L over S", growth, "", limit, note=row.vendor))
    return [*figures, *against_peer(row)]


def against_peer(row: Row) -> list[Figure]:
    peer = PEERS.get(row.label)
    ask = row.asks.get("S")
    if peer is None or ask is None or row.variant or row.vendor != "postgresql":
        return []
    note = f"pretalx: {peer.queries} queries, {peer.ms:g} ms, another day on two cores"
    figures = [
        Figure("pages", f"{row.label}: queries, pretalx {peer.queries}", ask.queries, "", peer.queries - 1, note=note)
    ]
    if peer.rate:
        limit = FASTER if peer.held else None
        ratio = ask.rate / peer.rate
        figures.append(Figure("pages", f"{row.label}: throughput over pretalx", ratio, "times", limit, True, note))
    return figures


# Tables -------------------------------------------------------------------------------------------


def table(rows: Sequence[Row], vendor: str) -> tuple[list[str], list[list[str]]]:
    """Headings and lines, for one database: what people open, each shape's columns, S beside L, the peer."""
    ours = [row for row in rows if row.vendor == vendor]
    shapes = [shape for shape in ("S", "M", "L") if any(shape in row.asks for row in ours)]
    heads = ["page"]
    for shape in shapes:
        heads += [f"{shape}: queries", "ms", "req/s", "of empty"]
    heads += [*(["L over S"] if {"S", "L"} <= set(shapes) else []), "pretalx: queries", "ms", "req/s"]
    lines = []
    empties = {shape: row.empties[shape] for row in ours for shape in row.empties}
    lines.append(
        [EMPTY]
        + [cell for shape in shapes for cell in ("0", f"{empties[shape].ms:.1f}", f"{empties[shape].rate:.0f}", "1")]
        + [""] * (len(heads) - 1 - 4 * len(shapes))
    )
    for row in ours:
        line = [f"{row.label}, {row.variant}" if row.variant else row.label]
        for shape in shapes:
            ask = row.asks.get(shape)
            line += ["", "", "", ""] if ask is None else cells(row, shape, ask)
        if "L over S" in heads:
            growth = row.growth()
            line.append("" if growth is None else f"{growth:.2f}")
        peer = None if row.variant else PEERS.get(row.label)
        line += (
            ["", "", ""] if peer is None else [str(peer.queries), f"{peer.ms:g}", f"{peer.rate:g}" if peer.rate else ""]
        )
        lines.append(line)
    return heads, lines


def cells(row: Row, shape: str, ask: Ask) -> list[str]:
    rate = f"{ask.rate:.0f}" if ask.rate >= 10 else f"{ask.rate:.1f}"
    return [str(ask.queries), f"{ask.ms:.1f}", rate, f"{row.share(shape):.2f}"]


if __name__ == "__main__":
    alone(run)
