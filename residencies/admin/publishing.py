"""The bilan, read, made and published."""

from __future__ import annotations

from django.http import HttpRequest

from clea.ui.desk import DeskItem
from residencies.admin.base import SeasonPages


class SeasonPublishingMixin(SeasonPages):
    """The bilan, read, made and published."""


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """What asks something of the coordination today."""
    return []
