"""How many structures there are, by commune and by kind: counted once while nobody writes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, IntegerField, QuerySet, Value

from clea.journal import standing
from clea.worded import Question
from structures.models import Structure, Territory

_COMMUNE, _KIND = 0, 1


@dataclass(frozen=True)
class Venues:
    """Named structures in activity, by the key of a territory, a commune or a kind."""

    territories: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    communes: dict[int, int] = field(default_factory=dict)
    kinds: dict[int, int] = field(default_factory=dict)


_VENUES = standing.Standing(room=1)


def venues(territory: Territory) -> Venues:
    """Of every territory; this one tells where everything public stands. One query, none while nobody writes."""
    return _VENUES.get(standing.since(getattr(territory, "mark", None)), None, _read)


def _read() -> Venues:
    found = Venues()
    for part, territory, key, count in _COUNTS.ask():
        if part == _KIND:
            found.kinds[key] = count
            continue
        found.territories[territory] += count
        if key is not None:
            found.communes[key] = count
    return found


def _counts() -> QuerySet[Any, Any]:
    rows = Structure.objects.active().venues().order_by()
    by_commune = _counted(rows, _COMMUNE, F("territory"), F("commune"))
    by_kind = _counted(rows.filter(kinds__isnull=False), _KIND, F("territory"), F("kinds"))
    return by_commune.union(by_kind, all=True)


def _counted(rows: QuerySet[Structure], part: int, territory: F, key: F) -> QuerySet[Any, Any]:
    found = rows.values(c_part=Value(part, IntegerField()), c_territory=territory, c_key=key)
    return found.annotate(c_count=Count("*")).values_list("c_part", "c_territory", "c_key", "c_count")


_COUNTS = Question(_counts)
