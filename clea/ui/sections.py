"""What an upper floor adds to a page of a lower one: the agenda on a commune's page, say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Section:
    """A block of a page: its template and what the template reads."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


Provider = Callable[[HttpRequest, Any], Section | None]
_providers: dict[str, list[Provider]] = {}


def register(page: str, provider: Provider) -> None:
    """Add a block to the page of that name ("commune", "structure", "home"…), from an ``AppConfig.ready``."""
    known = _providers.setdefault(page, [])
    if provider not in known:
        known.append(provider)


def of(page: str, request: HttpRequest, subject: Any) -> list[Section]:
    """The blocks of this page for this subject, in the order they were registered. Costs what they cost."""
    found = (provider(request, subject) for provider in _providers.get(page, []))
    return [section for section in found if section is not None]
