"""What share of this year's people would have reached a level with an earlier year's questions.

Points of a harder form are not points of an easier one: the same people reach a cut more rarely. So a
share is told again as it would be by the earlier form, whose items are known on the earlier year's
scale, for people whose ability is known on this year's, with a link between the two.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq
from scipy.special import expit

from kepu_engines.core.checks import reals, require
from kepu_engines.survey.irt.linking import Link
from kepu_engines.survey.literacy import DIGITS, Framework, Reals

ABILITIES = np.linspace(-10, 10, 401)
NODES = np.linspace(-6, 6, 241)
DENSITY = np.exp(-(NODES**2) / 2) / np.exp(-(NODES**2) / 2).sum()
FARTHEST = 4.0  # a mean of ability beyond which no group of people lies
LARGEST = 400  # items of a dimension: counts of right answers are kept for each


@dataclass(frozen=True)
class Curve:
    """Chance to reach a level by a form at each of `ABILITIES`, (q,) float64, rising."""

    chance: Reals

    @cached_property
    def _between(self) -> CubicSpline:
        """Smooth between abilities, so that shares have slopes."""
        return CubicSpline(ABILITIES, self.chance)

    def share(self, mean: float, slope: float = 1.0, shift: float = 0.0) -> float:
        """Share of people N(mean, 1) who reach it, whose ability x is slope x + shift on its scale."""
        at = np.clip(slope * (mean + NODES) + shift, ABILITIES[0], ABILITIES[-1])
        return float(self._between(at) @ DENSITY)


@dataclass(frozen=True)
class Equated:
    """A share by the earlier form.

    Attributes
    ----------
    share : float
    rate : float
        How far it moves when the share by this year's form moves by one: what the standard error of
        that share is to be multiplied by.
    linking : float
        Standard error that the link adds.
    moves : (2,) float64
        How far the share moves with the link's slope and shift.
    """

    share: float
    rate: float
    linking: float
    moves: Reals


def curve(
    framework: Framework,
    level: str,
    dimension: ArrayLike,
    slope: ArrayLike,
    difficulty: ArrayLike,
) -> Curve:
    """Chance to reach a level of a framework by a form of two-parameter items, exactly.

    Parameters
    ----------
    framework : Framework
        Points of each dimension; a person's are in proportion to the items answered rightly.
    level : str
        One of the framework's cuts.
    dimension : (j,) str
        Of each item; every dimension of the framework has at least one.
    slope, difficulty : (j,) float
        Of a two-parameter item, D = 1; a slope below 0 is that of an item the able miss more often.

    Raises
    ------
    EngineError
        If lengths differ, a number is not finite, or a dimension has no items.

    Source
    ------
    Lord & Wingersky (1984), Applied Psychological Measurement 8, 453-461: counts of right answers at
    an ability, item by item; dimensions are independent given ability.
    """
    named = np.asarray(dimension)
    a, b = reals(slope, "slopes"), reals(difficulty, "difficulties")
    require(len(named) == len(a) == len(b), "The lists of a form's items differ in length.")
    require(level in framework.cuts, f"{level} is no level of {framework.version}")
    empty = [name for name in framework.points if not (named == name).any()]
    require(not empty, f"these dimensions have no items: {', '.join(empty)}")
    right = expit(a[:, None] * (ABILITIES - b[:, None]))
    counts = {name: _counts(right[named == name]) for name in framework.points}
    return Curve(_reaching(framework, framework.cuts[level], counts))


def _counts(right: Reals) -> Reals:
    """Chance of each number of right answers at each ability, (items + 1, q)."""
    require(len(right) <= LARGEST, f"a dimension of a form has at most {LARGEST} items")
    found = np.zeros((len(right) + 1, right.shape[1]))
    found[0] = 1.0
    for done, chance in enumerate(right):
        found[1 : done + 2] = found[1 : done + 2] * (1 - chance) + found[: done + 1] * chance
        found[0] *= 1 - chance
    return found


def _reaching(framework: Framework, cut: float, counts: dict[str, Reals]) -> Reals:
    """Chance that the points add up to the cut; the largest dimension is only asked for its tail."""
    last = max(counts, key=lambda name: len(counts[name]))
    points, mass = np.zeros(1), np.ones((1, len(ABILITIES)))
    for name in (name for name in counts if name != last):
        points = (points[:, None] + _steps(framework, counts, name)).ravel()
        mass = (mass[:, None] * counts[name]).reshape(-1, mass.shape[1])
        points, place = np.unique(np.round(points, DIGITS), return_inverse=True)
        merged = np.zeros((len(points), mass.shape[1]))
        np.add.at(merged, place, mass)
        mass = merged
    steps = _steps(framework, counts, last)
    enough = np.round(points[:, None] + steps, DIGITS) >= cut
    tail = np.vstack([counts[last][::-1].cumsum(axis=0)[::-1], np.zeros(mass.shape[1])])
    least = np.where(enough.any(axis=1), enough.argmax(axis=1), len(steps))
    found: Reals = np.clip((mass * tail[least]).sum(axis=0), 0, 1)
    return found


def _steps(framework: Framework, counts: dict[str, Reals], name: str) -> Reals:
    """Points for each number of right answers of a dimension."""
    many = len(counts[name])
    steps: Reals = framework.points[name] * np.arange(many) / (many - 1)
    return steps


def equated(share: float, own: Curve, earlier: Curve, link: Link) -> Equated:
    """A share by this year's form, as it would be by the earlier one.

    The people are taken as normal with a spread of 1 on this year's scale, round the mean that gives
    `share` by this year's form: that is about 0 for all people, and tells how far a group lies off.
    The same people are then put before the earlier form. What the model misses of the share is missed
    by both forms, and so hardly moves their difference.

    Parameters
    ----------
    share : float
        In (0, 1): by this year's form, of all people or of a group.
    own, earlier : Curve
        Of this year's form on this year's scale, and of the earlier one on the earlier.
    link : Link
        From this year's scale to the earlier.

    Raises
    ------
    EngineError
        If the share is none, or no such people could have it by this form.

    Source
    ------
    Kolen & Brennan (2014), Test Equating, Scaling, and Linking, chapter 6: observed scores equated by
    item response theory, here at one cut. The link's error by the delta method.
    """
    mean = _mean(share, own)
    at = (link.slope, link.shift)
    rate = _slope(lambda x: earlier.share(x, *at), mean) / _slope(own.share, mean)
    moves = _moves(mean, earlier, *at)
    linking = float(np.sqrt(moves @ link.covariance @ moves))
    return Equated(earlier.share(mean, *at), rate, linking, moves)


def moving(share: float, earlier: Curve, slope: float, shift: float) -> Reals:
    """How a share that the earlier form told moves with the slope and shift of its year's link, (2,).

    Parameters
    ----------
    share : float
        In (0, 1): by the earlier form, of all people of that year or of a group.
    slope, shift : float
        Of the link from that year's scale to the earlier form's.

    Raises
    ------
    EngineError
        As `equated`, whose `moves` these are for a share that it told.
    """
    return _moves(_mean(share, earlier, slope, shift), earlier, slope, shift)


def _mean(share: float, form: Curve, slope: float = 1.0, shift: float = 0.0) -> float:
    """Of the people who have this share by a form."""
    require(0 < share < 1, f"{share:g} is no share between 0 and 1")
    ends = [form.share(side * FARTHEST, slope, shift) for side in (-1, 1)]
    require(ends[0] < share < ends[1], f"no people reach this level by this form in {share:g}")
    found: float = brentq(
        lambda at: form.share(at, slope, shift) - share, -FARTHEST, FARTHEST, xtol=1e-10
    )
    return found


def _moves(mean: float, form: Curve, slope: float, shift: float) -> Reals:
    by_slope = _slope(lambda x: form.share(mean, x, shift), slope)
    return np.array([by_slope, _slope(lambda x: form.share(mean, slope, x), shift)])


def _slope(of: Callable[[float], float], at: float, by: float = 1e-3) -> float:
    return (of(at + by) - of(at - by)) / (2 * by)
