"""What coverage keeps from one page to the next: nothing that a write would leave out of date."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clea.journal import changes, standing
from residencies.selectors.coverage import world
from tests.residencies.test_coverage import Small, small

__all__ = ["small"]


def test_kept_while_nobody_writes() -> None:
    known, read = standing.Standing(room=2), iter("abcdefg")

    def ask(mark: standing.Mark, key: int = 1) -> str:
        return known.get(mark, key, lambda: next(read))

    assert [ask(("one", 0)), ask(("one", 0))] == ["a", "a"]
    assert ask(("two", 0)) == "b"  # somebody wrote
    assert ask(("two", 1)) == "c"  # too long ago
    assert [ask(None), ask(("two", 1))] == ["d", "c"]  # nothing may be kept
    assert [ask(("two", 1), key) for key in (2, 3, 1)] == ["e", "f", "g"]  # no more room for the first


@pytest.mark.django_db
def test_what_is_kept_is_of_tables_that_are_watched(small: Small) -> None:
    assert standing.mark() is None  # within a transaction, which may have written
    with CaptureQueriesContext(
        connection,
    ) as asked:
        world(small.season)
        world(small.season, counted=False)
    read = {table for row in asked for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', row["sql"])}
    assert {"residencies_session", "residencies_headcount", "structures_structure"} <= read
    assert not read & changes.unseen_tables()
