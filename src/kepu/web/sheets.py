"""Which spreadsheets `kepu import` and `kepu export` know. A room enters its own when Django is ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kepu.kernel.errors import BadInput

Reader = Callable[[Path, bool, datetime], Iterable[str]]
Writer = Callable[[str], tuple[Sequence[str], Iterable[Sequence[object]]]]


@dataclass(frozen=True)
class Sheet:
    """A kind of spreadsheet.

    `read(path, dry, now)` yields a sentence for each wrong row and imports nothing while there is
    one; `write(scope)` gives the header and the rows of what lies within a division's path.
    """

    name: str
    title: str
    read: Reader | None = None
    write: Writer | None = None


SHEETS: dict[str, Sheet] = {}


def register(sheet: Sheet) -> None:
    SHEETS[sheet.name] = sheet


def find(name: str, way: str) -> Sheet:
    """The sheet called `name` that can be read or written; raises BadInput."""
    able = {key: sheet for key, sheet in SHEETS.items() if getattr(sheet, way)}
    if name not in able:
        raise BadInput(f"there is no sheet {name!r}; there are: {', '.join(able) or 'none yet'}")
    return able[name]
