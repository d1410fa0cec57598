"""Sets of artists for the positions: what each gains and gives up."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _

from candidatures.admin.jury.base import JuryPages
from candidatures.enums import ApplicationState
from candidatures.models import Application
from clea.ui.desk import DeskItem

if TYPE_CHECKING:
    _Base = JuryPages
else:
    _Base = object


class SetsMixin(_Base):
    def jury_urls(self) -> list[URLPattern]:
        return [self.address("ensembles/", self.sets_page, "sets"), *super().jury_urls()]

    def sets_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        jury = self.jury(request, key)
        rows = Application.objects.filter(
            call=jury.call, state__in=[ApplicationState.SHORTLISTED, ApplicationState.INTERVIEWED]
        ).select_related("last_deposit")
        return self.jury_page(
            request,
            "admin/candidatures/jury/sets.html",
            jury=jury,
            title=_("Ensembles"),
            tab="sets",
            rows=rows.order_by("last_deposit__number"),
        )


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """The lines of this subject on the coordinator's home page."""
    return []
