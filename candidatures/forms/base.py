"""A draft is allowed to be incomplete: required fields are shown as such, not enforced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from clea.i18n import localised


class Textarea(forms.Textarea):
    """A text whose lines end as the page counted them: a browser counts one sign, then sends two."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return value.replace("\r\n", "\n") if isinstance(value, str) else value


class Rows(forms.TypedMultipleChoiceField):
    """Some of the rows that are offered, which the page has read already."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.CheckboxSelectMultiple, **kwargs)

    def offer(self, rows: Sequence[models.Model], label: str) -> None:
        by_key = {str(row.pk): row for row in rows}
        self.choices = [(key, localised(row, label)) for key, row in by_key.items()]
        self.coerce = by_key.__getitem__


class LenientMixin:
    """Check the shape of what is given; what is missing is the task list's business.

    ``required`` keeps its meaning for the page ("facultatif" is not written beside the field).
    """

    use_required_attribute = False
    fields: dict[str, forms.Field]

    def full_clean(self) -> None:
        required = [field for field in self.fields.values() if field.required]
        for field in required:
            field.required = False
        try:
            super().full_clean()  # type: ignore[misc]
        finally:
            for field in required:
                field.required = True

    def _post_clean(self) -> None:
        """The service validates the row under its lock; the form must not write into the instance."""


class DraftForm(LenientMixin, forms.ModelForm):
    """A page of the dossier that writes columns of the application."""


class RowForm(LenientMixin, forms.ModelForm):
    """One repeated row. A row left blank does not exist."""

    #: The column without which a row means nothing.
    key_field = ""

    def is_blank(self) -> bool:
        """Nothing was given: choices keep their default, which does not count."""
        data: dict[str, Any] = getattr(self, "cleaned_data", {})
        return not any(
            value not in (None, "", 0) and not isinstance(self.fields[name], forms.ChoiceField)
            for name, value in data.items()
            if name in self.fields
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if (
            self.key_field
            and not self.is_blank()
            and self.key_field not in self.errors
            and not data.get(self.key_field)
        ):
            self.add_error(self.key_field, self.missing_key_message())
        return data

    def missing_key_message(self) -> Any:
        return _("Donnez un intitulé à cette ligne, ou effacez-la.")


class RowFormSet(forms.BaseFormSet):
    """Rows of a page, in their order, blanks left out."""

    def values(self) -> list[dict[str, Any]]:
        """The rows to write. Call on a valid formset."""
        return [
            {name: form.cleaned_data[name] for name in form.fields if name in form.cleaned_data}
            for form in self.forms
            if not form.is_blank()
        ]


def rows_of(form: type[RowForm], *, extra: int, maximum: int) -> type[RowFormSet]:
    """A formset of ``form``; ``extra`` blank rows are offered beyond those already there."""
    made = forms.formset_factory(
        form, formset=RowFormSet, extra=extra, max_num=maximum, validate_max=True, absolute_max=maximum + 20
    )
    return cast(type[RowFormSet], made)
