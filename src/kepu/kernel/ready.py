"""Queries that are written once; asked again, only their values change.

Django resolves a query's names and writes its SQL anew every time it is asked, and that takes many
times what the database needs to answer. What every request and every action asks is therefore kept
ready. See docs/decisions/0012-ready-queries.md.

    @ready
    def _led(person: Slot, team: Slot) -> QuerySet[Membership]:
        return Membership.objects.filter(person=person, team=team, role="leader")

    _led(person=by.pk, team=team.pk)  # a list of memberships
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any, Generic, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, models
from django.db.models import Expression, QuerySet
from django.db.models.query import FlatValuesListIterable, ModelIterable, get_related_populators
from django.db.models.sql import InsertQuery
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row")
Kept = TypeVar("Kept", bound=models.Model)


class Slot(Expression):
    """Where a value goes that is known only when the query is asked."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class Ready(Generic[Row]):
    """A query kept ready, in each thread for its own connection."""

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self._build = build
        self._slots = {name: Slot(name) for name in inspect.signature(build).parameters}
        self._here = threading.local()

    def __call__(self, **values: Any) -> list[Row]:
        """All rows for these values. One query."""
        shape = self._shape()
        if shape.locks and not connection.in_atomic_block:
            raise TransactionManagementError("a row is locked inside a transaction only")
        filled = {name: prepared(value) for name, value in values.items()}
        sql_values = [filled[v.name] if isinstance(v, Slot) else v for v in shape.values]
        with connection.kept_cursor() as cursor:  # type: ignore[attr-defined]  # our backends have it
            cursor.execute(shape.sql, sql_values)
            return [shape.read(row) for row in shape.convert(cursor.fetchall())]

    def first(self, **values: Any) -> Row | None:
        """The first of the rows. The query fetches all of them: for those that find one or none."""
        found = self(**values)
        return found[0] if found else None

    def _shape(self) -> Shape:
        shape: Shape | None = getattr(self._here, "shape", None)
        if shape is None:
            self._here.shape = shape = shape_of(self._build(**self._slots))
        return shape


def ready(build: Callable[..., QuerySet[Any, Row]]) -> Ready[Row]:
    """Decorator: the function is called once with a slot for each argument, never with values."""
    return Ready(build)


def prepared(value: Any) -> Any:
    """A value as the database takes it; fields do this for values, but not for slots."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value


@dataclass(frozen=True)
class Shape:
    """What stays the same each time: the SQL, its values and slots, and how a row is read."""

    sql: str
    values: tuple[Any, ...]
    locks: bool
    convert: Callable[[Any], Any]
    read: Callable[[Any], Any]


def shape_of(queryset: QuerySet[Any, Any]) -> Shape:
    compiler = queryset.query.get_compiler(using=connection.alias)
    sql, values = compiler.as_sql()
    converters = compiler.get_converters([expression for expression, *_ in compiler.select])

    def convert(rows: Any) -> Any:
        return compiler.apply_converters(rows, converters) if converters else rows

    locks = queryset.query.select_for_update
    return Shape(sql, tuple(values), locks, convert, _reader(queryset, compiler))


def _reader(queryset: QuerySet[Any, Any], compiler: Any) -> Callable[[Any], Any]:
    """How Django's own iterators read a row: as an instance, a value, or a tuple of values."""
    reads: Any = queryset._iterable_class
    if reads is not ModelIterable:
        return itemgetter(0) if reads is FlatValuesListIterable else tuple
    kind, chosen = compiler.klass_info["model"], compiler.klass_info["select_fields"]
    first, end = chosen[0], chosen[-1] + 1
    names = [column.target.attname for column, *_ in compiler.select[first:end]]
    joined = get_related_populators(  # type: ignore[call-arg]  # the stubs are a later Django's
        compiler.klass_info, compiler.select, connection.alias
    )

    def read(row: Any) -> Any:
        found = kind.from_db(connection.alias, names, row[first:end])
        for part in joined:
            part.populate(row, found)
        return found

    return read


# --- rows of one's own ---------------------------------------------------------------------------

_here = threading.local()


@dataclass(frozen=True)
class Write:
    """One row to be written: the statement, its values, and what is done once it is written."""

    sql: str
    values: list[Any]
    after: Callable[[Any], None]


def insert(row: Kept) -> Kept:
    """Save a new row, as `save` does, by a statement written once for its model; no signal is sent."""
    send(insertion(row))
    return row


def update(row: models.Model, names: tuple[str, ...]) -> None:
    """Save the named fields of a row that is there, by a statement written once for these names."""
    send(alteration(row, names))


def update_all(rows: Sequence[models.Model], names: tuple[str, ...]) -> None:
    """The same of many rows of one model: one statement, with the values of each."""
    writes = [alteration(row, names) for row in rows]
    if not writes:
        return
    with connection.cursor() as cursor:
        cursor.executemany(writes[0].sql, [write.values for write in writes])
        if cursor.rowcount != len(writes):
            raise ObjectDoesNotExist(f"some of {len(writes)} rows are gone")


def send(*writes: Write) -> None:
    """Write one after the other; PostgreSQL takes them all in one message, for one round trip.

    A row that names another one's number cannot be in one message with it.
    """
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            for write in writes:
                cursor.execute(write.sql, write.values)
                write.after(cursor)
        elif writes:
            values = [value for write in writes for value in write.values]
            cursor.execute(";\n".join(write.sql for write in writes), values)
            for write in writes:
                write.after(cursor)
                cursor.nextset()


def insertion(row: models.Model) -> Write:
    """The write of a new row, which has its number then."""
    fields = [field for field in row._meta.local_concrete_fields if not field.primary_key]
    sql = _known(("insert", type(row)), lambda: _insertion(row, fields))

    def number(cursor: Any) -> None:
        row.pk = cursor.fetchone()[0]
        row._state.adding, row._state.db = False, connection.alias

    return Write(sql, [_value(field, row, add=True) for field in fields], number)


def alteration(row: models.Model, names: tuple[str, ...]) -> Write:
    """The write of the named fields of a row that is there."""
    fields = [row._meta.get_field(name) for name in names]
    sql = _known(("update", type(row), names), lambda: _alteration(row, fields))
    values = [_value(field, row, add=False) for field in fields]

    def find(cursor: Any) -> None:
        if cursor.rowcount != 1:
            raise ObjectDoesNotExist(f"{row!r} is gone")

    return Write(sql, [*values, row.pk], find)


def _known(what: tuple[Any, ...], write: Callable[[], str]) -> str:
    """The statement for `what`, written on the first call in each thread."""
    statements: dict[tuple[Any, ...], str] = _here.__dict__.setdefault("statements", {})
    if what not in statements:
        statements[what] = write()
    return statements[what]


def _value(field: Any, row: models.Model, *, add: bool) -> Any:
    return field.get_db_prep_save(field.pre_save(row, add), connection=connection)


def _insertion(row: models.Model, fields: list[Any]) -> str:
    query = InsertQuery(type(row))
    query.insert_values(fields, [row], raw=False)
    compiler = query.get_compiler(using=connection.alias)
    compiler.returning_fields = [row._meta.pk]
    ((sql, _values),) = compiler.as_sql()
    return str(sql)


def _alteration(row: models.Model, fields: list[Any]) -> str:
    quote = connection.ops.quote_name
    changed = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    table, key = quote(row._meta.db_table), quote(str(row._meta.pk.column))
    return f"UPDATE {table} SET {changed} WHERE {key} = %s"  # noqa: S608 (names of columns only)
