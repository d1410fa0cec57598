"""Whose messages are whose, without this floor knowing what a territory is.

``structures`` registers a function that answers which scopes (slugs of territories) a person
holds. Closed by default: while none is registered, only administrators see anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from django.db.models import Q

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User

    AnyUser: TypeAlias = User | AnonymousUser
    Holder: TypeAlias = Callable[[AnyUser], set[str] | None]
    Names: TypeAlias = Callable[[], Mapping[str, str]]

_HOLDERS: list[Holder] = []
_NAMES: list[Names] = []


def register(holder: Holder, *, names: Names | None = None) -> None:
    """Add a source of rights. ``holder(user)`` gives the scopes held, or ``None`` for all.

    ``names()`` gives every scope with the name people read; it fills the lists of choices.
    """
    if holder not in _HOLDERS:
        _HOLDERS.append(holder)
    if names is not None and names not in _NAMES:
        _NAMES.append(names)


def held_by(user: AnyUser) -> set[str] | None:
    """The scopes this person handles; ``None`` means all, the empty set none."""
    if not user.is_authenticated or not user.is_active or not user.is_staff:
        return set()
    if user.is_superuser:
        return None
    held: set[str] = set()
    for holder in _HOLDERS:
        scopes = holder(user)
        if scopes is None:
            return None
        held |= scopes
    # The empty scope is the installation's own: nobody holds it but administrators.
    return held - {""}


def condition(user: AnyUser) -> Q:
    """The rows this person handles, as a condition on their ``scope``."""
    held = held_by(user)
    return Q() if held is None else Q(scope__in=held)


def holds(user: AnyUser, scope: str) -> bool:
    """Whether this person handles that scope."""
    held = held_by(user)
    return held is None or scope in held


def names() -> dict[str, str]:
    """Every known scope with its name."""
    return {slug: name for source in _NAMES for slug, name in source().items()}
