"""Figures of the population from volunteers: by their chance to take part, by a model, or by both."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require
from kepu_engines.survey.design import Reals
from kepu_engines.survey.modes.fitting import eased, logistic, straight

# One more person in a model of shares: it settles where a kind has nobody, and moves a share of
# some hundred answers by far less than its error.
EASE = 1.0


@dataclass(frozen=True)
class Meeting:
    """Two samples by kind of people: who lives here, and who came online.

    Attributes
    ----------
    x : (c, k) float64
    people : (c,) float64
        Of each kind, as the sample of homes says by its weights.
    asked : (c,) float64
        Volunteers.
    """

    x: Reals
    people: Reals
    asked: Reals

    @cached_property
    def chance(self) -> Reals:
        """Chance of each kind to be among the volunteers, by the pseudo-likelihood."""
        few = bool(self.asked.sum() < self.people.sum())
        require(few, "there are more volunteers than the weights of the homes know people")
        return logistic(self.x, self.asked, self.people)


@dataclass(frozen=True)
class Told:
    """What the volunteers of a meeting answered: `sums` (c,) of each kind.

    `share` says that answers are zeros and ones.
    """

    of: Meeting
    sums: Reals
    share: bool

    @cached_property
    def model(self) -> Reals:
        """Mean answer of each kind by the volunteers' model."""
        if not self.share:
            return straight(self.of.x, self.sums, self.of.asked)
        return logistic(self.of.x, *eased(self.sums, self.of.asked, EASE))


Domain = NDArray[np.int64]
Estimator = Callable[[Told, Domain, int], Reals]


def propensity(told: Told, domain: Domain, domains: int) -> Reals:
    """Mean by pseudo-weights: each volunteer over the own chance to be one, summing to 1.

    Parameters
    ----------
    told : Told
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
    chance = told.of.chance
    return _ratio(told.sums / chance, told.of.asked / chance, domain, domains)


def mass_imputation(told: Told, domain: Domain, domains: int) -> Reals:
    """Mean over the homes of what the volunteers' model says of each; parameters as `propensity`.

    Source
    ------
    Kim, Park, Chen & Wu (2021), Combining Non-probability and Probability Survey Samples Through
    Mass Imputation, J. R. Stat. Soc. A 184, 941-963.
    """
    return _ratio(told.of.people * told.model, told.of.people, domain, domains)


def doubly_robust(told: Told, domain: Domain, domains: int) -> Reals:
    """The model's mean, put right by the volunteers' residuals; right if either model is.

    Parameters as `propensity`.

    Source
    ------
    Chen, Li & Wu (2020), JASA 115, 2011-2021, (5).
    """
    met, chance = told.of, told.of.chance
    rest = (told.sums - met.asked * told.model) / chance
    return mass_imputation(told, domain, domains) + _ratio(
        rest, met.asked / chance, domain, domains
    )


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
