"""How the database answers each page: queries, rows read, the slowest of them, and whether a big table is scanned.

Every page is asked in this process, as its reader, twice; the second time each ``SELECT`` is kept, then explained with
``ANALYZE`` (PostgreSQL) or ``QUERY PLAN`` (SQLite). What a page reads is compared with the shape S, measured before.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from bench.figures import Figure

if TYPE_CHECKING:
    from bench.addresses import Page
    from bench.site import Bench

#: A table of more rows is a big one: reading it from end to end is a fault.
BIG = 5_000
#: Whose lists are an administrator's.
INSTALLATION = frozenset({"account", "accounts", "documents", "journal", "mfa"})
#: At L, a page may ask the database so many times what it asks at S, and no more.
TIMES = 2.0
#: What it takes to ask at all is not compared: milliseconds.
NOISE = 10.0
LIST = "list of "


@dataclass
class Read:
    """What one page asked."""

    label: str
    path: str
    status: int = 0
    queries: int = 0
    repeated: int = 0
    milliseconds: float = 0.0
    #: Of which to choose a plan, before anything is read: many joins cost more than what they find.
    planning: float = 0.0
    rows: int = 0
    #: ``table: what scans it``, once a query.
    scans: list[str] = field(default_factory=list)
    slowest: float = 0.0
    slowest_sql: str = ""
    #: Of this process, template and view, the database apart.
    process_ms: float = 0.0


def run(bench: Bench) -> list[Figure]:
    """Figures: scans of big tables (none), and the database's time at this shape beside S's."""
    bench.setup()
    found = list(read_all(quick=bench.quick))
    kept = bench.folder.parent / f"plans-{bench.vendor}-S.json"
    if bench.shape == "S":
        kept.write_text(json.dumps([asdict(one) for one in found]), encoding="utf-8")
    small: dict[str, Read] = {}
    if bench.shape != "S" and kept.exists():
        small = {row["label"]: Read(**row) for row in json.loads(kept.read_text(encoding="utf-8"))}
    return list(figures(found, small))


def figures(found: list[Read], small: dict[str, Read]) -> Iterator[Figure]:
    scanning = [one for one in found if one.scans]
    note = "; ".join(f"{one.label}: {', '.join(sorted(set(one.scans)))}" for one in scanning)
    scans = float(sum(len(one.scans) for one in scanning))
    yield Figure("plans", "sequential scans of big tables", scans, "", limit=0, note=note[:500])
    for one in found:
        # Of the desk's hundred lists, those that grow too much are named.
        told, before = not one.label.startswith(LIST), small.get(one.label)
        note = f"{one.queries} queries, {one.rows} rows read; slowest {one.slowest:.1f} ms"
        if told:
            yield Figure("plans", f"{one.label}: the database", round(one.milliseconds, 2), "ms", note=note)
        if before is not None:
            ratio = (one.milliseconds + NOISE) / (before.milliseconds + NOISE)
            note = f"{before.milliseconds:.1f} ms at S; {NOISE:g} ms added to both sides, the price of asking at all"
            if told or ratio > TIMES:
                yield Figure("plans", f"{one.label}: time beside S", round(ratio, 2), "×", limit=TIMES, note=note)


def read_all(*, quick: bool = False) -> Iterator[Read]:
    """Every page of the issue, then the lists of the desk."""
    from django.test.utils import override_settings

    from bench import addresses

    pages = [page for page in addresses.pages() if not page.forms]
    if not quick:
        pages += list(lists())
    addresses.sessions(pages)
    big = big_tables()
    # What is kept for the next visitor would hide what it costs to make.
    with override_settings(PUBLIC_CACHE=False, ALLOWED_HOSTS=["*"]):
        for page in pages:
            with suppress(_Unanswered):
                yield _read(page, big)


def lists() -> Iterator[Page]:
    """The lists of the desk: as they open, their second page, and searched."""
    from django.contrib import admin
    from django.urls import reverse

    from bench.addresses import Page

    who = "coordination@demo.test"
    for model, desk in sorted(admin.site._registry.items(), key=lambda item: item[0]._meta.label):
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        path = reverse(name)
        label = f"{LIST}{model._meta.label_lower}"
        reader = "admin@demo.test" if model._meta.app_label in INSTALLATION else who
        yield Page(label, path, reader)
        yield Page(f"{label}, page 2", f"{path}?p=2", reader)
        if desk.search_fields or getattr(desk, "search_help_text", None):
            yield Page(f"{label}, searched", f"{path}?q=helene", reader)


# One page -------------------------------------------------------------------------------------------


class _Unanswered(Exception):
    """A page that leads elsewhere on this data: nothing to explain."""


def _read(page: Page, big: dict[str, int]) -> Read:
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1"}, raise_request_exception=False)
    for pair in filter(None, page.cookie.split("; ")):
        name, _, value = pair.partition("=")
        client.cookies[name] = value
    secure = bool(settings.SECURE_SSL_REDIRECT)
    client.get(page.path, secure=secure)
    asked: list[tuple[str, Any]] = []
    spent = 0.0

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal spent
        began = time.thread_time()
        asked.append((sql, params))
        try:
            return execute(sql, params, many, context)
        finally:
            spent += time.thread_time() - began

    began = time.thread_time()
    with connection.execute_wrapper(note):
        response = client.get(page.path, secure=secure)
        if response.streaming:
            b"".join(response)
    whole = time.thread_time() - began
    if response.status_code != 200:
        print(f"{page.label}: {response.status_code} at {page.path}", file=sys.stderr)
        raise _Unanswered
    found = Read(page.label, page.path, response.status_code, len(asked), process_ms=1000 * (whole - spent))
    found.repeated = sum(count - 1 for count in Counter(sql for sql, _ in asked).values())
    for sql, params in asked:
        if sql.lstrip(" (").upper().startswith("SELECT"):
            _explain(found, sql, params, big)
    return found


def _explain(found: Read, sql: str, params: Any, big: dict[str, int]) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
            told = cursor.fetchone()[0]
            plan = (json.loads(told) if isinstance(told, str) else told)[0]
            spent = plan["Execution Time"] + plan["Planning Time"]
            found.planning += plan["Planning Time"]
            for node in _nodes(plan["Plan"]):
                _count(found, node, big)
        else:
            began = time.perf_counter()
            cursor.execute(sql, params)
            found.rows += len(cursor.fetchall())
            spent = 1000 * (time.perf_counter() - began)
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
            for *_, detail in cursor.fetchall():
                _scanned(found, detail, sql, big)
    found.milliseconds += spent
    if spent > found.slowest:
        found.slowest, found.slowest_sql = spent, sql


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from _nodes(child)


def _count(found: Read, node: dict[str, Any], big: dict[str, int]) -> None:
    table = node.get("Relation Name")
    if table is None:
        return
    each = node.get("Actual Rows", 0) + node.get("Rows Removed by Filter", 0)
    found.rows += round(each * node.get("Actual Loops", 1))
    if node["Node Type"].endswith("Seq Scan") and table in big and node.get("Actual Loops", 1):
        found.scans.append(f"{table} ({round(each)} rows)")


#: ``"table"`` and its short name in a statement of Django's.
_NAMED = re.compile(r'(?:FROM|JOIN|,)\s+"(\w+)"(?:\s+(?:AS\s+)?"?([TUVW]\d+)"?)?', re.IGNORECASE)


def _scanned(found: Read, detail: str, sql: str, big: dict[str, int]) -> None:
    read = re.match(r"SCAN (\w+)", detail)
    if read is None:
        return
    names = {short or table: table for table, short in _NAMED.findall(sql)}
    table = names.get(read[1], read[1])
    # In the order of an index, and stopped by a limit, it is not read from end to end.
    stopped = " USING " in detail and re.search(r" LIMIT \d+", sql) is not None
    if table in big and not stopped:
        found.scans.append(f"{table} ({detail})")


def big_tables() -> dict[str, int]:
    from django.apps import apps
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if model._meta.managed and not model._meta.proxy:
                cursor.execute(f'SELECT COUNT(*) FROM "{table}"')  # noqa: S608 - our own tables
                (rows,) = cursor.fetchone()
                if rows > BIG:
                    found[table] = int(rows)
    return found


def told(found: list[Read], small: dict[str, Read]) -> Iterator[str]:
    """A table to read, the most costly first, and the faults in full."""
    heads = f"{'queries':>8}{'repeated':>9}{'ms':>9}{'planning':>9}{'ms at S':>9}{'rows':>9}{'process':>9}"
    yield f"{'page':<52}{heads}  scans of big tables"
    for one in sorted(found, key=lambda one: -one.milliseconds):
        before = small.get(one.label)
        at_s = f"{before.milliseconds:.1f}" if before else "–"
        yield (
            f"{one.label[:51]:<52}{one.queries:>8}{one.repeated:>9}{one.milliseconds:>9.1f}{one.planning:>9.1f}{at_s:>9}"
            f"{one.rows:>9}{one.process_ms:>9.0f}  {', '.join(sorted(set(one.scans)))}"
        )
    yield ""
    for one in sorted(found, key=lambda one: -one.slowest)[:40]:
        yield f"--- {one.label} {one.path}: {one.slowest:.1f} ms\n{_shortened(one.slowest_sql)[:2500]}\n"


def _shortened(sql: str) -> str:
    """Without the columns that it selects."""
    depth = 0
    for at, char in enumerate(sql):
        depth += (char == "(") - (char == ")")
        if depth == 0 and sql.startswith(" FROM ", at):
            return f"SELECT …{sql[at:]}"
    return sql


def main() -> None:
    """``python -m bench.plans [--small FILE] [--keep FILE] [--quick]`` on the database of the environment."""
    import argparse
    import os

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--keep", help="write what was read there, for --small")
    parser.add_argument("--small", help="what was read on the shape S")
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    import django

    django.setup()
    found = list(read_all(quick=asked.quick))
    small: dict[str, Read] = {}
    if asked.small:
        with open(asked.small, encoding="utf-8") as file:
            small = {row["label"]: Read(**row) for row in json.load(file)}
    if asked.keep:
        with open(asked.keep, "w", encoding="utf-8") as file:
            json.dump([asdict(one) for one in found], file)
    print("\n".join(told(found, small)))


if __name__ == "__main__":
    main()
