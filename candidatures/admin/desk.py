"""What needs the coordinator's attention today."""

from __future__ import annotations

from django.http import HttpRequest

from clea.ui.desk import DeskItem


def items(request: HttpRequest) -> list[DeskItem]:
    return []
