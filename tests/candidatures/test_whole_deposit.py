"""What a whole deposit costs, every page read, filled and sent. PostgreSQL locks each use counted by one more query."""

from __future__ import annotations

import pytest

from tests.candidatures import depositing

pytestmark = [pytest.mark.django_db, pytest.mark.counts]


def test_a_whole_deposit_with_five_pdfs_costs_so_many_queries_at_most() -> None:
    counts = depositing.deposit(depositing.five_pieces())
    assert sum(counts) <= 304, counts


def test_a_deposit_of_what_the_others_ask_for_costs_so_many_queries_at_most() -> None:
    counts = depositing.deposit(depositing.plain())
    assert sum(counts) <= 105, counts
