"""What the residencies ask of the coordinator today."""

from __future__ import annotations

from types import ModuleType

from django.http import HttpRequest

from clea.ui.desk import DeskItem, about
from clea.ui.waiting import lines_of
from residencies.admin import (
    calendar,
    closing,
    communication,
    coverage,
    events,
    money,
    opening,
    papers,
    planning,
    publishing,
    requests,
    steering,
    traces,
    welcome,
)

#: What an artist or a structure waits for, then what is behind.
_RESIDENCIES = (opening, papers, requests, welcome, calendar, coverage, events)
_SPENDING = (money,)
_LOOKING_BACK = (steering, communication, traces, publishing, closing)


def items(request: HttpRequest) -> list[DeskItem]:
    """Every subject's lines. One query for all, and what is planned looked at again: twelve at most."""
    found = lines_of(request, (module.desk_items for module in _RESIDENCIES + _SPENDING + _LOOKING_BACK))

    def of(subjects: tuple[ModuleType, ...]) -> list[DeskItem]:
        return [line for module in subjects for line in found[module.desk_items]]

    return [
        *of(_RESIDENCIES[:2]),
        *planning.desk_items(request),
        *of(_RESIDENCIES[2:]),
        *about("money", of(_SPENDING)),
        *about("steering", of(_LOOKING_BACK)),
    ]
