"""How exact a stratified sample will be, before anybody is asked; and how many a target needs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kepu_engines.core.checks import reals, require
from kepu_engines.survey.design import Reals, coded
from kepu_engines.survey.sampling.allocation import Counts, half_width


@dataclass(frozen=True)
class Expected:
    """What is supposed of the answers.

    Attributes
    ----------
    size : (strata,) float64
        People of each stratum, > 1.
    share : (strata,) float64
        Share expected there, in (0, 1).
    deff : float
        Design effect inside a stratum: that of clusters, > 0.
    level : float
        Of the intervals.
    """

    size: Reals
    share: Reals
    deff: float = 1
    level: float = 0.95

    def each(self, people: ArrayLike) -> Reals:
        """Half-width in every stratum asked so many people; NaN where nobody is.

        Parameters
        ----------
        people : (strata,) float
            Interviews, >= 0.

        Raises
        ------
        EngineError
            If a number is below 0 or not finite.
        """
        asked = reals(people, "the interviews", low=0)
        parts = zip(asked, self.share, self.size, strict=True)
        found = [
            half_width(n, p, self.level, self.deff, size)[0] if n > 0 else np.nan
            for n, p, size in parts
        ]
        return np.array(found, np.float64)

    def joined(self, people: ArrayLike, domain: ArrayLike | None = None) -> Reals:
        """Half-width of each domain, a union of strata, in the order of their labels; of all without.

        NaN where a stratum of it has nobody asked.

        Parameters
        ----------
        people : (strata,) float
            Interviews, >= 0.
        domain : (strata,) labels, optional

        Source
        ------
        Cochran (1977), Sampling Techniques, 5.6: the variance of a stratified mean.
        """
        labels = np.zeros(self.size.size, np.int32) if domain is None else domain
        codes, _ = coded(labels, "the domains", self.size.size)
        spread = np.bincount(codes, (self.size * self.each(people)) ** 2)
        return np.asarray(np.sqrt(spread) / np.bincount(codes, self.size), np.float64)


def clustered(levels: Iterable[tuple[float, float]]) -> float:
    """Design effect of people who are asked in clusters, and those in larger clusters.

    Clusters count as drawn with replacement, as the variance of a run counts them.

    Parameters
    ----------
    levels : iterable of (icc, people)
        Of each level of clusters: the share of the variance that lies between its clusters, inside
        one of the level above, in [0, 1); and how many people are asked in one, >= 1.

    Returns
    -------
    float
        At least 1: by how much the variance exceeds that of people drawn one by one.

    Raises
    ------
    EngineError
        If a share is out of range, or all of them together are not below 1.

    Source
    ------
    Cochran (1977), Sampling Techniques, 10.8: three-stage sampling with equal stages.
    """
    held = list(levels)
    for icc, people in held:
        require(0 <= icc < 1, f"an intraclass correlation lies in [0, 1), not {icc:g}")
        require(people >= 1, f"a cluster has at least one person asked, not {people:g}")
    require(sum(icc for icc, _people in held) < 1, "the intraclass correlations reach 1 together")
    return 1 + sum(icc * (people - 1) for icc, people in held)


def least_total(
    allocated: Callable[[int], Counts], width: Callable[[Counts], float], target: float, most: int
) -> int:
    """The least total whose allocation reaches a half-width; the width falls as the total grows.

    Parameters
    ----------
    allocated : function
        From a total to people of each stratum; it may refuse totals that are too small by giving
        a stratum nobody, which counts as too wide.
    width : function
        From people of each stratum to the half-width.
    target : float
        > 0.
    most : int
        People there are.

    Raises
    ------
    EngineError
        If asking everybody would not do.
    """
    require(target > 0, f"the half-width must be > 0, not {target:g}")
    low, high = 0, most

    def reached(total: int) -> bool:
        return bool(width(allocated(total)) <= target)

    require(reached(most), f"no sample reaches a half-width of {target:g} within these limits")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high
