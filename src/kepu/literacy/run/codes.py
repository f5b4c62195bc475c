"""The codes that cells hold: what may stand in them, and what looks like a slip of the pen.

An answer that is not the key is a wrong answer, so a slip would pass for ignorance. Where the file of
items says which options there are, any other code is refused. Where it does not, and of people, a code
that hardly anybody has is named, and one that is a known code in other letters is refused.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kepu.literacy.run.vocabulary import DO_NOT_KNOW, HOW_MUCH, MEETING, OCCUPATIONS
from kepu_engines.core.checks import require
from kepu_engines.survey.command.tables import MISSING, Table

if TYPE_CHECKING:
    from kepu.literacy.run.plan import Plan
    from kepu.literacy.run.reading import Item

RARE = 1000  # a code that fewer than one in so many have is named
LONGEST = 40  # letters of a code that a sentence repeats


@dataclass(frozen=True)
class Odd:
    """A code that hardly anybody has, and in how many cells of a column it stands."""

    file: str
    column: str
    code: str
    times: int


def of_items(table: Table, items: Sequence[Item], not_asked: str | None) -> tuple[Odd, ...]:
    """Codes of answers that hardly anybody gave.

    Raises
    ------
    EngineError
        If an answer is none of its item's options, or the key in other letters.
    """
    apart = {*MISSING, DO_NOT_KNOW, *([not_asked] if not_asked else [])}
    found: list[Odd] = []
    for item in items:
        counts = Counter(table.cells[item.name])
        if item.options:
            _refuse_others(table, item, counts, apart)
        else:
            found += _odd(table, item.name, counts, {item.key}, apart)
    return tuple(found)


def of_people(
    plan: Plan, table: Table, margins: Mapping[str, Mapping[str, float]]
) -> tuple[Odd, ...]:
    """Codes of who people are and what reaches them that hardly anybody has, and no rule of the plan names.

    Raises
    ------
    EngineError
        If a code is one that the plan names, in other letters.
    """
    named = {column: set(words) for column, words in margins.items()}
    named.setdefault("occupation", set()).update(OCCUPATIONS)
    for column, words in _words(plan):
        named.setdefault(column, set()).update(words)
    questions = plan.segments.questions if plan.segments else []
    for column in set(questions) & set(MEETING):
        named.setdefault(column, set()).update(HOW_MUCH)
    of_whom = dict.fromkeys([*plan.groups, *(column for column, _some in _words(plan)), *questions])
    found: list[Odd] = []
    for column in of_whom:
        counts = Counter(table.cells[column])
        found += _odd(table, column, counts, named.get(column, set()), set(MISSING))
    return tuple(found)


def _words(plan: Plan) -> Iterator[tuple[str, list[str]]]:
    """The words that the plan names of each column."""
    for members in plan.sets.values():
        for member in members.values():
            yield from member.items()
    for column, contrast in plan.dif.items():
        yield column, [*contrast.first, *contrast.second]


def _refuse_others(table: Table, item: Item, counts: Counter[str], apart: Collection[str]) -> None:
    for code in sorted(counts.keys() - set(item.options) - set(apart)):
        place = table.where(table.cells[item.name].index(code), item.name)
        known = ", ".join([*item.options, DO_NOT_KNOW])
        require(False, f"{place}: {code[:LONGEST]} is none of {known}")


def _odd(
    table: Table, column: str, counts: Counter[str], known: set[str], apart: Collection[str]
) -> Iterator[Odd]:
    """What hardly anybody has, the known codes left aside; refused where it is one in other letters."""
    told = sum(times for code, times in counts.items() if code not in apart)
    same = {_plain(code): code for code in sorted(known)}
    for code in sorted(counts.keys() - known - set(apart)):
        place = table.where(table.cells[column].index(code), column)
        right = same.get(_plain(code), "")
        require(not right, f"{place}: {code[:LONGEST]} is {right} in other letters: write {right}")
        if counts[code] * RARE < told:
            yield Odd(table.file, column, code[:LONGEST], counts[code])


def _plain(code: str) -> str:
    """A code in letters of one width and no case."""
    return unicodedata.normalize("NFKC", code).casefold()
