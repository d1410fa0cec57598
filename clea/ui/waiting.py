"""What waits, counted for the desk's first page: many small questions, asked of the database in one statement.

A subject of the desk says which rows wait (:func:`counted`) and what its lines say of them (:class:`Subject`); whoever
shows several subjects asks for the rows of all of them at once (:func:`lines_of`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import CharField, Count, DateField, Expression, F, Field, QuerySet, UUIDField, Value
from django.http import HttpRequest

from clea.ui.desk import DeskItem


class Wait(NamedTuple):
    """So many rows of a kind, in one place: a season, a residency, a jury; or nowhere in particular."""

    kind: str
    n: int
    key: UUID | None
    name: str
    #: What the places are sorted by, before their name.
    order: date | None
    since: date | None
    until: date | None

    def with_(self, other: Wait) -> Wait:
        """Both, where two questions were asked about one kind."""
        since = min((day for day in (self.since, other.since) if day), default=None)
        until = max((day for day in (self.until, other.until) if day), default=None)
        return self._replace(n=self.n + other.n, since=since, until=until)


class Waits:
    """What was found, the places in their order."""

    def __init__(self, found: Iterable[Wait]) -> None:
        self._found: list[Wait] = []
        known: dict[tuple[str, UUID | None], int] = {}
        for one in found:
            at = known.setdefault((one.kind, one.key), len(self._found))
            if at < len(self._found):
                self._found[at] = self._found[at].with_(one)
            elif one.n:
                self._found.append(one)
            else:
                del known[one.kind, one.key]

    def of(self, kind: str) -> list[Wait]:
        return [one for one in self._found if one.kind == kind]

    def total(self, *kinds: str) -> int:
        return sum(one.n for one in self._found if one.kind in kinds)

    def places(self, *kinds: str) -> dict[UUID | None, dict[str, Wait]]:
        """For each place where one of these kinds waits: which of them, by kind."""
        found: dict[UUID | None, dict[str, Wait]] = {}
        for one in self._found:
            if one.kind in kinds:
                found.setdefault(one.key, {})[one.kind] = one
        return found


@dataclass(frozen=True)
class Subject:
    """A subject of the desk's first page: the rows that wait, and what is said of them. Asked alone: one query."""

    rows: Callable[[HttpRequest], Iterable[QuerySet[Any]]]
    lines: Callable[[HttpRequest, Waits], list[DeskItem]]

    def __call__(self, request: HttpRequest) -> list[DeskItem]:
        return self.lines(request, ask(self.rows(request)))


def counted(
    kind: str,
    rows: QuerySet[Any],
    *,
    key: str = "",
    name: str = "",
    order: str = "",
    n: Expression | None = None,
    since: Expression | None = None,
    until: Expression | None = None,
) -> QuerySet[Any]:
    """How many of these rows, by place, as :class:`Wait` tells it.

    ``key``, ``name``, ``order``: the paths to a place's identifier, its name and the day it is sorted by; without a
    key, all rows are counted together. ``n``: what is counted, if not the rows. ``since``, ``until``: two days of the
    rows, as aggregates.
    """
    place = {
        "wait_kind": Value(kind, output_field=CharField()),
        "wait_key": F(key) if key else _Nothing(UUIDField()),
        "wait_name": F(name) if name else Value("", output_field=CharField()),
        "wait_order": F(order) if order else _Nothing(DateField()),
    }
    told = {
        "wait_n": n or Count("pk"),
        "wait_since": since or _Nothing(DateField()),
        "wait_until": until or _Nothing(DateField()),
    }
    grouped = rows.order_by().annotate(**place).values(*place).annotate(**told)
    return grouped.values_list(*(f"wait_{column}" for column in Wait._fields))


def ask(rows: Iterable[QuerySet[Any]]) -> Waits:
    """What waits among all these. One query, whatever their number; none for none."""
    asked = list(rows)
    if not asked:
        return Waits([])
    whole = asked[0].union(*asked[1:], all=True) if asked[1:] else asked[0]
    return Waits(Wait(*values) for values in whole.order_by("wait_order", "wait_name", "wait_key"))


def lines_of(request: HttpRequest, subjects: Iterable[Subject]) -> dict[Subject, list[DeskItem]]:
    """The lines of each of these subjects. One query."""
    asked = list(subjects)
    found = ask(row for subject in asked for row in subject.rows(request))
    return {subject: subject.lines(request, found) for subject in asked}


class _Nothing(Value):
    """No value, of a type: a union's columns are typed by its first statement, which may have none to show."""

    def __init__(self, field: Field[Any, Any]) -> None:
        super().__init__(None, output_field=field)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        return f"CAST(NULL AS {self.output_field.db_type(connection)})", ()
