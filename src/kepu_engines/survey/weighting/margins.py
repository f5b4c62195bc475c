"""What is known of the population, and where each row of the sample falls in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import reals, require
from kepu_engines.survey.design import Codes, Reals

# Totals of two margins that differ by less are the same number, rounded.
AGREE = 1e-9
# Whole numbers spread over a wider range are looked up one by one.
WIDEST = 2**20


@dataclass(frozen=True)
class Margin:
    """One question: the category of each row, and how many people each category has.

    Attributes
    ----------
    name : str
        For refusals.
    labels : (n,) labels
        Whole numbers or words, each a key of `target`.
    target : mapping of label to float
        People, >= 0.
    """

    name: str
    labels: ArrayLike
    target: Mapping[Any, float]


@dataclass(frozen=True)
class Control:
    """A number known of each row, and its total over the population."""

    name: str
    values: ArrayLike
    target: float


Known = Margin | Control


@dataclass(frozen=True)
class Cells:
    """Rows that are alike in all that is known are one cell: rows are passed over only twice.

    Attributes
    ----------
    of_row : (n,) int32
        Cell of row i; empty if every row is a cell of its own.
    levels : (cells, margins) int32
        Place of each of a cell's categories in `target`.
    values : (cells, controls) float64
        A cell's numbers.
    target : (k,) float64
        Totals: of all categories of all margins, then of the controls.
    names : (k,) str
        What each total is of.
    """

    of_row: Codes
    levels: Codes
    values: Reals
    target: Reals
    names: tuple[str, ...]

    @classmethod
    def of(cls, known: Sequence[Known], rows: int) -> "Cells":
        """Find the cell of each row.

        Raises
        ------
        EngineError
            If a label has no target, a target is negative, or margins disagree in total.
        """
        require(bool(known), "weights need at least one margin or control")
        margins = [one for one in known if isinstance(one, Margin)]
        controls = [one for one in known if isinstance(one, Control)]
        targets = _agreeing(margins)
        of_row, levels = _levels(margins, rows, together=not controls)
        totals = [reals([one.target for one in controls], "the controls' targets")]
        names = [f"{one.name} = {label}" for one in margins for label in one.target]
        return cls(
            of_row,
            levels,
            _values(controls, rows if of_row.size == 0 else levels.shape[0]),
            np.concatenate([*targets, *totals]),
            (*names, *(one.name for one in controls)),
        )

    def sums(self, weight: Reals) -> Reals:
        """People of each cell.

        Parameters
        ----------
        weight : (n,) float
        """
        return weight if self.of_row.size == 0 else _summed(self.of_row, weight, len(self.levels))

    def times(self, weight: Reals, factor: Reals) -> Reals:
        """Weight of each row times the factor of its cell.

        Parameters
        ----------
        weight : (n,) float
        factor : (cells,) float
        """
        return weight * factor if self.of_row.size == 0 else _times(self.of_row, weight, factor)


def _agreeing(margins: list[Margin]) -> list[Reals]:
    """Targets of each margin, brought to one total."""
    found = [_targets(margin) for margin in margins]
    for margin, target in zip(margins[1:], found[1:], strict=True):
        first, total = float(found[0].sum()), float(target.sum())
        require(
            abs(total - first) <= AGREE * first,
            f"the margins disagree: {margins[0].name} adds up to {first:.10g} and "
            f"{margin.name} to {total:.10g}; bring them to one total",
        )
        target *= first / total
    return found


def _targets(margin: Margin) -> Reals:
    require(len(margin.target) > 0, f"{margin.name} has no categories")
    target = reals(list(margin.target.values()), f"the targets of {margin.name}").copy()
    worst = int(target.argmin())
    label = list(margin.target)[worst]
    require(target[worst] >= 0, f"the target of {margin.name} = {label} is {target[worst]:g}, < 0")
    require(target.sum() > 0, f"the targets of {margin.name} are all 0")
    return target


def _levels(margins: list[Margin], rows: int, together: bool) -> tuple[Codes, Codes]:
    """Cell of each row and categories of each cell."""
    sizes = [len(margin.target) for margin in margins]
    first = np.cumsum([0, *sizes])[:-1].astype(np.int32)
    if together and prod(sizes) <= rows:
        of_row = np.zeros(rows, np.int32)
        for margin, size in zip(margins, sizes, strict=True):
            _enter(margin, of_row, size)
        every = np.unravel_index(np.arange(prod(sizes)), sizes)
        return of_row, np.stack(every, axis=1).astype(np.int32) + first
    levels = np.zeros((rows, len(margins)), np.int32)
    for at, margin in enumerate(margins):
        column = np.zeros(rows, np.int32)
        _enter(margin, column, 0)
        levels[:, at] = column + first[at]
    return np.zeros(0, np.int32), levels


def _enter(margin: Margin, code: Codes, size: int) -> None:
    """Put a margin's categories behind what `code` holds: code * size + category."""
    labels = np.asarray(margin.labels)
    require(
        labels.shape == code.shape,
        f"{margin.name} must hold {code.size} labels, not {labels.shape}",
    )
    keys = list(margin.target)
    if labels.dtype.kind in "iub" and _narrow(keys):
        low, table = _table(keys)
        bad = _append(_plain(labels), low, table, size, code)
    else:
        place = {key: at for at, key in enumerate(keys)}
        found = np.array([place.get(label, -1) for label in labels.tolist()], np.int64)
        bad = _append(found, 0, np.arange(len(keys), dtype=np.int32), size, code)
    if bad >= 0:
        require(False, f"{margin.name} = {labels[bad]} in row {bad + 1} has no target")


def _narrow(keys: list[Any]) -> bool:
    whole = all(isinstance(key, int | np.integer) for key in keys)
    return whole and max(keys) - min(keys) < WIDEST


def _table(keys: list[Any]) -> tuple[int, Codes]:
    """The place of each whole number among the keys, from the least on; -1 if it is none."""
    low = int(min(keys))
    table = np.full(int(max(keys)) - low + 1, -1, np.int32)
    table[np.array(keys, np.int64) - low] = np.arange(len(keys))
    return low, table


def _plain(labels: NDArray[Any]) -> NDArray[Any]:
    """Labels as one of two kinds of whole numbers: each kind costs a compilation."""
    return labels if labels.dtype in (np.int64, np.int32) else labels.astype(np.int64)


def _values(controls: list[Control], cells: int) -> Reals:
    columns = [reals(one.values, one.name) for one in controls]
    for one, column in zip(controls, columns, strict=True):
        require(column.size == cells, f"{one.name} must hold {cells} numbers, not {column.size}")
    return np.stack(columns, axis=1) if columns else np.zeros((cells, 0))


@njit(cache=True)
def _append(labels: Any, low: int, table: Any, size: int, code: Any) -> int:
    """Write the categories; the first row without one, or -1."""
    for row in range(labels.size):
        at = labels[row] - low
        if at < 0 or at >= table.size or table[at] < 0:
            return row
        code[row] = code[row] * size + table[at]
    return -1


@njit(cache=True)
def _summed(of_row: Any, weight: Any, cells: int) -> Any:
    found = np.zeros(cells)
    for row in range(of_row.size):
        found[of_row[row]] += weight[row]
    return found


@njit(cache=True)
def _times(of_row: Any, weight: Any, factor: Any) -> Any:
    found = np.empty(of_row.size)
    for row in range(of_row.size):
        found[row] = weight[row] * factor[of_row[row]]
    return found
