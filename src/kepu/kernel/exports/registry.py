"""What can be exported. A room registers its tables when Django is ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from kepu.kernel.accounts.models import User


@dataclass(frozen=True)
class Table:
    """Headers, how many rows there will be, and the rows themselves, read as they are written.

    `personal` says whether a column shows values of people; the audit keeps that it did.
    """

    headers: Sequence[str]
    total: int
    rows: Iterable[Sequence[Any]]
    personal: bool = False


@dataclass(frozen=True)
class Source:
    """A kind of table: its title, and the table as one person may see it for one query string."""

    kind: str
    title: Promise | str
    table: Callable[[User, str, datetime], Table]


SOURCES: dict[str, Source] = {}


def register(source: Source) -> None:
    SOURCES[source.kind] = source
