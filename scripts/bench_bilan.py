"""How long the bilan of a large season takes: ``.venv/bin/python scripts/bench_bilan.py [residencies] [sessions]``.

6 residencies of 300 sessions, unless told otherwise, in a database of its own that is thrown away: the queries and
the time of the page, then the time, the size and the memory of the PDF, of the workbook and of the open data.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ |= {"DJANGO_SETTINGS_MODULE": "clea.settings", "DEBUG": "true"}
ROUNDS = 7


def peak() -> float:
    """The most memory this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(label: str, act: Callable[[], bytes]) -> None:
    before, wall, cpu = peak(), time.perf_counter(), time.process_time()
    content = act()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    spent = f"{wall:.2f} s ({cpu:.2f} s of processor)"
    print(f"{label}: {spent}, {len(content) / 1024:.0f} KB, peak {before:.0f} → {peak():.0f} MB")


def main() -> None:
    residencies, sessions = (int(one) for one in (*sys.argv[1:], "6", "300")[:2])
    with tempfile.TemporaryDirectory(prefix="clea-bench-") as folder:
        os.environ |= {"VAR_DIR": folder, "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3"}
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext, setup_test_environment
        from django.utils import timezone

        from residencies.models import Bilan
        from residencies.reports import bilan_pdf, bilan_workbook
        from residencies.selectors import bilan_pages
        from structures.models import Structure
        from tests.factories.bilan_pages import held
        from tests.factories.candidatures import SeasonFactory
        from tests.factories.residencies import ResidencyFactory
        from tests.factories.structures import real_territory

        call_command("migrate", verbosity=0)
        setup_test_environment()
        territory = real_territory()
        places = list(Structure.objects.filter(territory=territory, is_category=False))
        season = SeasonFactory(territory=territory)
        for rank in range(residencies):
            residency = ResidencyFactory(season=season, published_at=timezone.now(), periods=False)
            held(residency, sessions, places[rank * 7 : rank * 7 + 25])
        bilan = Bilan.objects.create(
            season=season, slug="banc", title="Banc", state="published", published_at=timezone.now()
        )
        client, address = Client(), bilan.get_absolute_url()
        client.get(address)  # what is read once a process
        times = []
        for _round in range(ROUNDS):
            started = time.perf_counter()
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(address)
            times.append((time.perf_counter() - started) * 1000)
        print(f"{residencies} residencies × {sessions} sessions")
        print(f"page: {len(queries)} queries, {statistics.median(times):.0f} ms, {len(answer.content) / 1024:.0f} KB")
        page = bilan_pages.page(bilan, where="print")
        timed("PDF, the first of the process", lambda: bilan_pdf.pdf(page))
        timed("PDF", lambda: bilan_pdf.pdf(page))
        timed("workbook", lambda: bilan_workbook.workbook(page))
        timed("open data", lambda: bilan_workbook.sessions_csv(season))
        connection.close()


if __name__ == "__main__":
    main()
