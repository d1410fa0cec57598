"""The form renderer, one field template for the whole site; choices among many rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import django.forms
from django.conf import settings
from django.forms import ModelChoiceField
from django.forms.models import ModelChoiceIterator
from django.forms.renderers import DjangoTemplates


class CleaFormRenderer(DjangoTemplates):
    """Widgets come from Django and the apps as usual; forms and fields from ``templates/components``.

    Django's own ``TemplatesSetting`` would ask ``django.forms`` into INSTALLED_APPS and lose to any app
    that overrides a widget; this engine looks in the project first, then in Django's forms, then in
    the apps (the admin's widgets).
    """

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"

    @cached_property
    def engine(self) -> Any:
        project: dict[str, Any] = settings.TEMPLATES[0]
        own = Path(django.forms.__file__).parent / str(self.backend.app_dirname)
        return self.backend(
            {
                "APP_DIRS": True,
                "DIRS": [*project["DIRS"], own],
                "NAME": "cleaforms",
                "OPTIONS": {"builtins": project["OPTIONS"].get("builtins", [])},
            }
        )


class _Named(ModelChoiceIterator):
    """Keys and names, without an object for each row. A field that calls its rows otherwise reads them as usual."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if "label_from_instance" in vars(self.field):
            yield from super().__iter__()
            return
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from self.queryset.values_list(self.field.to_field_name or "pk", "name")


def by_name(field: ModelChoiceField[Any]) -> None:
    """Let a field offer rows that are called by their column ``name``: there may be thousands. One query."""
    field.iterator = _Named
    field.widget.choices = field.choices  # every widget of such a field has some
