"""Who finds room within quotas, for many rankings of the same applications at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import integers, require

Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]

BEYOND, EQUAL, WITHIN = 0, 1, 2
NOBODY = np.iinfo(np.int64).min


def placed(
    worth: ArrayLike, reached: ArrayLike, groups: Sequence[ArrayLike], room: Sequence[ArrayLike]
) -> Longs:
    """Fill places from the best on, while there is room in every group that an application is in.

    Parameters
    ----------
    worth : (w, a) int
        What each application is worth in each of w rankings.
    reached : (w, a) bool
        Whether it reached any level; who did not takes no place.
    groups : k arrays (a,) int
        The group of each application in k partitions, such as class and district, numbered from 0.
    room : k arrays (g,) int
        Places in each group of each partition; a large number where there is no bound.

    Returns
    -------
    (w, a) int
        WITHIN, BEYOND, or EQUAL for who is worth as much as the last that found room where one found
        none: people decide between them, whichever stands first here.

    Raises
    ------
    EngineError
        If shapes differ or an application is in a group without a number of places.
    """
    value = np.ascontiguousarray(worth, dtype=np.int64)
    levels = np.ascontiguousarray(reached, dtype=np.bool_)
    require(value.ndim == 2 and value.shape == levels.shape, "worth and reached must be (w, a)")
    require(len(groups) == len(room) > 0, "there must be the places of every partition")
    where, left = _numbered(groups, room, value.shape[1])
    order = np.argsort(np.where(levels, -value, np.iinfo(np.int64).max), axis=1, kind="stable")
    found = np.full(value.shape, BEYOND, dtype=np.int64)
    _fill(order, value, levels, where, left, found)
    return found


@njit(cache=True)
def _fill(
    order: Longs, value: Longs, levels: Flags, where: Longs, left: Longs, found: Longs
) -> None:
    """Write into `found` who finds room, ranking by ranking, each from the best on."""
    last, edge = np.empty_like(left), np.empty_like(left)
    for line in range(len(value)):
        free = left.copy()
        last[:], edge[:] = NOBODY, NOBODY
        for who in order[line]:
            if not levels[line, who]:
                break  # they come last
            points = value[line, who]
            full = _first_full(free, where, who)
            if full < 0:
                for part in range(len(where)):
                    free[where[part, who]] -= 1
                    last[where[part, who]] = points
                found[line, who] = WITHIN
            elif last[full] == points:
                edge[full] = points
                found[line, who] = EQUAL
        _tell_equals(value[line], where, edge, found[line])


@njit(cache=True)
def _tell_equals(value: Longs, where: Longs, edge: Longs, found: Longs) -> None:
    """Tell who found room with as many points as somebody who found none in the same group."""
    for who in range(len(value)):
        for part in range(len(where)):
            if found[who] == WITHIN and edge[where[part, who]] == value[who]:
                found[who] = EQUAL


@njit(cache=True)
def _first_full(free: Longs, where: Longs, who: int) -> int:
    """The first group of an application that has no room; -1 where all have."""
    for part in range(len(where)):
        if free[where[part, who]] <= 0:
            return where[part, who]
    return -1


def _numbered(
    groups: Sequence[ArrayLike], room: Sequence[ArrayLike], count: int
) -> tuple[Longs, Longs]:
    """Groups of all partitions in one row of numbers, (k, a), and the places of each."""
    numbers, places, before = [], [], 0
    for which, most in zip(groups, room, strict=True):
        group, bound = integers(which, "groups", low=0), integers(most, "room", low=0)
        require(len(group) == count, "there must be a group for every application")
        require(count == 0 or int(group.max()) < len(bound), "every group must have its places")
        numbers.append(group.astype(np.int64) + before)
        places.append(bound.astype(np.int64))
        before += len(bound)
    return np.stack(numbers), np.concatenate(places)
