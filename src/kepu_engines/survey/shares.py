"""Intervals for small shares, which the plain one would let run below nothing."""

from typing import Literal, get_args

import numpy as np
from scipy.special import betaincinv, expit, logit, stdtrit

from kepu_engines.core.checks import require
from kepu_engines.survey.design import Reals
from kepu_engines.survey.estimates import Estimates

Method = Literal["logit", "beta"]


def share_interval(
    found: Estimates, level: float = 0.95, method: Method = "logit"
) -> tuple[Reals, Reals]:
    """Interval of the share in every domain, inside [0, 1].

    Parameters
    ----------
    found : Estimates
        Means of zeros and ones.
    level : float
        In (0, 1).
    method : {"logit", "beta"}
        Student's t on the log odds; or Clopper and Pearson's exact limits for as many rows as
        a simple random sample as precise would have, which hold at small shares too.

    Returns
    -------
    (domains,) float, (domains,) float
        Lower and upper limits. NaN without degrees of freedom. Of a share of 0 or 1 the logit
        knows nothing (NaN); beta then takes the rows themselves, as no design effect is known.

    Raises
    ------
    EngineError
        If the method is unknown, the level impossible, or an estimate is no share.

    Source
    ------
    Korn & Graubard (1998), Confidence intervals for proportions with small expected number of
    positive counts. Conventions: R's svyciprop, methods "logit" and "beta".
    """
    require(0 < level < 1, f"the level of an interval must lie between 0 and 1, not {level:g}")
    words = get_args(Method)
    require(method in words, f"the method must be one of {', '.join(words)}, not {method!r}")
    p = found.value
    require(bool(((p >= 0) & (p <= 1)).all()), "an estimate is no share: it is outside [0, 1]")
    t = stdtrit(np.where(found.df > 0, found.df, np.nan), (1 + level) / 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        return _by_odds(found, t) if method == "logit" else _exact(found, t, level)


def _by_odds(found: Estimates, t: Reals) -> tuple[Reals, Reals]:
    """Limits of the log odds, read back."""
    p = found.value
    known = (p > 0) & (p < 1)
    middle = logit(np.where(known, p, np.nan))
    half = t * found.se / (p * (1 - p))
    return expit(middle - half), expit(middle + half)


def _exact(found: Estimates, t: Reals, level: float) -> tuple[Reals, Reals]:
    """Binomial limits at the effective number of rows, corrected for the degrees of freedom."""
    p, tail = found.value, (1 - level) / 2
    size = np.where((p == 0) | (p == 1), found.n, p * (1 - p) / found.se**2)
    size = size * (stdtrit(np.maximum(found.n - 1, 1), 1 - tail) / t) ** 2
    hit, missed = size * p, size * (1 - p)
    low = np.where(p == 0, 0, betaincinv(hit, missed + 1, tail))
    high = np.where(p == 1, 1, betaincinv(hit + 1, missed, 1 - tail))
    return np.where(np.isnan(t), np.nan, low), np.where(np.isnan(t), np.nan, high)
