"""Keep the figures of a proof: a JSON file in var/proofs, and its section of docs/reliability.md."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "reliability.md"
FOLDER = ROOT / "var" / "proofs"

Figures = Sequence[tuple[str, Any]]


def write(name: str, title: str, command: str, figures: Figures) -> None:
    """Write what was measured. ``name`` marks the section, made at the end of the page when it has none.

    Raises ``ValueError`` when only one of the section's two marks is there.
    """
    at = datetime.now(UTC)
    FOLDER.mkdir(parents=True, exist_ok=True)
    kept = {"title": title, "command": command, "date": at.isoformat(timespec="seconds"), "machine": machine()}
    text = json.dumps(kept | {"figures": [list(pair) for pair in figures]}, ensure_ascii=False, indent=1, default=str)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Reliability, in figures\n"
    PAGE.write_text(with_section(page, name, section(title, command, figures, at)), encoding="utf-8")


def section(title: str, command: str, figures: Figures, at: datetime) -> str:
    """The Markdown of one proof."""
    rows = "\n".join(f"| {cell(what)} | {cell(value)} |" for what, value in figures)
    return f"## {title}\n\n`{command}`, {at:%Y-%m-%d}, {machine()}.\n\n| what | figure |\n| --- | --- |\n{rows}\n"


def with_section(page: str, name: str, text: str) -> str:
    """``page`` with this section in its place, or at its end."""
    opening, closing = f"<!-- {name} -->", f"<!-- /{name} -->"
    if (opening in page) != (closing in page):
        raise ValueError(f"the page has only one of the two marks of {name}")
    whole = f"{opening}\n{text}{closing}"
    if opening not in page:
        return f"{page.rstrip()}\n\n{whole}\n"
    before, _, rest = page.partition(opening)
    return before + whole + rest.partition(closing)[2]


def cell(value: Any) -> str:
    if isinstance(value, float):
        value = f"{value:.2f}"
    elif isinstance(value, int) and not isinstance(value, bool):
        value = f"{value:,}".replace(",", " ")
    return str(value).replace("|", "\\|").replace("\n", " ")


def machine() -> str:
    """The processor's cores, the memory, the system and Python: what a figure depends on."""

    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}"
    )
