"""System checks of the shell: what a public service must say before it opens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import DatabaseError


@checks.register(checks.Tags.compatibility, deploy=True)
def publisher_is_named(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn before production when the legal notice would have holes (law of 21 June 2004, art. 1-1)."""
    from clea.ui.identity import publisher

    try:
        missing = publisher().missing
    except DatabaseError:
        # Checked before the first migration: the territory is not there to ask yet.
        return []
    if not missing:
        return []
    return [
        checks.Warning(
            f"The legal notice lacks: {', '.join(missing)}.",
            hint="Set LEGAL_NOTICE in the settings, and complete the territory's contact in the coordination.",
            id="ui.W001",
        )
    ]
