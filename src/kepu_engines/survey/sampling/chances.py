"""The chance of each unit to be drawn, in proportion to its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from kepu_engines.core.checks import reals, require

if TYPE_CHECKING:
    from kepu_engines.survey.design import Reals

# Chances that add up this near to a whole number add up to it.
WHOLE = 1e-6


def chances(size: ArrayLike, take: int) -> Reals:
    """Probability of each unit when `take` are drawn in proportion to size.

    A unit so large that its probability would pass 1 is drawn for certain, and the others
    share what is left, as often as it happens again.

    Parameters
    ----------
    size : (units,) float
        > 0: a unit of size 0 could never be drawn, so that the frame would not cover it.
    take : int
        In [1, units].

    Raises
    ------
    EngineError
        If a size is not positive or more are to be drawn than there are.

    Source
    ------
    Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, 3.6.2.
    """
    sizes = reals(size, "the sizes")
    require(0 < take <= sizes.size, f"{take} of {sizes.size} units cannot be drawn")
    worst = int(sizes.argmin())
    require(
        sizes[worst] > 0,
        f"the size of unit {worst + 1} is {sizes[worst]:g}: it could never be drawn; "
        "give it a size, or join it to a neighbour",
    )
    found = np.ones(sizes.size)
    rest = np.ones(sizes.size, bool)
    while rest.any():
        left = take - int((~rest).sum())
        found[rest] = left * sizes[rest] / sizes[rest].sum()
        sure = rest & (found >= 1 - 1e-12)
        if not sure.any():
            break
        found[sure], rest = 1, rest & ~sure
    return found


def checked(probability: ArrayLike) -> tuple[Reals, int]:
    """Chances in (0, 1] that add up to a whole number, and that number.

    Parameters
    ----------
    probability : (units,) float
        As `chances` gives it.

    Returns
    -------
    (units,) float64, int
        The chances, and how many units they draw.

    Raises
    ------
    EngineError
        If there are none, one is not in (0, 1], or their sum is no whole number.
    """
    chance = reals(probability, "the probabilities", high=1)
    require(chance.size > 0, "there is nothing to draw from")
    worst = int(chance.argmin())
    require(chance[worst] > 0, f"the probability of unit {worst + 1} is {chance[worst]:g}, not > 0")
    take = round(float(chance.sum()))
    require(
        abs(float(chance.sum()) - take) < WHOLE and take > 0,
        f"the probabilities add up to {chance.sum():.6g}, not to a whole number of units",
    )
    return chance, take
