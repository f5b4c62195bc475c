"""How far a corrected weight may be from its own: the distances of Deville and Särndal.

Source
------
Deville & Särndal (1992), Calibration Estimators in Survey Sampling, JASA 87, 376-382,
cases 1, 2, 6 and 7.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit

from kepu_engines.core.checks import require

LINEAR, RAKING, LOGIT = 0, 1, 2
# A step that pulls further is too long whatever its g, which must not overflow.
FAR = 500.0


@dataclass(frozen=True)
class Distance:
    """A distance and the bounds of g, the factor between a corrected weight and its own.

    Attributes
    ----------
    kind : int
        LINEAR, RAKING or LOGIT.
    low, high : float
        Bounds of g. Linear and raking are cut off at them, logit bends towards them.
    """

    kind: int
    low: float
    high: float

    def said(self) -> str:
        """The bounds in words, for a refusal."""
        if self.kind == RAKING and (self.low, self.high) == (0, np.inf):
            return "without bounds"
        return f"with g between {self.low:g} and {self.high:g}"


def linear(low: float = -np.inf, high: float = np.inf) -> Distance:
    """The regression estimator's; without a bound at 0 a weight can come out negative.

    Parameters
    ----------
    low, high : float
        Bounds of g, the factor on a weight; low < high.

    Source
    ------
    Deville & Särndal (1992), Journal of the American Statistical Association 87, 376-382, case 1.
    """
    _ordered(low, high)
    return Distance(LINEAR, low, high)


def raking(low: float = 0, high: float = np.inf) -> Distance:
    """The exponential one, that of iterative proportional fitting; weights stay positive.

    Parameters
    ----------
    low, high : float
        Bounds of g, the factor on a weight; 0 <= low < high.

    Source
    ------
    Deville & Särndal (1992), Journal of the American Statistical Association 87, 376-382, case 2.
    """
    require(low >= 0, f"raking cannot reach a bound below 0: {low:g}")
    _ordered(low, high)
    return Distance(RAKING, low, high)


def logit(low: float, high: float) -> Distance:
    """The one that nears both its bounds and never passes them.

    Parameters
    ----------
    low, high : float
        Bounds of g, the factor on a weight.

    Raises
    ------
    EngineError
        If not 0 <= low < 1 < high < infinity.

    Source
    ------
    Deville & Särndal (1992), Journal of the American Statistical Association 87, 376-382, case 6.
    """
    require(
        bool(0 <= low < 1 < high) and bool(np.isfinite(high)),
        f"the bounds of logit must be 0 <= low < 1 < high, not {low:g} and {high:g}",
    )
    return Distance(LOGIT, low, high)


def _ordered(low: float, high: float) -> None:
    require(low < high, f"the lower bound of g, {low:g}, must be less than the upper, {high:g}")


@njit(cache=True)
def factor(kind: int, low: float, high: float, pull: float) -> Any:
    """The factor g on a unit's weight, pulled by the sum of its multipliers, and its derivative by it.

    Parameters
    ----------
    kind : int
        LINEAR, RAKING or LOGIT.
    low, high : float
        Bounds of g, low < 1 < high; at a bound the derivative is 0, but of LOGIT, which never meets one.
    pull : float
        x'lambda of the unit.

    Source
    ------
    Deville & Särndal (1992), JASA 87, 376-382: cases 1, 2 and 6 of their distances.
    """
    if kind == LOGIT:
        steep = (high - low) / ((1 - low) * (high - 1))
        up = (1 - low) / ((high - 1) * np.exp(min(-steep * pull, FAR)) + (1 - low))
        return low + (high - low) * up, (high - low) * steep * up * (1 - up)
    g = np.exp(min(pull, FAR)) if kind == RAKING else 1 + pull
    if g <= low:
        return low, 0.0
    if g >= high:
        return high, 0.0
    return g, (g if kind == RAKING else 1.0)
