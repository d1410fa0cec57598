"""Keep what the bench found: a JSON file in var/bench, and the marked sections of docs/performance.md."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from proofs.report import cell, machine, with_section

from bench.figures import Figure
from bench.site import ROOT

PAGE = ROOT / "docs" / "performance.md"
FOLDER = ROOT / "var" / "bench"
NAMED = 5  # of what is short in the same way, in the summary


def kept(figures: Sequence[Figure], facts: dict[str, Any]) -> Path:
    """Write the run down: one file a run, of which nothing is ever written over."""
    at = datetime.now(UTC)
    FOLDER.mkdir(parents=True, exist_ok=True)
    target = FOLDER / f"{at:%Y%m%dT%H%M%S}.json"
    run = {"date": at.isoformat(timespec="seconds"), "machine": machine(), **facts}
    whole = run | {"figures": [asdict(figure) | {"met": figure.met} for figure in figures]}
    target.write_text(json.dumps(whole, ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8")
    return target


def section(name: str, text: str) -> None:
    """Put this section in its place on the page, or at its end."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Speed, in figures\n"
    PAGE.write_text(with_section(page, name, text), encoding="utf-8")


def heading(title: str, command: str) -> str:
    return f"## {title}\n\n`{command}`, {datetime.now(UTC):%Y-%m-%d}, {machine()}.\n\n"


def rows(heads: Sequence[str], lines: Iterable[Sequence[Any]]) -> str:
    """A Markdown table; every column but the first stands to the right when it holds figures."""
    marks = ["---", *("---:" for _ in heads[1:])]
    written = [heads, marks, *([cell(value) for value in line] for line in lines)]
    return "".join(f"| {' | '.join(line)} |\n" for line in written)


def of_part(figures: Sequence[Figure]) -> str:
    """The figures of one part, beside what each must reach."""
    lines = [
        [figure.what, number(figure.value, figure.unit), limit(figure), word(figure), figure.note] for figure in figures
    ]
    table = rows(["what", "figure", "to reach", "", "measured"], lines)
    return table.replace("| --- | ---: | ---: | ---: | ---: |", "| --- | ---: | ---: | --- | --- |", 1)


def number(value: float, unit: str = "") -> str:
    if value != value:
        return "–"
    if value == int(value) and abs(value) < 1e12:
        text = f"{int(value):,}".replace(",", " ")
    else:
        text = f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
    return f"{text} {unit}".strip()


def limit(figure: Figure) -> str:
    if figure.limit is None:
        return ""
    return f"{'at least' if figure.at_least else 'at most'} {number(figure.limit, figure.unit)}"


def word(figure: Figure) -> str:
    if figure.limit is None:
        return ""
    if figure.met:
        return "reached"
    return f"**short by {number(abs(figure.value - figure.limit), figure.unit)}**"


def summary(figures: Sequence[Figure]) -> str:
    """One screen: how many of the limits are reached, part by part, and what is short, alike things on one line."""
    parts = list(dict.fromkeys(figure.part for figure in figures))
    lines = []
    for part in parts:
        held = [figure for figure in figures if figure.part == part and figure.limit is not None]
        lines.append([part, f"{sum(bool(figure.met) for figure in held)} of {len(held)}"])
    text = rows(["part", "limits reached"], lines)
    alike: dict[tuple[str, str, str], list[Figure]] = {}
    for figure in figures:
        alike.setdefault((figure.part, _kind(figure), limit(figure)), []).append(figure)
    short = [_short(part, kind, wanted, held) for (part, kind, wanted), held in alike.items()]
    if any(short):
        text += "\nNot reached, on each line the furthest first:\n\n" + "".join(short)
    return text


def _kind(figure: Figure) -> str:
    """What a figure shares with others: ``home: time beside S (L, sqlite)`` is a ``time beside S``."""
    return figure.what.rpartition(": ")[2].partition(" (")[0]


def _short(part: str, kind: str, wanted: str, held: Sequence[Figure]) -> str:
    missed = sorted((figure for figure in held if figure.met is False), key=_distance, reverse=True)
    if not missed:
        return ""
    if len(held) == 1:
        (one,) = held
        return f"- {part}: {one.what}: {number(one.value, one.unit)}, {wanted}. {one.note}".rstrip() + "\n"
    named = [f"{_subject(figure)} {number(figure.value, figure.unit)}" for figure in missed[:NAMED]]
    more = f" and {len(missed) - NAMED} more" if len(missed) > NAMED else ""
    return f"- {part}: {kind}, {wanted}: {len(missed)} of {len(held)} short: {'; '.join(named)}{more}.\n"


def _subject(figure: Figure) -> str:
    """Of which page, where."""
    subject, _, kind = figure.what.rpartition(": ")
    where = "".join(re.findall(r" \([^()]*\)$", kind)) or "".join(
        f" ({', '.join(said)})" for said in re.findall(r"^(postgresql|sqlite)(?:, (S|M|L)\b)?", figure.note)
    )
    return (subject + where).replace(", )", ")").strip()


def _distance(figure: Figure) -> float:
    """How many times too much or too little."""
    assert figure.limit is not None
    near, far = sorted((abs(figure.value), abs(figure.limit)))
    return far / near if near else float("inf")
