"""Content that the coordinator writes in French and, when they wish, in English."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language


def localised(obj: Any, field: str) -> str:
    """``field`` of ``obj`` in the reader's language, in French when there is no translation."""
    if (get_language() or "fr").startswith("en"):
        translated = getattr(obj, f"{field}_en", "")
        if translated:
            return str(translated)
    return str(getattr(obj, field))
