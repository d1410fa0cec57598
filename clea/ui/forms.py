"""The form renderer: one field template for the whole site."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import django.forms
from django.conf import settings
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
