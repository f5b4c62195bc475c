"""Quotas of a fieldwork: how many interviews of each kind of people there should be, and are.

They are watched and never enforced: who is at the door was drawn, and sending people of a kind away
because there are enough of them would spoil the draw. The run rakes to the same numbers of people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from kepu.kernel import tables
from kepu.kernel.roles.queries import Reach
from kepu.kernel.tables import Column, Fault
from kepu.literacy.heard import BACKGROUND, Question
from kepu.literacy.models import Fieldwork
from kepu.literacy.queries import fieldwork as queries

MOST_PEOPLE = 2_000_000_000
FAR = 2.0  # standard deviations of a simple random sample, roundly widened by SPREAD
SPREAD = 1.5  # design effect
COLUMNS = (
    Column("margin", lazy("Question"), tables.one_of({one.key: one.key for one in BACKGROUND})),
    Column("category", pgettext_lazy("option", "Answer"), tables.text(40)),
    Column("name", lazy("What it means"), tables.text(80), required=False),
    Column("people", pgettext_lazy("population", "People"), tables.whole(1, MOST_PEOPLE)),
)
People = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Kind:
    """People of one answer: how many interviews there should be of them, of those held, and are."""

    question: str
    answer: str
    share: float
    wanted: float
    held: int
    far: bool


def read(file: IO[bytes], name: str) -> tuple[People, list[Fault]]:
    """Numbers of people by question and answer, and everything that is wrong.

    Of a question that is named every answer must be.
    """
    sheet = tables.read_table(file, name, COLUMNS)
    known = {one.key: {key for key, _title in one.options} for one in BACKGROUND}
    found: People = {}
    for row in sheet.rows:
        margin, category = row.values["margin"], row.values["category"]
        held = found.setdefault(margin, {})
        if category not in known[margin]:
            words = _("this is no answer of it: %(answer)s") % {"answer": category}
            sheet.faults.append(Fault(row.number, str(COLUMNS[1].header), words))
        elif category in held:
            sheet.faults.append(Fault(row.number, "", _("this answer stands in an earlier row")))
        else:
            held[category] = row.values["people"]
    sheet.faults += _gaps(found, known) if not sheet.faults else []
    return found, sorted(sheet.faults, key=lambda fault: fault.row)


def _gaps(found: People, known: dict[str, set[str]]) -> Iterator[Fault]:
    for margin, held in found.items():
        if missing := sorted(known[margin] - set(held)):
            words = _("%(question)s: these answers are missing: %(answers)s")
            said = {"question": margin, "answers": "、".join(missing)}
            yield Fault(1, str(COLUMNS[1].header), words % said)


def to_fill_in(people: People) -> bytes:
    """A row for each answer, with the number of people where one is known."""
    rows = (
        (one.key, key, f"{one.title}: {title}", people.get(one.key, {}).get(key, ""))
        for one in BACKGROUND
        for key, title in one.options
    )
    return tables.csv_text([str(one.header) for one in COLUMNS], rows)


def kinds(of: Fieldwork, reach: Reach) -> list[Kind]:
    """Of each kind what there should be and is. One query for each question."""
    return [
        kind
        for one in BACKGROUND
        if one.key in of.quotas
        for kind in _kinds(one, of.quotas[one.key], queries.answered(of, reach, one.key))
    ]


def _kinds(one: Question, people: dict[str, int], held: dict[str, int]) -> Iterator[Kind]:
    whole, said = sum(people.values()), sum(held.values())
    for key, title in one.options:
        share = people[key] / whole
        wanted, there = share * said, held.get(key, 0)
        chance = sqrt(SPREAD * said * share * (1 - share))
        far = said > 0 and abs(there - wanted) > FAR * chance
        yield Kind(str(one.title), str(title), share, wanted, there, far)
