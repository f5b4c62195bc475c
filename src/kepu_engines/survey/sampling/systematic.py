"""Systematic drawing: one random start, then equal steps down the list."""

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.seeds import generator
from kepu_engines.survey.design import Reals
from kepu_engines.survey.sampling.chances import checked

# Ends of two units this near are one place of the list.
SAME = 1e-12


def systematic(probability: ArrayLike, seed: int) -> NDArray[np.int64]:
    """Draw units down the list in its order, which spreads the sample over what it is ordered by.

    Parameters
    ----------
    probability : (units,) float
        In (0, 1], adding up to a whole number: `chances`.
    seed : int
        >= 0; the same seed draws the same.

    Returns
    -------
    (n,) int64
        Drawn units, rising.

    Source
    ------
    Madow (1949), Ann. Math. Stat. 20, 333-354.
    """
    chance, take = checked(probability)
    return _from(_ends(chance, take), float(generator(seed).random()))


def joint_systematic(probability: ArrayLike) -> Reals:
    """Probability of each pair to be drawn together from this list in this order.

    Pairs close to each other often have none, so that no unbiased variance exists: treat
    the clusters as drawn with replacement, or draw by Sampford.

    Parameters
    ----------
    probability : (units,) float
        In (0, 1], adding up to a whole number, in the order of the list.

    Returns
    -------
    (units, units) float64
        Exact: the share of starts that draw both. On the diagonal, each unit's own.
    """
    chance, take = checked(probability)
    ends = _ends(chance, take)
    starts = np.unique(np.append(ends % 1, (0, 1)))
    found = np.zeros((chance.size, chance.size))
    for low, high in pairwise(starts):
        if high - low > SAME:
            drawn = _from(ends, (low + high) / 2)
            found[np.ix_(drawn, drawn)] += high - low
    return found


def _ends(chance: Reals, take: int) -> Reals:
    """Where each unit ends on a line that is `take` long."""
    ends = np.cumsum(chance)
    ends[-1] = take
    whole = np.round(ends)
    found: Reals = np.where(np.abs(ends - whole) < SAME * take, whole, ends)
    return found


def _from(ends: Reals, start: float) -> NDArray[np.int64]:
    """The units in which start, start + 1, start + 2 ... lie."""
    found: NDArray[np.int64] = np.searchsorted(ends, start + np.arange(ends[-1]), side="right")
    return found
