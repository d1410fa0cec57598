"""What the page of a list, and its print, read."""

from __future__ import annotations

from dataclasses import dataclass, field

from clea.privacy import holdings
from clea.privacy.enums import LineState
from clea.privacy.models import DisposalLine, DisposalList


@dataclass
class Group:
    """The lines of one category."""

    key: str
    lines: list[DisposalLine] = field(default_factory=list)

    @property
    def label(self) -> str:
        return holdings.label(self.key)

    @property
    def files(self) -> int:
        return sum(len(line.sha256) for line in self.lines)

    @property
    def size(self) -> int:
        return sum(line.size for line in self.lines)

    @property
    def rows(self) -> int:
        return sum(line.rows for line in self.lines)

    @property
    def pending(self) -> int:
        return sum(line.state == LineState.PENDING for line in self.lines)

    @property
    def kept(self) -> int:
        return sum(line.state == LineState.KEPT for line in self.lines)

    @property
    def since(self) -> object:
        return min(line.due_on for line in self.lines)


def groups(disposal: DisposalList) -> list[Group]:
    """The lines by category, the oldest first. One query."""
    found: dict[str, Group] = {}
    for line in disposal.lines.order_by("due_on", "reference", "pk"):
        found.setdefault(line.holding, Group(line.holding)).lines.append(line)
    order = {one.key: place for place, one in enumerate(holdings.everything())}
    return sorted(found.values(), key=lambda group: order.get(group.key, len(order)))
