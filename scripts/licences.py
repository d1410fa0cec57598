"""Write the table of the dependencies and their licences in docs/development.md.

It reads what is installed in .venv: run it after "make lock" and "make setup-dev".
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from email.message import Message
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "development.md"
BEGIN, END = "<!-- licences -->\n", "<!-- /licences -->\n"
# Packages whose metadata do not say it in words; read in the text they ship.
BY_HAND = {
    "axe-playwright-python": "MIT (carries axe-core, MPL-2.0)",
    "qrcode": "BSD-3-Clause",
    "playwright": "Apache-2.0 (carries Node.js, MIT)",
}
# The words of the old classifiers, as SPDX says them where they are precise enough.
SHORT = {
    "MIT License": "MIT",
    "BSD License": "BSD",
    "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    "Python Software Foundation License": "PSF-2.0",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
}


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(path: Path) -> dict[str, str]:
    """Name and version of every package of a lock."""
    text = path.read_text(encoding="utf-8")
    return {normalised(found[1]): found[2] for found in re.finditer(r"^([\w.-]+)==([\w.]+)", text, re.MULTILINE)}


def licence(metadata: Message) -> str:
    """The licence as the package declares it: the expression, else the classifiers, else the field."""
    if expression := metadata.get("License-Expression"):
        return str(expression)
    classifiers = [str(value) for value in metadata.get_all("Classifier") or []]
    names = [value.rpartition(" :: ")[2] for value in classifiers if value.startswith("License :: ")]
    names = [SHORT.get(name, name) for name in names if name != "OSI Approved"]
    return " or ".join(dict.fromkeys(names)) or str(metadata.get("License") or "").strip().partition("\n")[0]


def rows() -> Iterator[str]:
    installed: dict[str, Any] = {normalised(found.metadata["Name"]): found.metadata for found in distributions()}
    run, development = locked(ROOT / "requirements.lock"), locked(ROOT / "requirements-dev.lock")
    for name, version in sorted(development.items(), key=lambda pair: (pair[0] not in run, pair[0])):
        metadata = installed.get(name)
        if metadata is None or metadata["Version"] != version:
            raise SystemExit(f"{name} {version} is not what .venv holds: make setup-dev, then start again.")
        found = BY_HAND.get(name) or licence(metadata)
        if not found:
            raise SystemExit(f"{name} {version} does not say its licence: read it and add it to BY_HAND.")
        yield f"| {name} | {version} | {found} | {'runs' if name in run else 'tests'} |"


def main() -> int:
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    table = "\n".join(["| package | version | licence | used |", "| --- | --- | --- | --- |", *rows()])
    PAGE.write_text(f"{before}{BEGIN}\n{table}\n\n{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
