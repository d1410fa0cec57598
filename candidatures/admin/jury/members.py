"""Who sits: invitations, roles, reading dates, reminders, progress."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _

from candidatures.admin.jury.base import JuryPages
from candidatures.models import Juror
from clea.ui.desk import DeskItem

if TYPE_CHECKING:
    _Base = JuryPages
else:
    _Base = object


class MembersMixin(_Base):
    def jury_urls(self) -> list[URLPattern]:
        return [self.address("membres/", self.members_page, "members"), *super().jury_urls()]

    def members_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Who sits, and where each one stands."""
        jury = self.jury(request, key)
        return self.jury_page(
            request,
            "admin/candidatures/jury/members.html",
            jury=jury,
            title=_("Membres du jury"),
            tab="members",
            jurors=Juror.objects.filter(jury=jury).sitting().select_related("user", "institution"),
        )


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """The lines of this subject on the coordinator's home page."""
    return []
