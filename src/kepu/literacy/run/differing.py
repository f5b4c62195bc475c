"""Items that work differently for two groups of people who know equally much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepu.literacy.run.plan import Contrast
from kepu.literacy.run.reading import Read
from kepu.literacy.run.weighing import Weighed
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.irt.dif import Incomparable, mantel_haenszel

SLIGHT = "A"  # the class of items that favour nobody worth speaking of
ROWS, FREEDOM, LEVELS = "rows", "freedom", "levels"  # why an item was not compared

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Differing:
    """One item and two groups: the Mantel-Haenszel difference with design weights, on ETS's delta scale.

    `delta` above 0 favours the first group. `matched` says whether the item counted to the score by
    which people were matched for the others; `withheld` why nothing was compared.
    """

    grouping: str
    item: str
    dimension: str
    first: int
    second: int
    delta: float | None
    se: float | None
    p: float | None
    grade: str
    matched: bool
    withheld: str = ""


def differing(read: Read, weighed: Weighed, progress: Progress = silent) -> tuple[Differing, ...]:
    """Every item in every comparison of the plan, the matching score purified once.

    People are matched by how many items of their own booklet they had right. Items that favour a group
    at first (class B or C) are then left out of that score, but for the item in question itself, and
    all are compared anew (Holland & Thayer 1988).
    """
    found: list[Differing] = []
    for done, (column, rule) in enumerate(read.plan.dif.items()):
        progress("differential items", done, len(read.plan.dif))
        groups = _Groups.of(read, column, rule)
        every = np.ones(len(read.items), np.bool_)
        first = list(_compared(read, weighed, groups, every))
        pure = np.array([one.grade in ("", SLIGHT) for one in first])
        found += first if pure.all() else _compared(read, weighed, groups, pure)
    return tuple(found)


@dataclass(frozen=True)
class _Groups:
    """Of those who answered: who is of the first group, who of the second, and whose booklet is whose."""

    name: str
    first: Bools
    second: Bools
    right: Bools
    asked: Bools
    booklet: NDArray[np.int64]

    @classmethod
    def of(cls, read: Read, column: str, rule: Contrast) -> _Groups:
        labels, asked = read.labels(column)[read.said], read.asked[read.said]
        first, second = (np.isin(labels, words) for words in (rule.first, rule.second))
        _kinds, booklet = np.unique(np.packbits(asked, axis=1), axis=0, return_inverse=True)
        right = read.right[read.said] & asked
        return cls(column, first, second, right, asked, booklet.reshape(-1))


def _compared(read: Read, weighed: Weighed, groups: _Groups, counted: Bools) -> Iterator[Differing]:
    scores = (groups.right & counted).sum(axis=1)
    for place, item in enumerate(read.items):
        score = scores if counted[place] else scores + groups.right[:, place]
        here = groups.asked[:, place] & (groups.first | groups.second)
        sizes = [int((here & group).sum()) for group in (groups.first, groups.second)]
        known = groups.name, item.name, item.dimension, sizes[0], sizes[1]
        few = _too_few(read, weighed, sizes)
        right, focal = (
            one.astype(np.int8) for one in (groups.right[:, place], groups.first & here)
        )
        try:
            told = None if few else mantel_haenszel(
                right, _levels(groups, score, here), focal, weighed.design
            )  # fmt: skip
        except Incomparable:
            few, told = LEVELS, None
        match = bool(counted[place])
        if told is None:
            yield Differing(*known, None, None, None, "", match, few)
        else:
            yield Differing(*known, told.delta, 2.35 * told.error, told.p, told.grade, match)


def _too_few(read: Read, weighed: Weighed, sizes: list[int]) -> str:
    rule = read.plan.publish
    if min(sizes) < rule.rows:
        return ROWS
    return FREEDOM if weighed.design.df < max(rule.freedom, 1) else ""


def _levels(groups: _Groups, score: NDArray[np.int64], here: Bools) -> NDArray[np.int64]:
    """Booklet and number of right answers; who is not compared stands alone at a level of their own.

    So strata and clusters stay whole, and nothing is counted there.
    """
    level = groups.booklet * (groups.right.shape[1] + 1) + score + 1
    _kinds, place = np.unique(np.where(here, level, 0), return_inverse=True)
    return place.reshape(-1)
