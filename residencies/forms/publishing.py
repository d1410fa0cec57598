"""The words of a bilan, written at the desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from candidatures.forms.base import Textarea
from residencies.models import Bilan
from residencies.services.bilans import FIELDS


class BilanForm(forms.ModelForm):
    """The service checks and writes it under its lock. ``seen``: the version shown; empty before the first one."""

    use_required_attribute = False
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Bilan
        fields = FIELDS
        widgets = {
            "introduction": Textarea(attrs={"rows": 8}),
            "highlights": Textarea(attrs={"rows": 10}),
            "outlook": Textarea(attrs={"rows": 6}),
        }
        error_messages = {"title": {"required": _("Donnez un titre au bilan.")}}

    def _post_clean(self) -> None:
        """The service validates the row under its lock; the form must not write into the instance."""

    def values(self) -> dict[str, Any]:
        """What the service writes. Call on a valid form."""
        return {name: self.cleaned_data[name] for name in FIELDS}
