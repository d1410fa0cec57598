"""What the residencies ask of the coordinator today."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from clea.ui.desk import DeskItem, about
from residencies.admin import (
    bilan,
    calendar,
    closing,
    communication,
    coverage,
    events,
    funding,
    money,
    opening,
    papers,
    planning,
    publishing,
    relays,
    requests,
    steering,
    traces,
    trips,
    welcome,
)


def items(request: HttpRequest) -> list[DeskItem]:
    """Every subject's lines, each with its own query."""
    residencies: tuple[Any, ...] = (opening, papers, planning, requests, welcome, calendar, coverage, events, relays)
    spending: tuple[Any, ...] = (money, trips, funding)
    looking_back: tuple[Any, ...] = (steering, communication, traces, bilan, publishing, closing)
    return [
        *(line for subject in residencies for line in subject.desk_items(request)),
        *about("money", (line for subject in spending for line in subject.desk_items(request))),
        *about("steering", (line for subject in looking_back for line in subject.desk_items(request))),
    ]
