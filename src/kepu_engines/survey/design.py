"""How a sample was drawn: strata, clusters, weights and fractions, coded once for every estimate."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import reals, require

Codes = NDArray[np.int32]
Reals = NDArray[np.float64]

# A stratum drawn this completely adds no variance; R's survey draws the line here too.
CENSUS = 1e-7
# Whole numbers in a range this many times the rows are coded by a table, not by sorting.
SPARSEST = 4


class Lonely(StrEnum):
    """What a stratum with one cluster adds to the variance, by R's survey.lonely.psu."""

    FAIL = "fail"  # the design is refused
    CERTAINTY = "certainty"  # nothing: the cluster was sure to be drawn
    ADJUST = "adjust"  # the square of its score: spread round the whole, not its stratum
    AVERAGE = "average"  # what the other strata add on average


@dataclass(frozen=True)
class Stage:
    """One stage of the draw: the unit of every row, and the stratum of every unit.

    Attributes
    ----------
    unit : (n,) int32
        Unit of row i, in [0, units).
    stratum : (units,) int32
        Stratum of a unit, itself inside one unit of the stage before.
    drawn : (strata,) int64
        How many units were drawn in a stratum.
    rest : (strata,) float64
        1 - sampling fraction; 1 where drawing was with replacement or is taken so.
    carried : (strata,) float64
        Product of the sampling fractions of the stages before.
    """

    unit: Codes
    stratum: Codes
    drawn: NDArray[np.int64]
    rest: Reals
    carried: Reals


@dataclass(frozen=True)
class Design:
    """The draw of a sample, its rows in any order.

    Attributes
    ----------
    weight : (n,) float64
        How many people row i stands for, > 0.
    stages : tuple of Stage
        From the first draw on. Without fractions only the first adds to a variance.
    lonely : Lonely
        The rule for strata with one cluster.
    """

    weight: Reals
    stages: tuple[Stage, ...]
    lonely: Lonely

    @classmethod
    def of(
        cls,
        strata: ArrayLike | Sequence[ArrayLike],
        clusters: ArrayLike | Sequence[ArrayLike],
        weight: ArrayLike,
        fpc: ArrayLike | Sequence[ArrayLike] | None = None,
        lonely: Lonely = Lonely.FAIL,
    ) -> "Design":
        """Code the labels of a design, in time linear in its rows if they are whole numbers.

        Parameters
        ----------
        strata, clusters : (n,) labels, or a sequence of them, one a stage
            Whole numbers or words. A cluster's label is read inside its stratum, and a
            stratum's inside the cluster of the stage before.
        weight : (n,) float
            Every one > 0.
        fpc : (n,) float, or a sequence of them, one a stage
            Sampling fraction in (0, 1], or how many clusters the stratum has (> 1), the
            same within a stratum. None: drawn with replacement, or taken so.

        Raises
        ------
        EngineError
            If lengths differ, a weight is not positive, a fraction is not possible, or
            `lonely` is FAIL and a stratum that is no census has one cluster.
        """
        people = reals(weight, "the weights")
        require(people.size > 0, "the sample has no rows")
        worst = int(people.argmin())
        require(people[worst] > 0, f"the weight of row {worst + 1} is {people[worst]:g}, not > 0")
        labels = list(zip(_each(strata), _each(clusters), strict=False))
        require(
            len(labels) == len(_each(strata)) == len(_each(clusters)),
            "strata and clusters must have the same number of stages",
        )
        sizes = [None] * len(labels) if fpc is None else _each(fpc)
        require(len(sizes) == len(labels), "fpc must have as many stages as strata")
        return cls(people, _stages(labels, sizes, people.size, lonely), lonely)

    @property
    def df(self) -> int:
        """Degrees of freedom: clusters less strata, of the first stage."""
        return int(self.stages[0].stratum.size - self.stages[0].drawn.size)

    def __len__(self) -> int:
        """How many rows the sample has."""
        return self.weight.size


def coded(labels: ArrayLike, name: str, rows: int) -> tuple[Codes, NDArray[Any]]:
    """Each label's number, and the labels in order of their numbers.

    Parameters
    ----------
    labels : (rows,) words or whole numbers
    name : str
        What they are called in a refusal.
    rows : int

    Raises
    ------
    EngineError
        If there is not one label a row, or one is missing.
    """
    array = np.asarray(labels)
    require(array.shape == (rows,), f"{name} must hold {rows} labels, not {array.shape}")
    if array.dtype.kind == "f":
        require(bool(np.isfinite(array).all()), f"{name} must not be missing")
    if array.dtype.kind in "iu":
        low = int(array.min())
        if int(array.max()) - low < SPARSEST * rows + 1000:
            return _tabled(array, low)
    found, codes = np.unique(array, return_inverse=True)
    return codes.astype(np.int32), found


def _each(labels: Any) -> list[Any]:
    """The labels of each stage; one array is one stage."""
    if isinstance(labels, tuple | list) and labels and np.ndim(labels[0]) == 1:
        return list(labels)
    return [labels]


def _tabled(array: NDArray[Any], low: int) -> tuple[Codes, NDArray[Any]]:
    """Codes of whole numbers in a narrow range."""
    present = np.zeros(int(array.max()) - low + 1, np.bool_)
    _mark(array, low, present)
    table = np.cumsum(present, dtype=np.int32) - np.int32(1)
    codes = _renumbered(array, low, table)
    return codes, (np.flatnonzero(present) + low).astype(array.dtype)


@njit(cache=True)
def _mark(labels, low, present):  # type: ignore[no-untyped-def]
    """Note which labels there are."""
    for label in labels:
        present[label - low] = True


@njit(cache=True)
def _renumbered(labels, low, table):  # type: ignore[no-untyped-def]
    """Number of each label, without a copy as wide as an address."""
    codes = np.empty(labels.size, np.int32)
    for row in range(labels.size):
        codes[row] = table[labels[row] - low]
    return codes


def _nested(outer: Codes, inner: Codes, rows: int) -> Codes:
    """Codes of inner labels read inside outer ones."""
    if _inside_one(outer, inner, np.full(int(inner.max()) + 1, -1, np.int32)):
        return inner  # mostly a cluster's label is its own in the whole sample
    pairs = outer.astype(np.int64)
    pairs *= int(inner.max()) + 1
    pairs += inner
    return coded(pairs, "labels", rows)[0]


@njit(cache=True)
def _inside_one(outer, inner, found):  # type: ignore[no-untyped-def]
    """Whether every inner label is inside one outer label only."""
    for row in range(outer.size):
        if found[inner[row]] == -1:
            found[inner[row]] = outer[row]
        elif found[inner[row]] != outer[row]:
            return False
    return True


def _stages(
    labels: list[tuple[Any, Any]], sizes: list[Any], rows: int, lonely: Lonely
) -> tuple[Stage, ...]:
    inside: Codes | None = None  # of the first stage all strata are in one whole
    fraction: Reals | None = None
    made: list[Stage] = []
    for (strata, clusters), size in zip(labels, sizes, strict=True):
        plain, names = coded(strata, "the strata", rows)
        stratum = plain if inside is None else _nested(inside, plain, rows)
        unit = _nested(stratum, coded(clusters, "the clusters", rows)[0], rows)
        of_unit = np.zeros(int(unit.max()) + 1, np.int32)
        of_unit[unit] = stratum
        drawn = np.bincount(of_unit)
        sampled = _fraction(size, stratum, drawn)
        carried = np.ones(drawn.size)
        if fraction is not None:
            carried[stratum] = fraction
        stage = Stage(unit, of_unit, drawn, 1 - sampled, carried)
        if lonely is Lonely.FAIL:
            alone = (drawn == 1) & (stage.rest >= CENSUS)
            _refuse_lonely(alone[stratum], names, plain)
        made.append(stage)
        if size is None:
            break
        inside = unit
        fraction = sampled[stratum] if fraction is None else fraction * sampled[stratum]
    return tuple(made)


def _refuse_lonely(alone: NDArray[np.bool_], names: NDArray[Any], plain: Codes) -> None:
    if alone.any():
        name = names[plain[int(alone.argmax())]]
        require(
            False,
            f"stratum {name} has one cluster: merge it with a neighbour, or name the rule "
            "certainty, adjust or average",
        )


def _fraction(size: Any, stratum: Codes, drawn: NDArray[np.int64]) -> Reals:
    """Sampling fraction of every stratum; 0 where none is given."""
    if size is None:
        return np.zeros(drawn.size)
    given = reals(size, "fpc", low=0)
    require(given.size == stratum.size, f"fpc must hold {stratum.size} numbers, not {given.size}")
    of_stratum = np.zeros(drawn.size)
    of_stratum[stratum] = given
    row = _first_difference(of_stratum, stratum, given)
    require(row < 0, f"fpc of row {row + 1} differs from another row of its stratum")
    require(bool((of_stratum > 0).all()), "fpc must be > 0")
    counts = of_stratum > 1
    require(
        bool((drawn[counts] <= of_stratum[counts]).all()),
        "fpc says that a stratum has fewer clusters than were drawn from it",
    )
    return np.where(counts, drawn / of_stratum, of_stratum)


@njit(cache=True)
def _first_difference(of_stratum, stratum, given):  # type: ignore[no-untyped-def]
    """The first row whose size is not its stratum's; -1 if none."""
    for row in range(given.size):
        if given[row] != of_stratum[stratum[row]]:
            return row
    return -1
