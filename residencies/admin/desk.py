"""What the residencies ask of the coordinator today."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from clea.ui.desk import DeskItem
from residencies.admin import calendar, coverage, events, opening, papers, planning, relays, requests, welcome


def items(request: HttpRequest) -> list[DeskItem]:
    """Every subject's lines, each with its own query."""
    subjects: tuple[Any, ...] = (opening, papers, planning, requests, welcome, calendar, coverage, events, relays)
    return [line for subject in subjects for line in subject.desk_items(request)]
