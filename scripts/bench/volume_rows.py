"""Rows by the hundred thousand, on either database, in constant memory.

Tables are filled in chunks: ``COPY`` on PostgreSQL, ``executemany`` on SQLite. Keys are given here, so that a child may
name its parent before either is written; foreign keys are checked at the commit.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from django.core.management.color import no_style
from django.db import connection, models
from django.db.models import Max
from django.utils import timezone

from clea.journal import chain
from clea.journal.models import ActorRole, ActorSnapshot, ChainHead, Entry
from clea.text import SearchField, normalise

#: Rows of one table held before they are written.
CHUNK = 4_000

_MISSING = object()
#: A version 4 identifier is a number with these bits.
_V4_KEPT = ~((0xF << 76) | (0x3 << 62))
_V4_SET = (0x4 << 76) | (0x2 << 62)


class Rows:
    """Every table being filled. ``rng`` makes the same data each time; ``at`` is what ``auto_now`` columns say."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - the same data each time
        self.at = timezone.now()
        self._tables: dict[type[models.Model], _Table] = {}

    def add(self, model: type[models.Model], **values: Any) -> int:
        """One row, by column names (``call_id``); what is not said takes its default. Returns its key."""
        return self._table(model).add(values)

    def _table(self, model: type[models.Model]) -> _Table:
        table = self._tables.get(model)
        if table is None:
            table = self._tables[model] = _Table(model, self)
        return table

    def link(self, through: type[models.Model], **pair: int) -> None:
        """One row of a relation of many to many."""
        self.add(through, **pair)

    def reserve(self, model: type[models.Model]) -> int:
        """A key for a row that comes after those which name it."""
        return self._table(model).reserve()

    def uuid(self) -> UUID:
        return UUID(int=(self.rng.getrandbits(128) & _V4_KEPT) | _V4_SET)

    def flush(self) -> None:
        for table in self._tables.values():
            table.flush()

    def finish(self) -> None:
        """Write what is left, and let the database number what comes next."""
        self.flush()
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(self._tables)):
                cursor.execute(statement)

    def count(self) -> int:
        return sum(table.written for table in self._tables.values())


class _Table:
    def __init__(self, model: type[models.Model], rows: Rows) -> None:
        self._rows = rows
        self._model = model
        self._buffer: list[list[Any]] = []
        self.written = 0
        fields = list(model._meta.concrete_fields)
        key = model._meta.pk
        self._key = key.attname if isinstance(key, models.AutoField) else ""
        self._next = (model._base_manager.aggregate(top=Max("pk"))["top"] or 0) + 1 if self._key else 0
        self._plan = [(field.attname, self._default(field)) for field in fields]
        self._columns = [str(field.column) for field in fields]

    def _default(self, field: models.Field[Any, Any]) -> Callable[[dict[str, Any]], Any]:
        rows = self._rows
        if isinstance(field, SearchField):
            sources = [source for source in field.sources if "__" not in source]
            return lambda values: normalise(*(values.get(source, "") for source in sources))
        if isinstance(field, models.UUIDField) and field.has_default() and not field.null:
            return lambda _values: rows.uuid()
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            return lambda _values: rows.at
        if field.has_default() and field.default is timezone.now:
            return lambda _values: rows.at
        if field.has_default() and callable(field.default):
            return lambda _values: field.get_default()
        if not field.has_default() and not field.null and not field.empty_strings_allowed:

            def asked(_values: dict[str, Any]) -> Any:
                raise TypeError(f"{self._model.__name__}.{field.attname} has no default")

            return asked
        held = _plain(field.default if field.has_default() else _said_by_the_database(field))
        return lambda _values: held

    def add(self, values: dict[str, Any]) -> int:
        key: Any = 0
        if self._key:
            key = values.get(self._key)
            if key is None:
                key = values[self._key] = self._next
                self._next += 1
        row = []
        seen = 0
        for name, default in self._plan:
            value = values.get(name, _MISSING)
            if value is _MISSING:
                value = default(values)
            else:
                seen += 1
            row.append(value)
        if seen != len(values):
            unknown = set(values) - {name for name, _ in self._plan}
            raise TypeError(f"{self._model.__name__}: {sorted(unknown)}")
        self._buffer.append(row)
        if len(self._buffer) >= CHUNK:
            self.flush()
        return int(key or 0)

    def reserve(self) -> int:
        self._next += 1
        return self._next - 1

    def flush(self) -> None:
        if not self._buffer:
            return
        quoted = ", ".join(connection.ops.quote_name(column) for column in self._columns)
        table = connection.ops.quote_name(self._model._meta.db_table)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                self._copy(cursor, f"COPY {table} ({quoted}) FROM STDIN")
            else:
                marks = ", ".join(["%s"] * len(self._columns))
                lines = [[_for_sqlite(value) for value in row] for row in self._buffer]
                cursor.executemany(f"INSERT INTO {table} ({quoted}) VALUES ({marks})", lines)  # noqa: S608
        self.written += len(self._buffer)
        self._buffer.clear()

    def _copy(self, cursor: Any, statement: str) -> None:
        with cursor.copy(statement) as copy:
            for row in self._buffer:
                copy.write_row([_for_postgresql(value) for value in row])


def _said_by_the_database(field: models.Field[Any, Any]) -> Any:
    """The column's own default, which a new row would be given."""
    if field.db_default is not models.NOT_PROVIDED:
        return getattr(field.db_default, "value", field.db_default)
    return field.get_default()


def _plain(value: Any) -> Any:
    """What a column holds of it: an enumeration's value, a lazy text's words."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int | float | Decimal | datetime | date | time | UUID | dict | list):
        return value
    return str(value)


_SQLITE: dict[type, Callable[[Any], Any]] = {
    UUID: lambda value: value.hex,
    datetime: lambda value: connection.ops.adapt_datetimefield_value(value),
    date: lambda value: value.isoformat(),
    time: lambda value: value.isoformat(),
    Decimal: str,
    dict: json.dumps,
    list: json.dumps,
}
_AS_IT_IS = {str, int, bool, type(None), float, bytes}


def _for_sqlite(value: Any) -> Any:
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    convert = _SQLITE.get(kind)
    return convert(value) if convert else _for_sqlite(_plain(value))


_POSTGRESQL = _AS_IT_IS | {UUID, datetime, date, time, Decimal}


def _for_postgresql(value: Any) -> Any:
    kind = type(value)
    if kind in _POSTGRESQL:
        return value
    if kind in (dict, list):
        from psycopg.types.json import Jsonb

        return Jsonb(value)
    return _for_postgresql(_plain(value))


# The journal ----------------------------------------------------------------------------------------


class Journal:
    """Lines gathered as the data is made, then chained in the order of time, as ``journal.record`` would have."""

    def __init__(self, rows: Rows, now: datetime) -> None:
        self._rows, self._now = rows, now
        self._lines: list[tuple[datetime, int, str, str, str, dict[str, Any], Any]] = []
        self._actors: dict[Any, tuple[int, str]] = {}
        self._seen = 0
        self.written = 0

    def say(
        self, at: datetime, verb: str, target: str, key: Any, data: dict[str, Any] | None = None, by: Any = None
    ) -> None:
        """``target``: a model's label in lower case; ``by``: ``(uuid, label, role)``, or the machine."""
        self._seen += 1
        self._lines.append((min(at, self._now), self._seen, verb, target, str(key), data or {}, by))

    def write(self, until: datetime | None = None) -> None:
        """Chain what was gathered, up to ``until``, after what the database holds; what comes later waits in memory."""
        head, _ = ChainHead.objects.get_or_create(pk=1)
        seq, last = head.seq, head.hash
        self._lines.sort(key=lambda line: line[:2])
        ripe = len(self._lines) if until is None else sum(line[0] < until for line in self._lines)
        for at, _rank, verb, target, key, data, by in self._lines[:ripe]:
            actor, digest = self._actor(by)
            seq, previous = seq + 1, last
            details = chain.plain(data)
            last = chain.entry_hash(
                seq=seq, at=at, verb=verb, target_type=target, target_id=key, summary="", data=details,
                actor_digest=digest, prev_hash=previous,
            )  # fmt: skip
            self._rows.add(
                Entry, seq=seq, at=at, verb=verb, target_type=target, target_id=key, data=details, actor_id=actor,
                prev_hash=previous, hash=last,
            )  # fmt: skip
        self._rows.flush()
        self.written += ripe
        del self._lines[:ripe]
        head.seq, head.hash = seq, last
        head.save()

    def _actor(self, by: Any) -> tuple[int, str]:
        known = self._actors.get(by)
        if known is None:
            user_uuid, label, role = by or (None, "", ActorRole.SYSTEM.value)
            found = ActorSnapshot.objects.filter(user_uuid=user_uuid, label=label, role=role, erased_at=None).first()
            if found is not None:
                known = (found.pk, found.digest)
            else:
                salt = f"{self._rows.rng.getrandbits(256):064x}"
                digest = chain.actor_digest(salt=salt, user_uuid=user_uuid, label=label, role=role)
                key = self._rows.add(
                    ActorSnapshot, user_uuid=user_uuid, label=label, role=role, salt=salt, digest=digest
                )
                known = (key, digest)
            self._actors[by] = known
        return known


# Small things ---------------------------------------------------------------------------------------


def weekdays(first: date, last: date) -> list[date]:
    """Monday to Friday, ends included."""
    days = (first + timedelta(days=rank) for rank in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5]


def some(rng: random.Random, among: Iterable[Any], count: int) -> list[Any]:
    """``count`` of them, or all there are."""
    held = list(among)
    return rng.sample(held, min(count, len(held)))
