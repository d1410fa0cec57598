"""The desk's pages are one class of many mixins: no name of one may hide another's."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from residencies.admin.activities import ActivityAdmin
from residencies.admin.residencies import ResidencyAdmin
from residencies.admin.steering_meeting import MeetingAdmin

#: What every mixin may define: each calls the next.
TOGETHER = {"get_urls", "row_urls", "season_urls", "place_views", "media"}


def hidden(admin: type[Any]) -> set[str]:
    """Names that two mixins define without one being built on the other."""
    parts = [one for one in admin.__mro__[1:] if one.__module__.startswith("residencies.admin.")]
    return {
        f"{name}: {one.__name__}, {other.__name__}"
        for one, other in combinations(parts, 2)
        if not issubclass(one, other) and not issubclass(other, one)
        for name in (vars(one).keys() & vars(other).keys()) - TOGETHER
        if not name.startswith("__")
    }


@pytest.mark.parametrize("admin", [ResidencyAdmin, ActivityAdmin, MeetingAdmin])
def test_no_name_of_a_mixin_hides_another_s(admin: type[Any]) -> None:
    assert hidden(admin) == set()
