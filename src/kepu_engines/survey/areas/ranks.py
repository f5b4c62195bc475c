"""Ranks with intervals, so that no table ranks noise."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import reals, require
from kepu_engines.survey.design import Reals

DRAWS = 10_000
AT_ONCE = 2_000_000  # numbers in memory

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Ranks:
    """The place of every area, 1 for the greatest figure.

    Attributes
    ----------
    low, high : (m,) int64
        The best and the worst place that the data allow.
    place : (m,) int64
        The place in the table; equal figures share the better one.
    """

    place: Places
    low: Places
    high: Places


def ranks(
    value: ArrayLike,
    se: ArrayLike,
    level: float = 0.95,
    *,
    jointly: bool = True,
    draws: int = DRAWS,
    seed: int = 1,
) -> Ranks:
    """Places with intervals that hold for all areas at once, or for each on its own.

    An area stands surely behind those whose figures are greater by more than chance explains, and
    surely before those whose figures are smaller by as much. How much that is, in standard errors of
    a difference, is drawn from what the greatest of all such differences would be by chance alone.

    Parameters
    ----------
    value, se : (m,) float
        Figures and their standard errors, independent and normal; se over 0.
    level : float
        In (0, 1): how often the intervals contain the true places.
    jointly : bool
        Whether all of them do so together.
    draws, seed : int
        Of the simulation; the same seed gives the same intervals.

    Raises
    ------
    EngineError
        If shapes differ or a number is impossible.

    Source
    ------
    Mogstad, Romano, Shaikh & Wilhelm (2024), Inference for ranks with applications to mobility
    across neighbourhoods and academic achievement across countries; their single-step set.
    """
    value, se = reals(value, "value"), reals(se, "se", low=0)
    require(len(value) == len(se), "value and se must have as many rows")
    require(bool((se > 0).all()), "a standard error must be over 0")
    require(0 < level < 1, f"the level of an interval must lie between 0 and 1, not {level:g}")
    require(draws >= 1000, f"{draws} draws are too few: at least 1000")
    apart = np.hypot(se[:, None], se)
    differences = (value[:, None] - value) / apart
    limit = _greatest_by_chance(se, apart, level, jointly, draws, seed)
    behind = (differences < -limit[:, None]).sum(1)
    before = (differences > limit[:, None]).sum(1)
    place = 1 + (value > value[:, None]).sum(1)
    return Ranks(place, 1 + behind, len(value) - before)


def _greatest_by_chance(
    se: Reals, apart: NDArray[np.float64], level: float, jointly: bool, draws: int, seed: int
) -> Reals:
    """(m,) how far an area's figure may lie from any other, in standard errors, by chance alone."""
    greatest = np.concatenate(list(_greatest(se, apart, jointly, draws, seed)))
    found: Reals = np.quantile(greatest, level, axis=0, method="higher")
    return np.broadcast_to(found, len(se))


def _greatest(
    se: Reals, apart: NDArray[np.float64], jointly: bool, draws: int, seed: int
) -> Iterator[NDArray[np.float64]]:
    """In every draw the greatest difference of each area, (draws, m); of all areas, (draws, 1)."""
    chance = np.random.default_rng(seed)
    size = max(1, AT_ONCE // len(se) ** 2)
    for first in range(0, draws, size):
        noise = chance.standard_normal((min(size, draws - first), len(se))) * se
        each = (np.abs(noise[:, :, None] - noise[:, None, :]) / apart).max(2)
        yield each.max(1, keepdims=True) if jointly else each
