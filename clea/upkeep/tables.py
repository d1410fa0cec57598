"""The rows of a database in a form that both databases give and take: one JSON line a row.

Tables and columns come from the migrations that the database says were applied, not from today's models: a database
can be saved before the migrations of a new version, and an old archive read by a newer program. Rows go and come by
plain SQL, so that nothing is computed, dated or renumbered on the way.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.models.expressions import Col

from clea.errors import Refused

#: Never taken along: sessions (everyone signs in again) and the queue of tasks (what it held, the rounds do again).
LEFT_OUT = frozenset({"accounts_opensession", "django_session", "django_tasks_database_dbtaskresult"})
#: Tables that no model names, made again on the spot.
NOT_MODELS = frozenset({"clea_cache", "django_migrations", "sqlite_sequence"})
BATCH = 200
_ALL = 1 << 256

Migration = tuple[str, str]


@dataclass(frozen=True)
class Column:
    """One column, and how its values are written in JSON and read back."""

    name: str
    field: models.Field[Any, Any]

    @cached_property
    def target(self) -> models.Field[Any, Any]:
        """The field that says the type: a foreign key has that of what it points to."""
        field = self.field
        while field.remote_field is not None:
            field = field.target_field  # type: ignore[attr-defined]
        return field

    @cached_property
    def kind(self) -> str:
        return self.target.get_internal_type()

    @property
    def is_json(self) -> bool:
        return self.kind == "JSONField"

    @property
    def is_file(self) -> bool:
        return isinstance(self.field, models.FileField)

    def converters(self, connection: BaseDatabaseWrapper) -> list[Callable[..., Any]]:
        if self.is_json:  # as the database wrote it: null, numbers and all
            return []
        expression = Col("t", self.target)
        return [
            *connection.ops.get_db_converters(expression),
            *self.target.get_db_converters(connection),
        ]

    def stored(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """What the database's driver takes, from what the JSON line held."""
        if value is None or self.kind not in _TYPED:
            return value
        if self.is_json:
            return connection.ops.adapt_json_value(json.loads(value), None)
        return self.target.get_db_prep_save(self.target.to_python(value), connection)


_TYPED = frozenset(
    f"{kind}Field" for kind in ("JSON", "DateTime", "Date", "Time", "Decimal", "UUID", "Binary", "Duration", "Boolean")
)


@dataclass(frozen=True)
class Table:
    """A table of the archive, as the applied migrations describe it."""

    name: str
    columns: tuple[Column, ...]
    key: str
    numbered: bool

    @property
    def column_names(self) -> list[str]:
        return [column.name for column in self.columns]


class Schema:
    """The tables that a set of migrations makes. Half a second, no query but the list of migrations."""

    def __init__(self, loader: MigrationLoader, applied: Iterable[Migration]) -> None:
        self.applied_migrations = set(applied)
        self.migrations = sorted(self.applied_migrations & set(loader.graph.nodes))
        apps = loader.project_state(self.migrations).apps
        self.tables = sorted(
            (
                _table(model)
                for model in apps.get_models(include_auto_created=True)
                if model._meta.managed and not model._meta.proxy and not model._meta.swapped
            ),
            key=lambda table: table.name,
        )

    @classmethod
    def applied(cls, connection: BaseDatabaseWrapper) -> Schema:
        """What this database holds now."""
        loader = MigrationLoader(connection)
        return cls(loader, loader.applied_migrations or {})

    @property
    def kept(self) -> list[Table]:
        """The tables that an archive takes along."""
        return [table for table in self.tables if table.name not in LEFT_OUT]


def _table(model: type[models.Model]) -> Table:
    fields = [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]
    key = model._meta.pk
    assert key is not None
    return Table(
        name=model._meta.db_table,
        columns=tuple(Column(str(field.column), field) for field in fields),
        key=str(key.column),
        numbered=isinstance(key, models.AutoField | models.BigAutoField | models.SmallAutoField),
    )


@contextmanager
def frozen(connection: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    """A second connection that sees one instant of the database while the block lasts. Nobody waits for it."""
    own = connection.copy()
    own.ensure_connection()
    try:
        with own.cursor() as cursor:
            if own.vendor == "postgresql":
                own.set_autocommit(False)
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            else:
                # Django's own transactions would take the write lock.
                cursor.execute("BEGIN DEFERRED")
            # The instant is that of the first reading.
            cursor.execute("SELECT count(*) FROM django_migrations")
        yield own
    finally:
        own.close()


def rows(connection: BaseDatabaseWrapper, table: Table) -> Iterator[list[Any]]:
    """Every row, ready for JSON, in constant memory. One query."""
    quote = connection.ops.quote_name
    converters = [
        (place, Col("t", column.target), column.converters(connection)) for place, column in enumerate(table.columns)
    ]
    converters = [line for line in converters if line[2]]
    texts = [place for place, column in enumerate(table.columns) if column.is_json]
    names = ", ".join(quote(name) for name in table.column_names)
    query = f"SELECT {names} FROM {quote(table.name)} ORDER BY {quote(table.key)}"  # noqa: S608
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute(query)
        while batch := cursor.fetchmany(BATCH):
            for row in batch:
                values = list(row)
                for place, expression, functions in converters:
                    value = values[place]
                    for function in functions:
                        value = function(value, expression, connection)
                    values[place] = value
                for place in texts:
                    if values[place] is not None and not isinstance(values[place], str):
                        values[place] = json.dumps(values[place], ensure_ascii=False)
                yield [_plain(value) for value in values]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("a number without an end has no place in an archive")
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds") if value.tzinfo else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(bytes(value)).decode()
    raise TypeError(f"{type(value).__name__} has no place in an archive")


def line(row: list[Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"


class Digest:
    """What a table holds, in 64 characters: the same on both databases, in whatever order the rows come.

    The sum of the rows' own SHA-256. It tells two contents apart; it is no proof against a forger.
    """

    def __init__(self, table: Table) -> None:
        self._json = [place for place, column in enumerate(table.columns) if column.is_json]
        self._sum = 0
        self.count = 0

    def add(self, row: list[Any], written: bytes | None = None) -> None:
        if self._json:
            row = list(row)
            for place in self._json:
                row[place] = None if row[place] is None else _canonical(row[place])
            written = None
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(written or line(row)).digest())) % _ALL
        self.count += 1

    def hexdigest(self) -> str:
        return f"{self._sum:064x}"


def _canonical(text: str) -> str:
    """One spelling of a JSON value: sorted keys, and 1e2 is 100."""
    return json.dumps(json.loads(text, parse_float=_number), sort_keys=True, ensure_ascii=False, default=str)


def _number(text: str) -> int | Decimal:
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else number.normalize()


def digests(connection: BaseDatabaseWrapper, tables: Iterable[Table]) -> dict[str, tuple[int, str]]:
    """Rows and digest of each table. One query a table."""
    found = {}
    for table in tables:
        digest = Digest(table)
        for row in rows(connection, table):
            digest.add(row)
        found[table.name] = (digest.count, digest.hexdigest())
    return found


# Writing --------------------------------------------------------------------------------------------


def insert(connection: BaseDatabaseWrapper, table: Table, given: Iterable[list[Any]]) -> int:
    """Write rows, with their own keys. Raises ``Refused`` naming the row that the database does not take."""
    count = 0
    batch: list[list[Any]] = []
    for row in given:
        if len(row) != len(table.columns):
            raise Refused(f"Une ligne de la table {table.name} n'a pas le bon nombre de colonnes.", code="broken")
        batch.append([column.stored(value, connection) for column, value in zip(table.columns, row, strict=True)])
        if len(batch) == BATCH:
            count += _write(connection, table, batch)
            batch = []
    return count + _write(connection, table, batch)


def _write(connection: BaseDatabaseWrapper, table: Table, batch: list[list[Any]]) -> int:
    if not batch:
        return 0
    quote = connection.ops.quote_name
    names = ", ".join(quote(name) for name in table.column_names)
    places = f"({', '.join(['%s'] * len(table.columns))})"
    into = f"INSERT INTO {quote(table.name)} ({names}) VALUES "  # noqa: S608
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            try:
                cursor.executemany(into + places, batch)
            except (DataError, IntegrityError, OverflowError) as error:
                raise _unfit(table, None, error) from error
            return len(batch)
        cursor.execute("SAVEPOINT upkeep_batch")
        try:
            cursor.execute(into + ", ".join([places] * len(batch)), [value for row in batch for value in row])
        except (DataError, IntegrityError, ValueError):
            # One by one, to name the row that does not fit.
            cursor.execute("ROLLBACK TO SAVEPOINT upkeep_batch")
            for row in batch:
                try:
                    cursor.execute(into + places, row)
                except (DataError, IntegrityError, ValueError) as error:
                    raise _unfit(table, row[table.column_names.index(table.key)], error) from error
        cursor.execute("RELEASE SAVEPOINT upkeep_batch")
    return len(batch)


def _unfit(table: Table, key: Any, error: Exception) -> Refused:
    which = f"La ligne {key}" if key is not None else "Une ligne"
    reason = " ".join(str(error).split())[:300]
    return Refused(
        f"{which} de la table {table.name} n'entre pas dans cette base : {reason}. Corrigez-la dans l'installation "
        "d'origine, refaites la sauvegarde, puis recommencez.",
        code="unfit",
    )


def empty(connection: BaseDatabaseWrapper, tables: Iterable[Table]) -> None:
    """Take away what migrations put in the tables: permissions, types of content."""
    quote = connection.ops.quote_name
    names = [quote(table.name) for table in tables]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(names)}")
            return
        for name in names:
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608


# Numbers that were given ------------------------------------------------------------------------------


def last_number(connection: BaseDatabaseWrapper, table: Table) -> int:
    """The last number the database gave in this table, rows deleted since included. 0 when none."""
    if not table.numbered:
        return 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = _sequence(cursor, connection, table)
            if sequence is None:
                return 0
            cursor.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM {sequence}")  # noqa: S608
        else:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table.name])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def give_numbers_after(connection: BaseDatabaseWrapper, table: Table, last: int) -> None:
    """Never give again a number that was given, here or where the rows come from."""
    if not table.numbered:
        return
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT MAX({quote(table.key)}) FROM {quote(table.name)}")  # noqa: S608
        last = max(last, cursor.fetchone()[0] or 0)
        if connection.vendor == "postgresql":
            sequence = _sequence(cursor, connection, table)
            if sequence is not None:
                cursor.execute("SELECT setval(%s, %s, %s)", [sequence, max(last, 1), last > 0])
        else:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table.name])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table.name, last])


def _sequence(cursor: Any, connection: BaseDatabaseWrapper, table: Table) -> str | None:
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [connection.ops.quote_name(table.name), table.key])
    return cursor.fetchone()[0]
