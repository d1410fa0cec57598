"""Who reads what: by hand, in bulk, or computed and previewed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _

from candidatures.admin.jury.base import JuryPages
from clea.ui.desk import DeskItem

if TYPE_CHECKING:
    _Base = JuryPages
else:
    _Base = object


class AssignmentMixin(_Base):
    def jury_urls(self) -> list[URLPattern]:
        return [self.address("attribution/", self.assignment_page, "assignment"), *super().jury_urls()]

    def assignment_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        jury = self.jury(request, key)
        return self.jury_page(
            request,
            "admin/candidatures/jury/assignment.html",
            jury=jury,
            title=_("Attribution des dossiers"),
            tab="assignment",
            jurors=jury.jurors.sitting().select_related("user", "institution"),
        )


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """The lines of this subject on the coordinator's home page."""
    return []
