"""The column that holds Kepu's own path of a division, and the question "does it lie within?"."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Lookup
from django.utils.translation import gettext as _

SEPARATOR = "."
_AFTER_SEPARATOR = chr(ord(SEPARATOR) + 1)


def parts(path: str) -> list[str]:
    """The segments of a path, widest first."""
    return path.split(SEPARATOR)[:-1]


def join(parent: str, segment: str) -> str:
    """The path of a division called `segment` under `parent`."""
    return f"{parent}{segment}{SEPARATOR}"


def ancestors(path: str) -> list[str]:
    """The path itself and every one above it, narrowest first."""
    found = parts(path)
    return ["".join(f"{part}{SEPARATOR}" for part in found[:n]) for n in range(len(found), 0, -1)]


def within(path: str, scope: str) -> bool:
    """Whether `path` is `scope` or lies below it."""
    return path.startswith(scope)


class PathField(models.CharField):  # type: ignore[type-arg]
    """A path such as `50.112.001.`; each segment ends in a point, so a prefix is a division.

    A column that says where something is now `follows` when divisions change; one that says where
    something was, or that has a rule of its own, does not.
    """

    def __init__(self, *, follows: bool = True, **options: Any) -> None:
        super().__init__(**{"max_length": 60, **options})
        self.follows = follows

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        # Prefix ranges need byte order, which PostgreSQL only promises under "C".
        found = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            found["collation"] = "C"
        return found

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(value, model_instance)
        if value and not value.endswith(SEPARATOR):
            raise ValidationError(_("a path ends in a point"))


@PathField.register_lookup
class Within(Lookup):
    """`path__within="50.112."`: one range over the index, on SQLite and PostgreSQL alike."""

    lookup_name = "within"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_values = self.process_lhs(compiler, connection)
        scope = str(self.rhs)
        after = scope[:-1] + _AFTER_SEPARATOR if scope else "\U0010ffff"
        sql = f"({left} >= %s AND {left} < %s)"
        return sql, (*left_values, scope, *left_values, after)

    def get_prep_lookup(self) -> str:
        if self.rhs and not str(self.rhs).endswith(SEPARATOR):
            raise ValueError(f"not a whole path: {self.rhs!r}")
        return str(self.rhs)
