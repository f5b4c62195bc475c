"""Samples of different waves from one frame, drawn to overlap as much or as little as wanted.

Every unit keeps one random number for good. Who is drawn depends on where a wave begins on
the circle of numbers: from the same place the old sample comes again but for what changed;
from a place further on, others come.

Source
------
Ohlsson (1995), Coordination of Samples Using Permanent Random Numbers, in Business Survey
Methods, chapter 9; Rosén (1997), On Sampling With Probability Proportional to Size, J. Stat.
Planning and Inference 62, 159-191.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import reals, require
from kepu_engines.survey.sampling.chances import checked

if TYPE_CHECKING:
    from kepu_engines.survey.design import Reals

GOLDEN = 0.381966011250105  # of the circle: waves that begin so far apart keep apart for long


def moved_on(start: float) -> float:
    """Where a wave begins that is to avoid one which began at `start`, and those it avoided.

    By the golden section of the circle, so that no later wave comes soon upon an earlier one.

    Parameters
    ----------
    start : float
        In [0, 1).

    Returns
    -------
    float
        In [0, 1).
    """
    return (start + GOLDEN) % 1.0


def permanent_numbers(ids: Iterable[str | int], seed: int) -> Reals:
    """The number of each unit in [0, 1), by its id alone: births and deaths move no other.

    Parameters
    ----------
    ids : iterable of str or int
        Of each unit, each once and the same in every wave.
    seed : int
        >= 0; the same in every wave.

    Returns
    -------
    (units,) float64
        In [0, 1).

    Raises
    ------
    EngineError
        If the seed is negative or an id comes twice.
    """
    require(seed >= 0, "Expected a whole seed >= 0.")
    names = [str(each) for each in ids]
    require(len(set(names)) == len(names), "an id comes twice in the frame")
    key = seed.to_bytes(32, "big")
    digests = b"".join(blake2b(each.encode(), digest_size=8, key=key).digest() for each in names)
    found: Reals = (np.frombuffer(digests, ">u8") >> np.uint64(11)) / 2.0**53
    return found


def by_numbers(probability: ArrayLike, numbers: ArrayLike, start: float = 0) -> NDArray[np.int64]:
    """Draw as many units as the probabilities add up to, those first after `start`.

    With equal probabilities it is a simple random sample. With unequal ones it is Pareto's
    order sampling, whose chances come near the wanted ones, not upon them.

    Parameters
    ----------
    probability : (units,) float
        In (0, 1], adding up to a whole number.
    numbers : (units,) float
        Permanent, in [0, 1).
    start : float
        Where on the circle the wave begins, in [0, 1).

    Returns
    -------
    (n,) int64
        Drawn units, rising.
    """
    chance, take = checked(probability)
    luck = turned(numbers, start, chance.size)
    with np.errstate(divide="ignore"):
        rank = np.where(chance == 1, -1, luck * (1 - chance) / ((1 - luck) * chance))
    return np.sort(np.argsort(rank, kind="stable")[:take])


def poisson_by_numbers(
    probability: ArrayLike, numbers: ArrayLike, start: float = 0
) -> NDArray[np.int64]:
    """Draw each unit whose number is less than its probability from `start`.

    Chances are exact and waves overlap as much as they can; how many come is left to chance.

    Parameters
    ----------
    probability : (units,) float
        In [0, 1].
    numbers : (units,) float
        As `permanent_numbers` gives them.
    start : float
        In [0, 1): where on the circle the wave begins.

    Returns
    -------
    (m,) int64
        Units drawn, rising.

    Raises
    ------
    EngineError
        If lengths differ, or a number is out of range.
    """
    chance = reals(probability, "the probabilities", low=0, high=1)
    drawn: NDArray[np.int64] = np.flatnonzero(turned(numbers, start, chance.size) < chance)
    return drawn


def turned(numbers: ArrayLike, start: float, units: int) -> Reals:
    """How far each number lies after the start, round the circle.

    Parameters
    ----------
    numbers : (units,) float
        Permanent, in [0, 1).
    start : float
        In [0, 1).
    units : int
        How many numbers there must be.

    Returns
    -------
    (units,) float64
        In [0, 1).

    Raises
    ------
    EngineError
        If there are not so many, or one is out of range.
    """
    luck = reals(numbers, "the permanent numbers", low=0, high=1)
    require(luck.size == units, f"there must be {units} permanent numbers, not {luck.size}")
    require(0 <= start < 1, f"the start must be in [0, 1), not {start:g}")
    found: Reals = (luck - start) % 1.0
    return found
