"""Pages of a long list by the place of their first and last row, never by counting rows off.

A page deep in a million rows costs what the first one costs, and a row that is added or leaves
meanwhile shifts nothing: the next page begins right behind the last row that was shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from kepu.kernel.errors import BadInput

SIZE = 50


@dataclass(frozen=True)
class Sort:
    """An order of rows: a column, then the primary key, both up or both down; nulls stand last."""

    field: str = "pk"
    down: bool = False
    nullable: bool = False
    read: Callable[[str], Any] = int

    def order(self, backward: bool = False) -> list[Any]:
        """What `order_by` takes; `backward` reads the same list from its end."""
        down = self.down != backward
        key = "-pk" if down else "pk"
        if self.field == "pk":
            return [key]
        if not self.nullable:
            return [f"-{self.field}" if down else self.field, key]
        nulls = {"nulls_first": True} if backward else {"nulls_last": True}
        column = F(self.field)
        return [column.desc(**nulls) if down else column.asc(**nulls), key]

    def beyond(self, value: Any, pk: int, backward: bool) -> Q:
        """Rows that come behind the one with this value and key; before it when `backward`."""
        compare = "lt" if self.down != backward else "gt"
        later = Q(**{f"pk__{compare}": pk})
        if self.field == "pk":
            return later
        blank = Q(**{f"{self.field}__isnull": True})
        if value is None:
            return ~blank | (blank & later) if backward else blank & later
        behind = Q(**{f"{self.field}__{compare}": value}) | (Q(**{self.field: value}) & later)
        return behind | blank if self.nullable and not backward else behind


@dataclass(frozen=True)
class Page:
    """The rows of one page; a cursor is empty where nothing lies beyond."""

    rows: list[Any]
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Front:
    """The first rows of a list that is not paged, and whether it has more."""

    rows: list[Any]
    more: bool


def front(found: QuerySet[Any], most: int) -> Front:
    """The first `most` rows. One query, which asks for one row more to know whether there are any."""
    rows = list(found[: most + 1])
    return Front(rows[:most], len(rows) > most)


def page(
    found: QuerySet[Any],
    sort: Sort,
    *,
    size: int = SIZE,
    after: str = "",
    before: str = "",
    whole: QuerySet[Any] | None = None,
) -> Page:
    """The rows behind the cursor `after`, those before `before`, or the first ones. One query.

    With `whole` two: the first sorts nothing but keys, the second reads the few rows that are shown
    with all that is joined to them. For lists that pick a page out of very many wide rows.
    """
    backward = bool(before)
    rows = found.order_by(*sort.order(backward))
    if cursor := before or after:
        rows = rows.filter(sort.beyond(*read(cursor, sort), backward))
    taken = list(rows[: size + 1]) if whole is None else in_order(rows[: size + 1], whole)
    more, shown = len(taken) > size, taken[:size]
    if backward:
        shown.reverse()
    if not shown:
        return Page([])
    first, last = write(shown[0], sort), write(shown[-1], sort)
    has_before, has_after = (more, True) if backward else (bool(after), more)
    return Page(shown, first if has_before else "", last if has_after else "")


def in_order(found: QuerySet[Any], whole: QuerySet[Any]) -> list[Any]:
    """The rows of `whole` that `found` finds, in its order. Two queries, or one for none."""
    keys = list(found.values_list("pk", flat=True))
    rows = {row.pk: row for row in whole.filter(pk__in=keys)} if keys else {}
    return [rows[key] for key in keys if key in rows]


def write(row: Any, sort: Sort) -> str:
    """The row's place as a word for an address."""
    value = None if sort.field == "pk" else getattr(row, sort.field)
    said = value.isoformat() if isinstance(value, datetime) else "" if value is None else str(value)
    return f"{row.pk}~{said}"


def read(cursor: str, sort: Sort) -> tuple[Any, int]:
    """Value and key of the row a cursor names; raises BadInput for anything else."""
    key, _tilde, said = cursor.partition("~")
    try:
        return (sort.read(said) if said else None), int(key)
    except ValueError as error:
        raise BadInput(_("this page is not known; begin at the first one")) from error
