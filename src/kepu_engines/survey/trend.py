"""A share from year to year: what changed, with the error of linking, and whether a target is reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr, ndtri

from kepu_engines.core.checks import require

if TYPE_CHECKING:
    from kepu_engines.survey.irt.linking import Link

Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Year:
    """The share of a year, and what it was measured with.

    Attributes
    ----------
    year : int
    share : float
        In (0, 1).
    se : float, or None
        Standard error; None where it was not published.
    framework, modes, scale : str
        What a score is made of, how people were asked, and on which scale the points stand: a change of
        any of them breaks the series. Two years are on one scale where common items link them.
    linking : float
        Standard error that the link to that scale adds, apart from `se`; 0 where it is none or in `se`.

    Raises
    ------
    EngineError
        If the share or its error is impossible.
    """

    year: int
    share: float
    se: float | None
    framework: str
    modes: str
    scale: str = ""
    linking: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is no share."""
        require(0 < self.share < 1, f"{self.year}: {self.share:g} is no share between 0 and 1")
        known = self.se is None or self.se > 0
        require(known, f"{self.year}: the standard error must be above 0, or left empty")
        require(self.linking >= 0, f"{self.year}: the error of a link must not be below 0")

    @property
    def kind(self) -> tuple[str, str, str]:
        """What it was measured with: years of different kinds are no series."""
        return self.framework, self.modes, self.scale

    @property
    def odds_error(self) -> float:
        """Standard error of the log odds; NaN where none is known."""
        return np.nan if self.se is None else self.se / (self.share * (1 - self.share))

    def linked(self, linking: float | None = None) -> Year:
        """The same share on an earlier year's scale: the link's error, or its own, is counted in `se`."""
        added = self.linking if linking is None else linking
        se = None if self.se is None else float(np.hypot(self.se, added))
        return replace(self, se=se, linking=0.0)

    def interval(self, level: float = 0.95) -> tuple[float, float] | None:
        """Interval on the log odds, or None without an error."""
        if self.se is None:
            return None
        half = ndtri((1 + level) / 2) * self.odds_error
        middle = logit(self.share)
        return float(expit(middle - half)), float(expit(middle + half))


@dataclass(frozen=True)
class Change:
    """This year less an earlier one.

    `se` and the interval are None where the earlier year's error is not known; `breaks` names what
    was changed between them ("framework", "modes", "scale"): then the difference is no change of people
    alone.
    """

    value: float
    se: float | None
    low: float | None
    high: float | None
    breaks: tuple[str, ...]


@dataclass(frozen=True)
class Reach:
    """How probable it is that a target is reached.

    Attributes
    ----------
    probability : float
    share, se : float
        The share to be expected in the target's year, and its standard error on the log odds.
    years : tuple of int
        What it rests on: the target's own year, or those that a line was drawn through.
    """

    probability: float
    share: float
    se: float
    years: tuple[int, ...]


def linking_error(link: Link, share: float, everybody: float | None = None) -> float:
    """Standard error that a link between two years' scales adds to a share, of all people or a group.

    People are standard normal on the new scale, and those above the cut are the share of everybody: so
    the cut lies at its quantile, and it is the same ability for every group. A group's abilities are
    taken as normal with a spread of 1 too, round a mean that its own share tells. Moving the cut by the
    link's error there moves a share by its people's density at the cut times it.
    The link's error is that of its covariance: the choice of common items and, where the link was
    given the items' own covariance, the sampling of persons, taken as apart from the share's own
    sampling (which makes the sum rather too large than too small).

    Parameters
    ----------
    link : Link
        From the new scale to the old.
    share : float
        In (0, 1).
    everybody : float, optional
        The share of all people, in (0, 1), where `share` is a group's.

    Source
    ------
    Monseur & Berezner (2007), The Computation of Equating Errors in International Surveys in
    Education, J. Applied Measurement 8, 323-335: the jackknife over common items, for means. For a
    share by the delta method.
    """
    moves = moving(link.slope, share, everybody)
    return float(np.sqrt(moves @ link.covariance @ moves))


def moving(slope: float, share: float, everybody: float | None = None) -> Reals:
    """How a share moves with the slope and the shift of its link; as `linking_error` takes it.

    (2,) float64. Ability is taken as normal, and the cut as where `everybody`'s share begins.

    Parameters
    ----------
    slope : float
        Of the link, > 0.
    share : float
        Of the people told of, in (0, 1).
    everybody : float, optional
        The share by which the cut is told, in (0, 1); that of `share`, unless given.

    Raises
    ------
    EngineError
        If a share is none.
    """
    whole = share if everybody is None else everybody
    for one in (share, whole):
        require(0 < one < 1, f"{one:g} is no share between 0 and 1")
    cut, from_mean = float(ndtri(1 - whole)), float(ndtri(1 - share))
    density = np.exp(-(from_mean**2) / 2) / np.sqrt(2 * np.pi)
    return density / slope * np.array([cut, 1.0])


def change(now: Year, then: Year, linking: float = 0, level: float = 0.95) -> Change:
    """This year less an earlier one; samples are independent, and links add an error of their own.

    Parameters
    ----------
    linking : float
        Standard error that links add to the difference of the shares: what both years have in common
        cancels. Where the earlier year needed no link, that of this year's; see `linking_error`.
    """
    names = ("framework", "modes", "scale")
    breaks = tuple(name for name in names if getattr(now, name) != getattr(then, name))
    value = now.share - then.share
    if now.se is None or then.se is None:
        return Change(value, None, None, None, breaks)
    se = float(np.sqrt(now.se**2 + then.se**2 + linking**2))
    half = float(ndtri((1 + level) / 2)) * se
    return Change(value, se, value - half, value + half, breaks)


def comparable(now: Year, earlier: Sequence[Year]) -> tuple[Year, ...]:
    """Years since the last break that have an error, in their order, this one last.

    Parameters
    ----------
    now : Year
    earlier : sequence of Year
        In any order. The first that is of another kind than `now`, counted back, ends the series: what
        came before it is left out, even where it is of the same kind again.
    """
    found = [now]
    for one in sorted(earlier, key=lambda y: y.year, reverse=True):
        if change(now, one).breaks:
            break
        found.append(one)
    return tuple(one for one in reversed(found) if one.se is not None)


def reach(
    now: Year, earlier: Sequence[Year], target: float, year: int, linking: float | Reals = 0
) -> Reach | None:
    """Probability that the share of `year` is at least `target`, by a normal law of its log odds.

    Where that year was measured, its own figure decides. Else a straight line of the log odds is
    drawn through the comparable years by their errors; with three or more, its own misfit widens it.

    Parameters
    ----------
    now : Year
    earlier : sequence of Year
    target : float
        In (0, 1).
    year : int
        Of the target.
    linking : float, or (years, years) float64
        Standard error of this year's link, on the share; those of earlier years are then taken as apart.
        Or the covariance that links give the shares, of `earlier` in turn and this year.

    Returns
    -------
    Reach, or None
        None where no error is known, or one year alone cannot tell of another.

    Raises
    ------
    EngineError
        If the target is no share, or the covariance is of other years.

    Source
    ------
    Draper & Smith (1998), Applied Regression Analysis, 3.1 and 9.1: prediction from a weighted
    line with known variances; of errors in common, by generalised least squares.
    """
    require(0 < target < 1, f"the target {target:g} is no share between 0 and 1")
    series = comparable(now, earlier)
    covariance = _of_odds(series, [*earlier, now], linking)
    for place, one in enumerate(series):
        if one.year == year:
            error = float(np.sqrt(covariance[place, place]))
            return _reach(float(logit(one.share)), error, target, (year,))
    if len(series) < 2:
        return None
    middle, se = _ahead(series, covariance, year)
    return _reach(middle, se, target, tuple(one.year for one in series))


def _reach(middle: float, se: float, target: float, years: tuple[int, ...]) -> Reach:
    chance = float(ndtr((middle - logit(target)) / se))
    return Reach(chance, float(expit(middle)), float(se), years)


def _of_odds(series: Sequence[Year], every: Sequence[Year], linking: float | Reals) -> Reals:
    """Covariance of the log odds of the years of a series, some of all of them."""
    added = np.diag([*(one.linking**2 for one in every[:-1]), 0.0])
    if isinstance(linking, np.ndarray):
        size = (len(every), len(every))
        require(linking.shape == size, f"the links of {size[0]} years need a covariance {size}")
        added = linking
    else:
        added[-1, -1] = linking**2
    at = [every.index(one) for one in series]
    errors = np.array([np.nan if one.se is None else one.se for one in series])
    slope = np.array([one.share * (1 - one.share) for one in series])
    found: Reals = (np.diag(errors**2) + added[np.ix_(at, at)]) / np.outer(slope, slope)
    return found


def _ahead(series: Sequence[Year], covariance: Reals, year: int) -> tuple[float, float]:
    """The line's log odds in `year`, and their standard error."""
    x = np.column_stack([np.ones(len(series)), [one.year - year for one in series]])
    y: Reals = logit(np.array([one.share for one in series]))
    weight = np.linalg.inv(covariance)
    bread = np.linalg.inv(x.T @ weight @ x)
    line = bread @ (x.T @ weight @ y)
    free, rest = len(series) - 2, y - x @ line
    misfit = float(rest @ weight @ rest) / free if free else 1.0
    return float(line[0]), float(np.sqrt(bread[0, 0] * max(1.0, misfit)))
