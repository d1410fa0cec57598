"""What the residencies ask of the coordinator today."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from clea.ui.desk import DeskItem
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
    subjects: tuple[Any, ...] = (
        opening,
        papers,
        planning,
        requests,
        welcome,
        calendar,
        coverage,
        events,
        relays,
        money,
        trips,
        funding,
        steering,
        communication,
        traces,
        bilan,
        publishing,
        closing,
    )
    return [line for subject in subjects for line in subject.desk_items(request)]
