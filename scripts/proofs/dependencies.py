"""``make dependencies``: known weaknesses of what the project depends on, by pip-audit, when its data can be reached.

The two locks are read, not what is installed: every version is exact and hashed there. Out of reach, it says so and
does not fail: a build must not depend on somebody else's server. ``--strict`` fails then too.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import Any

from proofs import report, tools

ROOT = report.ROOT
TOOLS = ROOT / ".venv-audit"
TOOL, VERSION = "pip-audit", "2.10.1"
LOCKS = ("requirements.lock", "requirements-dev.lock")
#: Weaknesses that do not touch us, by their public name, with the reason why.
EXCUSED: dict[str, str] = {}
PATIENCE = 300  # seconds


def ask(lock: str, source: str) -> list[dict[str, Any]] | None:
    """Every dependency of a lock with its weaknesses; nothing when the list cannot be reached."""
    command = [
        str(TOOLS / "bin" / TOOL), "--requirement", str(ROOT / lock), "--no-deps", "--disable-pip",
        "--vulnerability-service", source, "--format", "json", "--progress-spinner", "off", "--timeout", "10",
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return None
    return heard(found)


def heard(found: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    """What was found, unless a package was skipped: a mirror without the list says "not found", which is no answer."""
    return None if any("skip_reason" in one for one in found) else found


def weaknesses(found: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Package and version, name of the weakness, version that mends it; without those that are excused."""
    return [
        (f"{one['name']} {one['version']}", flaw["id"], ", ".join(flaw.get("fix_versions", [])) or "none yet")
        for one in found
        for flaw in one.get("vulns", [])
        if not {flaw["id"], *flaw.get("aliases", [])} & EXCUSED.keys()
    ]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make dependencies", description=__doc__)
    parser.add_argument("--strict", action="store_true", help="fail when the public lists cannot be reached")
    options = parser.parse_args(arguments)
    if not tools.installed(TOOLS, TOOL, VERSION):
        print("The tool could not be fetched: nothing was asked.")
        return int(options.strict)
    read: dict[str, int] = {}
    flaws: list[tuple[str, str, str]] = []
    for lock in LOCKS:
        found = ask(lock, "osv") or ask(lock, "pypi")
        if found is None:
            print(f"{lock}: neither public list of weaknesses answers from here. Nothing was checked.")
            return int(options.strict)
        read[lock] = len(found)
        flaws += weaknesses(found)
    for package, flaw, mended in sorted(set(flaws)):
        print(f"{package}: {flaw}, mended in {mended}")
    print(f"{sum(read.values())} lines of the locks read, {len(set(flaws))} weaknesses.")
    figures = [("tool", f"{TOOL} {VERSION}"), *read.items(), ("known weaknesses", len(set(flaws)))]
    report.write("dependencies", "Known weaknesses of the dependencies", "make dependencies", figures)
    return 1 if flaws else 0


if __name__ == "__main__":
    sys.exit(main())
