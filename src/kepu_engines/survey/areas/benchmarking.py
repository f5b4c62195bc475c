"""Figures of areas that add up to the figure of the whole city."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from kepu_engines.core.checks import reals, require
from kepu_engines.survey.design import Reals

Way = Literal["error", "ratio"]


def benchmarked(
    value: ArrayLike, mse: ArrayLike, people: ArrayLike, city: float, way: Way = "error"
) -> Reals:
    """Figures whose mean over all people is that of the city.

    Parameters
    ----------
    value, mse : (m,) float
        Figures of areas and their mean squared errors, over 0.
    people : (m,) float
        How many live in each area, over 0.
    city : float
        The city's direct estimate, which is sure enough by itself.
    way : {"error", "ratio"}
        Where the model is least sure it gives way most: the least sum of squared changes over
        `mse`. Or every figure by the same factor, which keeps shares of nothing at nothing.

    Returns
    -------
    (m,) float

    Raises
    ------
    EngineError
        If shapes differ or a number is impossible.

    Source
    ------
    Datta, Ghosh, Steorts & Maples (2011), Bayesian benchmarking with applications to small area
    estimation, equation 9 with the reciprocals of `mse` as weights of the loss.
    """
    words = get_args(Way)
    require(way in words, f"the way must be one of {', '.join(words)}, not {way!r}")
    value, mse, people = reals(value, "value"), reals(mse, "mse", low=0), reals(people, "people")
    require(len(value) == len(mse) == len(people), "value, mse and people must have as many rows")
    require(bool((mse > 0).all() and (people > 0).all()), "mse and people must be over 0")
    require(bool(np.isfinite(city)), "the figure of the city must be finite")
    share = people / people.sum()
    now = float(share @ value)
    if way == "ratio":
        require(now != 0, "the figures are nothing together: no factor leads to the city's")
        return value * (city / now)
    give = mse * share
    return value + give * ((city - now) / float(share @ give))
