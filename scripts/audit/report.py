"""What the audit found: var/audit/*.json in full, docs/audit.md in short, and the figures that the site shows."""

from __future__ import annotations

import json
import os
import platform
import re
import statistics
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from .crawl import Page
from .lighthouse import CATEGORIES, HEAVIEST, MOST_REQUESTS
from .site import RESULTS, ROOT

MEASURED = ROOT / "clea" / "ui" / "measured.json"
SUMMARY = ROOT / "docs" / "audit.md"
WORST = 10


def rule(fault: str) -> str:
    """A fault without what it was found on."""
    return re.split(r" \[|: <|; |\(https?:", fault)[0][:110]


@dataclass
class Result:
    pages: list[Page]
    unseen: list[str]
    whole: bool = False
    faults: dict[tuple[str, str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    measures: list[dict[str, Any]] = field(default_factory=list)
    checked: int = 0
    looked: int = 0
    forms: int = 0
    seconds: float = 0

    def __post_init__(self) -> None:
        for page in self.pages:
            self.add(page.role, page.path, page.name, page.faults)

    def add(self, role: str, path: str, name: str, faults: list[str]) -> None:
        if faults:
            self.faults[role, path, name] += faults

    def keep(self) -> None:
        """What is known so far, in full."""
        everything = [{"role": r, "path": p, "name": n, "faults": f} for (r, p, n), f in self.faults.items()]
        for name, content in {
            "faults": everything,
            "pages": [asdict(page) for page in self.pages],
            "lighthouse": self.measures,
            "unseen": self.unseen,
        }.items():
            (RESULTS / f"{name}.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")

    def publish(self) -> None:
        """The figures that the site shows and the summary, when every page of the sitemap was measured."""
        listed = {page.path for page in self.pages if page.sitemap}
        if listed and len(self.measures) == len(listed):
            MEASURED.write_text(json.dumps(self.measured(), indent=1, ensure_ascii=False) + "\n")
            SUMMARY.write_text(self.markdown())

    def extent(self) -> str:
        return "whole" if self.whole else "a part of it, the rest is not counted below"

    def by_rule(self) -> list[tuple[str, int]]:
        return Counter(rule(fault) for faults in self.faults.values() for fault in set(faults)).most_common()

    def summary(self) -> str:
        lines = [
            f"{sum(map(len, self.faults.values()))} faults on {len(self.faults)} pages, in {self.seconds / 60:.0f} min."
        ]
        lines += [f"  {count:4d}  {name}" for name, count in self.by_rule()[:40]]
        lines += [f"No link led to: {', '.join(self.unseen)}"] if self.unseen else []
        lines.append(f"In full: {RESULTS.relative_to(ROOT)}/")
        return "\n".join(lines)

    def measured(self) -> dict[str, Any]:
        """The figures of a first visit, for the eco-design page."""
        heavy = sorted(self.measures, key=lambda one: one["bytes"])
        weights, requests = [one["bytes"] for one in heavy], [one["requests"] for one in heavy]
        site = {page.path: page.name for page in self.pages if page.sitemap}
        kinds: dict[str, dict[str, Any]] = {}
        for one in heavy:  # the heaviest of each kind stays
            path = "/" + one["url"].split("/", 3)[3]
            kinds[site.get(path, path)] = {"path": path, "bytes": one["bytes"], "requests": one["requests"]}
        return {
            "date": date.today().isoformat(),  # noqa: DTZ011 - the day of the machine that measured
            "pages": len(self.measures),
            "bytes": {"median": round(statistics.median(weights)), "max": max(weights)},
            "requests": {"median": round(statistics.median(requests)), "max": max(requests)},
            "lighthouse": {key: min(one["scores"][key] for one in self.measures) for key in CATEGORIES},
            "kinds": dict(sorted(kinds.items())),
        }

    def markdown(self) -> str:
        measured = self.measured()
        roles = Counter(page.role for page in self.pages if page.file)
        heaviest = sorted(self.measures, key=lambda one: -one["bytes"])[:WORST]
        lowest, size, count = measured["lighthouse"], measured["bytes"], measured["requests"]
        lines = [
            "# The audit",
            "",
            "Written by `make audit`; do not edit. The demonstration, built in an empty folder, is served by gunicorn",
            "with `DEBUG=false`. Every page is read by the Nu HTML checker as it was sent, then by axe (WCAG 2.2 A and",
            "AA, and its best practices) in Debian's Chromium at 1280 and 360 px, in light and dark, with everything",
            "folded opened and each dialog shown; nothing may stick out at 320 px (1280 px zoomed to 400 %), and the",
            "console must stay silent. Each kind of form is sent empty, and the page that refuses is read as well.",
            "Every page of the sitemap is measured by Lighthouse in its mobile setting.",
            "",
            f"Last run: {measured['date']}, {self.seconds / 60:.0f} minutes, {os.cpu_count()} cores, "
            f"{platform.system()} {platform.machine()}; {self.extent()}.",
            "",
            "| | |",
            "| --- | --- |",
            f"| pages read by the Nu checker | {self.checked or 'not this time'} |",
            f"| pages read by axe | {self.looked or 'not this time'} |",
            f"| forms sent empty | {self.forms or 'not this time'} |",
            f"| pages measured by Lighthouse | {measured['pages']} |",
            f"| lowest Lighthouse scores | {', '.join(f'{key} {lowest[key]}' for key in CATEGORIES)} |",
            f"| first visit, median | {size['median']} bytes in {count['median']} requests |",
            f"| first visit, heaviest | {size['max']} bytes in {count['max']} requests "
            f"(limits: {HEAVIEST} and {MOST_REQUESTS}) |",
            f"| faults | {sum(map(len, self.faults.values()))} on {len(self.faults)} pages |",
            "",
            "Pages by role: " + ", ".join(f"{role} {count}" for role, count in roles.items()) + ".",
            "",
        ]
        if self.faults:
            lines += ["## Faults", "", "| times | what |", "| --- | --- |"]
            lines += [
                f"| {count} | {name.replace('|', '/').replace('<', '&lt;')} |" for name, count in self.by_rule()[:40]
            ]
            worst = sorted(self.faults.items(), key=lambda item: -len(item[1]))[:WORST]
            lines += ["", "Worst pages:", ""]
            lines += [f"- {len(faults)}: `{path}` ({role})" for (role, path, _), faults in worst]
            lines.append("")
        lines += ["## Heaviest first visits", "", "| bytes | requests | page |", "| --- | --- | --- |"]
        lines += [f"| {one['bytes']} | {one['requests']} | /{one['url'].split('/', 3)[3]} |" for one in heaviest]
        if self.unseen:
            lines += ["", "## Addresses that no link led to", "", ", ".join(f"`{name}`" for name in self.unseen) + "."]
        return "\n".join(lines) + "\n"
