"""Weights that meet what is known of the population and stay near their own.

Post-stratification, raking and calibration are one problem: Newton's method finds a
multiplier of each known total, and a row's factor g is a function of their sum.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import reals, require
from kepu_engines.core.errors import EngineError
from kepu_engines.survey.design import Reals, coded
from kepu_engines.survey.weighting.distances import Distance, factor, linear, raking
from kepu_engines.survey.weighting.margins import Cells, Control, Known, Margin

# A total missed by no more than this, relative to itself, is met. Newton's method goes on
# below it, as far as the rounding of sums lets it.
MET = 1e-10
# Below this a step is taken whole or not at all: halving it would chase rounding.
NEAR = 1e-12
STEPS, HALVINGS = 100, 40
# Directions of the totals in which the sample does not spread: margins always share one.
FLAT = 1e-11


@dataclass(frozen=True)
class Calibrated:
    """Corrected weights.

    Attributes
    ----------
    weight : (n,) float64
        People that row i stands for.
    base : (n,) float64
        What it stood for before.
    error : float
        The worst of |reached - target| / target.
    steps : int
        Newton's steps.
    """

    weight: Reals
    base: Reals
    error: float
    steps: int

    @property
    def g(self) -> Reals:
        """Factor between the weights after and before; NaN for a weight of 0."""
        with np.errstate(invalid="ignore"):
            return self.weight / self.base


@dataclass(frozen=True)
class Calibration:
    """What is known, read once, to correct many sets of weights of the same rows."""

    cells: Cells
    distance: Distance

    @classmethod
    def of(
        cls, known: Sequence[Known], rows: int, distance: Distance | None = None
    ) -> "Calibration":
        """Read margins and controls of `rows` rows; raking unless a distance is named."""
        return cls(Cells.of(known, rows), distance or raking())

    def __call__(self, weight: Reals) -> Reals:
        """The corrected weights alone; a replicate's zeros stay zero."""
        return self.run(weight).weight

    def run(self, weight: Reals) -> Calibrated:
        """Correct weights, all >= 0.

        Parameters
        ----------
        weight : (n,) float
            People that each row stands for.

        Raises
        ------
        EngineError
            If a category that has people has no row of weight > 0, or the totals cannot be
            met.
        """
        people = self.cells.sums(weight)
        _refuse_empty(self.cells, people)
        g, error, steps = _solve(self.cells, people, self.distance)
        return Calibrated(self.cells.times(weight, g), weight, error, steps)


@dataclass(frozen=True)
class GroupCalibration:
    """A calibration of each group, such as a district, read once to correct many sets of weights.

    `parts` holds a group's name, its rows, and what is known of it.
    """

    parts: tuple[tuple[Any, NDArray[np.int64], Calibration], ...]

    @classmethod
    def of(
        cls,
        group: ArrayLike,
        known: Sequence[Known],
        targets: Mapping[Any, Sequence[Any]],
        rows: int,
        distance: Distance | None = None,
    ) -> "GroupCalibration":
        """Part `rows` rows into groups; parameters and refusals as `calibrate_each`."""
        codes, found = coded(group, "group", rows)
        missing = [name for name in targets if name not in set(found.tolist())]
        require(not missing, f"group {missing[0] if missing else ''} has targets and no rows")
        order = np.argsort(codes, kind="stable")
        split = np.split(order, np.cumsum(np.bincount(codes))[:-1])
        parts = []
        for name, inside in zip(found.tolist(), split, strict=True):
            require(name in targets, f"group {name} has no targets")
            with _in_group(name):
                own = _within(known, inside, targets[name])
                parts.append((name, inside, Calibration.of(own, inside.size, distance or linear())))
        return cls(tuple(parts))

    def __call__(self, weight: Reals) -> Reals:
        """The corrected weights alone."""
        return self.run(weight).weight

    def run(self, weight: Reals) -> Calibrated:
        """Correct weights, all >= 0; raises as `Calibration.run`, with the group named."""
        corrected, error, steps = np.empty(weight.size), 0.0, 0
        for name, inside, calibration in self.parts:
            with _in_group(name):
                done = calibration.run(weight[inside])
            corrected[inside] = done.weight
            error, steps = max(error, done.error), max(steps, done.steps)
        return Calibrated(corrected, weight, error, steps)


@contextmanager
def _in_group(name: Any) -> Iterator[None]:
    """Name the group in whatever is refused here."""
    try:
        yield
    except EngineError as refusal:
        raise EngineError(f"group {name}: {refusal}") from refusal


def rake(
    weight: ArrayLike, margins: Sequence[Margin], low: float = 0, high: float = np.inf
) -> Calibrated:
    """Correct weights until every margin has its people; parameters as `calibrate`.

    Without bounds it is what iterative proportional fitting converges to.
    """
    return calibrate(weight, margins, raking(low, high))


def calibrate(
    weight: ArrayLike, known: Sequence[Known], distance: Distance | None = None
) -> Calibrated:
    """Correct weights until all known totals are met, at the least distance from their own.

    Parameters
    ----------
    weight : (n,) float
        People that row i stands for, > 0.
    known : sequence of Margin or Control
        Margins of one population: they add up to the same total.
    distance : Distance, optional
        `linear`, `raking` or `logit` with their bounds of g; linear unless named.

    Raises
    ------
    EngineError
        If a weight is not positive, a label has no target, a category with a target has no
        row, margins disagree in total, or the totals cannot be met within the bounds.

    Source
    ------
    Deville & Särndal (1992), Calibration Estimators in Survey Sampling, JASA 87, 376-382.
    """
    people = positive(weight)
    return Calibration.of(known, people.size, distance or linear()).run(people)


def poststratify(weight: ArrayLike, margin: Margin) -> Calibrated:
    """Correct weights by the one factor of each category; of several questions, cross them.

    Parameters
    ----------
    weight : (n,) float
        > 0: people that each row stands for.
    margin : Margin
        The category of each row, and the people of each category.

    Raises
    ------
    EngineError
        If a category that has people has no row.

    Source
    ------
    Holt & Smith (1979), Post Stratification, JRSS A 142, 33-46.
    """
    return calibrate(weight, [margin])


def calibrate_each(
    weight: ArrayLike,
    group: ArrayLike,
    known: Sequence[Known],
    targets: Mapping[Any, Sequence[Any]],
    distance: Distance | None = None,
) -> Calibrated:
    """Correct the weights of each group, such as a district, to totals of its own.

    Parameters
    ----------
    group : (n,) labels
        Each a key of `targets`.
    known : sequence of Margin or Control
        Labels and numbers of all rows; their own targets are not read.
    targets : mapping of group to a sequence
        For each of `known` in turn, the target it has in that group.

    Raises
    ------
    EngineError
        As `calibrate`, with the group named; or if a group has no rows or no targets.
    """
    people = positive(weight)
    return GroupCalibration.of(group, known, targets, people.size, distance).run(people)


def positive(weight: ArrayLike) -> Reals:
    """Weights that all stand for somebody, or a refusal that names the row.

    Parameters
    ----------
    weight : (n,) float

    Raises
    ------
    EngineError
        If there is none, or one is not above 0.
    """
    people = reals(weight, "the weights")
    require(people.size > 0, "the sample has no rows")
    worst = int(people.argmin())
    require(people[worst] > 0, f"the weight of row {worst + 1} is {people[worst]:g}, not > 0")
    return people


def _within(known: Sequence[Known], rows: Any, targets: Sequence[Any]) -> list[Known]:
    """What is known, of some rows and with their own targets."""
    require(len(targets) == len(known), f"it needs {len(known)} targets, not {len(targets)}")
    found: list[Known] = []
    for one, target in zip(known, targets, strict=True):
        if isinstance(one, Control):
            values = np.asarray(one.values)[rows]
            found.append(replace(one, values=values, target=target))
        else:
            found.append(replace(one, labels=np.asarray(one.labels)[rows], target=target))
    return found


def _refuse_empty(cells: Cells, people: Reals) -> None:
    """Every category of a margin must have both people and rows, or neither."""
    held = _held(cells, cells.values, people)
    margins = cells.target.size - cells.values.shape[1]
    empty = np.flatnonzero((held[:margins] == 0) & (cells.target[:margins] > 0))
    if empty.size:
        require(False, f"nobody in the sample has {cells.names[empty[0]]}: merge it with another")
    forbidden = np.flatnonzero((held[:margins] > 0) & (cells.target[:margins] == 0))
    if forbidden.size:
        name = cells.names[forbidden[0]]
        require(False, f"the target of {name} is 0 and the sample has rows there: leave them out")


def _solve(cells: Cells, people: Reals, distance: Distance) -> tuple[Reals, float, int]:
    """Factor of each cell, the worst relative miss of a total, and steps taken.

    The misses of a step too long grow, so that it is halved.
    """
    size = _size(cells, people)
    ahead = np.zeros(size.size)
    state = _look(cells, people, distance, ahead, size)
    for step in range(STEPS):
        if state.error <= np.finfo(float).eps:
            return state.g, state.error, step
        after = _step(cells, people, distance, state, size)
        if after is None:
            break
        state = after
    _refuse_missed(cells, state, size, distance)
    return state.g, state.error, step


@dataclass(frozen=True)
class _State:
    """Where Newton's method stands."""

    pull: Reals  # multiplier of each total
    g: Reals
    reached: Reals
    miss: Reals  # relative
    error: float
    matrix: Reals


def _size(cells: Cells, people: Reals) -> Reals:
    """What a miss is relative to: the target, or for a difference what it is made of."""
    made_of = _held(cells, np.abs(cells.values), people)
    margins = cells.target.size - cells.values.shape[1]
    size = np.abs(cells.target)
    size[margins:] = np.maximum(size[margins:], made_of[margins:])
    return np.where(size > 0, size, 1)


def _held(cells: Cells, values: Reals, people: Reals) -> Reals:
    """Totals of the weights as they are."""
    as_is, nothing = np.ones(people.size), np.zeros(0)
    found: Reals = _reached(cells.levels, values, cells.target.size, people, as_is, nothing)[0]
    return found


def _look(cells: Cells, people: Reals, distance: Distance, pull: Reals, size: Reals) -> _State:
    bounds = distance.kind, float(distance.low), float(distance.high)
    g, slope = _factors(cells.levels, cells.values, pull, *bounds)
    reached, matrix = _reached(cells.levels, cells.values, cells.target.size, people, g, slope)
    miss = (cells.target - reached) / size
    error = float(np.abs(miss).max())
    return _State(pull, g, reached, miss, error, matrix)


def _step(
    cells: Cells, people: Reals, distance: Distance, state: _State, size: Reals
) -> _State | None:
    """The next state, or None where nothing gets better."""
    way = _direction(state.matrix, cells.target - state.reached)
    length = 1.0
    for _ in range(1 if state.error <= NEAR else HALVINGS):
        after = _look(cells, people, distance, state.pull + length * way, size)
        if after.error < state.error * (1 - 1e-4 * length):
            return after
        length /= 2
    return None


def _direction(matrix: Reals, miss: Reals) -> Reals:
    """Newton's step; totals that say the same thing share it."""
    scale = np.sqrt(np.where(np.diag(matrix) > 0, np.diag(matrix), 1))
    found = np.linalg.lstsq(matrix / np.outer(scale, scale), miss / scale, rcond=FLAT)[0]
    way: Reals = found / scale
    return way


def _refuse_missed(cells: Cells, state: _State, size: Reals, distance: Distance) -> None:
    if state.error <= MET:
        return
    worst = int(np.abs(state.miss).argmax())
    require(
        False,
        f"the weights cannot meet all totals {distance.said()}: {cells.names[worst]} comes to "
        f"{state.reached[worst]:.6g} instead of {cells.target[worst]:.6g}; "
        "widen the bounds, merge categories, or leave a margin out",
    )


@njit(cache=True)
def _factors(levels: Any, values: Any, pull: Any, kind: int, low: float, high: float) -> Any:
    """g of each cell and its derivative."""
    cells, margins = levels.shape
    g, slope = np.empty(cells), np.empty(cells)
    first = pull.size - values.shape[1]
    for cell in range(cells):
        sum_ = 0.0
        for at in range(margins):
            sum_ += pull[levels[cell, at]]
        for at in range(values.shape[1]):
            sum_ += pull[first + at] * values[cell, at]
        g[cell], slope[cell] = factor(kind, low, high, sum_)
    return g, slope


@njit(cache=True)
def _reached(levels: Any, values: Any, known: int, people: Any, g: Any, slope: Any) -> Any:
    """Totals that the weights reach, and what each multiplier moves them by.

    Without slopes the totals only.
    """
    cells, margins = levels.shape
    totals, moved = np.zeros(known), np.zeros((known, known))
    place = np.arange(known - values.shape[1] - margins, known)
    part = np.ones(place.size)
    for cell in range(cells):
        if people[cell] > 0:
            place[:margins] = levels[cell]
            part[margins:] = values[cell]
            for at in range(place.size):
                totals[place[at]] += people[cell] * g[cell] * part[at]
            if slope.size:
                _move(moved, place, part, people[cell] * slope[cell])
    return totals, moved + moved.T - np.diag(np.diag(moved))


@njit(cache=True)
def _move(moved: Any, place: Any, part: Any, held: float) -> None:
    """Add one cell to the matrix, on one side of its diagonal."""
    for at in range(place.size):
        for by in range(at + 1):
            moved[place[at], place[by]] += held * part[at] * part[by]
