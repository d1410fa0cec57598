"""Who may read a file: closed unless a domain app says otherwise.

``clea.documents`` knows no domain. Each app that owns files registers one resolver from its
``AppConfig.ready``; the first that grants wins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from clea.accounts.models import User
from clea.documents.models import StoredFile


@dataclass(frozen=True)
class Grant:
    """Leave to read one file.

    ``filename`` is what the browser proposes to save; ``inline`` shows it in the page's viewer;
    ``cleaned`` serves a copy without metadata; ``journal_target`` is what the journal says was
    read (the file itself when absent).
    """

    filename: str
    inline: bool = True
    journal_target: Model | None = None
    cleaned: bool = False


Resolver = Callable[[User | AnonymousUser, StoredFile], Grant | None]

_resolvers: list[Resolver] = []


def register(resolver: Resolver) -> Resolver:
    """Add a resolver; usable as a decorator. Registering one twice changes nothing."""
    if resolver not in _resolvers:
        _resolvers.append(resolver)
    return resolver


def unregister(resolver: Resolver) -> None:
    """Take a resolver away (tests)."""
    _resolvers.remove(resolver)


def grant_for(user: User | AnonymousUser, stored_file: StoredFile) -> Grant | None:
    """The first grant a resolver gives, or None: nobody vouches for this reading."""
    for resolver in _resolvers:
        if grant := resolver(user, stored_file):
            return grant
    return None
