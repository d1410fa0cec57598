"""What needs the coordinator's attention, given by the domain apps to the desk's first page.

Many rows may ask for the same thing (six inventories to make, in six lodgings): it is one line, that
counts them and names them. Lines are grouped by the moments of the work that the menu names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise

from clea.ui import dates, navigation

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Urgency = Literal["now", "soon", "info"]
_RANK: dict[str, int] = {"now": 0, "soon": 1, "info": 2}


@dataclass(frozen=True)
class DeskItem:
    """One thing to do: a count, what it counts, and the list to open.

    ``label`` made by ``ngettext_lazy`` without a number is said for ``count``, and merges with the items
    of the same label: ``detail`` is then what tells them apart (an artist, a season, a call).
    ``urgency``: ``now`` (a person waits or a legal time runs), ``soon`` (this week), ``info``.
    ``subject``: the key of a group of the menu. ``since``, ``until``: how long it has waited, may wait.
    """

    label: Any
    count: int
    url: str
    urgency: Urgency = "info"
    detail: str | _StrPromise = ""
    subject: str = ""
    since: date | datetime | None = None
    until: date | datetime | None = None
    kind: tuple[str, str] | None = field(init=False, default=None)
    _words: Any = field(init=False, default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        # A plural without its number reads as nothing until it has one.
        if isinstance(self.label, Promise) and str(self.label) == "":
            object.__setattr__(self, "_words", self.label)
            object.__setattr__(self, "kind", (str(self.label % 1), str(self.label % 2)))
            object.__setattr__(self, "label", self.words(self.count))

    def words(self, count: int) -> Any:
        return self.label if self._words is None else self._words % count


@dataclass
class Line:
    """What the page shows of one item, or of several that ask for the same thing."""

    items: list[DeskItem]

    @property
    def count(self) -> int:
        return sum(item.count for item in self.items)

    @property
    def label(self) -> Any:
        return self.items[0].words(self.count)

    @property
    def urgency(self) -> Urgency:
        return self.items[0].urgency

    @property
    def url(self) -> str:
        """Where to go: the one place there is, or the first's, the others being named after it."""
        return self.items[0].url

    @property
    def detail(self) -> Any:
        return self.items[0].detail if len(self.items) == 1 else ""

    @property
    def parts(self) -> list[DeskItem]:
        """Each of several, by what tells it from the others."""
        return self.items if len(self.items) > 1 else []

    @property
    def since(self) -> date | None:
        return min((_day(item.since) for item in self.items if item.since), default=None)

    @property
    def until(self) -> date | None:
        return min((_day(item.until) for item in self.items if item.until), default=None)

    @property
    def late(self) -> bool:
        return self.until is not None and self.until < timezone.localdate()


@dataclass
class Heading:
    """The lines of one moment of the work, the most urgent first."""

    key: str
    label: Any
    lines: list[Line]


DeskProvider = Callable[[HttpRequest], list[DeskItem]]
_providers: list[DeskProvider] = []
_subjects: dict[DeskProvider, str] = {}


def register(provider: DeskProvider, subject: str = "") -> DeskProvider:
    """Add a provider, from an ``AppConfig.ready``. Registering twice changes nothing.

    ``subject``: the group of the menu its items belong to, unless they say another.
    """
    if provider not in _providers:
        _providers.append(provider)
    _subjects[provider] = subject
    return provider


def items_for(request: HttpRequest) -> list[DeskItem]:
    """Every item for this person, the most urgent first, in the providers' order otherwise.

    Costs what the providers cost. A provider gives the items of the person's own territories.
    """
    items = []
    for provider in _providers:
        for item in provider(request):
            if not item.subject and _subjects.get(provider):
                object.__setattr__(item, "subject", _subjects[provider])
            items.append(item)
    return sorted(items, key=lambda item: _RANK[item.urgency])


def about(subject: str, items: Iterable[DeskItem]) -> list[DeskItem]:
    """The same items, of that group of the menu."""
    found = list(items)
    for item in found:
        object.__setattr__(item, "subject", subject)
    return found


def grouped(items: Iterable[DeskItem]) -> list[Heading]:
    """The items as lines, same things merged, under the menu's headings and in its order. No query."""
    by_subject: dict[str, list[Line]] = {}
    known: dict[Any, Line] = {}
    for item in items:
        key = (item.subject, item.urgency, item.kind) if item.kind else None
        if key is not None and key in known:
            known[key].items.append(item)
            continue
        line = Line([item])
        by_subject.setdefault(item.subject, []).append(line)
        if key is not None:
            known[key] = line
    return [
        Heading(group.key, group.label, by_subject.pop(group.key))
        for group in navigation.groups()
        if group.key in by_subject
    ] + [Heading(key, "", lines) for key, lines in by_subject.items()]


def _day(value: date | datetime) -> date:
    found = dates.local(value)
    return found.date() if isinstance(found, datetime) else found
