"""What Kepu's own records know of a unit's year, by indicator: rooms register how to tell it.

Nothing of it enters a return by itself: the unit has it filled in, looks at it and confirms it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

Tell = Callable[[int, int], Mapping[str, int]]
Note = Callable[[int, int], str]


@dataclass(frozen=True)
class Known:
    """A figure, and which records it comes from."""

    value: Decimal
    source: str


_sources: dict[str, tuple[Lazy, Tell]] = {}
_notes: dict[str, tuple[str, Note]] = {}


def register(name: str, called: Lazy, tell: Tell) -> None:
    """Let `tell` say what is known of a unit and a year. Call when Django is ready."""
    _sources[name] = called, tell


def register_note(name: str, section: str, note: Note) -> None:
    """Let `note` say in a sentence what helps to fill a section, though it is no figure of the form."""
    _notes[name] = section, note


def known(unit: int, year: int) -> dict[str, Known]:
    """Figures of a unit and a year that records know; of two that know one, who registered first."""
    found: dict[str, Known] = {}
    for name, (_called, tell) in _sources.items():
        for key, value in tell(unit, year).items():
            found.setdefault(key, Known(Decimal(value), name))
    return found


def called(source: str) -> str:
    """What records are called; by their key where the room is no longer there."""
    return str(_sources[source][0]) if source in _sources else source


def notes(section: str, unit: int, year: int) -> list[str]:
    """What records say beside a section of the form."""
    said = [note(unit, year) for where, note in _notes.values() if where == section]
    return [words for words in said if words]
