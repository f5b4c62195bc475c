"""Randomness that can be had again: every random number comes from a seed in the call."""

import numpy as np

from kepu_engines.core.checks import require


def generator(seed: int) -> np.random.Generator:
    """Source of random numbers that is the same for the same seed.

    Raises
    ------
    EngineError
        If the seed is negative or not a whole number; None would mean chance.
    """
    require(isinstance(seed, int | np.integer) and seed >= 0, "Expected a whole seed >= 0.")
    return np.random.default_rng(seed)
