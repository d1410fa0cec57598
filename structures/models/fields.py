"""Fields of our own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models


class HttpsURLField(models.URLField):
    """A web address whose form completes ``exemple.fr`` with ``https://``, never ``http://``."""

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", list(args), kwargs

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        defaults: dict[str, Any] = {"form_class": forms.URLField, "assume_scheme": "https"}
        return super().formfield(**(defaults | kwargs))
