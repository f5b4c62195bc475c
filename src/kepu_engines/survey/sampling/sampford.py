"""Sampford's drawing: fixed size, exact chances, and every pair has a chance known exactly.

The probability of a sample s is in proportion to that of Poisson sampling times the sum of
1 - p over s. That is drawn here without rejection: one unit of s counts as the special one, and
tables of Poisson-binomial probabilities say how units down the list share out the rest.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import reals, require
from kepu_engines.core.seeds import generator
from kepu_engines.survey.design import Reals
from kepu_engines.survey.sampling.chances import checked
from kepu_engines.survey.sampling.coordination import by_numbers, turned

# Two tables of this many numbers are the most a draw may hold: 160 MB.
LARGEST = 10_000_000
MOST_UNITS = 2_000
EQUAL = 1e-12  # probabilities that differ by less are the same


def sampford(probability: ArrayLike, seed: int) -> NDArray[np.int64]:
    """Draw units so that each comes with just its probability, in time units x drawn.

    Parameters
    ----------
    probability : (units,) float
        In (0, 1], adding up to a whole number; equal ones are a simple random sample.
    seed : int
        >= 0; the same seed draws the same.

    Returns
    -------
    (n,) int64
        Drawn units, rising.

    Raises
    ------
    EngineError
        If probabilities are impossible, or the list too long: stratify it.

    Source
    ------
    Sampford (1967), On Sampling Without Replacement With Unequal Probabilities of Selection,
    Biometrika 54, 499-513; the tables: Chen, Dempster & Liu (1994), Biometrika 81, 457-469.
    """
    chance, _take = checked(probability)
    unsure = np.flatnonzero(chance < 1)
    luck = np.zeros(chance.size)  # a unit that is certain uses none up
    luck[unsure] = generator(seed).random(unsure.size)
    return sampford_by(chance, luck)


def sampford_by(probability: ArrayLike, luck: ArrayLike) -> NDArray[np.int64]:
    """The same draw by given random numbers, one of each unit: those of an earlier wave, say.

    Parameters
    ----------
    probability : (units,) float
        As in `sampford`.
    luck : (units,) float
        Independent and uniform in [0, 1).

    Returns
    -------
    (n,) int64
        Drawn units, rising.

    Raises
    ------
    EngineError
        If probabilities are impossible, numbers too few, or the list too long.
    """
    chance, take = checked(probability)
    numbers = reals(luck, "the random numbers", low=0, high=1)
    require(numbers.size == chance.size, f"there must be {chance.size} random numbers")
    unsure = np.flatnonzero(chance < 1)
    sure = np.flatnonzero(chance == 1)
    left = take - sure.size
    if left == 0:
        return sure
    require(
        unsure.size * left <= LARGEST,
        f"{left} of {unsure.size} units are too many for Sampford: stratify the list, "
        "or draw systematically",
    )
    plain, special = _tables(chance[unsure], left)
    drawn = _walk(chance[unsure], plain, special, left, numbers[unsure])
    return np.sort(np.append(sure, unsure[drawn]))


def exactly_by_numbers(
    probability: ArrayLike, numbers: ArrayLike, start: float = 0
) -> NDArray[np.int64]:
    """Draw by permanent numbers so that each unit comes with just its probability.

    Equal ones as `coordination.by_numbers` does, which keeps as much of an earlier wave as can be
    kept; unequal ones by Sampford's walk down the list, which keeps all of it while the list stays
    the same and most of it when a little changed.

    Parameters
    ----------
    probability, numbers, start
        As in `coordination.by_numbers`.

    Returns
    -------
    (n,) int64
        Drawn units, rising.
    """
    chance, _take = checked(probability)
    unsure = chance[chance < 1]
    if unsure.size == 0 or float(np.ptp(unsure)) < EQUAL:
        return by_numbers(chance, numbers, start)
    return sampford_by(chance, turned(numbers, start, chance.size))


def joint_sampford(probability: ArrayLike) -> Reals:
    """Probability of each pair to be drawn together; on the diagonal, each unit's own.

    Parameters
    ----------
    probability : (units,) float
        In (0, 1], adding up to a whole number.

    Returns
    -------
    (units, units) float64
        In time units cubed.

    Raises
    ------
    EngineError
        If probabilities are impossible or there are over 2,000 units.
    """
    chance, take = checked(probability)
    require(
        chance.size <= MOST_UNITS,
        f"pairs of {chance.size} units are too many: stratify the list to at most {MOST_UNITS}",
    )
    found = np.outer(chance, chance)
    unsure = np.flatnonzero(chance < 1)
    left = take - int((chance == 1).sum())
    found[np.ix_(unsure, unsure)] = _pairs(chance[unsure], left)
    np.fill_diagonal(found, chance)
    return found


@njit(cache=True)
def _tables(chance: Any, take: int) -> Any:
    """From each unit down: probability that k are drawn, and the same times the sum of 1 - p."""
    units = chance.size
    plain = np.zeros((units + 1, take + 1))
    special = np.zeros((units + 1, take + 1))
    plain[units, 0] = 1
    for unit in range(units - 1, -1, -1):
        p = chance[unit]
        plain[unit, 0] = (1 - p) * plain[unit + 1, 0]
        for k in range(1, take + 1):
            plain[unit, k] = (1 - p) * plain[unit + 1, k] + p * plain[unit + 1, k - 1]
            special[unit, k] = (
                (1 - p) * special[unit + 1, k]
                + p * special[unit + 1, k - 1]
                + p * (1 - p) * plain[unit + 1, k - 1]
            )
    return plain, special


@njit(cache=True)
def _walk(chance: Any, plain: Any, special: Any, take: int, luck: Any) -> Any:
    """Decide unit by unit, given how many are still to come and whether the special one is."""
    drawn = np.empty(take, np.int64)
    missing, waiting = take, True
    for unit in range(chance.size):
        if missing == 0:
            break
        p = chance[unit]
        ahead = special if waiting else plain
        ordinary = p * ahead[unit + 1, missing - 1]
        chosen = p * (1 - p) * plain[unit + 1, missing - 1] if waiting else 0.0
        point = luck[unit] * (ordinary + chosen + (1 - p) * ahead[unit + 1, missing])
        if point < ordinary + chosen:
            drawn[take - missing] = unit
            missing -= 1
            waiting = waiting and point < ordinary
    return drawn


@njit(cache=True)
def _without(plain: Any, special: Any, p: float) -> Any:
    """The two distributions without one unit, taken out from the end where rounding shrinks."""
    size = plain.size - 1
    less, sums = np.zeros(size), np.zeros(size)
    if p <= 0.5:
        less[0] = plain[0] / (1 - p)
        for k in range(1, size):
            less[k] = (plain[k] - p * less[k - 1]) / (1 - p)
            sums[k] = (special[k] - p * sums[k - 1]) / (1 - p) - p * less[k - 1]
        return less, sums
    less[size - 1] = plain[size] / p
    sums[size - 1] = special[size] / p - (1 - p) * less[size - 1]
    for k in range(size - 1, 0, -1):
        less[k - 1] = (plain[k] - (1 - p) * less[k]) / p
        sums[k - 1] = (special[k] - (1 - p) * sums[k]) / p - (1 - p) * less[k - 1]
    return less, sums


@njit(cache=True)
def _pairs(chance: Any, take: int) -> Any:
    """Probability of each pair."""
    units = chance.size
    found = np.zeros((units, units))
    plain, special = _tables(chance, units)
    for i in range(units if take > 1 else 0):
        less, sums = _without(plain[0], special[0], chance[i])
        for j in range(i):
            rest, of_rest = _without(less, sums, chance[j])
            both = (2 - chance[i] - chance[j]) * rest[take - 2] + of_rest[take - 2]
            found[i, j] = found[j, i] = chance[i] * chance[j] * both / special[0, take]
    return found
