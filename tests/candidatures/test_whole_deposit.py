"""What a whole deposit costs, every page read, filled and sent."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.db import connection

from tests.candidatures import depositing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.counts]


@pytest.fixture(autouse=True)
def a_queue(settings: LazySettings) -> None:
    """As in production: what follows the filing is another process's."""
    settings.TASKS = settings.TASKS_QUEUED


def test_a_whole_deposit_with_five_pdfs_costs_so_many_queries_at_most() -> None:
    counts = depositing.deposit(depositing.five_pieces())
    # A line of the journal and the chain's end are two statements on SQLite; each use of a limit is one more elsewhere.
    assert sum(counts) <= (233 if connection.vendor == "postgresql" else 243), counts


def test_a_deposit_of_what_the_others_ask_for_costs_less_than_half_of_theirs() -> None:
    call = depositing.plain()
    depositing.deposit(call)
    counts = depositing.deposit(call)
    assert sum(counts) <= (67 if connection.vendor == "postgresql" else 73), counts
