"""The second step: the round a team makes in a half-day, with travel and time windows.

Up to EXACT visits the round is the best there is: over all subsets of visits, and the last
one of each, the earliest moment the subset can be done (a team may wait, but never gains
by being late, so the earliest moment is all that matters). Longer rounds are built by
insertion, and improved until moving no visit helps.

Source
------
Desrochers, Desrosiers & Solomon (1992), A new optimization algorithm for the vehicle
routing problem with time windows, Operations Research 40 (labels); Solomon (1987),
Algorithms for the vehicle routing and scheduling problems with time window constraints,
ibid. 35 (sequential insertion).
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from kepu_engines.matching.visits import EARTH_KM

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

# Subsets of so many visits are looked through; 4096 x 12 labels take a millisecond or two.
EXACT = 12
NEVER = np.iinfo(np.int64).max


@njit(cache=True)
def best_round(
    place: Floats, windows: Longs, points: Longs, hours: tuple[int, int], speed_kmh: float
) -> tuple[Longs, Longs, Longs]:
    """Round that is worth most; of equals the one that ends first.

    Parameters
    ----------
    place : (v + 1, 2) float
        Longitude and latitude in radians: the team's home, then the visits. With more
        than EXACT visits, earlier ones are inserted first.
    windows : (v, 3) int
        Earliest begin, latest end and length of each visit in minutes.
    points : (v,) int
        What each visit is worth, every one > 0.
    hours : (int, int)
        When the team leaves home, and when its last visit must have ended.
    speed_kmh : float
        Speed between places.

    Returns
    -------
    route, start, travel : (r,) int
        Visits in the order made, when each begins, minutes of travel before it. With at
        most EXACT visits no other round is worth more.
    """
    return round_on(ways(place, place, speed_kmh), windows, points, hours)


@njit(cache=True)
def round_on(
    way: Longs, windows: Longs, points: Longs, hours: tuple[int, int]
) -> tuple[Longs, Longs, Longs]:
    """The same where the minutes between all places are known: way[a, b] leads from a to b."""
    if len(windows) <= EXACT:
        route = _best_subset(way, windows, points, hours)
    else:
        route = _inserted(way, windows, hours)
    start, travel, _ = _walk(way, windows, hours, route)
    return route, start, travel


@njit(cache=True)
def ways(leaving: Floats, coming: Floats, speed_kmh: float) -> Longs:
    """Whole minutes from each place to each (great circles, haversine), rounded up.

    Row a of `leaving` and of `coming` say where one goes from a, and where one comes to a.
    """
    way = np.zeros((len(leaving), len(coming)), np.int64)
    for a in range(len(leaving)):
        for b in range(len(coming)):
            half = np.sin((coming[b, 1] - leaving[a, 1]) / 2) ** 2
            turn = np.sin((coming[b, 0] - leaving[a, 0]) / 2) ** 2
            half += np.cos(leaving[a, 1]) * np.cos(coming[b, 1]) * turn
            km = 2 * EARTH_KM * np.arcsin(np.sqrt(min(half, 1.0)))
            way[a, b] = int(np.ceil(km / speed_kmh * 60 - 1e-9))
    return way


@njit(cache=True)
def _best_subset(way: Longs, windows: Longs, points: Longs, hours: tuple[int, int]) -> Longs:
    """Most valuable subset that can be visited in time, in the order that ends first."""
    count = len(windows)
    end = np.full((1 << count, count), NEVER)
    worth = np.zeros(1 << count, np.int64)
    best, best_end, best_last = 0, NEVER, -1
    for subset in range(1, 1 << count):
        for last in range(count):
            if not subset >> last & 1:
                continue
            rest = subset ^ (1 << last)
            worth[subset] = worth[rest] + points[last]
            end[subset, last] = _done(end, way, windows, hours, rest, last)[0]
            done = end[subset, last]
            better = worth[subset] > worth[best]
            if done < NEVER and (better or (worth[subset] == worth[best] and done < best_end)):
                best, best_end, best_last = subset, done, last
    return _backwards(end, way, windows, hours, best, best_last)


@njit(cache=True)
def _done(
    end: Longs, way: Longs, windows: Longs, hours: tuple[int, int], rest: int, visit: int
) -> tuple[int, int]:
    """Earliest end of a visit made after all of `rest`, and the one before it, -1: none."""
    earliest, before = NEVER, -1
    if rest == 0:
        earliest = _end(hours[0] + way[0, visit + 1], windows[visit], hours[1])
    for last in range(len(windows)):
        if rest >> last & 1 and end[rest, last] < NEVER:
            done = _end(end[rest, last] + way[last + 1, visit + 1], windows[visit], hours[1])
            if done < earliest:
                earliest, before = done, last
    return earliest, before


@njit(cache=True)
def _end(arrival: int, window: Longs, closing: int) -> int:
    """When a visit is over; NEVER if that is too late."""
    done = max(arrival, window[0]) + window[2]
    return done if done <= min(window[1], closing) else NEVER


@njit(cache=True)
def _backwards(
    end: Longs, way: Longs, windows: Longs, hours: tuple[int, int], subset: int, last: int
) -> Longs:
    """The order in which a subset was visited that ends with `last`."""
    route = [0 for _ in range(0)]
    while subset:
        route.append(last)
        subset ^= 1 << last
        last = _done(end, way, windows, hours, subset, last)[1]
    return np.array(route[::-1], np.int64) if len(route) else np.empty(0, np.int64)


@njit(cache=True)
def _inserted(way: Longs, windows: Longs, hours: tuple[int, int]) -> Longs:
    """Insert one visit after the other; when no more fits, move visits to make room, and again."""
    route, size = np.empty(0, np.int64), -1
    while len(route) > size:
        size = len(route)
        for visit in range(len(windows)):
            if not (route == visit).any():
                route = _with(way, windows, hours, route, visit)
        route = _moved(way, windows, hours, route)
    return route


@njit(cache=True)
def _moved(way: Longs, windows: Longs, hours: tuple[int, int], route: Longs) -> Longs:
    """Take visits out and put them back where the round ends earlier, as long as one does."""
    end, before = _walk(way, windows, hours, route)[2], NEVER
    while end < before:
        before = end
        for visit in route.copy():
            trial = _with(way, windows, hours, route[route != visit], visit)
            trial_end = _walk(way, windows, hours, trial)[2]
            if len(trial) == len(route) and trial_end < end:
                route, end = trial, trial_end
    return route


@njit(cache=True)
def _with(way: Longs, windows: Longs, hours: tuple[int, int], route: Longs, visit: int) -> Longs:
    """The route with a visit where it then ends first, or as it was if that is nowhere."""
    best, best_end = route, NEVER
    for at in range(len(route) + 1):
        trial = np.concatenate((route[:at], np.array([visit]), route[at:]))
        end = _walk(way, windows, hours, trial)[2]
        if end < best_end:
            best, best_end = trial, end
    return best


@njit(cache=True)
def _walk(
    way: Longs, windows: Longs, hours: tuple[int, int], route: Longs
) -> tuple[Longs, Longs, int]:
    """Begin of each visit, travel before it, and the end of the round; late rounds end never."""
    start, travel = np.empty_like(route), np.empty_like(route)
    now, here = hours[0], 0
    for step in range(len(route)):
        visit = route[step]
        travel[step] = way[here, visit + 1]
        start[step] = max(now + travel[step], windows[visit, 0])
        now, here = _end(now + travel[step], windows[visit], hours[1]), visit + 1
        if now == NEVER:
            break
    return start, travel, now
