"""Which spreadsheets `kepu import` and `kepu export` know. A room enters its own when Django is ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.errors import BadInput
from kepu.kernel.tables import Fault

Told = Callable[[str, int, int], None]


def unheard(what: str, done: int, total: int) -> None:
    """Nobody waits."""


@dataclass(frozen=True)
class Errand:
    """In whose name a table is taken in, when, and for which side where that has to be said.

    `told` hears how far a long table is.
    """

    by: User
    now: datetime
    of: str = ""
    told: Told = unheard


Try = Callable[[IO[bytes], str, Errand], list[Fault]]
TakeIn = Callable[[IO[bytes], str, Errand], int]
Template = Callable[[Errand], bytes]
Written = tuple[Sequence[str], Iterable[Sequence[object]]]
Writer = Callable[[str, datetime], Written]


@dataclass(frozen=True)
class Taking:
    """How a table is taken in: tried first, with every wrong row named; then whole."""

    attempt: Try
    take_in: TakeIn
    template: Template


@dataclass(frozen=True)
class Sheet:
    """A kind of spreadsheet; `write(scope, now)` gives header and rows within a division's path."""

    name: str
    title: Promise | str
    taking: Taking | None = None
    write: Writer | None = None


SHEETS: dict[str, Sheet] = {}


def register(*sheets: Sheet) -> None:
    SHEETS.update({sheet.name: sheet for sheet in sheets})


def to_take_in(name: str) -> Taking:
    """How the sheet called `name` is read; raises BadInput."""
    found = SHEETS[name].taking if name in SHEETS else None
    if found is None:
        raise _unknown(name, [key for key, sheet in SHEETS.items() if sheet.taking])
    return found


def to_write(name: str) -> Writer:
    """How the sheet called `name` is written; raises BadInput."""
    found = SHEETS[name].write if name in SHEETS else None
    if found is None:
        raise _unknown(name, [key for key, sheet in SHEETS.items() if sheet.write])
    return found


def title_of(name: str) -> str:
    """What the sheet called `name` holds, as pages call it."""
    return str(SHEETS[name].title)


def _unknown(name: str, able: list[str]) -> BadInput:
    words = _("there is no sheet %(name)s; there are: %(able)s")
    return BadInput(words % {"name": name, "able": ", ".join(able)})
