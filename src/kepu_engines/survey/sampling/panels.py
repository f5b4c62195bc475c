"""A sample dealt into parts alike: random groups, releases of addresses, rotating panels."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import require
from kepu_engines.core.seeds import generator
from kepu_engines.survey.design import coded


def dealt(cluster: ArrayLike, stratum: ArrayLike, parts: int, seed: int) -> NDArray[np.int64]:
    """Part of each row: whole clusters, dealt out at random and evenly inside each stratum.

    The part that is dealt to first turns on from stratum to stratum, so that small strata do
    not all fill the first parts.

    Parameters
    ----------
    cluster, stratum : (n,) labels
        A cluster's label is read inside its stratum. The row number deals out persons.
    parts : int
        >= 1.
    seed : int
        >= 0; the same seed deals the same.

    Returns
    -------
    (n,) int64
        In [0, parts). Of a stratum's clusters no part has two more than another.

    Raises
    ------
    EngineError
        If lengths differ or there is no part.

    Source
    ------
    Wolter (2007), Introduction to Variance Estimation, 2.2, for random groups.
    """
    require(parts >= 1, f"there must be at least one part, not {parts}")
    rows = np.asarray(cluster).size
    home, _ = coded(stratum, "the strata", rows)
    inner, names = coded(cluster, "the clusters", rows)
    unit, _ = coded(home.astype(np.int64) * names.size + inner, "the clusters", rows)
    of_unit = np.zeros(int(unit.max()) + 1, np.int64)
    of_unit[unit] = home
    draw = generator(seed)
    luck = draw.random(of_unit.size)
    order = np.lexsort((luck, of_unit))
    part = np.empty(of_unit.size, np.int64)
    first = int(draw.integers(parts))
    part[order] = (first + np.arange(of_unit.size)) % parts
    found: NDArray[np.int64] = part[unit]
    return found


def rotation(waves: int, stay: int) -> NDArray[np.bool_]:
    """Which panels are asked in which wave, when each stays for `stay` waves.

    Parameters
    ----------
    waves, stay : int
        How many waves there are, and in how many of them a panel is asked; both > 0.

    Returns
    -------
    (waves, waves + stay - 1) bool
        `stay` panels a wave; two waves next to each other share stay - 1 of them.
    """
    require(waves >= 1 and stay >= 1, "there must be at least one wave, and one to stay for")
    wave, panel = np.ogrid[:waves, : waves + stay - 1]
    return (panel >= wave) & (panel < wave + stay)
