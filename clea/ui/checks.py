"""System checks of the shell: what a public service must say before it opens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks


@checks.register(checks.Tags.compatibility, deploy=True)
def publisher_is_named(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn before production when the legal notice would have holes (law of 21 June 2004, art. 1-1)."""
    from clea.ui.identity import publisher

    missing = publisher().missing
    if not missing:
        return []
    return [
        checks.Warning(
            f"The legal notice lacks: {', '.join(missing)}.",
            hint="Set LEGAL_NOTICE in the settings, or register a publisher with clea.ui.identity.register().",
            id="ui.W001",
        )
    ]
