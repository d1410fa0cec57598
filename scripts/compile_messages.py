"""Compile locale/*/LC_MESSAGES/*.po where the .mo is older, without needing gettext's tools."""

from __future__ import annotations

from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent


def compile_all(root: Path = ROOT / "locale") -> list[Path]:
    """Write what is out of date and return it. A fuzzy entry is left out, as msgfmt does."""
    written = []
    for source in sorted(root.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        polib.pofile(str(source)).save_as_mofile(str(target))
        written.append(target)
    return written


if __name__ == "__main__":
    for path in compile_all():
        print(f"Compiled {path.relative_to(ROOT)}")
