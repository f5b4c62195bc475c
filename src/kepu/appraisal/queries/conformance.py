"""Which criteria of the programmes in force check which clause of a standard, and what nothing checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kepu.appraisal.models import Standard
from kepu.appraisal.queries import standards
from kepu.appraisal.queries.standards import Citing


@dataclass(frozen=True)
class Checked:
    """A clause, the criteria that cite it, and those that cite a chapter it stands in or a part of it."""

    number: str
    heading: str
    directly: tuple[Citing, ...]
    through: tuple[Citing, ...]
    says_something: bool = True

    @property
    def unchecked(self) -> bool:
        """Whether it asks for something and nothing checks it; a heading alone asks for nothing."""
        return self.says_something and not (self.directly or self.through)


@dataclass(frozen=True)
class Conformance:
    """A standard held against the rubrics in force.

    `whole` cite it without a clause. `nowhere` cite a clause that its text does not have. Where Kepu holds
    no text, the clauses are those that are cited, and of others nothing can be said.
    """

    clauses: tuple[Checked, ...]
    whole: tuple[Citing, ...]
    nowhere: tuple[Citing, ...]
    has_text: bool

    @property
    def unchecked(self) -> list[Checked]:
        return [one for one in self.clauses if one.unchecked]


def conformance(standard: Standard, now: datetime) -> Conformance:
    """The price of `citing`, and one query for the text."""
    text = standards.text_for_everybody(standard)
    return compared(text, standards.citing(standard, now))


def compared(text: Sequence[dict[str, str]], citing: Sequence[Citing]) -> Conformance:
    """Clauses of a text against what cites them; without a text, the clauses that are cited."""
    whole = tuple(one for one in citing if not one.clause)
    parts = [one for one in citing if one.clause]
    if not text:
        numbers = sorted({one.clause for one in parts}, key=_order)
        known = [{"number": number, "heading": "", "text": "-"} for number in numbers]
        return Conformance(tuple(_checked(one, parts) for one in known), whole, (), has_text=False)
    numbers = [one["number"] for one in text]
    nowhere = tuple(one for one in parts if one.clause not in numbers)
    there = [one for one in parts if one.clause in numbers]
    return Conformance(tuple(_checked(one, there) for one in text), whole, nowhere, has_text=True)


def _checked(clause: dict[str, str], parts: Sequence[Citing]) -> Checked:
    number = clause["number"]
    return Checked(
        number,
        clause["heading"],
        tuple(one for one in parts if one.clause == number),
        tuple(one for one in parts if _within(number, one.clause) or _within(one.clause, number)),
        says_something=bool(clause["text"].strip()),
    )


def _within(inner: str, outer: str) -> bool:
    """Whether 5.2.1 stands in 5.2, or A.1 in A; 5.21 does not stand in 5.2."""
    return inner.startswith(f"{outer}.")


def _order(number: str) -> list[tuple[bool, int, str]]:
    """5.10 after 5.9, annexes after the clauses."""
    return [
        (not part.isdecimal(), int(part) if part.isdecimal() else 0, part)
        for part in number.split(".")
    ]
