"""What a call is made of, each part with its help beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from candidatures.models import (
    Axis,
    Call,
    CallPeriod,
    CallPiece,
    CallSection,
    EligibilityCriterion,
    FrequentQuestion,
    MoneyRules,
    Position,
    Review,
    ScoringCriterion,
)
from structures.admin.scope import ScopedInlineMixin

if TYPE_CHECKING:
    _Stacked = admin.StackedInline[Any, Call]
    _Tabular = admin.TabularInline[Any, Call]
    _ModelForm = forms.ModelForm[Any]

else:
    _Stacked = admin.StackedInline
    _Tabular = admin.TabularInline
    _ModelForm = forms.ModelForm

ENGLISH = _("En anglais (facultatif : le français s'affiche à défaut)")


def _texts(rows: int) -> Mapping[Any, Mapping[str, Any]]:
    """Texts of so many lines, as wide as the page allows."""
    return {models.TextField: {"widget": forms.Textarea(attrs={"rows": rows, "cols": 80, "class": "vLargeTextField"})}}


_LONG, _SHORT = _texts(8), _texts(3)


class FoldedInline(ScopedInlineMixin, _Stacked):
    """A part of the call that opens on demand: the page is long, its table of contents is not."""

    classes: Sequence[str] = ["collapse"]
    extra = 0


class PositionInline(ScopedInlineMixin, _Tabular):
    model = Position
    fields = ["order", "title", "title_en", "count"]
    extra = 0
    verbose_name_plural = _("Résidences proposées")


class PeriodInline(ScopedInlineMixin, _Tabular):
    model = CallPeriod
    fields = ["kind", "title", "title_en", "starts_on", "ends_on"]
    extra = 0
    verbose_name_plural = _("Périodes de présence et temps forts (premier et dernier jour compris)")


class AxisInline(FoldedInline):
    model = Axis
    formfield_overrides = _SHORT
    fieldsets = [
        (None, {"fields": [("title", "order"), "text"]}),
        (ENGLISH, {"fields": ["title_en", "text_en"], "classes": ["collapse"]}),
    ]
    verbose_name_plural = _("Axes du contrat : appréciés, jamais éliminatoires")


class SectionInline(FoldedInline):
    model = CallSection
    formfield_overrides = _LONG
    prepopulated_fields = {"slug": ["title"]}
    fieldsets = [
        (None, {"fields": [("title", "order"), "slug", "text"]}),
        (ENGLISH, {"fields": ["title_en", "text_en"], "classes": ["collapse"]}),
    ]
    verbose_name_plural = _("Texte de l'appel, par chapitres")


class CallPieceForm(_ModelForm):
    """A piece that people already gave keeps its code: their dossiers are found by it."""

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        before = self.initial.get("code")
        if before and code != before and self.instance.call.applications.exists():
            raise forms.ValidationError(
                _("Des dossiers sont commencés avec cette pièce : gardez son identifiant, changez plutôt son intitulé.")
            )
        return code


class PieceInline(FoldedInline):
    model = CallPiece
    form = CallPieceForm
    formfield_overrides = _SHORT
    prepopulated_fields = {"code": ["title"]}
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("title", "order"),
                    "code",
                    ("form", "required"),
                    "help",
                    ("max_mb", "max_pages"),
                    "identifying",
                ]
            },
        ),
        (ENGLISH, {"fields": ["title_en", "help_en"], "classes": ["collapse"]}),
    ]
    verbose_name_plural = _("Pièces demandées (le budget et les conditions ont leur propre page dans le dossier)")


class CriterionInline(FoldedInline):
    model = EligibilityCriterion
    formfield_overrides = _SHORT
    fieldsets = [
        (None, {"fields": [("text", "order"), "help"]}),
        (ENGLISH, {"fields": ["text_en", "help_en"], "classes": ["collapse"]}),
    ]
    verbose_name_plural = _("Conditions de recevabilité, déclarées par l'artiste puis vérifiées ici")


class ScoringInline(ScopedInlineMixin, _Tabular):
    model = ScoringCriterion
    formfield_overrides = {models.TextField: {"widget": forms.Textarea(attrs={"rows": 2, "cols": 32})}}
    fields = ["order", "title", "title_en", "guidance", "guidance_en", "weight", "max_score"]
    extra = 0
    classes = ["collapse"]
    verbose_name_plural = _("Critères d'appréciation du jury")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not once a reading is filed: it lacks the new note, and would leave every mean."""
        if obj is not None and Review.objects.filed().filter(application__call=obj).exists():
            return False
        return super().has_add_permission(request, obj)


class QuestionInline(FoldedInline):
    model = FrequentQuestion
    formfield_overrides = _SHORT
    fieldsets = [
        (None, {"fields": [("question", "order"), "answer"]}),
        (ENGLISH, {"fields": ["question_en", "answer_en"], "classes": ["collapse"]}),
    ]
    verbose_name_plural = _("Questions fréquentes")


class MoneyInline(FoldedInline):
    """One set of rules a call. An empty amount or share: the call has no such rule."""

    model = MoneyRules
    # Amounts as French people type them: a comma, or a dot.
    formfield_overrides = {**_SHORT, models.DecimalField: {"localize": True}}
    max_num = 1
    min_num = 0
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("net_allowance", "allowance_months"),
                    "employer_ceiling",
                    ("cachet_max_percent", "author_max_percent"),
                    "budget_required",
                    "travel_lump_sum",
                    "return_trips",
                    "lodging_provided",
                    "covered",
                    "not_covered",
                ],
                "description": _("Un montant ou une part laissés vides : l'appel n'a pas cette règle."),
            },
        ),
        (ENGLISH, {"fields": ["covered_en", "not_covered_en"], "classes": ["collapse"]}),
    ]
    verbose_name_plural = _("Règles financières")


INLINES: list[type[admin.options.InlineModelAdmin]] = [
    PositionInline,
    PeriodInline,
    SectionInline,
    AxisInline,
    PieceInline,
    CriterionInline,
    MoneyInline,
    ScoringInline,
    QuestionInline,
]


def has_dossiers(request: HttpRequest, call: Call | None) -> bool:
    """Whether somebody has begun a dossier. One query a request."""
    if call is None or call.pk is None:
        return False
    if not hasattr(request, "_call_has_dossiers"):
        request._call_has_dossiers = call.applications.exists()  # type: ignore[attr-defined]
    return bool(request._call_has_dossiers)  # type: ignore[attr-defined]
