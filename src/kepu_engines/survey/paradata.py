"""Signs in how interviews were done that somebody should look at: none of them is a proof.

Speed, the same letter again and again, places and times that do not go together, interviewers whose
people are all alike, and interviews that repeat another one.

Source
------
Groves & Couper (1998), Nonresponse in Household Interview Surveys; Kish (1962), Studies of
Interviewer Variance for Attitudinal Variables, JASA 57, 92-115; Searle (1971), Linear Models,
9.9 (interval of the intraclass correlation); Spiegelhalter (2005), Funnel plots, Stat. in Medicine
24, 1185-1202; Blasius & Thiessen (2012), Assessing the Quality of Survey Data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import integers, reals, require

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

KM_PER_DEGREE = 111.195  # of a great circle, on a sphere of 6,371 km
MAD = 1.4826  # of a normal variable: standard deviation over median absolute deviation
LEAST_SPREAD = 0.1  # of the logarithm: interviews all alike do not make the next one odd
Ring = Sequence[tuple[float, float]]


def speed(seconds: ArrayLike) -> Reals:
    """How far each interview's length lies from the median, on the log scale, in robust deviations.

    Parameters
    ----------
    seconds : (n,) float
        Length of each interview, > 0.

    Returns
    -------
    (n,) float
        Below 0 is faster than the median. The deviation is that of the median absolute
        deviation, at least `LEAST_SPREAD`.

    Raises
    ------
    EngineError
        If a length is not a number above 0.
    """
    length = reals(seconds, "the lengths", low=1e-9)
    if not length.size:
        return length
    logs = np.log(length)
    off = logs - np.median(logs)
    spread = max(MAD * float(np.median(np.abs(off))), LEAST_SPREAD)
    found: Reals = off / spread
    return found


def share_below(seconds: ArrayLike, floor: float) -> Reals:
    """Share of its items that each interview answered in under `floor` seconds.

    Parameters
    ----------
    seconds : (n, items) float
        Seconds on the screen; NaN where an item was not asked.
    floor : float
        Seconds.

    Returns
    -------
    (n,) float
        0 where nothing was timed.

    Raises
    ------
    EngineError
        If the seconds are no table.
    """
    table = np.asarray(seconds, np.float64)
    require(table.ndim == 2, "the seconds must have two dimensions")
    timed = ~np.isnan(table)
    quick = (timed & (np.nan_to_num(table, nan=floor) < floor)).sum(1)
    found: Reals = quick / np.maximum(timed.sum(1), 1)
    return found


# --- the same letter ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lines:
    """The longest run of one letter in each interview, and how likely chance would do as much.

    Attributes
    ----------
    run : (n,) int
        Length of the longest run.
    run_chance : (n,) float
        Chance of such a run or a longer one.
    share : (n,) float
        Share of the letter chosen most.
    share_chance : (n,) float
        Bound on the chance of such a share or a larger one.
    """

    run: Whole
    run_chance: Reals
    share: Reals
    share_chance: Reals


def straight_lines(answers: ArrayLike) -> Lines:
    """Look for the same letter again and again.

    Parameters
    ----------
    answers : (n, items) int
        Letters from 0 in the order they were asked; below 0 where none was chosen, which is
        passed over.

    Returns
    -------
    Lines
        Chance takes letters as independent, each as frequent as in all interviews together: a
        repetition has the chance `sum of p**2`. The chance of a share is bounded by the sum over
        letters of binomial tails.

    Raises
    ------
    EngineError
        If the answers are no table.
    """
    table = np.asarray(answers, np.int64)
    require(table.ndim == 2, "the answers must have two dimensions")
    n = len(table)
    shares = _letter_shares(table)
    again = float((shares**2).sum())
    run, most, given = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    for row, line in enumerate(table):
        said = line[line >= 0]
        given[row] = said.size
        if said.size:
            run[row] = _longest(said)
            most[row] = np.bincount(said).max()
    chances = [
        (chance_of_run(int(r), int(g), again), _chance_of_share(int(m), int(g), shares))
        for r, m, g in zip(run, most, given, strict=True)
    ]
    both = np.array(chances, np.float64).reshape(n, 2)
    share: Reals = most / np.maximum(given, 1)
    return Lines(run, both[:, 0], share, both[:, 1])


def _letter_shares(table: Whole) -> Reals:
    said = table[table >= 0]
    counts = np.bincount(said) if said.size else np.ones(1)
    found: Reals = counts / counts.sum()
    return found


def _longest(said: Whole) -> int:
    ends = np.flatnonzero(np.diff(said)) + 1
    return int(np.diff(np.concatenate([[0], ends, [said.size]])).max())


def chance_of_run(length: int, items: int, again: float) -> float:
    """Chance of at least one run of `length` or more among `items`, each repeating with chance `again`.

    Exact for independent repetitions: a walk over the length of the run one is in.
    """
    if length <= 1 or items < length:
        return float(length <= items)
    state = np.zeros(length)  # place k: in a run of k + 1; the last one is never left
    state[0] = 1.0
    for _item in range(items - 1):
        stays, done = state[:-1], state[-1]
        ahead = np.zeros(length)
        ahead[0] = stays.sum() * (1 - again)
        ahead[1:] = stays * again
        ahead[-1] += done
        state = ahead
    return float(state[-1])


def _chance_of_share(most: int, items: int, shares: Reals) -> float:
    from scipy.stats import binom

    if not items:
        return 1.0
    return float(min(1.0, binom.sf(most - 1, items, shares).sum()))


# --- place and time -------------------------------------------------------------------------------


def km_outside(points: ArrayLike, rings: Sequence[Ring]) -> Reals:
    """How far each point lies outside an area, in km; 0 inside.

    Parameters
    ----------
    points : (n, 2) float
        Longitude and latitude in degrees.
    rings : sequence of rings
        Closed outlines of (longitude, latitude); inside is where an odd number is crossed.

    Raises
    ------
    EngineError
        If an area has no outline.

    Notes
    -----
    Degrees are taken as flat at each point's latitude: an error below 1 % within a city.
    """
    spots = np.asarray(points, np.float64).reshape(-1, 2)
    found = np.empty(len(spots))
    edges = [np.asarray(ring, np.float64) for ring in rings]
    begins = np.concatenate(edges) if edges else np.empty((0, 2))
    ends = np.concatenate([np.roll(ring, -1, 0) for ring in edges]) if edges else begins
    require(len(begins) > 0, "an area needs an outline")
    for row, spot in enumerate(spots):
        found[row] = 0.0 if _inside(spot, begins, ends) else _to_edge(spot, begins, ends)
    return found


def _inside(spot: Reals, begins: Reals, ends: Reals) -> bool:
    straddles = (begins[:, 1] > spot[1]) != (ends[:, 1] > spot[1])
    b, e = begins[straddles], ends[straddles]
    across = b[:, 0] + (spot[1] - b[:, 1]) / (e[:, 1] - b[:, 1]) * (e[:, 0] - b[:, 0])
    return bool((across > spot[0]).sum() % 2)


def _to_edge(spot: Reals, begins: Reals, ends: Reals) -> float:
    flat = np.array([KM_PER_DEGREE * np.cos(np.radians(spot[1])), KM_PER_DEGREE])
    a, b = (begins - spot) * flat, (ends - spot) * flat
    along = b - a
    length = np.maximum((along**2).sum(1), 1e-18)
    place = np.clip(-(a * along).sum(1) / length, 0, 1)[:, None]
    return float(np.sqrt(((a + place * along) ** 2).sum(1).min()))


def too_soon(
    who: ArrayLike,
    begun: ArrayLike,
    ended: ArrayLike,
    points: ArrayLike,
    *,
    kmh: float,
    rest: float,
) -> Flags:
    """Interviews that began before their interviewer can have been there.

    Parameters
    ----------
    who : (n,) int
        Interviewer.
    begun, ended : (n,) float
        Seconds.
    points : (n, 2) float
        Longitude and latitude; NaN where unknown, which counts as the same place.
    kmh : float
        The fastest one travels.
    rest : float
        Seconds from one door to the next at least, wherever they are.

    Returns
    -------
    (n,) bool
        True where the next door came too soon after the one before of the same interviewer.

    Raises
    ------
    EngineError
        If the speed is not above 0, the rest is below 0, or a time is not finite.
    """
    require(kmh > 0 and rest >= 0, "the speed must be above 0, and the rest not below 0")
    people = integers(who, "the interviewers", low=0).astype(np.int64)
    first, last = reals(begun, "the beginnings"), reals(ended, "the ends")
    spots = np.asarray(points, np.float64).reshape(-1, 2)
    order = np.lexsort((first, people))
    found = np.zeros(len(people), np.bool_)
    for before, after in pairwise(order):
        if people[before] != people[after]:
            continue
        needed = rest + 3600 * _km(spots[before], spots[after]) / kmh
        found[after] = first[after] - last[before] < needed
    return found


def _km(one: Reals, other: Reals) -> float:
    if np.isnan(one).any() or np.isnan(other).any():
        return 0.0
    flat = np.array([KM_PER_DEGREE * np.cos(np.radians(one[1])), KM_PER_DEGREE])
    return float(np.hypot(*((other - one) * flat)))


# --- interviewers ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Interviewers:
    """How alike the people of one interviewer are, beyond those of the district.

    Attributes
    ----------
    icc, low, high : float
        Intraclass correlation of interviewers within districts, and its interval; NaN where
        no district has two interviewers.
    name : (k,) int
        Interviewers in rising order.
    number : (k,) int
        Interviews of each.
    mean : (k,) float
        Mean of each, as the distance from the mean of the district.
    z : (k,) float
        The same in standard errors; 0 for who stands alone in a district.
    """

    icc: float
    low: float
    high: float
    name: Whole
    number: Whole
    mean: Reals
    z: Reals


def interviewers(
    score: ArrayLike, who: ArrayLike, district: ArrayLike, *, level: float = 0.95
) -> Interviewers:
    """Analysis of variance of interviewers within districts.

    Parameters
    ----------
    score : (n,) float
    who, district : (n,) int
        Labels; an interviewer of two districts counts in each.
    level : float
        Of the interval, which is exact for as many interviews each (Searle 1971) and else near.

    Returns
    -------
    Interviewers

    Raises
    ------
    EngineError
        If a score is not finite, or a label no whole number from 0.
    """
    value = reals(score, "the scores")
    people = integers(who, "the interviewers", low=0).astype(np.int64)
    place = integers(district, "the districts", low=0).astype(np.int64)
    pairs, cell = np.unique(np.stack([place, people], 1), axis=0, return_inverse=True)
    cell = cell.reshape(-1)
    n = np.bincount(cell, minlength=len(pairs)).astype(np.float64)
    mean = np.bincount(cell, value, len(pairs)) / np.maximum(n, 1)
    _places, of = np.unique(pairs[:, 0], return_inverse=True)
    total = np.bincount(of, n)
    centre = np.bincount(of, n * mean) / total
    off = mean - centre[of]
    between = float((n * off**2).sum())
    inside = float(((value - mean[cell]) ** 2).sum())
    free_between, free_inside = len(pairs) - len(total), len(value) - len(pairs)
    alone = np.bincount(of)[of] < 2
    spread = inside / free_inside if free_inside > 0 else np.nan
    error = np.sqrt(np.maximum(spread * (1 / n - 1 / total[of]), 0))
    known = ~alone & (error > 0)
    z = np.where(known, off / np.where(known, error, 1), 0.0)
    each = (
        (float((total - np.bincount(of, n**2) / total).sum()) / free_between) if free_between else 0
    )
    icc, low, high = _correlation(between, inside, free_between, free_inside, each, level)
    return Interviewers(icc, low, high, *_by_person(pairs[:, 1], n, off, z))


def _correlation(
    between: float, inside: float, over: int, under: int, each: float, level: float
) -> tuple[float, float, float]:
    from scipy.stats import f

    if over < 1 or under < 1 or inside <= 0 or each <= 0:
        return (float("nan"),) * 3
    ratio = (between / over) / (inside / under)
    tail = (1 - level) / 2
    lower, upper = ratio / f.ppf(1 - tail, over, under), ratio / f.ppf(tail, over, under)
    found = [(one - 1) / (one + each - 1) for one in (ratio, lower, upper)]
    return found[0], max(found[1], -1 / each), min(found[2], 1.0)


def _by_person(people: Whole, n: Reals, off: Reals, z: Reals) -> tuple[Any, Any, Any, Any]:
    """Of who works in several districts: interviews together, and what is oddest."""
    names, at = np.unique(people, return_inverse=True)
    number = np.bincount(at, n).astype(np.int64)
    mean = np.bincount(at, n * off) / np.maximum(np.bincount(at, n), 1)
    odd = np.zeros(len(names))
    for place, value in zip(at, z, strict=True):
        if abs(value) > abs(odd[place]):
            odd[place] = value
    return names.astype(np.int64), number, mean, odd


# --- the same interview again ---------------------------------------------------------------------


@dataclass(frozen=True)
class Copies:
    """Pairs of interviews that are nearly the same, by row, the lower first."""

    one: Whole
    other: Whole
    same: Reals  # share of items both answered on which they agree
    uncommon: Whole  # of those, answers that most people did not give


def copies(answers: ArrayLike, *, same: float, uncommon: int) -> Copies:
    """Find interviews with almost the same answers.

    Two who know everything answer alike; only agreement in answers that are not the most frequent
    one of their item tells of a copy.

    Parameters
    ----------
    answers : (n, items) int
        Letters from 0, of one booklet; below 0 where none was chosen.
    same : float
        Least share of items on which the two agree, in (0, 1].
    uncommon : int
        Fewest uncommon answers that they share.

    Raises
    ------
    EngineError
        If the answers are no table, or the share is outside (0, 1].
    """
    table = np.asarray(answers, np.int64)
    require(table.ndim == 2, "the answers must have two dimensions")
    require(0 < same <= 1, f"the share must lie in (0, 1], not {same:g}")
    rare = (table >= 0) & (table != _usual(table)[None, :])
    found: list[tuple[int, int, float, int]] = []
    for row in range(len(table) - 1):
        rest = table[row + 1 :]
        agree = (rest == table[row]) & (table[row] >= 0)
        both = ((rest >= 0) & (table[row] >= 0)).sum(1)
        share = agree.sum(1) / np.maximum(both, 1)
        odd = (agree & rare[row]).sum(1)
        for at in np.flatnonzero((share >= same) & (odd >= uncommon)):
            found.append((row, row + 1 + int(at), float(share[at]), int(odd[at])))
    columns = list(zip(*found, strict=True)) or [(), (), (), ()]
    return Copies(
        np.array(columns[0], np.int64), np.array(columns[1], np.int64),
        np.array(columns[2], np.float64), np.array(columns[3], np.int64),
    )  # fmt: skip


def _usual(table: Whole) -> Whole:
    """The most frequent letter of each item; -1 where nobody answered."""
    found = np.full(table.shape[1], -1, np.int64)
    for item, column in enumerate(table.T):
        said = column[column >= 0]
        if said.size:
            found[item] = np.bincount(said).argmax()
    return found
