"""What the lines of the desk's first page all begin with, asked once a request and kept on it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from candidatures.models import Jury
from candidatures.selectors import panel
from candidatures.selectors.assignment_board import short_of_readers


def juries_in_hand(request: HttpRequest) -> list[Jury]:
    """The juries of this person whose call may still ask something, with their call. One query.

    Their keys, rather than how they were found, go into the queries: the database then knows how few they are.
    """
    return _kept(request, "_juries_in_hand", lambda: list(_juries(request).in_hand().select_related("call")))


def read_so_far(request: HttpRequest) -> dict[int, panel.Progress]:
    """How far the juries of this person's open seasons read. Two queries."""

    def read() -> dict[int, panel.Progress]:
        keys = _juries(request).filter(call__season__closed_at=None).values_list("pk", flat=True)
        return panel.progress(list(keys))

    return _kept(request, "_read_so_far", read)


def lacking_readers(request: HttpRequest) -> list[dict[str, Any]]:
    """The juries in hand that lack readers. One query."""
    return _kept(request, "_lacking_readers", lambda: short_of_readers(juries_in_hand(request)))


def _juries(request: HttpRequest) -> Any:
    return Jury.objects.coordinated_by(request.user)


def _kept(request: HttpRequest, name: str, ask: Any) -> Any:
    if not hasattr(request, name):
        setattr(request, name, ask())
    return getattr(request, name)
