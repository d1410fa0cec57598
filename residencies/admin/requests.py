"""Requests: the desk's pages."""

from __future__ import annotations

from django.http import HttpRequest

from clea.ui.desk import DeskItem


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """What this subject asks of the coordinator today. At most one query."""
    return []
