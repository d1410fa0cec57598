"""The few drawn signs of the site, and the shapes that go with states."""

from __future__ import annotations

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# Drawn on a 16-unit square, stroked by the style sheet (class "icon"); a leading "F" means filled.
_PATHS: dict[str, str] = {
    "check": "M2.5 8.5l3.5 3.5 7.5-8",
    "dot": "F M8 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8z",
    "ring": "M8 3.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9z",
    "half": "F M8 3a5 5 0 0 0 0 10z M8 3a5 5 0 0 1 0 10v-1.3a3.7 3.7 0 0 0 0-7.4z",
    "attention": "F M8 1.5L15 14H1z",
    "cross": "M3.5 3.5l9 9M12.5 3.5l-9 9",
    "arrow": "M2 8h11M9 4l4 4-4 4",
    "back": "M14 8H3M7 4L3 8l4 4",
    "down": "M8 2v10M4 8.5L8 12.5l4-4M2.5 14.5h11",
    "file": "M4 1.5h5l3.5 3.5v9.5H4zM9 1.5V5h3.5",
    "external": "M6 3H3v10h10v-3M9 2.5h4.5V7M13 3L7.5 8.5",
    "mail": "M1.5 3.5h13v9h-13zM1.5 4.5L8 9l6.5-4.5",
    "calendar": "M2 3.5h12V14H2zM2 6.5h12M5 1.5v3M11 1.5v3",
    "place": (
        "M8 14.5C5 11 3.5 8.5 3.5 6.5a4.5 4.5 0 0 1 9 0C12.5 8.5 11 11 8 14.5z"
        "M8 5.2a1.4 1.4 0 1 0 0 2.8a1.4 1.4 0 1 0 0-2.8z"
    ),
    "person": "M8 2a3 3 0 1 0 0 6a3 3 0 1 0 0-6zM2.5 14.5c0-3.5 2.5-5 5.5-5s5.5 1.5 5.5 5",
    "lock": "M3.5 7.5h9v7h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
    "search": "M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9zM10.3 10.3l4 4",
    "trash": "M2.5 4h11M6 4V2h4v2M4 4l.7 10.5h6.6L12 4",
    "replace": "M13.5 6.5A5.8 5.8 0 0 0 3 5M2.5 9.5A5.8 5.8 0 0 0 13 11M3 2v3.2h3.2M13 14v-3.2H9.8",
    "plus": "M8 2.5v11M2.5 8h11",
    "clock": "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13zM8 4.5V8l2.5 2",
    "info": "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13zM8 7v4.5M8 4.2v.6",
    "menu": "M2 4h12M2 8h12M2 12h12",
}

NAMES = tuple(_PATHS)

# Which shape says which tone; the word beside it says the rest.
TONES: dict[str, str] = {
    "done": "check",
    "open": "dot",
    "partial": "half",
    "attention": "attention",
    "stop": "cross",
    "idle": "ring",
}

_STATES: dict[str, str] = {
    "done": "done", "complete": "done", "selected": "done", "eligible": "done", "sent": "done", "met": "done",
    "approved": "done", "verified": "done", "paid": "done", "signed": "done",
    "open": "open", "submitted": "open", "shortlisted": "open", "interviewed": "open", "current": "open",
    "published": "open", "ready": "open",
    "started": "partial", "partial": "partial", "draft": "partial", "in_progress": "partial", "reserve": "partial",
    "attention": "attention", "missing": "attention", "to_verify": "attention", "late": "attention",
    "soon": "attention", "now": "attention", "error": "stop", "failed": "stop", "ineligible": "stop",
    "declined": "stop", "refused": "stop", "not_met": "stop", "stop": "stop",
}  # fmt: skip


def tone_of(state: str) -> str:
    """The tone of a state of the domain; an unknown one is idle."""
    return _STATES.get(state, "idle")


def svg(name: str, label: str = "") -> SafeString:
    """The sign as inline SVG. Raises ``KeyError`` for an unknown name: a typo must not pass."""
    return _drawn(name, str(label))


@lru_cache(maxsize=512, typed=True)
def _drawn(name: str, label: str) -> SafeString:
    path = _PATHS[name]
    kind = mark_safe(' data-filled=""') if path.startswith("F ") else ""
    path = path.removeprefix("F ")
    if label:
        return format_html(
            '<svg class="icon"{} viewBox="0 0 16 16" role="img" aria-label="{}"><path d="{}"/></svg>', kind, label, path
        )
    return format_html('<svg class="icon"{} viewBox="0 0 16 16" aria-hidden="true"><path d="{}"/></svg>', kind, path)
