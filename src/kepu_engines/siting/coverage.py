"""Distances to the nearest facility, people within reach, and sites chosen one after the other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import require

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Longs = NDArray[np.int64]

EARTH_KM = 6371.0088


@dataclass(frozen=True)
class Sites:
    """Sites in the order in which they were chosen.

    Attributes
    ----------
    chosen : (k,) int
        Index of each site; fewer than were asked for where no further one reaches anybody.
    gain : (k,) float
        Weight that each adds to those before it.
    reached : float
        Weight within reach in the end, with what was reached before.
    bound : float
        No choice of as many sites as were asked for reaches more than this.
    """

    chosen: Longs
    gain: Floats
    reached: float
    bound: float


def distances(a: tuple[ArrayLike, ArrayLike], b: tuple[ArrayLike, ArrayLike]) -> Floats:
    """Great-circle distances in km from each point of `a` to each of `b`, as the crow flies.

    Parameters
    ----------
    a, b : tuple of (n,) and (m,) float
        Longitudes and latitudes in degrees.

    Returns
    -------
    (n, m) float
    """
    lon, lat = (np.radians(np.asarray(part, dtype=float))[:, None] for part in a)
    lon2, lat2 = (np.radians(np.asarray(part, dtype=float))[None, :] for part in b)
    half = np.sin((lat2 - lat) / 2) ** 2
    half = half + np.cos(lat) * np.cos(lat2) * np.sin((lon2 - lon) / 2) ** 2
    km: Floats = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1)))
    return km


def nearest(km: Floats) -> Floats:
    """Distance of each place to the nearest facility; infinite where there is none.

    Parameters
    ----------
    km : (places, facilities) float

    Returns
    -------
    (places,) float
    """
    if km.shape[1] == 0:
        return np.full(km.shape[0], np.inf)
    found: Floats = km.min(axis=1)
    return found


def within(km: Floats, reach: ArrayLike) -> Bools:
    """Whether each place lies within reach of a facility.

    Parameters
    ----------
    km : (places, facilities) float
    reach : float or (facilities,) float
        How far each facility reaches, in km.

    Returns
    -------
    (places,) bool
    """
    found: Bools = np.any(km <= np.asarray(reach, dtype=float), axis=1)
    return found


def best_sites(reaches: ArrayLike, weight: ArrayLike, covered: ArrayLike, count: int) -> Sites:
    """Choose sites one after the other, each the one that adds most: greedy maximal coverage.

    Greedy reaches at least 1 - 1/e (63 %) of the most that is possible, and mostly far more. How much that
    is here at the most is told by `bound`: at every step, what is reached and the largest gains that
    as many sites could still add, the least of these sums.

    Parameters
    ----------
    reaches : (sites, places) bool
        Whether a facility at a site would reach a place.
    weight : (places,) float
        People of each place; none negative.
    covered : (places,) bool
        Which are within reach already.
    count : int
        How many sites to choose.

    Returns
    -------
    Sites

    Raises
    ------
    EngineError
        If shapes differ, a weight is negative, or no site is asked for.

    Source
    ------
    Nemhauser, Wolsey & Fisher (1978), Mathematical Programming 14: 265-294; Church & ReVelle (1974),
    Papers of the Regional Science Association 32: 101-118.
    """
    near = np.asarray(reaches, dtype=bool)
    people = np.asarray(weight, dtype=float)
    open_ones = ~np.asarray(covered, dtype=bool)
    require(
        near.ndim == 2 and near.shape[1:] == people.shape == open_ones.shape,
        "sites, weights and what is covered must be of the same places",
    )
    require(bool((people >= 0).all()), "a weight is negative")
    require(count >= 1, "ask for one site at least")
    reached = before = float(people[~open_ones].sum())
    bound = float(people.sum())
    chosen: list[int] = []
    gains: list[float] = []
    for _step in range(count + 1):
        gain = near @ (people * open_ones)
        bound = min(bound, reached + float(_largest(gain, count).sum()))
        best = int(gain.argmax()) if gain.size else -1
        if len(chosen) == count or best < 0 or gain[best] <= 0:
            break
        chosen.append(best)
        gains.append(float(gain[best]))
        open_ones &= ~near[best]
        reached = before + sum(gains)
    return Sites(np.array(chosen, dtype=np.int64), np.array(gains), reached, max(bound, reached))


def _largest(values: Floats, count: int) -> Floats:
    if values.size <= count:
        return values
    found: Floats = np.partition(values, -count)[-count:]
    return found
