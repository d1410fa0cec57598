"""The trips that artists claim."""

from __future__ import annotations

from django.http import HttpRequest

from clea.ui.desk import DeskItem
from residencies.admin.base import ResidencyPages


class TripsMixin(ResidencyPages):
    """The trips that artists claim."""


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """What asks something of the coordination today."""
    return []
