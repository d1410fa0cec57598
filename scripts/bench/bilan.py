"""The bilan of a large season: its page, then what is downloaded from it, with the memory each one takes.

Alone: ``PYTHONPATH=scripts .venv/bin/python -m bench.bilan``. 6 residencies of 300 sessions, on a database of its own
that is thrown away. Processor time, in this process.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bench import solvers
from bench.figures import Figure

if TYPE_CHECKING:
    from bench.site import Bench

PART = "bilan"
RESIDENCIES, SESSIONS = 6, 300
ROUNDS = 5


def run(bench: Bench | None) -> list[Figure]:
    quick = bench is not None and bench.quick
    with tempfile.TemporaryDirectory(prefix="clea-bench-") as folder:
        solvers.ready(Path(folder))
        return list(measured(SESSIONS // 10 if quick else SESSIONS, 1 if quick else ROUNDS))


def measured(sessions: int, rounds: int) -> Iterator[Figure]:
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext, setup_test_environment
    from django.utils import timezone

    from residencies.models import Bilan
    from residencies.reports import bilan_pdf, bilan_workbook
    from residencies.selectors import bilan_pages
    from structures.models import Structure
    from tests.factories.accounts import UserFactory
    from tests.factories.bilan_pages import held
    from tests.factories.candidatures import SeasonFactory
    from tests.factories.residencies import ResidencyFactory
    from tests.factories.structures import real_territory

    call_command("migrate", verbosity=0)
    setup_test_environment()
    territory = real_territory()
    places = list(Structure.objects.filter(territory=territory, is_category=False))
    season = SeasonFactory(territory=territory)
    for rank in range(RESIDENCIES):
        residency = ResidencyFactory(season=season, published_at=timezone.now(), periods=False)
        held(residency, sessions, places[rank * 7 : rank * 7 + 25])
    bilan = Bilan.objects.create(
        season=season, slug="banc", title="Banc", state="published", published_at=timezone.now()
    )
    what = f"bilan of {RESIDENCIES} × {sessions} sessions"
    address = bilan.get_absolute_url()

    client = Client()
    # Signed in, so that nothing kept for everybody answers.
    client.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")

    def desk() -> bytes:
        return bytes(client.get(address).content)

    desk()  # what is read once a process, and an end to the log of the queries that filled the tables
    with CaptureQueriesContext(connection) as queries:
        desk()
    seconds, content = solvers.timed(rounds, desk)
    yield Figure(PART, f"{what}: page", round(seconds, 2), "s", note=f"{len(queries)} queries, {size(content)}")
    page = bilan_pages.page(bilan, where="print")
    yield one(f"{what}: PDF", lambda: bilan_pdf.pdf(page))
    yield one(f"{what}: workbook", lambda: bilan_workbook.workbook(page))
    yield one(f"{what}: open data", lambda: bilan_workbook.sessions_csv(season))
    connection.close()


def one(what: str, act: Callable[[], bytes]) -> Figure:
    before, began = peak(), time.process_time()
    content = act()
    spent = time.process_time() - began
    note = f"processor, {size(content)}; memory at most {before:.0f} → {peak():.0f} MB"
    return Figure(PART, what, round(spent, 2), "s", note=note)


def size(content: bytes) -> str:
    return f"{len(content) / 1024:.0f} KB"


def peak() -> float:
    """The most memory this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    for figure in run(None):
        print(f"{figure.value:6.2f} {figure.unit}  {figure.what}: {figure.note}")
