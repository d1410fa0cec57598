"""What a call asks of all its dossiers, read once a process while nobody writes it (``clea.journal.standing``).

Each page of a dossier needs it, and it hardly changes while the call is open.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from candidatures.models import Discipline
from clea.journal import standing

if TYPE_CHECKING:
    from candidatures.models import Call

#: Relations of a dossier's call, as they are wanted of a dossier.
PARTS = ("call__pieces", "call__criteria", "call__axes")
_known = standing.Standing(room=300)


def give(call: Call, part: str, at: standing.Mark) -> None:
    """Put the call's own rows where a prefetch would. One query, none while they stand."""
    relation = part.removeprefix("call__")
    rows: Any = getattr(call, relation).all()
    found = [copy(row) for row in _known.get(at, (call.pk, relation), lambda: list(rows))]
    for row in found:
        row.call = call
    rows._result_cache, rows._prefetch_done = found, True
    call.__dict__.setdefault("_prefetched_objects_cache", {})[relation] = rows


def disciplines(at: standing.Mark) -> list[Discipline]:
    """All there are, in their order. One query, none while they stand."""
    return [copy(row) for row in _known.get(at, Discipline, lambda: list(Discipline.objects.all()))]
