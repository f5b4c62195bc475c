"""A draw in several stages: districts' townships, their communities, their households."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import reals, require
from kepu_engines.core.errors import EngineError
from kepu_engines.core.seeds import generator
from kepu_engines.survey.design import Codes, Reals, coded
from kepu_engines.survey.sampling.chances import chances
from kepu_engines.survey.sampling.coordination import permanent_numbers, poisson_by_numbers
from kepu_engines.survey.sampling.sampford import (
    MOST_UNITS,
    exactly_by_numbers,
    joint_sampford,
    sampford,
)
from kepu_engines.survey.sampling.systematic import joint_systematic, systematic


class Method(StrEnum):
    """How units are drawn inside a stratum."""

    SYSTEMATIC = "systematic"  # down the list in its order
    SAMPFORD = "sampford"  # every pair with a known chance
    PERMANENT = "permanent"  # by the number of each unit's name, so that waves can be coordinated
    # Each unit by its own number: exact chances and the most overlap; how many is left to chance.
    POISSON = "poisson"


@dataclass(frozen=True)
class Stage:
    """What one stage draws. Rows are those of the frame, the units of the last stage.

    Attributes
    ----------
    unit : (n,) labels
        Unit of each row; read inside its stratum, and that inside the unit drawn before.
    take : int, or mapping of stratum to int
        How many units of each stratum of each unit drawn before.
    stratum : (n,) labels, optional
    size : (n,) float, optional
        Size of each row, > 0; a unit's is the sum of its rows'. Without, units are equal.
    method : Method
    """

    unit: ArrayLike
    take: int | Mapping[Any, int]
    stratum: ArrayLike | None = None
    size: ArrayLike | None = None
    method: Method = Method.SYSTEMATIC


@dataclass(frozen=True)
class Listed:
    """One list from which units were drawn: a stratum of a stage, in a unit drawn before.

    Attributes
    ----------
    stage : int
        1 for the first.
    row : int
        A row of the frame that lies in it.
    method : Method
    names : (units,) labels
    chance : (units,) float64
        Of each unit of the list, in its order.
    drawn : (m,) int64
        Places in the list of the units drawn, rising.
    """

    stage: int
    row: int
    method: Method
    names: NDArray[Any]
    chance: Reals
    drawn: NDArray[np.int64]

    def together(self) -> Reals:
        """Chance of each two units drawn to be drawn together, (m, m), given the stage before.

        Exact, by the method they were drawn with; 0 where a systematic draw can never have both by
        another start. On the diagonal, each unit's own.

        Raises
        ------
        EngineError
            If the list is too long.

        Source
        ------
        Of Poisson's, units are drawn each by itself: chances multiply. Else those of `joint_sampford`
        and `joint_systematic`: Sampford (1967), Madow (1949). Equal chances by permanent numbers are a
        simple random sample, which Sampford's is too.
        """
        if self.method is Method.SYSTEMATIC:
            many = self.chance.size
            require(many <= MOST_UNITS, f"pairs of {many} units are too many: stratify the list")
            joint = joint_systematic(self.chance)
        elif self.method is Method.POISSON:
            joint = np.outer(self.chance, self.chance)
            np.fill_diagonal(joint, self.chance)
        else:
            joint = joint_sampford(self.chance)
        found: Reals = joint[np.ix_(self.drawn, self.drawn)]
        return found


@dataclass(frozen=True)
class Drawn:
    """The rows drawn, and the chance of each.

    Attributes
    ----------
    rows : (m,) int64
        Rows of the frame, rising.
    chance : (m, stages) float64
        Of the row's unit in each stage, given the stage before: what `base_weights` takes,
        column by column.
    lists : tuple of Listed
        What units were drawn from, stage by stage.
    """

    rows: NDArray[np.int64]
    chance: Reals
    lists: tuple[Listed, ...] = ()

    @property
    def weight(self) -> Reals:
        """People, or units, that each row stands for."""
        found: Reals = 1 / self.chance.prod(axis=1)
        return found


def draw(stages: Sequence[Stage], seed: int, start: float = 0) -> Drawn:
    """Draw stage by stage.

    Every stratum has random numbers of its own, by its place among the strata drawn from
    in that stage. So a draw can be had again from frame, plan and seed. By permanent numbers it is
    a unit's name that counts, and not the rest of the frame.

    Parameters
    ----------
    stages : sequence of Stage
        From the first draw on, all over the same rows.
    seed : int
        >= 0; of permanent numbers the same in every wave.
    start : float
        Where on the circle of permanent numbers this wave begins, in [0, 1): see `coordination`.

    Raises
    ------
    EngineError
        If lengths differ, a stratum has no number to take or fewer units than that, or a
        size is not positive; the stage and the stratum are named.
    """
    require(bool(stages), "a draw needs at least one stage")
    count = np.shape(stages[0].unit)[0]
    rows, columns = np.arange(count), np.ones((count, 0))
    inside = np.zeros(count, np.int32)
    seeds = generator(seed).integers(2**62, size=len(stages))
    lists: list[Listed] = []
    for number, stage in enumerate(stages, start=1):
        try:
            luck = Luck(int(seeds[number - 1]), seed, start)
            units, of_unit, from_these = _drawn(stage, rows, inside, luck, count)
        except EngineError as refusal:
            raise EngineError(f"stage {number}: {refusal}") from refusal
        lists += [replace(one, stage=number) for one in from_these]
        kept = of_unit[units] > 0
        require(bool(kept.any()), f"stage {number}: chance drew no unit at all: take more of them")
        columns = np.column_stack([columns, of_unit[units]])[kept]
        rows, inside = rows[kept], units[kept]
    return Drawn(rows, columns, tuple(lists))


@dataclass(frozen=True)
class Luck:
    """Where a stage has its random numbers from: a seed of its own, or those that names keep."""

    seed: int
    permanent: int
    start: float


def _drawn(
    stage: Stage, rows: NDArray[np.int64], inside: Codes, luck: Luck, count: int
) -> tuple[Codes, Reals, list[Listed]]:
    """Unit of each row still in, each unit's chance, 0 if it was not drawn, and the lists they were on."""
    labels = np.zeros(count, np.int32) if stage.stratum is None else np.asarray(stage.stratum)
    require(labels.shape == (count,), f"the strata must hold {count} labels")
    names, stratum = _nested(inside, labels[rows])
    unit_labels = np.asarray(stage.unit)
    require(unit_labels.shape == (count,), f"the units must hold {count} labels")
    units = _nested(stratum, unit_labels[rows])[1]
    size = _sizes(stage, rows, units, count)
    home = np.zeros(size.size, np.int64)
    home[units] = stratum
    found = np.zeros(size.size)
    by_home = np.argsort(home, kind="stable")
    parts = np.split(by_home, np.cumsum(np.bincount(home))[:-1])
    seeds = generator(luck.seed).integers(2**62, size=len(parts))
    called = np.empty(size.size, unit_labels.dtype)
    called[units] = unit_labels[rows]
    at = np.empty(size.size, np.int64)
    at[units] = rows
    lists = []
    for name, part, its_seed in zip(names, parts, seeds, strict=True):
        chance = _chances(stage, name, size[part])
        if stage.method is Method.PERMANENT:
            numbers = permanent_numbers(called[part].tolist(), luck.permanent)
            chosen = exactly_by_numbers(chance, numbers, luck.start)
        elif stage.method is Method.POISSON:
            numbers = permanent_numbers(called[part].tolist(), luck.permanent)
            chosen = poisson_by_numbers(chance, numbers, luck.start)
        else:
            take = sampford if stage.method is Method.SAMPFORD else systematic
            chosen = take(chance, int(its_seed))
        found[part[chosen]] = chance[chosen]
        lists.append(Listed(0, int(at[part[0]]), stage.method, called[part], chance, chosen))
    return units, found, lists


def _nested(outer: Codes, labels: NDArray[Any]) -> tuple[list[Any], Codes]:
    """Labels of pairs of outer and inner, and the pair of each row, in order of first rows.

    The order of a list is what a systematic draw spreads over, so it must not be sorted.
    """
    inner, names = coded(labels, "labels", labels.size)
    pairs = outer.astype(np.int64) * names.size + inner
    _, first, code = np.unique(pairs, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(order.size, np.int32)
    rank[order] = np.arange(order.size)
    return [names[inner[row]] for row in first[order]], rank[code]


def _sizes(stage: Stage, rows: NDArray[np.int64], units: Codes, count: int) -> Reals:
    """Size of each unit: the sum of its rows', or 1."""
    if stage.size is None:
        return np.ones(int(units.max()) + 1)
    size = reals(stage.size, "the sizes")
    require(size.size == count, f"the sizes must hold {count} numbers, not {size.size}")
    found: Reals = np.bincount(units, size[rows]).astype(np.float64)
    return found


def _chances(stage: Stage, name: Any, size: Reals) -> Reals:
    """Chance of each unit of one stratum."""
    label = name.item() if isinstance(name, np.generic) else name
    take = stage.take.get(label) if isinstance(stage.take, Mapping) else stage.take
    where = "" if stage.stratum is None else f"stratum {label}: "
    if take is None:
        raise EngineError(f"{where}the plan does not say how many to take")
    try:
        return chances(size, take)
    except EngineError as refusal:
        raise EngineError(f"{where}{refusal}") from refusal
