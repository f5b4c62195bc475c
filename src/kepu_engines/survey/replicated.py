"""Totals, means, ratios and quantiles by domain with the errors of replicate weights."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import reals, require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey import estimates, quantiles
from kepu_engines.survey.design import Design
from kepu_engines.survey.estimates import Estimates, domains_of
from kepu_engines.survey.replicates import (
    Figure,
    Replicates,
    Spread,
    mean_of,
    rank,
    ratio_of,
    total_of,
)

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Replicated(Estimates):
    """Estimates whose errors are those of replicates; `spread` holds how they move together."""

    spread: Spread

    def contrast(self, coefficients: ArrayLike) -> tuple[float, float]:
        """Sum of the domains' estimates times `coefficients`, (domains,), with its standard error.

        Raises
        ------
        EngineError
            If there is not one coefficient a domain.
        """
        times = reals(coefficients, "the coefficients")
        require(times.size == self.value.size, f"a contrast needs {self.value.size} coefficients")
        error = float(np.sqrt(times @ self.spread.covariance @ times))
        return float(self.value @ times), error


@dataclass(frozen=True)
class Sample:
    """A sample with its replicates, and the domains that are told of.

    Attributes
    ----------
    replicates : Replicates
    design : Design
        Its rows as if each had been drawn alone: what design effects are measured by.
    domain : (n,) int32
    df : (domains,) int64
    """

    replicates: Replicates
    design: Design
    domain: NDArray[np.int32]
    df: Ints

    @classmethod
    def of(
        cls, replicates: Replicates, domain: ArrayLike | None = None, df: int | None = None
    ) -> "Sample":
        """Count each domain's degrees of freedom.

        Parameters
        ----------
        replicates : Replicates
        domain : (n,) int, optional
            As for `estimates.ratio`.
        df : int, optional
            Of all domains. Without it the rank of the replicates' weights in the domain, less 1: of
            the jackknife or a bootstrap the domain's clusters less its strata.

        Raises
        ------
        EngineError
            If lengths differ, a domain has no rows, or `df` is below 1.
        """
        rows = replicates.weight.size
        design = Design.of(np.zeros(rows, int), np.arange(rows), replicates.weight)
        where, domains = domains_of(design, domain)
        require(df is None or df >= 1, f"the degrees of freedom must be 1 or more, not {df}")
        if df is not None:
            return cls(replicates, design, where, np.full(domains, df, np.int64))
        weights = np.array(list(replicates.every()))
        ranks = [rank(weights[:, where == one]) for one in range(domains)]
        return cls(replicates, design, where, np.array(ranks, np.int64) - 1)

    def total(self, y: ArrayLike, progress: Progress = silent) -> Replicated:
        """Total of `y`, by domain; parameters and errors as `ratio`."""
        plain = estimates.total(self.design, y, self.domain)
        return self._told(plain, total_of(y, self.domain), progress)

    def mean(self, y: ArrayLike, progress: Progress = silent) -> Replicated:
        """Mean of `y`, by domain; of zeros and ones it is a share. Parameters and errors as `ratio`."""
        plain = estimates.mean(self.design, y, self.domain)
        return self._told(plain, mean_of(y, self.domain), progress)

    def ratio(self, y: ArrayLike, x: ArrayLike, progress: Progress = silent) -> Replicated:
        """Ratio of the totals of `y` and `x`, by domain.

        Parameters
        ----------
        y, x : (n,) float
            Finite.
        progress : Progress, optional
            Told after each replicate.

        Raises
        ------
        EngineError
            As `estimates.ratio`, or if a replicate leaves nobody in a domain.

        Source
        ------
        Conventions: R's svytotal, svymean and svyratio of a svrepdesign.
        """
        plain = estimates.ratio(self.design, y, x, self.domain)
        return self._told(plain, ratio_of(y, x, self.domain), progress)

    def quantile(
        self, y: ArrayLike, share: float, level: float = 0.95, progress: Progress = silent
    ) -> quantiles.Quantile:
        """A quantile of `y`, by domain, with Woodruff's interval from the replicates' shares.

        A quantile of its own in every replicate would not do: the jackknife's errors of quantiles do
        not come near the truth however many rows there are.

        Parameters
        ----------
        y : (n,) float
            Finite.
        share, level : float
            In (0, 1).

        Raises
        ------
        EngineError
            As `quantiles.quantiles`.

        Source
        ------
        Woodruff (1952). Conventions: R's svyquantile of a svrepdesign, qrule "math",
        interval.type "mean".
        """
        return quantiles.quantiles(
            self.design,
            y,
            [share],
            self.domain,
            level,
            told=lambda below: self.mean(below.astype(np.float64), progress),
        )[0]

    def _told(self, plain: Estimates, figure: Figure, progress: Progress) -> Replicated:
        spread = self.replicates.spread(figure, progress)
        with np.errstate(invalid="ignore", divide="ignore"):
            deff = plain.deff * (spread.se / plain.se) ** 2
        return Replicated(
            spread.value, spread.se, deff, self.df, plain.n, plain.scores, spread=spread
        )
