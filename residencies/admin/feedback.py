"""What structures say of the season."""

from __future__ import annotations

from django.http import HttpRequest

from clea.ui.desk import DeskItem
from residencies.admin.base import SeasonPages


class SeasonFeedbackMixin(SeasonPages):
    """What structures say of the season."""


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """What asks something of the coordination today."""
    return []
