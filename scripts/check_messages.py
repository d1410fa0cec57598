"""Check the translations against the sources, without touching the working tree.

The messages are extracted again in a temporary copy (Django's makemessages, hence gettext's
tools), then compared: every message of the sources has its English; nothing is fuzzy; every
plural has all its forms, in French too, because a French msgid without them falls back on the
English rule and writes "0 dossiers"; placeholders are the same on both sides.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("clea", "structures", "candidatures", "residencies", "templates")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!%)%[sd]|\{\{?\s*(\w*)[^}]*\}\}?")


def extract(root: Path, language: str) -> polib.POFile:
    """The messages of the sources, as makemessages finds them in a copy of the project."""
    with tempfile.TemporaryDirectory(prefix="clea-messages-") as folder:
        copy = Path(folder)
        for name in SOURCES:
            if (root / name).is_dir():
                shutil.copytree(root / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(root / "manage.py", copy)
        (copy / "locale" / language / "LC_MESSAGES").mkdir(parents=True)
        (copy / "static").mkdir()
        environment = {**os.environ, "DEBUG": "true", "VAR_DIR": str(copy / "var"), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [sys.executable, "manage.py", "makemessages", "--locale", language, "--no-wrap", "--ignore", "var/*"],
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"makemessages failed:\n{done.stdout}{done.stderr}")
        return polib.pofile(str(copy / "locale" / language / "LC_MESSAGES" / "django.po"))


def placeholders(text: str) -> set[str]:
    return {found.group(0) for found in PLACEHOLDER.finditer(text)}


def entry_faults(entry: polib.POEntry) -> list[str]:
    """What is wrong in one translated entry."""
    if entry.fuzzy:
        return ["fuzzy"]
    if entry.msgid_plural:
        if not entry.msgstr_plural or not all(entry.msgstr_plural.values()):
            return ["a plural form is empty"]
        allowed = placeholders(entry.msgid) | placeholders(entry.msgid_plural)
        strange = set().union(*(placeholders(text) for text in entry.msgstr_plural.values())) - allowed
        return [f"unknown placeholders {sorted(strange)}"] if strange else []
    if not entry.msgstr:
        return ["no translation"]
    expected, found = placeholders(entry.msgid), placeholders(entry.msgstr)
    return [f"placeholders {sorted(found)} instead of {sorted(expected)}"] if expected != found else []


def key(entry: polib.POEntry) -> tuple[str, str]:
    return (entry.msgctxt or "", entry.msgid)


def check(sources: polib.POFile, catalogue: polib.POFile, language: str) -> list[str]:
    """One line a fault. French holds only what it must: the plurals, and nothing fuzzy."""
    faults = []
    known = {key(entry): entry for entry in catalogue if not entry.obsolete}
    for wanted in sources:
        entry = known.get(key(wanted))
        if language == "fr" and not wanted.msgid_plural:
            if entry is not None and entry.fuzzy:
                faults.append(f"{language}: fuzzy: {wanted.msgid!r}")
            continue
        where = wanted.occurrences[0][0] if wanted.occurrences else "?"
        if entry is None:
            faults.append(f"{language}: missing from the catalogue: {wanted.msgid!r} ({where})")
            continue
        faults += [f"{language}: {fault}: {wanted.msgid!r} ({where})" for fault in entry_faults(entry)]
    return faults


def main() -> int:
    sources = extract(ROOT, "en")
    faults = []
    for language in ("en", "fr"):
        path = ROOT / "locale" / language / "LC_MESSAGES" / "django.po"
        if not path.exists():
            faults.append(f"{language}: {path.relative_to(ROOT)} does not exist (make messages)")
            continue
        faults += check(sources, polib.pofile(str(path)), language)
    for fault in faults[:200]:
        print(fault)
    print(f"{len(sources)} messages in the sources, {len(faults)} fault(s).")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
