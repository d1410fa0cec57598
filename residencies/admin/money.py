"""What a residency costs and is paid."""

from __future__ import annotations

from django.http import HttpRequest

from clea.ui.desk import DeskItem
from residencies.admin.base import ResidencyPages, SeasonPages


class MoneyMixin(ResidencyPages):
    """What a residency costs and is paid."""


class SeasonPaymentsMixin(SeasonPages):
    """The payments of a season."""


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """What asks something of the coordination today."""
    return []
