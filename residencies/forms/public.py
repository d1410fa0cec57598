"""What the agenda may be asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from residencies.selectors.public import Window, agenda_communes
from structures.models import Commune


class AgendaForm(forms.Form):
    """A commune and days. Everything is optional; what cannot be read is said, and left aside."""

    commune = forms.ChoiceField(label=_("Commune"), required=False)
    du = forms.DateField(label=_("À partir du"), required=False, widget=forms.DateInput({"type": "date"}))
    au = forms.DateField(label=_("Jusqu'au"), required=False, widget=forms.DateInput({"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known: dict[str, Commune] = {str(commune.insee): commune for commune in agenda_communes()}
        field = self.fields["commune"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Toutes les communes")), *((key, row.name) for key, row in self.known.items())]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        since, until = data.get("du"), data.get("au")
        if since and until and until < since:
            raise ValidationError(_("Le dernier jour vient avant le premier : inversez-les."), code="order")
        return data

    def window(self) -> Window:
        """What was understood. Call it once the form was asked whether it is valid."""
        data = self.cleaned_data
        readable = not self.non_field_errors()
        return Window(
            commune=self.known.get(data.get("commune") or ""),
            since=data.get("du") if readable else None,
            until=data.get("au") if readable else None,
        )
