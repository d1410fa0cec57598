"""Lighthouse, mobile setting, on every page of the sitemap: two at a time, and again alone what was not perfect."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
#: A first visit may cost this much, transferred.
HEAVIEST, MOST_REQUESTS = 30 * 1024, 6
Measure = dict[str, Any]


def run(tools: Path, addresses: list[str]) -> list[Measure]:
    if not addresses:
        return []
    done = subprocess.run(
        ["node", "lighthouse.mjs"], cwd=tools, input="\n".join(addresses) + "\n", capture_output=True, text=True
    )
    measures = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if len(measures) != len(addresses):
        missing = sorted(set(addresses) - {one["url"] for one in measures})
        print(f"Lighthouse stopped at {missing[0]}: {done.stderr[-500:]}", flush=True)
    return measures


def perfect(one: Measure) -> bool:
    return not one["error"] and all(one["scores"][key] == 100 for key in CATEGORIES)


def measure(tools: Path, addresses: list[str], workers: int = 2, retries: int = 2) -> list[Measure]:
    """The measures of each page. A page that is not perfect while others load is asked again alone; the best stands."""
    with ThreadPoolExecutor(workers) as pool:
        parts = pool.map(lambda start: run(tools, addresses[start::workers]), range(workers))
    best = {one["url"]: one for part in parts for one in part}
    for _ in range(retries):
        again = [url for url in addresses if url not in best or not perfect(best[url])]
        for one in run(tools, again):
            known = best.get(one["url"])
            if known is None or sum(one["scores"].values()) > sum(known["scores"].values()):
                best[one["url"]] = one
    return [best[url] for url in addresses if url in best]


def faults(one: Measure) -> list[str]:
    found = [f"Lighthouse {one['error']}"] if one["error"] else []
    low = [f"{key} {one['scores'][key]}" for key in CATEGORIES if one["scores"][key] < 100]
    if low:
        found.append(f"Lighthouse {', '.join(low)}: {'; '.join(one['faults'])}")
    if one["bytes"] > HEAVIEST:
        found.append(f"first visit: {one['bytes']} bytes")
    if one["requests"] > MOST_REQUESTS:
        found.append(f"first visit: {one['requests']} requests")
    return found
