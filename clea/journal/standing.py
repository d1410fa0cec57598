"""What is long to read and seldom changes, kept in this process while nobody wrote anything it may come from.

It is read again as soon as the mark of :mod:`clea.journal.changes` moves, in whichever process the write was: a
process that keeps nothing, or that has just started, says the same.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Subquery

from clea.journal import changes
from clea.journal.models import ChainHead

#: Were a write's mark lost with the machine, how long one would go without it.
_SECONDS = 600

#: Where everything stood when something was read; ``None`` when nothing may be kept.
Mark = tuple[str, int] | None

Found = TypeVar("Found")


def mark() -> Mark:
    """To be asked for before reading. Inside a transaction, which may have written: nothing is kept. One query."""
    if connection.in_atomic_block or (found := changes.mark()) is None:
        return None
    return found, int(time.time()) // _SECONDS


def word() -> Subquery:
    """The mark's word, for a query that reads something else as well: what it says is given to :func:`since`."""
    return Subquery(ChainHead.objects.filter(pk=1).values("public")[:1])


def since(word: str | None) -> Mark:
    """The mark of a word read by one's own query. In a transaction that wrote something seen: nothing is kept."""
    return (word, int(time.time()) // _SECONDS) if word and not changes.wrote() else None


class Standing:
    """The last things read, a few of them, each under its key. What is kept is shared: never to be changed."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._known: OrderedDict[Hashable, tuple[Mark, Any]] = OrderedDict()
        self._lock = Lock()

    def get(self, at: Mark, key: Hashable, read: Callable[[], Found]) -> Found:
        """What is kept under this key since this mark, or what ``read`` finds. No table of which writes go unseen."""
        if at is None:
            return read()
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
        if known is not None and known[0] == at:
            kept: Found = known[1]
            return kept
        found = read()
        with self._lock:
            self._known[key] = (at, found)
            self._known.move_to_end(key)
            while len(self._known) > self._room:
                self._known.popitem(last=False)
        return found
