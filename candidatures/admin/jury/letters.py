"""Letters: rules, preview, drafts."""

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


class LettersMixin(_Base):
    def jury_urls(self) -> list[URLPattern]:
        return [self.address("courriers/", self.letters_page, "letters"), *super().jury_urls()]

    def letters_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The rules of this jury, in their order."""
        jury = self.jury(request, key)
        return self.jury_page(
            request,
            "admin/candidatures/jury/letters.html",
            jury=jury,
            title=_("Courriers"),
            tab="letters",
            rules=jury.letter_rules.all(),
        )


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """The lines of this subject on the coordinator's home page."""
    return []
