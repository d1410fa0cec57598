"""Lists whose cost must not grow with their length."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


def _shapes(captured: CaptureQueriesContext) -> str:
    return "\n".join(query["sql"][:300] for query in captured.captured_queries)


@pytest.fixture
def assert_num_queries_constant(db: None) -> Callable[..., int]:
    """``assert_num_queries_constant(read, grow)``: as many queries before as after there is more.

    ``read`` is called once to warm the caches, then counted; ``grow`` adds rows; ``read`` is
    counted again. Returns the number, so that a test can also hold it under a ceiling:
    ``at_most`` does it here.
    """

    def check(read: Callable[[], object], grow: Callable[[], object], *, at_most: int | None = None) -> int:
        read()
        with CaptureQueriesContext(connection) as before:
            read()
        grow()
        with CaptureQueriesContext(connection) as after:
            read()
        assert len(after) == len(before), (
            f"{len(before)} queries, then {len(after)} with more rows.\nBefore:\n{_shapes(before)}\n"
            f"After:\n{_shapes(after)}"
        )
        if at_most is not None:
            assert len(after) <= at_most, f"{len(after)} queries, {at_most} at most.\n{_shapes(after)}"
        return len(after)

    return check


@pytest.fixture
def assert_max_queries(db: None) -> Callable[..., int]:
    """``assert_max_queries(6, read)``: call ``read`` once, fail above the ceiling, return the number."""

    def check(at_most: int, read: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as captured:
            read()
        assert len(captured) <= at_most, f"{len(captured)} queries, {at_most} at most.\n{_shapes(captured)}"
        return len(captured)

    return check
