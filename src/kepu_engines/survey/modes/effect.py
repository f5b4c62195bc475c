"""What the way of asking does to answers, from people who were asked in both ways."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from kepu_engines.core.checks import require
from kepu_engines.survey.design import Reals
from kepu_engines.survey.modes.estimators import EASE, Domain
from kepu_engines.survey.modes.fitting import eased, logistic, straight

# Log odds have no end; a share this near to 0 or 1 is taken to lie here.
EDGE = 1e-6


@dataclass(frozen=True)
class Overlap:
    """People asked in one way or the other, or in both, by kind.

    Attributes
    ----------
    x : (c, k) float64
    asked : (2, c) float64
        At home, online.
    sums : (2, c) float64
        Of their answers.
    share : bool
        Whether the figure is a share.
        Answers are zeros and ones.
    """

    x: Reals
    asked: Reals
    sums: Reals
    share: bool


def shift(told: Overlap, people: Reals, domain: Domain, domains: int) -> Reals:
    """What asking online adds, on the log odds of a share or to a mean, for each domain.

    A model with the mode and what is known of people gives what everybody would have answered in
    either way; `people` (c,) of each kind are those of the population, so that an overlap of other
    kinds of people than live there does no harm if the effect is the same for all on this scale.

    Raises
    ------
    EngineError
        If nobody was asked in one of the ways.

    Source
    ------
    Jäckle, Roberts & Lynn (2010), Assessing the Effect of Data Collection Mode on Measurement,
    Int. Stat. Review 78, 3-20; standardisation: Robins (1986).
    """
    met = told.asked.sum(axis=1) > 0
    require(bool(met.all()), f"nobody in the overlap was asked {'at home' if met[1] else 'online'}")
    many = len(told.x)
    mode = np.repeat((0.0, 1.0), many)
    x = np.column_stack([np.tile(told.x, (2, 1)), mode])
    asked, sums = told.asked.reshape(-1), told.sums.reshape(-1)
    fitted = logistic(x, *eased(sums, asked, EASE)) if told.share else straight(x, sums, asked)
    whole = np.bincount(domain, people, domains)
    home, online = (
        np.bincount(domain, people * part, domains) / whole
        for part in (fitted[:many], fitted[many:])
    )
    found: Reals = online - home if not told.share else logit(online) - logit(home)
    return found


def without(value: Reals, shift: Reals, share: bool) -> Reals:
    """A figure asked online as it would be at home.

    Parameters
    ----------
    value : (n,) float, or a number
    shift : (n,) float, or a number
        What being asked online adds; a share's on the log odds.
    share : bool
        Whether the figure is a share.
    """
    if not share:
        return value - shift
    found: Reals = expit(logit(np.clip(value, EDGE, 1 - EDGE)) - shift)
    return found
