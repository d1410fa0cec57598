"""Each dossier as the jury saw it: reviews, discussion, anonymity."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _

from candidatures.admin.jury.base import JuryPages
from candidatures.selectors import panel_dossiers
from clea.ui.desk import DeskItem

if TYPE_CHECKING:
    _Base = JuryPages
else:
    _Base = object


class DossiersMixin(_Base):
    """The jury's dossiers, and each one's own page."""

    def jury_urls(self) -> list[URLPattern]:
        return [self.address("dossiers/", self.dossiers_page, "dossiers"), *super().jury_urls()]

    def dossiers_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Every dossier before the jury, with what was read of it and what is still owed."""
        jury = self.jury(request, key)
        return self.jury_page(
            request,
            "admin/candidatures/jury/dossiers.html",
            jury=jury,
            title=_("Dossiers devant le jury"),
            tab="dossiers",
            lines=panel_dossiers.lines(jury),
        )


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """The lines of this subject on the coordinator's home page."""
    return []
