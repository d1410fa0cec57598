"""What a structure answers after an activity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from residencies.methods.feedback import SCALE
from residencies.models import Feedback, FeedbackQuestion


class FeedbackForm(forms.Form):
    """One scale a question, and words. Nothing is required but something."""

    def __init__(self, data: Any = None, *, questions: Sequence[FeedbackQuestion]) -> None:
        super().__init__(data)
        self.questions = questions
        for question in questions:
            notes = [
                (
                    str(note),
                    f"1 – {question.low}" if note == 1 else f"5 – {question.high}" if note == 5 else str(note),
                )
                for note in SCALE
            ]
            self.fields[self.name_of(question)] = forms.ChoiceField(
                label=question.text,
                choices=[*notes, ("", _("sans objet"))],
                required=False,
                initial=None,
                widget=forms.RadioSelect,
            )
        self.fields["words"] = forms.CharField(
            label=_("En quelques mots"),
            help_text=_(
                "Ce qui a compté, ce que vous changeriez. Ne nommez personne : vos mots seront lus avec les autres."
            ),
            required=False,
            max_length=Feedback._meta.get_field("words").max_length,
            widget=forms.Textarea(attrs={"rows": 5}),
        )

    @staticmethod
    def name_of(question: FeedbackQuestion) -> str:
        return f"q_{question.uuid.hex}"

    def scales(self) -> list[BoundField]:
        return [self[self.name_of(question)] for question in self.questions]

    def scores(self) -> dict[FeedbackQuestion, int | None]:
        given = self.cleaned_data
        return {
            question: int(given[self.name_of(question)]) if given[self.name_of(question)] else None
            for question in self.questions
        }
