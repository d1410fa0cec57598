"""The ranking, raw and corrected, and how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import URLPattern

from candidatures.admin.jury.base import JuryPages
from clea.ui.desk import DeskItem

if TYPE_CHECKING:
    _Base = JuryPages
else:
    _Base = object


class RankingMixin(_Base):
    def jury_urls(self) -> list[URLPattern]:
        return [*super().jury_urls()]


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """The lines of this subject on the coordinator's home page."""
    return []
