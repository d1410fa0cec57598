"""The forms of a jury's letters: which dossiers and by when, and one rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from candidatures.admin.fields import deadline_field
from candidatures.forms.base import Textarea
from candidatures.models import LetterRule

if TYPE_CHECKING:
    from collections.abc import Sequence

    _Form = forms.Form
    _ModelForm = forms.ModelForm[LetterRule]
else:
    _Form, _ModelForm = forms.Form, forms.ModelForm

_EITHER = [("", _("sans importance")), ("True", _("oui")), ("False", _("non"))]


def _either(value: str) -> bool | None:
    return {"True": True, "False": False}.get(value)


class DraftForm(_Form):
    """The last moment for those who are offered a residency."""

    answer_by = deadline_field(_("Réponse attendue, pour les candidatures retenues"), required=False)


class RuleForm(_ModelForm):
    """One rule: when it applies, and its text in both languages. ``seen``: what the person was looking at."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    interviewed = forms.TypedChoiceField(
        label=_("Artiste reçu en entretien"), choices=_EITHER, coerce=_either, empty_value=None, required=False
    )
    reasoned = forms.TypedChoiceField(
        label=_("Motif à communiquer"), choices=_EITHER, coerce=_either, empty_value=None, required=False
    )

    class Meta:
        model = LetterRule
        fields = [
            "name",
            "outcome",
            "interviewed",
            "reasoned",
            "is_active",
            "subject",
            "body",
            "subject_en",
            "body_en",
        ]
        widgets = {
            "name": forms.TextInput(attrs={"class": "vTextField"}),
            "subject": forms.TextInput(attrs={"class": "vTextField"}),
            "subject_en": forms.TextInput(attrs={"class": "vTextField"}),
            "body": Textarea(attrs={"rows": 14, "cols": 80}),
            "body_en": Textarea(attrs={"rows": 14, "cols": 80}),
        }
        help_texts = {
            "name": _("Pour vous seul : l'artiste ne le lit pas."),
            "body": _("Une ligne vide sépare deux paragraphes, « - » ouvre une liste, deux astérisques : gras."),
            "body_en": _("Vide : le texte français part à tout le monde."),
        }

    def __init__(self, data: Any = None, *, instance: LetterRule, mark: str) -> None:
        super().__init__(data, instance=instance, initial={"seen": mark})

    def _post_clean(self) -> None:
        """The service validates the rule under its lock; here, its values only."""
        for name in self.Meta.fields:
            if name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])

    def look_again(self, mark: str) -> None:
        """After a stale write: what was typed stays, and now answers to what is there."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["seen"] = mark  # type: ignore[index]


class SampleForm(_Form):
    """The dossier a rule is tried on."""

    dossier = forms.ChoiceField(label=_("Essayer avec"), required=False)

    def __init__(self, data: Any = None, *, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["dossier"].choices = choices  # type: ignore[attr-defined]
