"""The shapes of what a juror sends: the grid, a remark, a conflict of interest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from candidatures.enums import Advice, ConflictReason
from candidatures.forms.base import LenientMixin, Textarea
from candidatures.methods import scoring
from candidatures.models import Review, ScoringCriterion
from candidatures.selectors.reading import Mark
from candidatures.services.jury.discussion import MAX_LENGTH
from candidatures.services.jury.reviews import Values
from clea.i18n import localised

#: Beyond, a row of buttons is longer than it is quick: the note is typed.
LONGEST_SCALE = 10
COMMENT_LENGTH = 2000
SENT = re.compile(r"(?:note|mot)_(\d{1,9})")


def _note_field(criterion: ScoringCriterion) -> forms.Field:
    common: dict[str, Any] = {"label": localised(criterion, "title"), "help_text": localised(criterion, "guidance")}
    if criterion.max_score > LONGEST_SCALE:
        return forms.IntegerField(min_value=0, max_value=criterion.max_score, **common)
    return forms.TypedChoiceField(
        choices=[(value, str(value)) for value in range(criterion.max_score + 1)],
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        **common,
    )


def _word_field(criterion: str = "") -> forms.Field:
    # Sight has the criterion just above; ears have it in the name.
    spoken = _("Commentaire : %(criterion)s") % {"criterion": criterion}
    return forms.CharField(
        label=_("Commentaire"),
        required=False,
        max_length=COMMENT_LENGTH,
        widget=Textarea(attrs={"rows": 1, "aria-label": spoken}),
    )


class _Words(LenientMixin, forms.Form):
    """What a reading says beside its notes. A draft may be incomplete: filing checks what is missing."""

    advice = forms.ChoiceField(label=_("Votre avis"), choices=Advice.choices, widget=forms.RadioSelect)
    comment = forms.CharField(
        label=_("Appréciation générale"),
        required=False,
        max_length=4000,
        widget=Textarea(attrs={"rows": 3}),
        help_text=_("Lue par la coordination, et par les autres membres une fois la discussion ouverte."),
    )
    private_notes = forms.CharField(
        label=_("Notes personnelles"),
        required=False,
        max_length=8000,
        widget=Textarea(attrs={"rows": 2}),
        help_text=_("Pour vous seul : personne d'autre ne les lit, pas même la coordination."),
    )


class ReviewForm(_Words):
    """The grid as it is shown: the call's criteria, with their guidance, then the words."""

    def __init__(self, marks: Sequence[Mark], review: Review | None, data: Any = None) -> None:
        self.marks = marks
        initial: dict[str, Any] = {}
        if review is not None:
            initial = {"advice": review.advice, "comment": review.comment, "private_notes": review.private_notes}
        for mark in marks:
            initial[f"note_{mark.criterion.pk}"] = mark.value
            initial[f"mot_{mark.criterion.pk}"] = mark.comment
        super().__init__(data, initial=initial)
        own: dict[str, forms.Field] = {}
        for mark in marks:
            own[f"note_{mark.criterion.pk}"] = _note_field(mark.criterion)
            own[f"mot_{mark.criterion.pk}"] = _word_field(localised(mark.criterion, "title"))
        self.fields = own | self.fields

    def rows(self) -> list[dict[str, Any]]:
        """For the page: each criterion with its note and its comment."""
        return [
            {"mark": mark, "note": self[f"note_{mark.criterion.pk}"], "word": self[f"mot_{mark.criterion.pk}"]}
            for mark in self.marks
        ]

    def typed(self) -> list[tuple[str, str]]:
        """What was sent, in words: to give back where the grid is no longer to be filled in."""
        given: list[tuple[str, str]] = []
        for name in self.fields if self.is_bound else ():
            value = self.data.get(name, "")
            if value:
                label = str(self.fields[name].label)
                if name.startswith("mot_"):
                    label = str(self.fields[name].widget.attrs["aria-label"])
                given.append((label, str(Advice(value).label) if value in Advice.values else value))
        return given

    def complain(self, problems: Mapping[str, str]) -> None:
        """Put what the service refused at its field."""
        for name, message in problems.items():
            if name not in self.errors:
                self.add_error(name if name in self.fields else None, message)

    def live(self) -> list[scoring.Scored]:
        """The notes as the page shows them now, for the running total."""
        if not self.is_bound:
            return [mark.scored for mark in self.marks]
        # Cleans once: what the service added to the errors stays.
        self.is_valid()
        clean = self.cleaned_data
        return [
            (mark.criterion.weight, mark.criterion.max_score, clean.get(f"note_{mark.criterion.pk}"))
            for mark in self.marks
        ]


class SentForm(_Words):
    """A grid as it arrives. It takes the criteria at their word: the service knows them, under its lock."""

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.criteria = sorted({int(found[1]) for name in data if (found := SENT.fullmatch(name))})
        for pk in self.criteria:
            self.fields[f"note_{pk}"] = forms.IntegerField(min_value=0, max_value=32767, required=False)
            if f"mot_{pk}" in data:
                self.fields[f"mot_{pk}"] = _word_field()

    def values(self) -> Values:
        """What is of the right shape; a wrong or absent field leaves what is stored."""
        self.full_clean()
        clean = {name: value for name, value in self.cleaned_data.items() if name not in self.errors}
        return Values(
            notes={pk: clean[f"note_{pk}"] for pk in self.criteria if f"note_{pk}" in clean},
            words={pk: clean[f"mot_{pk}"] for pk in self.criteria if f"mot_{pk}" in clean},
            advice=clean.get("advice"),
            comment=clean.get("comment"),
            private_notes=clean.get("private_notes"),
        )

    def json_errors(self) -> dict[str, list[str]]:
        return {name: [str(message) for message in messages] for name, messages in self.errors.items()}


class RemarkForm(forms.Form):
    text = forms.CharField(
        label=_("Votre remarque"),
        max_length=MAX_LENGTH,
        widget=Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Écrivez votre remarque avant de l'ajouter.")},
        help_text=_("Lue par les membres qui discutent ce dossier et par la coordination. Elle porte votre nom."),
    )
    use_required_attribute = False


class ConflictForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Ce qui vous lie à ce dossier"),
        choices=ConflictReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez le motif qui s'en approche le plus.")},
    )
    words = forms.CharField(
        label=_("En quelques mots"),
        required=False,
        max_length=1000,
        widget=Textarea(attrs={"rows": 3}),
        help_text=_(
            "Indispensable pour un autre motif. Lu par la seule coordination ; le procès-verbal dit le déport."
        ),
    )
    understood = forms.BooleanField(
        label=_("Je comprends que ce dossier disparaît de mon espace, et que ma lecture ne compte plus."),
        error_messages={"required": _("Cochez cette case pour confirmer votre déport.")},
    )
    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("reason") == ConflictReason.OTHER and not data.get("words", "").strip():
            self.add_error("words", _("Précisez cet autre motif en quelques mots."))
        return data
