"""The communication of a season."""

from __future__ import annotations

from django.http import HttpRequest

from clea.ui.desk import DeskItem
from residencies.admin.base import SeasonPages


class SeasonCommunicationMixin(SeasonPages):
    """The communication of a season."""


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """What asks something of the coordination today."""
    return []
