"""Conflicts of interest: declared, suggested, retained or set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _

from candidatures.admin.jury.base import JuryPages
from candidatures.models import Recusal
from clea.ui.desk import DeskItem

if TYPE_CHECKING:
    _Base = JuryPages
else:
    _Base = object


class ConflictsMixin(_Base):
    def jury_urls(self) -> list[URLPattern]:
        return [self.address("deports/", self.conflicts_page, "conflicts"), *super().jury_urls()]

    def conflicts_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        jury = self.jury(request, key)
        return self.jury_page(
            request,
            "admin/candidatures/jury/conflicts.html",
            jury=jury,
            title=_("Déports et conflits d'intérêts"),
            tab="conflicts",
            recusals=Recusal.objects.standing().filter(juror__jury=jury).select_related("juror__user", "application"),
        )


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """The lines of this subject on the coordinator's home page."""
    return []
