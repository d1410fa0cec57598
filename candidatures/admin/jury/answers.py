"""Answers, positions, the reserve list, other territories, publication."""

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


class AnswersMixin(_Base):
    def jury_urls(self) -> list[URLPattern]:
        return [self.address("reponses/", self.answers_page, "answers"), *super().jury_urls()]

    def answers_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The positions of the call."""
        jury = self.jury(request, key)
        return self.jury_page(
            request,
            "admin/candidatures/jury/answers.html",
            jury=jury,
            title=_("Réponses"),
            tab="answers",
            positions=jury.call.positions.all(),
        )


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """The lines of this subject on the coordinator's home page."""
    return []
