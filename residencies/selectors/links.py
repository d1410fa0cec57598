"""Who takes part in sessions, or in activities: their residencies and their structures, in one query."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Value

from residencies.models import Activity, Session

#: The keys of a row → those of who takes part in it.
Links = defaultdict[int, set[int]]


def links(model: type[Session] | type[Activity], rows: Any) -> tuple[Links, Links]:
    """The residencies, and the structures, of these rows (keys, or a queryset of keys). One query."""
    name = "session" if model is Session else "activity"
    asked = {f"{name}__in": rows}
    with_them = model.residencies.through.objects.filter(**asked)
    there = model.structures.through.objects.filter(**asked)
    tables = (
        with_them.values_list(Value(0), f"{name}_id", "residency_id"),
        there.values_list(Value(1), f"{name}_id", "structure_id"),
    )
    found: tuple[Links, Links] = (defaultdict(set), defaultdict(set))
    for which, row, key in tables[0].union(tables[1], all=True):
        found[which][row].add(key)
    return found
