"""How sure a run is of its questions: the covariance of their curves, for links of later years.

A row for each two questions, and for each with itself: how slope (a) and difficulty (b) of the one move
with those of the other from sample to sample.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kepu_engines.core.cells import disarmed
from kepu_engines.core.checks import require
from kepu_engines.survey.command.tables import read as read_table
from kepu_engines.survey.design import Reals

if TYPE_CHECKING:
    from kepu.literacy.run.results import Results

FILE = "item_covariance.csv"
HEADER = ("item", "other", "aa", "ab", "ba", "bb")


def write(folder: Path, results: Results) -> None:
    """Write the table beside the others of the run; R and the report have no need of it."""
    if results.spread is None:
        return
    names = [one.name for one in results.questions]
    with (folder / FILE).open("w", encoding="utf-8", newline="") as stream:
        written = csv.writer(stream, lineterminator="\n")
        written.writerow(HEADER)
        written.writerows(rows(names, results.spread))


def rows(names: Sequence[str], spread: Reals) -> Iterator[tuple[str, ...]]:
    """Each two questions once, in their order, to nine digits: more no link can tell."""
    for one, name in enumerate(names):
        for other in range(one, len(names)):
            block = spread[2 * one : 2 * one + 2, 2 * other : 2 * other + 2]
            numbers = (f"{float(value):.9g}" for value in block.ravel())
            yield (disarmed(name), disarmed(names[other]), *numbers)


def read(file: Path) -> dict[tuple[str, str], Reals]:
    """The blocks of the table by their two questions.

    Raises
    ------
    EngineError
        If two questions come twice, or a number is missing.
    """
    table = read_table(file, list(HEADER))
    columns = np.array([table.full(name) for name in HEADER[2:]]).T
    found: dict[tuple[str, str], Reals] = {}
    pairs = zip(table.cells["item"], table.cells["other"], strict=True)
    for row, (one, other) in enumerate(pairs):
        place = table.where(row, "item")
        require((one, other) not in found, f"{place}: {one} and {other} come twice")
        block = columns[row].reshape(2, 2)
        found[one, other] = block
        found[other, one] = block.T
    return found


def of(blocks: dict[tuple[str, str], Reals], names: Sequence[str], file: str) -> Reals:
    """The covariance of some questions' slopes and difficulties, in turn.

    Raises
    ------
    EngineError
        If one of them is not in the table, or no questions can have such a covariance.
    """
    for one in names:
        for other in names:
            require((one, other) in blocks, f"{file} has no row for {one} and {other}")
    whole = np.block([[blocks[one, other] for other in names] for one in names])
    least = float(np.linalg.eigvalsh(whole)[0])
    require(least > -1e-6 * float(np.trace(whole)), f"{file}: no questions have such a covariance")
    return np.asarray(whole, dtype=np.float64)
