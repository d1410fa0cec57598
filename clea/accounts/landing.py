"""The spaces that some people have beside their own: where they land, what the header offers.

A domain app registers a space from its ``AppConfig.ready``; nothing here knows what it is. Who has
which is asked of the database when a person signs in, or opens such a space, and kept in their
session: the header then costs no query on any page, to anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import reverse

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from clea.accounts.models import User

SESSION_KEY = "spaces"


@dataclass(frozen=True)
class Space:
    """A link of the header. ``url_name`` takes no argument; ``opens_to`` costs one query at most."""

    key: str
    label: str | _StrPromise
    url_name: str
    opens_to: Callable[[User], bool]

    @property
    def url(self) -> str:
        return reverse(self.url_name)


_spaces: dict[str, Space] = {}


def register(space: Space) -> None:
    """Add a space, or replace the one that goes by the same key."""
    _spaces[space.key] = space


def remember(request: HttpRequest) -> list[Space]:
    """Ask which spaces are open to this person and keep it. One query a space registered."""
    if not request.user.is_authenticated:
        return []
    found = [space for space in _spaces.values() if space.opens_to(request.user)]
    note(request, {space.key for space in found})
    return found


def note(request: HttpRequest, keys: set[str]) -> None:
    """Keep what is already known. The session is written only when it changes."""
    if request.session.get(SESSION_KEY, []) != sorted(keys):
        request.session[SESSION_KEY] = sorted(keys)


def opened(request: HttpRequest, key: str) -> None:
    """The person has just come in: the header may say so from now on. No query."""
    note(request, {*request.session.get(SESSION_KEY, []), key})


def known(request: HttpRequest) -> list[Space]:
    """What the session remembers. No query of its own."""
    kept = getattr(request, "session", {}).get(SESSION_KEY, [])
    return [space for key, space in _spaces.items() if key in kept]
