"""The session: attendance, quorum, decisions, minutes."""

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


class SessionsMixin(_Base):
    def jury_urls(self) -> list[URLPattern]:
        return [self.address("seances/", self.sessions_page, "sessions"), *super().jury_urls()]

    def sessions_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The sessions of this jury, the latest first."""
        jury = self.jury(request, key)
        return self.jury_page(
            request,
            "admin/candidatures/jury/sessions.html",
            jury=jury,
            title=_("Séances du jury"),
            tab="sessions",
            sessions=jury.sessions.all(),
        )


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """The lines of this subject on the coordinator's home page."""
    return []
