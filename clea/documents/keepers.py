"""Whose files are whose, without this floor knowing what a dossier is.

Each domain app registers a keeper from its ``AppConfig.ready``. The desk's list of files that the
antivirus holds asks them which a person may decide of, and where each one belongs; they are told
when a file becomes readable, or stops being so, for what was made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from clea.accounts.models import User
from clea.documents.models import StoredFile


@dataclass(frozen=True)
class Place:
    """Where a file belongs: the words for it, and the desk's page where it is dealt with.

    ``private``: the desk may not read its name, which often says whose it is (a draft is nobody else's).
    """

    label: str
    url: str = ""
    private: bool = False


@dataclass(frozen=True)
class Keeper:
    """``reach``: the files a coordinator decides of, without a join. ``places``: where each lies, by primary key,
    in a known number of queries. ``changed``: called in the transaction that changed a file's state.
    """

    reach: Callable[[User], Q]
    places: Callable[[Sequence[StoredFile]], dict[int, Place]]
    changed: Callable[[StoredFile], None] = lambda stored: None


_keepers: dict[str, Keeper] = {}


def register(name: str, keeper: Keeper) -> None:
    """Add a keeper. The same name replaces."""
    _keepers[name] = keeper


def reach(user: User) -> Q:
    """The files this person may decide of: all for administrators, those of their territories for a coordinator."""
    if not user.is_active or not user.is_staff:
        return Q(pk__in=())
    if user.is_superuser:
        return Q()
    found = Q(pk__in=())
    for keeper in _keepers.values():
        found |= keeper.reach(user)
    return found


def places(files: Iterable[StoredFile]) -> dict[int, Place]:
    """Where each of these lies; a file nobody knows is absent."""
    rows = list(files)
    return {pk: place for keeper in _keepers.values() for pk, place in keeper.places(rows).items()} if rows else {}


def changed(stored: StoredFile) -> None:
    for keeper in _keepers.values():
        keeper.changed(stored)
