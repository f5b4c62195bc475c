"""Registers: lists with filters, orders to stand in, pages, and files of what they show.

A room declares one as data; its page reads it by `read` and `one_page`, and whoever is signed in takes
it away as it stands there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from operator import attrgetter
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.exports.registry import SOURCES, Source, Table
from kepu.ui.tables import Bar, Export, Pager, Sorting

Asked = Mapping[str, Any]
BATCH = 500  # rows in memory at a time
PAGE = 24  # rows on a page


@dataclass(frozen=True)
class Column:
    """What stands above a column, and what a row says there, given the full name of its place."""

    label: Promise | str
    cell: Callable[[Any, str], Any]


@dataclass(frozen=True)
class Order:
    """An order that a list can stand in, by its columns in the database; by none: as it was found.

    `weighed` works out first what no column says.
    """

    label: Promise | str
    by: tuple[str, ...]
    weighed: Callable[[QuerySet[Any], datetime], QuerySet[Any]] | None = None

    def of(self, found: QuerySet[Any], now: datetime) -> QuerySet[Any]:
        """The rows that were found, in this order."""
        rows = self.weighed(found, now) if self.weighed else found
        return rows.order_by(*self.by) if self.by else rows


@dataclass(frozen=True)
class Register:
    """One list: the page that shows it, its filters, what a reader finds, its orders and columns.

    The first of `orders` is the usual one. `personal` says whether a column names people, `path_of`
    where a row lies, `ground` in which districts a reader may find any: the filter offers no other.
    """

    kind: str
    page: str
    title: Promise | str
    form: type[forms.Form]
    found: Callable[[User | None, Asked, datetime], QuerySet[Any]]
    orders: Mapping[str, Order]
    columns: tuple[Column, ...]
    personal: bool = False
    path_of: Callable[[Any], str] = attrgetter("path")
    ground: Callable[[User | None, datetime], Callable[[str], bool]] | None = None

    def listed(self, person: User | None, asked: Asked, word: str, now: datetime) -> QuerySet[Any]:
        """What the person may read of what is asked for, in the order that `word` names."""
        found = self.found(person, asked, now)
        return self.orders[word].of(found, now) if word in self.orders else found

    def table(self, person: User, query: str, now: datetime) -> Table:
        """The same list for the same address, without its pages."""
        words = QueryDict(query)
        form = self.form(words)
        form.is_valid()
        found = self.listed(person, form.cleaned_data, words.get("sort", ""), now)
        heads = [str(column.label) for column in self.columns]
        return Table(heads, found.order_by().count(), self._rows(found), personal=self.personal)

    def _rows(self, found: QuerySet[Any]) -> Iterator[list[Any]]:
        rows = found.iterator(chunk_size=BATCH)
        while batch := list(islice(rows, BATCH)):
            names = divisions.full_names({self.path_of(one) for one in batch})
            for one in batch:
                place = names[self.path_of(one)]
                yield [column.cell(one, place) for column in self.columns]


REGISTERS: dict[str, Register] = {}


def register(*registers: Register) -> None:
    """Let these be shown and taken away. Call when Django is ready."""
    for one in registers:
        REGISTERS[one.kind] = one
        SOURCES[one.kind] = Source(one.kind, one.title, one.table)


# --- on a page ------------------------------------------------------------------------------------


def _reader(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def page_number(request: HttpRequest, key: str = "page") -> int:
    """The page that is asked for, within what any database counts off; else the first."""
    asked = request.GET.get(key, "1")
    return max(int(asked), 1) if re.fullmatch(r"[0-9]{1,9}", asked) else 1


def one_page(
    request: HttpRequest, found: QuerySet[Any], size: int = PAGE
) -> tuple[list[Any], Pager]:
    """The rows of the page that is asked for, and the way to the others. Two queries."""
    rows, pager = part(request, found, size, "page")
    return rows, replace(pager, total=found.count())


def part(
    request: HttpRequest, found: QuerySet[Any] | Sequence[Any], size: int, key: str
) -> tuple[list[Any], Pager]:
    """The same for one of several lists of a page, each with a `key` of its own in the address, under
    which its section is found on the page. One query, for nothing is counted.
    """
    page = page_number(request, key)
    rows = list(found[(page - 1) * size : page * size + 1])
    section = "" if key == "page" else f"#{key}"

    def link(number: int) -> str:
        asked = request.GET.copy()
        asked[key] = str(number)
        return f"?{asked.urlencode()}{section}"

    return rows[:size], Pager(
        previous=link(page - 1) if page > 1 else "",
        next=link(page + 1) if len(rows) > size else "",
        shown=len(rows[:size]),
    )


def asked_of(form: forms.Form) -> dict[str, Any]:
    """What the filters above a list ask for; a filter that cannot be read asks for nothing."""
    form.is_valid()
    return form.cleaned_data


def read(
    request: HttpRequest, register: Register, **given: str
) -> tuple[forms.Form, dict[str, Any], QuerySet[Any], Bar]:
    """The register as this reader asks for it: its filters, what they ask, what is found, its bar.

    `given` stands in the address of the files as well, such as the place that was chosen before.
    """
    words = request.GET.copy()
    for name, value in given.items():
        words[name] = value
    form, person, now = register.form(words, initial=given), _reader(request), clock.now()
    if "district" in form.fields:
        if register.ground:
            _only_on(form.fields["district"], register.ground(person, now), words.get("district"))
        if person:
            _own_first(form.fields["district"], person)
    asked, word = asked_of(form), words.get("sort", "")
    found = register.listed(person, asked, word, now)
    return form, asked, found, _bar(words, register, word, files=person is not None)


def as_list_and_map(request: HttpRequest) -> list[tuple[str, str]]:
    """The same filters as a list and on the map: what the view is called, and its address."""
    return [(view, _link(request.GET, view=view)) for view in ("", "map")]


def _only_on(districts: Any, held: Callable[[str], bool], chosen: str | None) -> None:
    """Districts where the reader finds nothing are not offered, but for the one that is asked for."""
    everywhere, *cities = districts.choices
    kept = [
        (city, [row for row in rows if row[0] == chosen or held(row[0])]) for city, rows in cities
    ]
    districts.choices = [everywhere, *((city, rows) for city, rows in kept if rows)]


def _own_first(districts: Any, person: User) -> None:
    """The reader's own city comes first, and in it the district: at home, or where the office is."""
    offices = person.grants.order_by("pk").values_list("path", flat=True)
    near = person.home.path if person.home else offices.first()
    if not near:
        return
    everywhere, *cities = districts.choices

    def meets(path: str) -> bool:
        return near.startswith(path) or path.startswith(near)

    ordered = [
        (city, sorted(rows, key=lambda row: not meets(row[0])))
        for city, rows in sorted(cities, key=lambda one: _apart(one[1], near))
    ]
    districts.choices = [everywhere, *ordered]


def _apart(rows: list[tuple[str, str]], near: str) -> bool:
    """Whether none of a city's districts lies in the same city as `near`."""
    city = divisions.parent_path(rows[0][0]) or ""
    return not (near.startswith(city) or city.startswith(near))


def _bar(words: QueryDict, register: Register, word: str, files: bool) -> Bar:
    """The orders that the list can stand in and, for whoever is signed in, its files."""
    usual = next(iter(register.orders))
    chosen = word if word in register.orders else usual
    sorts = [
        Sorting(str(order.label), _link(words, sort=key), current=key == chosen)
        for key, order in register.orders.items()
    ]
    formats = (("xlsx", _("Table (XLSX)")), ("csv", _("Text (CSV)"))) if files else ()
    exports = [
        Export(label, reverse("register-export", args=[register.kind, format]) + _link(words))
        for format, label in formats
    ]
    return Bar(sorts, exports)


def _link(words: QueryDict, **changed: str) -> str:
    """This list otherwise, from its first page on."""
    asked = words.copy()
    for key in ("page", "after", "before"):
        asked.pop(key, None)
    for key, value in changed.items():
        asked[key] = value
    return f"?{asked.urlencode()}"
