"""A column whose indices are not to be used: a word to SQLite, which cannot tell how many rows fit."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Field, Func


class Unindexed(Func):
    """The column as it is. SQLite takes another index than the column's own; PostgreSQL counts better.

    `output_field` is what the column holds, where it is compared with more than None.
    """

    template = "%(expressions)s"

    def __init__(self, column: str, output_field: Field[Any, Any] | None = None) -> None:
        super().__init__(F(column), output_field=output_field)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="+%(expressions)s", **extra)
