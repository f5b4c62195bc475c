"""Who finds room within quotas, for many rankings of the same applications at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import integers, require

Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]

BEYOND, EQUAL, WITHIN = 0, 1, 2
NOBODY = np.iinfo(np.int64).min
LOOKS = 32  # steps after which it is asked whether anybody can still find room


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
    value = np.asarray(worth, dtype=np.int64)
    levels = np.asarray(reached, dtype=bool)
    require(value.ndim == 2 and value.shape == levels.shape, "worth and reached must be (w, a)")
    require(len(groups) == len(room) > 0, "there must be the places of every partition")
    where, left, parts = _numbered(groups, room, value.shape[1])
    order = np.argsort(np.where(levels, -value, np.iinfo(np.int64).max), axis=1, kind="stable")
    lines = np.arange(len(value))
    free = np.tile(left, (len(value), 1))
    last, edge = np.full(free.shape, NOBODY), np.full(free.shape, NOBODY)
    found = np.full(value.shape, BEYOND, dtype=np.int64)
    for step in range(int(levels.sum(axis=1).max(initial=0))):
        who = order[:, step]
        points, asks, its = value[lines, who], levels[lines, who], where[:, who]
        if step % LOOKS == 0 and _is_full(free, last, points, parts):
            break
        open_ = free[lines, its] > 0
        inside = asks & open_.all(axis=0)
        for place in its:
            free[lines[inside], place[inside]] -= 1
            last[lines[inside], place[inside]] = points[inside]
        found[lines[inside], who[inside]] = WITHIN
        full = its[np.argmin(open_, axis=0), lines]  # the first that is full, where one is
        equal = asks & ~inside & (last[lines, full] == points)
        edge[lines[equal], full[equal]] = points[equal]
        found[lines[equal], who[equal]] = EQUAL
    for each in where:
        found[(found == WITHIN) & (edge[:, each] == value)] = EQUAL
    return found


def _is_full(free: Longs, last: Longs, points: Longs, parts: Sequence[slice]) -> bool:
    """Whether in every ranking a whole partition is full and nobody to come equals the last in it."""
    over = np.zeros(len(free), dtype=bool)
    for part in parts:
        equals = np.where(last[:, part] == NOBODY, np.iinfo(np.int64).max, last[:, part])
        over |= (free[:, part] <= 0).all(axis=1) & (points < equals.min(axis=1))
    return bool(over.all())


def _numbered(
    groups: Sequence[ArrayLike], room: Sequence[ArrayLike], count: int
) -> tuple[Longs, Longs, list[slice]]:
    """Groups of all partitions in one row of numbers, (k, a), the places of each, and where each is."""
    numbers, places, parts, before = [], [], [], 0
    for which, most in zip(groups, room, strict=True):
        group, bound = integers(which, "groups", low=0), integers(most, "room", low=0)
        require(len(group) == count, "there must be a group for every application")
        require(count == 0 or int(group.max()) < len(bound), "every group must have its places")
        numbers.append(group + before)
        places.append(bound)
        parts.append(slice(before, before + len(bound)))
        before += len(bound)
    return np.stack(numbers), np.concatenate(places), parts
