"""Forms about works: what an artist proposes, what a team asks for, what the coordination answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from candidatures.forms.base import Textarea
from residencies.models import Work, WorkBooking
from residencies.services.works import FIELDS


class WorkForm(forms.ModelForm):
    """A work. The service checks and writes it under its lock."""

    use_required_attribute = False
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Work
        fields = FIELDS
        widgets = {
            "description": Textarea(attrs={"rows": 5}),
            "technical_needs": Textarea(attrs={"rows": 4}),
        }
        error_messages = {
            "title": {"required": _("Donnez le titre de l'œuvre.")},
            "form": {"required": _("Dites sa forme : exposition, concert, projection, lecture…")},
        }

    def _post_clean(self) -> None:
        """The service validates the row under its lock; the form must not write into the instance."""

    def values(self) -> dict[str, Any]:
        """What the service writes. Call on a valid form."""
        return {name: self.cleaned_data[name] for name in FIELDS}


class BookingForm(forms.ModelForm):
    """A team asks for a work."""

    use_required_attribute = False

    class Meta:
        model = WorkBooking
        fields = ("dates", "public", "people", "words")
        widgets = {"dates": Textarea(attrs={"rows": 3}), "words": Textarea(attrs={"rows": 4})}
        help_texts = {
            "dates": _("Plusieurs possibilités, avec les heures : « les mardis de mars, l'après-midi »."),
            "public": _("Par exemple « les habitants du quartier » ou « deux classes de CM1 »."),
            "words": _("La salle, ce dont elle dispose, ce que vous vous demandez."),
        }
        error_messages = {
            "dates": {"required": _("Donnez au moins une date possible.")},
            "public": {"required": _("Dites pour qui vous la demandez.")},
        }

    def _post_clean(self) -> None:
        """The service validates the row under its lock."""


class AnswerForm(forms.Form):
    """The coordination's words; required for a refusal."""

    answer = forms.CharField(
        label=_("Vos mots à la structure"), max_length=2000, required=False, widget=Textarea(attrs={"rows": 4})
    )
