"""What a residency leaves: productions, words, pictures."""

from __future__ import annotations

from django.http import HttpRequest

from clea.ui.desk import DeskItem
from residencies.admin.base import ResidencyPages


class TracesMixin(ResidencyPages):
    """What a residency leaves: productions, words, pictures."""


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """What asks something of the coordination today."""
    return []
