"""Sampford's drawing: fixed size, exact chances, and every pair has a chance known exactly.

The probability of a sample s is in proportion to that of Poisson sampling times the sum of
1 - p over s. That is drawn here without rejection: one unit of s counts as the special one, and
tables of Poisson-binomial probabilities say how units down the list share out the rest.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import require
from kepu_engines.core.seeds import generator
from kepu_engines.survey.design import Reals
from kepu_engines.survey.sampling.chances import checked

# Two tables of this many numbers are the most a draw may hold: 160 MB.
LARGEST = 10_000_000
MOST_UNITS = 2_000


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
    chance, take = checked(probability)
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
    drawn = _walk(chance[unsure], plain, special, left, generator(seed).random(unsure.size))
    return np.sort(np.append(sure, unsure[drawn]))


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
