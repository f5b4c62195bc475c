"""Pages of a long list by the place of their first and last row, never by counting rows off.

A page deep in a million rows costs what the first one costs, and a row that is added or leaves
meanwhile shifts nothing: the next page begins right behind the last row that was shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.lookups import IsNull
from django.utils.translation import gettext as _

from kepu.kernel.errors import BadInput
from kepu.kernel.unindexed import Unindexed

SIZE = 50


@dataclass(frozen=True)
class Part:
    """Rows of a list that are read together, and in which order.

    Of a column that is mostly empty those with a value are `few`: best found first, and asked then
    whatever else is wanted of them. No more than the first `most` are read; 0: all of them.
    """

    condition: Q
    order: list[Any]
    few: bool = False
    most: int = 0


@dataclass(frozen=True)
class Sort:
    """An order of rows: a column, then the primary key, both up or both down; nulls stand last."""

    field: str = "pk"
    down: bool = False
    nullable: bool = False
    read: Callable[[str], Any] = int

    def order(self, backward: bool = False) -> list[Any]:
        """What `order_by` takes; `backward` reads the same list from its end."""
        down, key = self._down(backward), self._key(backward)
        if self.field == "pk":
            return [key]
        if not self.nullable:
            return [f"-{self.field}" if down else self.field, key]
        nulls = {"nulls_first": True} if backward else {"nulls_last": True}
        column = F(self.field)
        return [column.desc(**nulls) if down else column.asc(**nulls), key]

    def parts(self, place: tuple[Any, int] | None = None, backward: bool = False) -> list[Part]:
        """The list from `place` on, in parts that are to be read one after another.

        Of a column that may be empty the rows that have a value come first, by themselves: an index
        that holds only those finds them, however many rows have none.
        """
        if not self.nullable:
            return [Part(self._beyond(place, backward), self.order(backward))]
        key = self._key(backward)
        column = f"-{self.field}" if self._down(backward) else self.field
        valued = Part(Q(**{f"{self.field}__isnull": False}), [column, key], few=True)
        blank = Part(Q(IsNull(Unindexed(self.field), True)), [key])
        found = [blank, valued] if backward else [valued, blank]
        if place is None:
            return found
        begun = blank if place[0] is None else valued
        here = replace(begun, condition=begun.condition & self._beyond(place, backward))
        return [here, *found[found.index(begun) + 1 :]]

    def _beyond(self, place: tuple[Any, int] | None, backward: bool) -> Q:
        """Rows that come behind the one with this value and key; before it when `backward`."""
        if place is None:
            return Q()
        value, pk = place
        compare = "lt" if self._down(backward) else "gt"
        later = Q(**{f"pk__{compare}": pk})
        if self.field == "pk" or value is None:
            return later
        return Q(**{f"{self.field}__{compare}": value}) | (Q(**{self.field: value}) & later)

    def _key(self, backward: bool) -> str:
        return "-pk" if self._down(backward) else "pk"

    def _down(self, backward: bool) -> bool:
        return self.down != backward


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
    found: QuerySet[Any] | Callable[[Part], QuerySet[Any]],
    sort: Sort,
    *,
    size: int = SIZE,
    after: str = "",
    before: str = "",
    whole: QuerySet[Any] | None = None,
) -> Page:
    """The rows behind the cursor `after`, those before `before`, or the first ones.

    One query, or two where a sort's column may be empty and too few rows have a value. With `whole`
    one more: the first sort nothing but keys, the last reads the few rows that are shown with all
    that is joined to them. For lists that pick a page out of very many wide rows.

    A list that is put together from several may be given as a function: it is told which part is
    read, and asks each of them for that.
    """
    narrowed = found if callable(found) else lambda part: found.filter(part.condition)
    cursor, backward = before or after, bool(before)
    place = read(cursor, sort) if cursor else None
    taken: list[Any] = []
    for part in sort.parts(place, backward):
        if len(taken) <= size:
            most = size + 1 - len(taken)
            rows = narrowed(replace(part, most=most)).order_by(*part.order)[:most]
            taken += rows if whole is None else rows.values_list("pk", flat=True)
    more, shown = len(taken) > size, taken[:size]
    if whole is not None:
        shown = _whole(shown, whole)
    if backward:
        shown.reverse()
    if not shown:
        return Page([])
    first, last = write(shown[0], sort), write(shown[-1], sort)
    has_before, has_after = (more, True) if backward else (bool(after), more)
    return Page(shown, first if has_before else "", last if has_after else "")


def _whole(keys: list[Any], whole: QuerySet[Any]) -> list[Any]:
    """The rows of `whole` that have these keys, in the order of the keys."""
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
