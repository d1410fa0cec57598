"""The register of what is held about people: each app declares its holdings when it starts.

A holding says to a person what is kept, of whom, why and for how long; and to the program how to find
what is past its time and how to take it away. A retention that nobody declared cannot be carried out,
and a model that holds personal data and that no holding names is found by a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words: TypeAlias = str | _StrPromise
else:
    Words = Any


@dataclass(frozen=True)
class Due:
    """One thing that has an end: a dossier, the registrations of an event, an account.

    ``subject`` is a public key (a uuid, as text) that means nothing once it is gone; ``reference`` a number
    or a title, never a person's name. ``since``: the day the clock was started; ``due_on``: the first day it
    may go. ``warned``: somebody was, or must be, told beforehand. ``rows`` and ``sha256``: what goes with it.
    """

    subject: str
    reference: str
    since: date
    due_on: date
    rows: int = 1
    sha256: tuple[str, ...] = ()
    size: int = 0


@dataclass(frozen=True)
class Disposed:
    """What really went: rows by model, and the files' fingerprints."""

    rows: Mapping[str, int] = field(default_factory=dict)
    sha256: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        return sum(self.rows.values())


#: ``(scope, until)``: everything of a territory (``""``: of the installation) due on that day or before.
Finder = Callable[[str, date], Iterable[Due]]
#: ``(by=, scope=, subject=)``: takes it away, in the caller's transaction. ``None``: it had gone already.
#: Raises ``Refused`` when it may not go any more (the person agreed meanwhile, a procedure runs again).
Disposer = Callable[..., Disposed | None]
#: ``(scope=, subject=, due_on=)``: tell the person, in the caller's transaction; whether there was anybody to tell.
Warner = Callable[..., bool]


@dataclass(frozen=True)
class Holding:
    """One line of the register of processing, and how its retention is carried out.

    ``models``: labels ("candidatures.Application") whose rows hold personal data. ``approved``: a person
    approves its disposal from a list; otherwise the clock does it by itself (``sweep``: ``today`` → how many),
    for what is no archive: sessions, results of long work, addresses left by their owner.
    """

    key: str
    label: Words
    people: Words
    data: Words
    purpose: Words
    basis: Words
    duration: Words
    clock: Words
    erasure: Words
    statistics: Words = ""
    recipients: Words = ""
    models: tuple[str, ...] = ()
    rank: int = 50
    find: Finder | None = None
    dispose: Disposer | None = None
    warn: Warner | None = None
    sweep: Callable[[date], int] | None = None


_holdings: dict[str, Holding] = {}


def register(*holdings: Holding) -> None:
    """Add holdings, from an ``AppConfig.ready``. ``ValueError`` on a key another one has taken."""
    for one in holdings:
        if _holdings.get(one.key, one) is not one:
            raise ValueError(f"the holding {one.key!r} is already registered")
        if (one.find is None) != (one.dispose is None):
            raise ValueError(f"{one.key}: what is found must be disposed of, and the other way round")
        _holdings[one.key] = one


def everything() -> list[Holding]:
    """All holdings, in the order in which they are disposed of: a dossier before the account that holds it."""
    return sorted(_holdings.values(), key=lambda one: (one.rank, one.key))


def get(key: str) -> Holding:
    """The holding of this key. Raises ``LookupError`` for one whose app has since been removed."""
    return _holdings[key]


_pages: dict[str, Callable[[str], str]] = {}


def shown_at(key: str, address: Callable[[str], str]) -> None:
    """Where the desk shows what a line of this holding speaks of: its public key → an address."""
    _pages[key] = address


def page(key: str, subject: str) -> str:
    """The desk's page of one thing of a list, ``""`` when it has none: a list names nobody, one must read to judge."""
    return _pages[key](subject) if key in _pages else ""


def label(key: str) -> str:
    return str(_holdings[key].label) if key in _holdings else key
