"""What needs the coordinator's attention, given by the domain apps to the desk's first page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.http import HttpRequest

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Urgency = Literal["now", "soon", "info"]
_RANK: dict[str, int] = {"now": 0, "soon": 1, "info": 2}


@dataclass(frozen=True)
class DeskItem:
    """One line of the desk: a count, what it counts, and the list to open.

    ``urgency``: ``now`` (a person waits or a legal time runs), ``soon`` (this week), ``info``.
    """

    label: str | _StrPromise
    count: int
    url: str
    urgency: Urgency = "info"
    detail: str | _StrPromise = ""


DeskProvider = Callable[[HttpRequest], list[DeskItem]]
_providers: list[DeskProvider] = []


def register(provider: DeskProvider) -> DeskProvider:
    """Add a provider, from an ``AppConfig.ready``. Registering twice changes nothing."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def items_for(request: HttpRequest) -> list[DeskItem]:
    """Every item for this person, the most urgent first, in the providers' order otherwise.

    Costs what the providers cost. A provider gives the items of the person's own territories.
    """
    items = [item for provider in _providers for item in provider(request)]
    return sorted(items, key=lambda item: _RANK[item.urgency])
