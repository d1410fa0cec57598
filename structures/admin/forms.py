"""Forms of the desk that are no model's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from structures.models import Structure


def with_commune(structure: Structure) -> str:
    """Two communes may have the same "Médiathèque Jean-Macé"."""
    return f"{structure.name} – {structure.commune}" if structure.commune else structure.name


class MergeForm(forms.Form):
    """Which structure is kept, and the word that it cannot be undone."""

    structures = forms.CharField(widget=forms.HiddenInput())
    keep = forms.ModelChoiceField(
        Structure.objects.none(), label=_("Structure gardée"), widget=forms.RadioSelect(), empty_label=None
    )
    understood = forms.BooleanField(
        label=_("J'ai compris : la fusion ne s'annule pas."),
        error_messages={"required": _("Cochez la case pour confirmer la fusion.")},
    )

    def __init__(self, *args: Any, structures: Sequence[Structure], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["structures"].initial = ",".join(str(structure.uuid) for structure in structures)
        keep = self.fields["keep"]
        keep.queryset = Structure.objects.filter(pk__in=[row.pk for row in structures]).select_related("commune")  # type: ignore[attr-defined]
        keep.label_from_instance = with_commune  # type: ignore[attr-defined]
