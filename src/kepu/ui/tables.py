"""Tables as data: columns, sorting, a cursor pager, export links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True)
class Column:
    """One column. The `lead` column names the row and heads its card on a telephone.

    `optional` columns may be switched off by the reader; `spare` ones begin switched off.
    """

    key: str
    label: str
    number: bool = False
    sortable: bool = False
    lead: bool = False
    optional: bool = True
    spare: bool = False


@dataclass(frozen=True)
class Pager:
    """Cursor paging: links to what comes before and after, and how many there are if that was
    counted."""

    previous: str = ""
    next: str = ""
    shown: int = 0
    total: int | None = None


@dataclass(frozen=True)
class Export:
    """One file the table can be saved as."""

    label: str
    href: str


@dataclass(frozen=True)
class Sorting:
    """One of the orders that a list can stand in."""

    label: str
    href: str
    current: bool = False


@dataclass(frozen=True)
class Bar:
    """What stands above a list of cards: the orders it can stand in, the files it can be saved as."""

    sorts: Sequence[Sorting]
    exports: Sequence[Export] = ()

    @property
    def order(self) -> str:
        """The order that it stands in, in words."""
        return next((one.label for one in self.sorts if one.current), "")


@dataclass(frozen=True)
class Table:
    """A table and the address that shows it; `sort` is a column key, with a minus for
    descending."""

    name: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Any]
    sort: str = ""
    path: str = ""
    query: Mapping[str, Any] = field(default_factory=dict)
    pager: Pager | None = None
    exports: Sequence[Export] = ()

    def sorted_by(self, column: Column) -> str:
        """`ascending`, `descending` or nothing: the words of aria-sort."""
        if self.sort == column.key:
            return "ascending"
        return "descending" if self.sort == f"-{column.key}" else ""

    def sort_href(self, column: Column) -> str:
        """The same list by this column, turned round when it already is; paging begins again."""
        turned = f"-{column.key}" if self.sort == column.key else column.key
        kept = {k: v for k, v in self.query.items() if k not in ("sort", "after", "before")}
        return f"{self.path}?{urlencode({**kept, 'sort': turned}, doseq=True)}"


def cell(row: Any, key: str) -> Any:
    """What a row holds under a column, for mappings and objects alike."""
    return row[key] if isinstance(row, Mapping) else getattr(row, key)
