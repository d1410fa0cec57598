"""A question to the database worded once a process and a thread, and asked again with other values.

Putting a union of tables into words takes Django longer than the database takes to answer it. A :class:`Question` is
made from a queryset of ``values_list`` where each value that changes is a :class:`Given`; its words are kept, and
what it answers is what the queryset would.

>>> open_now = Question(lambda: Call.objects.filter(closes_at__gt=Given("now", DateTimeField())).values_list("slug"))
>>> open_now.ask(now=timezone.now())
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from threading import local
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Expression, Field, QuerySet


class Given(Expression):
    """A value told when the question is asked, of the type of a field."""

    def __init__(self, name: str, field: Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]

    def told(self, values: dict[str, Any]) -> Any:
        return self.output_field.get_db_prep_value(values[self.name], connection)


#: Who wrote the words, the words, what they are told, how columns are read.
_Worded = tuple[Any, str, tuple[Any, ...], Any]
#: Shapes of a question whose words a thread keeps.
_ROOM = 64


class _Kept(local):
    """A thread has a connection of its own, which knows how to read what it answers."""

    def __init__(self) -> None:
        self.worded: dict[Hashable, _Worded | None] = {}


class Question:
    """``make`` gives the rows asked for; what it is given is what changes the words and not the values."""

    def __init__(self, make: Callable[..., QuerySet[Any, Any]]) -> None:
        self.make = make
        self._kept = _Kept()

    def ask(self, *shape: Any, **values: Any) -> Iterable[tuple[Any, ...]]:
        """The rows. One query. ``shape`` goes to ``make``: few different ones."""
        known, key = self._kept.worded, (connection.vendor, shape)
        if key not in known:
            while len(known) >= _ROOM:
                known.pop(next(iter(known)))
            known[key] = self._word(shape)
        if (worded := known[key]) is None:
            return []
        compiler, sql, params, converters = worded
        given = [one.told(values) if isinstance(one, Given) else one for one in params]
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            rows = cursor.fetchall()
        return compiler.apply_converters(rows, converters) if converters else rows

    def _word(self, shape: tuple[Any, ...]) -> _Worded | None:
        """``None``: no row can answer, whatever is told."""
        compiler = self.make(*shape).query.get_compiler(connection=connection)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return None
        return compiler, sql, tuple(params), compiler.get_converters([column[0] for column in compiler.select])
