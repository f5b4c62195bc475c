"""The files of a run, read and held against each other before anything is computed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu.literacy.run import codes
from kepu.literacy.run.codes import Odd
from kepu.literacy.run.plan import Member, Overlap, Plan
from kepu_engines.core.checks import require
from kepu_engines.survey.command.tables import MISSING, Table, header_of, read
from kepu_engines.survey.design import Reals
from kepu_engines.survey.weighting.margins import Margin

OPTIONS = "options"  # of the items, where it is there: the codes that an answer may have
BETWEEN = re.compile(r"[\s,;/|、，；]+")  # what parts them
OTHER = "-"  # the label of somebody of whom nothing is known, for whom nothing is counted


@dataclass(frozen=True)
class Item:
    """A question of the form: the dimension it counts for, and the answer that is right.

    `options` are all answers that there are; empty where the file of items does not say.
    """

    name: str
    dimension: str
    key: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Area:
    """A district: its code, name, people of the age asked, and what else is known of it."""

    code: str
    name: str
    people: float
    known: tuple[float, ...]


@dataclass(frozen=True)
class Sheets:
    """Answers that belong to no sample of homes: who is of which category, what was right, and asked."""

    table: Table
    right: NDArray[np.bool_]
    asked: NDArray[np.bool_]

    def labels(self, column: str) -> NDArray[Any]:
        """A column as words, none of them empty."""
        return words_of(self.table, column, np.ones(len(self.table), np.bool_))


@dataclass(frozen=True)
class Online:
    """Volunteers, and the people asked in both ways where there are any.

    `way` says who of the latter was asked online.
    """

    volunteers: Sheets
    overlap: Sheets | None
    way: NDArray[np.bool_] | None


@dataclass(frozen=True)
class Read:
    """The files of a plan.

    Attributes
    ----------
    table : Table
        Rows of everybody drawn.
    said : (n,) bool
        Who answered.
    right : (n, items) bool
        Who gave the right answer; a blank is a wrong one, as in the surveys this continues.
    asked : (n, items) bool
        Which item was in whose booklet; all of them, unless answers are drawn as plausible.
    margins : tuple of Margin
    areas : tuple of Area
    online : Online, or None
        Volunteers, where the plan has modes.
    odd : tuple of Odd
        Codes that hardly anybody has: they may be slips of the pen.
    """

    plan: Plan
    table: Table
    said: NDArray[np.bool_]
    items: tuple[Item, ...]
    right: NDArray[np.bool_]
    asked: NDArray[np.bool_]
    margins: tuple[Margin, ...]
    areas: tuple[Area, ...]
    online: Online | None = None
    odd: tuple[Odd, ...] = ()

    def weight(self) -> Reals:
        """Design weights, refused unless above 0."""
        column = self.plan.answers.weight
        found = self.table.full(column)
        row = int(found.argmin())
        sentence = f"{self.table.where(row, column)}: {found[row]:g} is not a weight above 0"
        require(found[row] > 0, sentence)
        return found

    def labels(self, column: str) -> NDArray[Any]:
        """A column as words; of those who did not answer it may be empty."""
        return words_of(self.table, column, self.said)

    def belongs(self, member: Member) -> NDArray[np.bool_]:
        """Who of those that answered belongs to a member of a set."""
        found = self.said.copy()
        for column, words in member.items():
            found &= np.isin(self.labels(column), words)
        return found


def gather(plan: Plan, folder: Path) -> Read:
    """Read all files of `plan`, which lie in `folder`.

    Raises
    ------
    EngineError
        If a file, a column or a code is not as the plan says; the place is named.
    """
    items = _items(plan, folder)
    names = [item.name for item in items]
    margins = _margins(plan, folder)
    columns = [*plan.columns(), *margins, *names]
    table = read(inside(folder, plan.answers.file), list(dict.fromkeys(columns)))
    table.each_once(plan.answers.person)
    said = _said(plan, table)
    right, asked = marked(table, items), _asked(plan, table, items, said, plan.answers.person)
    found = Read(plan, table, said, items, right, asked, (), _areas(plan, folder))
    _somebody_belongs(found)
    _whole_forms(found)
    placed = tuple(_placed(found, margins))
    odd = (*codes.of_items(table, items, plan.not_asked), *codes.of_people(plan, table, margins))
    return replace(found, margins=placed, odd=odd, online=_online(plan, folder, items, margins))


def _somebody_belongs(found: Read) -> None:
    """A group to which nobody belongs is most likely a word that was misspelt."""
    for name, members in found.plan.sets.items():
        for member, rule in members.items():
            words = "; ".join(f"{column}: {', '.join(some)}" for column, some in rule.items())
            sentence = f"plan: sets.{name}.{member}: nobody who answered has {words}"
            require(bool(found.belongs(rule).any()), f"{sentence}; mend the words or leave it out")
    for column, contrast in found.plan.dif.items():
        for side, some in (("first", contrast.first), ("second", contrast.second)):
            sentence = f"plan: dif.{column}.{side}: nobody who answered has {', '.join(some)}"
            there = bool(found.belongs({column: some}).any())
            require(there, f"{sentence}; mend the words or leave it out")


def _whole_forms(found: Read) -> None:
    """A form has as many items as its framework says: a cut in points is one in items right."""
    wanted = found.plan.framework.items
    if wanted is None:
        return
    many = found.asked.sum(axis=1)
    odd = found.said & (many != wanted)
    row, person = int(odd.argmax()), found.plan.answers.person
    sentence = (
        f"was asked {many[row]} items, and a form of {found.plan.framework.name} has {wanted}"
    )
    require(not odd.any(), f"{found.table.where(row, person)}: this person {sentence}")


def words_of(table: Table, column: str, said: NDArray[np.bool_]) -> NDArray[Any]:
    """A column as words, which may be empty for those who did not answer."""
    words = np.array(table.cells[column], dtype=object)
    gap = np.isin(words, MISSING)
    row = int((gap & said).argmax())
    sentence = f"{table.where(row, column)}: it is empty, though the person answered"
    require(not (gap & said).any(), sentence)
    words[gap] = OTHER
    return words.astype(str)


def inside(folder: Path, name: str) -> Path:
    """A file that a plan names, which must lie beside it."""
    place = (folder / name).resolve()
    within = place.is_relative_to(folder.resolve())
    require(within, f"{name} must lie in the plan's own folder")
    require(place.is_file(), f"there is no file {name} beside the plan")
    return place


def _items(plan: Plan, folder: Path) -> tuple[Item, ...]:
    file = inside(folder, plan.items)
    told = [name for name in header_of(file) if name == OPTIONS]
    table = read(file, ["item", "dimension", "key", *told])
    table.each_once("item")
    given = table.cells.get(OPTIONS, [""] * len(table))
    options = [tuple(filter(None, BETWEEN.split(words))) for words in given]
    columns = (table.cells[name] for name in ("item", "dimension", "key"))
    found = tuple(Item(*row) for row in zip(*columns, options, strict=True))
    for row, item in enumerate(found):
        there = ", ".join(item.options)
        sentence = f"{table.where(row, 'key')}: {item.key} is none of {there}"
        require(not item.options or item.key in item.options, sentence)
        known = ", ".join(plan.rule.points)
        sentence = f"{table.where(row, 'dimension')}: {item.dimension} is none of {known}"
        require(item.dimension in plan.rule.points, sentence)
        require(item.key not in MISSING, f"{table.where(row, 'key')}: the right answer is missing")
    for dimension in plan.rule.points:
        some = any(item.dimension == dimension for item in found)
        require(some, f"{table.file} has no item of the dimension {dimension}")
    return found


def _said(plan: Plan, table: Table) -> NDArray[np.bool_]:
    column = plan.answers.answered
    if column is None:
        return np.ones(len(table), np.bool_)
    codes = table.full(column)
    odd = ~np.isin(codes, (0, 1))
    row = int(odd.argmax())
    require(not odd.any(), f"{table.where(row, column)}: {codes[row]:g} is neither 0 nor 1")
    require(bool(codes.any()), f"{table.file}: nobody answered")
    return codes == 1


def marked(table: Table, items: tuple[Item, ...]) -> NDArray[np.bool_]:
    """Who gave the right answer to which item, (n, items)."""
    found = np.empty((len(table), len(items)), np.bool_)
    for place, item in enumerate(items):
        found[:, place] = [word == item.key for word in table.cells[item.name]]
    return found


def _asked(
    plan: Plan, table: Table, items: tuple[Item, ...], said: NDArray[np.bool_], person: str
) -> NDArray[np.bool_]:
    """Which items each booklet held; who answered was asked something."""
    found = np.ones((len(table), len(items)), np.bool_)
    if not plan.plausible:
        return found
    for place, item in enumerate(items):
        found[:, place] = [word != plan.scoring.not_asked for word in table.cells[item.name]]
    none = said & ~found.any(axis=1)
    row = int(none.argmax())
    sentence = "answered, but no item was asked"
    require(not none.any(), f"{table.where(row, person)}: this person {sentence}")
    return found


def _margins(plan: Plan, folder: Path) -> dict[str, dict[str, float]]:
    """People of each category of each margin."""
    if plan.margins is None:
        return {}
    table = read(inside(folder, plan.margins.file), ["margin", "category", "people"])
    people = table.full("people")
    found: dict[str, dict[str, float]] = {}
    for row, (margin, category) in enumerate(
        zip(table.cells["margin"], table.cells["category"], strict=True)
    ):
        held = found.setdefault(margin, {})
        place = table.where(row, "category")
        require(category not in held, f"{place}: {category} of {margin} comes twice")
        require(people[row] >= 0, f"{table.where(row, 'people')}: {people[row]:g} is below 0")
        held[category] = float(people[row])
    return found


def _placed(found: Read, margins: dict[str, dict[str, float]]) -> list[Margin]:
    """Each margin with the category of every row; who did not answer counts in none."""
    placed = []
    for name, target in margins.items():
        labels = found.labels(name)
        odd = found.said & ~np.isin(labels, list(target))
        row = int(odd.argmax())
        sentence = f"{found.table.where(row, name)}: {labels[row]} has no people in the margins"
        require(not odd.any(), sentence)
        labels[~found.said] = next(iter(target))  # a weight of 0 is added to it
        placed.append(Margin(name, labels, target))
    return placed


def _online(
    plan: Plan, folder: Path, items: tuple[Item, ...], margins: dict[str, dict[str, float]]
) -> Online | None:
    if plan.modes is None:
        return None
    modes, names = plan.modes, [item.name for item in items]
    for name in modes.covariates:
        require(name in margins, f"modes: {name} has no margin, so nobody knows the population's")
    cluster = [modes.cluster] if modes.cluster else []
    columns = [modes.person, *modes.covariates, *cluster, *names]
    table = read(inside(folder, modes.file), list(dict.fromkeys(columns)))
    table.each_once(modes.person)
    overlap, way = _overlap(plan, modes.overlap, folder, items)
    return Online(_sheets(plan, table, items, modes.person), overlap, way)


def _sheets(plan: Plan, table: Table, items: tuple[Item, ...], person: str) -> Sheets:
    everybody = np.ones(len(table), np.bool_)
    codes.of_items(table, items, plan.not_asked)
    return Sheets(table, marked(table, items), _asked(plan, table, items, everybody, person))


def _overlap(
    plan: Plan, asked: Overlap | None, folder: Path, items: tuple[Item, ...]
) -> tuple[Sheets | None, NDArray[np.bool_] | None]:
    """People asked in both ways, a row for each time."""
    if asked is None:
        return None, None
    columns = [asked.person, asked.mode, *asked.covariates, *(item.name for item in items)]
    table = read(inside(folder, asked.file), list(dict.fromkeys(columns)))
    words = np.array(table.cells[asked.mode])
    odd = ~np.isin(words, (asked.home, asked.online))
    row = int(odd.argmax())
    known = f"{asked.home} nor {asked.online}"
    require(not odd.any(), f"{table.where(row, asked.mode)}: {words[row]} is neither {known}")
    _once_each_way(table, asked)
    return _sheets(plan, table, items, asked.person), words == asked.online


def _once_each_way(table: Table, asked: Overlap) -> None:
    """A person is asked once at home and once online; another row of one way counts somebody twice."""
    seen: dict[tuple[str, str], int] = {}
    ways = zip(table.cells[asked.person], table.cells[asked.mode], strict=True)
    for row, (person, way) in enumerate(ways):
        first = table.first + seen.setdefault((person, way), row)
        sentence = f"{person} ({way}) was in row {first}: keep one"
        require(first == table.first + row, f"{table.where(row, asked.person)}: {sentence}")


def _areas(plan: Plan, folder: Path) -> tuple[Area, ...]:
    if plan.areas is None:
        return ()
    columns = ["code", "name", "people", *plan.areas.known]
    table = read(inside(folder, plan.areas.file), columns)
    table.each_once("code")
    people, known = table.full("people"), [table.full(name) for name in plan.areas.known]
    row = int(people.argmin())
    require(people[row] > 0, f"{table.where(row, 'people')}: {people[row]:g} is not above 0")
    return tuple(
        Area(code, name, float(people[row]), tuple(float(column[row]) for column in known))
        for row, (code, name) in enumerate(
            zip(table.cells["code"], table.cells["name"], strict=True)
        )
    )
