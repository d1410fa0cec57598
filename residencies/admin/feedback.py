"""What structures say of the season: answers together, who was asked, the questions."""

from __future__ import annotations

from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from candidatures.admin.common import person
from clea.errors import Refused
from clea.ui.svg import Bar, bars
from residencies.admin.base import SeasonPages
from residencies.admin.relays import ReferenceAdmin
from residencies.methods.feedback import SCALE
from residencies.models import FeedbackQuestion
from residencies.selectors import feedback as selectors
from residencies.services import feedback as services


class SeasonFeedbackMixin(SeasonPages):
    """What structures say of the season."""

    def season_urls(self) -> list[URLPattern]:
        return [
            self.season_address("avis/", require_safe(self.feedback_page), "feedback"),
            self.season_address("avis/rappeler/", require_POST(self.feedback_remind), "feedback_remind"),
            self.season_address("avis/questions/", require_POST(self.feedback_questions), "feedback_questions"),
            *super().season_urls(),
        ]

    def feedback_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The answers together, or how many are missing; who was asked. About twelve queries."""
        season = self.season(request, key)
        results = selectors.results(season)
        return self.season_page(
            request,
            "admin/residencies/season/feedback.html",
            season=season,
            title=_("Avis des structures"),
            tab="feedback",
            results=results,
            plots=[(row, plot(row)) for row in results.questions],
            questions=selectors.questions(season.programme.territory),
            pending=selectors.pending(season),
        )

    def feedback_remind(self, request: HttpRequest, key: UUID) -> HttpResponse:
        season = self.season(request, key)
        try:
            count = services.remind(by=person(request), season=season)
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request,
                ngettext("Une structure est rappelée.", "%(n)d structures sont rappelées.", count) % {"n": count}
                if count
                else _("Toutes les structures sans réponse ont déjà été rappelées une fois."),
            )
        return redirect("admin:residencies_season_feedback", season.uuid)

    def feedback_questions(self, request: HttpRequest, key: UUID) -> HttpResponse:
        season = self.season(request, key)
        services.first_questions(by=person(request), territory=season.programme.territory)
        messages.success(request, _("Les questions sont prêtes : relisez-les, changez-les."))
        return redirect("admin:residencies_season_feedback", season.uuid)


def plot(row: selectors.QuestionResult) -> str:
    """How many answered each note; nothing below five answers."""
    if not row.answers.shown:
        return ""
    question = row.question
    ends = {1: f"1 – {question.low}", 5: f"5 – {question.high}"}
    return bars(
        [
            Bar(label=ends.get(note, str(note)), value=count)
            for note, count in zip(SCALE, row.answers.counts, strict=True)
        ],
        title=question.text,
        description=_("Nombre de réponses pour chaque note, de 1 à 5."),
        id_prefix=f"avis-{question.uuid.hex[:8]}",
    )


@admin.register(FeedbackQuestion)
class FeedbackQuestionAdmin(ReferenceAdmin):
    """What structures are asked after an activity."""

    territory_path = "territory"
    add_title = gettext_lazy("Ajouter une question aux structures")
    list_display = ["text", "low", "high", "position", "is_active"]
    fields = ["territory", "text", "low", "high", "position", "is_active"]

    def write(self, request: HttpRequest, obj: FeedbackQuestion) -> None:
        services.save_question(by=person(request), question=obj)

    def erase(self, request: HttpRequest, obj: FeedbackQuestion) -> None:
        services.remove_question(by=person(request), question=obj)
