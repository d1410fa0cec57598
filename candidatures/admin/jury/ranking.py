"""The ranking, raw and corrected, and how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _

from candidatures.admin.jury.base import JuryPages
from candidatures.models import Application
from clea.ui.desk import DeskItem

if TYPE_CHECKING:
    _Base = JuryPages
else:
    _Base = object


class RankingMixin(_Base):
    def jury_urls(self) -> list[URLPattern]:
        return [self.address("classement/", self.ranking_page, "ranking"), *super().jury_urls()]

    def ranking_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        jury = self.jury(request, key)
        rows = Application.objects.filter(call=jury.call).for_jury().select_related("last_deposit")
        return self.jury_page(
            request,
            "admin/candidatures/jury/ranking.html",
            jury=jury,
            title=_("Classement"),
            tab="ranking",
            rows=rows.order_by("last_deposit__number"),
        )


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """The lines of this subject on the coordinator's home page."""
    return []
