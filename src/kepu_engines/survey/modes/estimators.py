"""Figures of the population from volunteers: by their chance to take part, by a model, or by both."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require
from kepu_engines.survey.design import Reals
from kepu_engines.survey.modes.fitting import eased, logistic, straight

# One more person in a model of shares: it settles where a kind has nobody, and moves a share of
# some hundred answers by far less than its error.
EASE = 1.0


@dataclass(frozen=True)
class Counts:
    """Two samples by kind of people.

    Attributes
    ----------
    x : (c, k) float64
    people : (c,) float64
        Of each kind, as the sample of homes says by its weights.
    asked : (c,) float64
        Volunteers.
    sums : (c,) float64
        Of the volunteers' answers.
    share : bool
        Answers are zeros and ones.
    """

    x: Reals
    people: Reals
    asked: Reals
    sums: Reals
    share: bool

    def chance(self) -> Reals:
        """Chance of each kind to be among the volunteers, by the pseudo-likelihood."""
        few = bool(self.asked.sum() < self.people.sum())
        require(few, "there are more volunteers than the weights of the homes know people")
        return logistic(self.x, self.asked, self.people)

    def model(self) -> Reals:
        """Mean answer of each kind by the volunteers' model."""
        if not self.share:
            return straight(self.x, self.sums, self.asked)
        return logistic(self.x, *eased(self.sums, self.asked, EASE))


Domain = NDArray[np.int64]
Estimator = Callable[[Counts, Domain, int], Reals]


def propensity(told: Counts, domain: Domain, domains: int) -> Reals:
    """Mean by pseudo-weights: each volunteer over the own chance to be one, summing to 1.

    Parameters
    ----------
    told : Counts
    domain : (c,) int
        Of each kind, 0, 1, ...
    domains : int

    Returns
    -------
    (domains,) float64

    Source
    ------
    Chen, Li & Wu (2020), Doubly Robust Inference With Nonprobability Survey Samples, JASA 115,
    2011-2021, (1) and 2.
    """
    chance = told.chance()
    return _ratio(told.sums / chance, told.asked / chance, domain, domains)


def mass_imputation(told: Counts, domain: Domain, domains: int) -> Reals:
    """Mean over the homes of what the volunteers' model says of each; parameters as `propensity`.

    Source
    ------
    Kim, Park, Chen & Wu (2021), Combining Non-probability and Probability Survey Samples Through
    Mass Imputation, J. R. Stat. Soc. A 184, 941-963.
    """
    return _ratio(told.people * told.model(), told.people, domain, domains)


def doubly_robust(told: Counts, domain: Domain, domains: int) -> Reals:
    """The model's mean, put right by the volunteers' residuals; right if either model is.

    Parameters as `propensity`.

    Source
    ------
    Chen, Li & Wu (2020), JASA 115, 2011-2021, (5).
    """
    chance, model = told.chance(), told.model()
    rest = _ratio((told.sums - told.asked * model) / chance, told.asked / chance, domain, domains)
    return _ratio(told.people * model, told.people, domain, domains) + rest


ESTIMATORS: dict[str, Estimator] = {
    "propensity": propensity,
    "mass-imputation": mass_imputation,
    "doubly-robust": doubly_robust,
}


def _ratio(top: Reals, below: Reals, domain: Domain, domains: int) -> Reals:
    under = np.bincount(domain, below, domains)
    require(bool((under > 0).all()), "a cell of the two samples together has no volunteer")
    found: Reals = np.bincount(domain, top, domains) / under
    return found
