"""Answers of persons to items, checked, and packed so that a likelihood is a few table rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import integers, reals, require
from kepu_engines.survey.design import Design

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]

MISSING = -1
# Items are packed together until one block has this many patterns: its table stays near the core.
PATTERNS = 64


@dataclass(frozen=True)
class Responses:
    """Answers, one row for each person or, where it pays, for each pattern of answers.

    Attributes
    ----------
    codes : (n, j) int8
        Category 0, 1, ... of each answer; -1 where the item was not asked or not answered.
    weight : (n,) float
        People that a row stands for: the sum of its persons' weights.
    square : (n,) float
        Sum over the row's persons of squared weights, for the sandwich.
    group : (n,) int32
        Group of each row, 0, 1, ...
    names : tuple of j str
        Names of the items, for sentences.
    persons : int
        Persons asked.
    weighted : bool
        Whether a weight is not 1.
    design : Design or None
        How the rows were drawn, where errors are to know it: then each row is a person.
    """

    codes: Codes
    weight: Floats
    square: Floats
    group: NDArray[np.int32]
    names: tuple[str, ...]
    persons: int
    weighted: bool
    design: Design | None = None

    @property
    def sampled(self) -> bool:
        """Whether errors must count weights or the draw: a likelihood alone does not tell them."""
        return self.weighted or self.design is not None

    @property
    def scale(self) -> float:
        """Mean weight of a person: a prior counts so many times, that ratios of weights alone matter."""
        return float(self.weight.sum() / self.persons)

    @property
    def categories(self) -> NDArray[np.int64]:
        """Number of categories of each item."""
        return self.codes.max(axis=0).astype(np.int64) + 1

    @property
    def groups(self) -> int:
        """Number of groups."""
        return int(self.group.max()) + 1


def responses(
    codes: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    group: ArrayLike | None = None,
    names: tuple[str, ...] | None = None,
    design: Design | None = None,
) -> Responses:
    """Check answers and make them ready for a fit.

    Parameters
    ----------
    codes : (n, j) int
        Category 0, 1, ... of each answer, -1 for a missing one.
    weight : (n,) float, optional
        Design weights, every one > 0; 1 when left out. Estimates and their errors depend on
        ratios alone, the log-likelihood is the weighted sum.
    group : (n,) int, optional
        Group of each person, 0, 1, ..., each of them present. One group when left out.
    names : j words, optional
        Names of the items; "item 1", ... when left out.
    design : Design, optional
        Strata, clusters and weights of the n persons, in place of `weight`; errors count them.

    Raises
    ------
    EngineError
        If a person or an item has no answer, an item has one answer only or leaves out
        a category below its highest, a weight is not positive, or a shape is wrong.
    """
    table = np.asarray(codes)
    require(table.ndim == 2 and table.size > 0, "Expected a table of persons by items.")
    require(table.dtype.kind in "iu", f"Answers must be whole numbers, not {table.dtype}.")
    low, high = int(table.min()), int(table.max())
    require(low >= MISSING and high <= 100, "A code is unknown: expected 0 to 100, or -1 for none.")
    n, j = table.shape
    known = names or tuple(f"item {place + 1}" for place in range(j))
    require(len(known) == j, f"There are {len(known)} names for {j} items.")
    rows = np.ascontiguousarray(table, dtype=np.int8)
    _check_items(rows, known)
    empty = np.flatnonzero((rows < 0).all(axis=1))
    require(
        len(empty) == 0, f"The person in row {empty[0] + 1 if len(empty) else 0} gave no answer."
    )
    require(weight is None or design is None, "Weights are those of the design: leave one out.")
    shares = _weights(weight if design is None else design.weight, n)
    label = _groups(group, n)
    whole = Responses(rows, shares, shares**2, label, known, n, bool((shares != 1).any()), design)
    return whole if design is not None else _collapsed(whole)


def parted(answers: Responses, item: int) -> Responses:
    """One item as two, of the first group and of the others; that of the others comes last.

    Each is missing where the other was asked, so that a model has parameters for each.

    Raises
    ------
    EngineError
        If one of the two tells nothing, as in `responses`.
    """
    codes = np.column_stack([answers.codes, answers.codes[:, item]])
    codes[answers.group > 0, item] = MISSING
    codes[answers.group == 0, -1] = MISSING
    name = answers.names[item]
    names = (
        *answers.names[:item],
        f"{name} in group 0",
        *answers.names[item + 1 :],
        f"{name} in group 1",
    )
    _check_items(codes, names)
    return replace(answers, codes=codes, names=names)


def _check_items(rows: Codes, names: tuple[str, ...]) -> None:
    """Refuse an item that tells nothing, or whose categories have a gap."""
    for place, name in enumerate(names):
        used = np.bincount(rows[:, place][rows[:, place] >= 0])
        require(len(used) > 0, f"Nobody answered {name}; leave it out.")
        present = np.flatnonzero(used)
        if len(present) == 1:
            alike = {0: "got it wrong", 1: "got it right"}.get(int(present[0]), "chose the same")
            require(False, f"{name} tells nothing: everyone {alike}; leave it out.")
        gap = np.flatnonzero(used == 0)
        require(
            len(gap) == 0,
            f"Nobody gave answer {gap[0] if len(gap) else 0} to {name}; number its answers anew.",
        )


def _weights(weight: ArrayLike | None, n: int) -> Floats:
    """Weights as given, every one above 0; 1 when left out."""
    if weight is None:
        return np.ones(n)
    given = reals(weight, "weights")
    require(len(given) == n, f"There are {len(given)} weights for {n} persons.")
    bad = np.flatnonzero(given <= 0)
    require(len(bad) == 0, f"The weight in row {bad[0] + 1 if len(bad) else 0} is not positive.")
    return given


def _groups(group: ArrayLike | None, n: int) -> NDArray[np.int32]:
    """Labels of groups, none of them empty."""
    if group is None:
        return np.zeros(n, np.int32)
    label = integers(group, "groups", low=0, high=10_000)
    require(len(label) == n, f"There are {len(label)} groups for {n} persons.")
    require(
        bool((np.bincount(label) > 0).all()), "Groups must be numbered 0, 1, ... without a gap."
    )
    return label


def _collapsed(whole: Responses) -> Responses:
    """One row for each pattern, when there are fewer possible patterns than persons."""
    radix = np.append(whole.categories + 1, whole.groups)
    if np.log(radix.astype(float)).sum() > np.log(whole.persons):
        return whole
    key = whole.group.astype(np.int64)
    for place in range(whole.codes.shape[1]):
        key = key * radix[place] + whole.codes[:, place] + 1
    _, first, row = np.unique(key, return_index=True, return_inverse=True)
    return Responses(
        whole.codes[first],
        np.bincount(row, weights=whole.weight).astype(float),
        np.bincount(row, weights=whole.square).astype(float),
        whole.group[first],
        whole.names,
        whole.persons,
        whole.weighted,
    )


@dataclass(frozen=True)
class Packed:
    """Answers and group of each row, several columns to a block; a block has one code.

    Column 0 is the group, column 1 + i is item i, whose code 0 stands for missing.

    Attributes
    ----------
    blocks : tuple of slices
        Columns of each block.
    radix : (j + 1,) int
        Number of codes of each column.
    start : (blocks,) int
        First row of each block in a table of all blocks.
    row : (n, blocks) int32
        Row of each person in that table.
    """

    blocks: tuple[slice, ...]
    radix: NDArray[np.int64]
    start: NDArray[np.int64]
    row: NDArray[np.int32]
    size: int


def packed(answers: Responses, categories: Sequence[int] | None = None) -> Packed:
    """Pack columns from left to right until a block has more than PATTERNS patterns.

    Where nobody left an item out, its missing code has no row.

    Parameters
    ----------
    answers : Responses
        n rows.
    categories : (j,) int, optional
        Of each item, where these answers do not show all that a fit knows.

    Raises
    ------
    EngineError
        If an answer is beyond the categories known.
    """
    shift = np.asarray((answers.codes < 0).any(axis=0), dtype=np.int64)
    many = answers.categories if categories is None else np.asarray(categories, np.int64)
    beyond = np.flatnonzero(answers.categories > many)
    require(not beyond.size, f"The fit knows no such answer to {answers.names[(*beyond, 0)[0]]}.")
    radix = np.append(answers.groups, many + shift)
    edges, patterns, sizes = [0], 1, []
    for column, size in enumerate(radix):
        if patterns * size > PATTERNS and column > edges[-1]:
            edges.append(column)
            sizes.append(patterns)
            patterns = 1
        patterns *= int(size)
    sizes.append(patterns)
    edges.append(len(radix))
    blocks = tuple(slice(low, high) for low, high in pairwise(edges))
    start: NDArray[np.int64] = np.array([sum(sizes[:place]) for place in range(len(sizes))])
    row = np.empty((len(answers.codes), len(blocks)), np.int32)
    for place, block in enumerate(blocks):
        key = np.zeros(len(answers.codes), np.int32)
        for column in range(block.start, block.stop):
            code = answers.codes[:, column - 1] + shift[column - 1] if column else answers.group
            key *= np.int32(radix[column])
            key += code.astype(np.int32)
        np.add(key, start[place], out=row[:, place], casting="unsafe")
    return Packed(blocks, radix, start, row, int(sum(sizes)))
