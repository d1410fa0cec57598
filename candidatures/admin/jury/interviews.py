"""Interviews: slots, invitations, the grid of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _

from candidatures.admin.jury.base import JuryPages
from candidatures.models import InterviewSlot
from clea.ui.desk import DeskItem

if TYPE_CHECKING:
    _Base = JuryPages
else:
    _Base = object


class InterviewsMixin(_Base):
    """The interviews of a jury."""

    def jury_urls(self) -> list[URLPattern]:
        return [self.address("entretiens/", self.interviews_page, "interviews"), *super().jury_urls()]

    def interviews_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Every slot, in the order of time."""
        jury = self.jury(request, key)
        slots = InterviewSlot.objects.filter(jury=jury).open().select_related("application")
        return self.jury_page(
            request,
            "admin/candidatures/jury/interviews.html",
            jury=jury,
            title=_("Entretiens"),
            tab="interviews",
            slots=slots,
        )


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """The lines of this subject on the coordinator's home page."""
    return []
