"""The second step: the order of visits within a half-day, with travel and time windows."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from kepu_engines.matching.visits import EARTH_KM

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]


@njit(cache=True)
def insert_visits(
    place: Floats, windows: Longs, hours: tuple[int, int], speed_kmh: float
) -> tuple[Longs, Longs, Longs]:
    """Visit as many places as fit, each inserted where the round then ends first.

    Parameters
    ----------
    place : (v + 1, 2) float
        Longitude and latitude in radians: the team's home, then the visits, the most
        valuable first.
    windows : (v, 3) int
        Earliest begin, latest end and length of each visit in minutes.
    hours : (int, int)
        When the team leaves home, and when its last visit must have ended.
    speed_kmh : float
        Speed between places.

    Returns
    -------
    route, start, travel : (r,) int
        Visits in the order made, when each begins, minutes of travel before it.

    Source
    ------
    Solomon (1987), Algorithms for the vehicle routing and scheduling problems with time
    window constraints, Operations Research 35 (sequential insertion).
    """
    route = np.empty(0, np.int64)
    for visit in range(len(windows)):
        best_end, best = hours[1] + 1, route
        for place_in_route in range(len(route) + 1):
            trial = _insert(route, place_in_route, visit)
            end = _walk(place, windows, hours, speed_kmh, trial)[2]
            if end < best_end:
                best_end, best = end, trial
        route = best
    start, travel, _ = _walk(place, windows, hours, speed_kmh, route)
    return route, start, travel


@njit(cache=True)
def _insert(route: Longs, before: int, visit: int) -> Longs:
    trial = np.empty(len(route) + 1, np.int64)
    trial[:before] = route[:before]
    trial[before] = visit
    trial[before + 1 :] = route[before:]
    return trial


@njit(cache=True)
def _walk(
    place: Floats, windows: Longs, hours: tuple[int, int], speed_kmh: float, route: Longs
) -> tuple[Longs, Longs, int]:
    """Begin of each visit, travel before it, and the end of the round; late rounds end never."""
    start, travel = np.empty_like(route), np.empty_like(route)
    now, here = hours[0], 0
    for step in range(len(route)):
        visit = route[step]
        minutes = _kilometres(place, here, visit + 1) / speed_kmh * 60
        travel[step] = int(np.ceil(minutes - 1e-9))
        start[step] = max(now + travel[step], windows[visit, 0])
        now, here = start[step] + windows[visit, 2], visit + 1
        if now > min(windows[visit, 1], hours[1]):
            return start, travel, np.iinfo(np.int64).max
    return start, travel, now


@njit(cache=True)
def _kilometres(place: Floats, a: int, b: int) -> float:
    """Great-circle distance between two places (haversine)."""
    half = np.sin((place[b, 1] - place[a, 1]) / 2) ** 2
    turn = np.sin((place[b, 0] - place[a, 0]) / 2) ** 2
    half += np.cos(place[a, 1]) * np.cos(place[b, 1]) * turn
    return float(2 * EARTH_KM * np.arcsin(np.sqrt(min(half, 1.0))))
