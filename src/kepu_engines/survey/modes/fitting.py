"""Models over kinds of people: the chance to be in a sample, and what somebody of a kind answers."""

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit

from kepu_engines.core.checks import require
from kepu_engines.core.errors import EngineError
from kepu_engines.survey.design import Reals

STEPS, HALVINGS, STILL = 60, 30, 1e-10
INDEPENDENT = 1e-12
UNSETTLED = (
    "the model does not settle: a category tells every answer, or there are too few people of it; "
    "merge it with a neighbour"
)


def logistic(x: Reals, hits: Reals, trials: Reals) -> Reals:
    """Chance of each kind: the solution of sum x (hits - trials * chance) = 0.

    With hits and trials of one sample this is weighted logistic regression. With hits counted in
    one sample and trials in another it is the pseudo-likelihood of Chen, Li and Wu (2020).

    Parameters
    ----------
    x : (c, k) float
    hits, trials : (c,) float
        >= 0.

    Returns
    -------
    (c,) float64
        In (0, 1).

    Raises
    ------
    EngineError
        If there is no solution: columns repeat each other or part the hits from the rest.
    """
    value = np.zeros(x.shape[1])
    share = float(np.clip(hits.sum() / trials.sum(), 1e-6, 1 - 1e-6))
    value[0] = np.log(share / (1 - share))
    scale = 1 / trials.sum()
    for _ in range(STEPS):
        chance = expit(x @ value)
        pull = x.T @ (hits - trials * chance) * scale
        step = _solved((x.T * (trials * chance * (1 - chance) * scale)) @ x, pull)
        value, moved = _uphill(x, hits * scale, trials * scale, value, step)
        if moved <= STILL * max(1.0, float(np.abs(value).max())):
            found: Reals = expit(x @ value)
            return found
    raise EngineError(UNSETTLED)


def straight(x: Reals, sums: Reals, people: Reals) -> Reals:
    """Mean of each kind by weighted least squares; `sums` of the answers of `people`.

    Parameters
    ----------
    x : (kinds, k) float
    sums, people : (kinds,) float
        Weighted answers, and those who gave them.
    """
    scale = 1 / people.sum()
    found: Reals = x @ _solved((x.T * (people * scale)) @ x, x.T @ sums * scale)
    return found


def eased(hits: Reals, trials: Reals, people: float) -> tuple[Reals, Reals]:
    """Hits and trials with a few more people, spread over the kinds, who answer as all do on average.

    So a kind in which nobody happens to be right has a small chance instead of none.

    Parameters
    ----------
    hits, trials : (kinds,) float
    people : float
        Who are added.
    """
    more = people * trials / trials.sum()
    return hits + more * (hits.sum() / trials.sum()), trials + more


def _solved(matrix: Reals, pull: Reals) -> Reals:
    scale = np.sqrt(np.diag(matrix))
    require(bool((scale > 0).all()), UNSETTLED)
    try:
        root, low = cho_factor(matrix / np.outer(scale, scale), lower=True, check_finite=False)
    except np.linalg.LinAlgError as error:
        raise EngineError(UNSETTLED) from error
    require(bool(np.diag(root).min() ** 2 > INDEPENDENT), UNSETTLED)
    found: Reals = cho_solve((root, low), pull / scale, check_finite=False) / scale
    return found


def _uphill(x: Reals, hits: Reals, trials: Reals, value: Reals, step: Reals) -> tuple[Reals, float]:
    """The step, halved until the likelihood does not fall; and how long it was."""
    level = _likelihood(x, hits, trials, value)
    for _ in range(HALVINGS):
        if _likelihood(x, hits, trials, value + step) >= level - 1e-14 * max(1.0, abs(level)):
            break
        step = step / 2
    return value + step, float(np.abs(step).max())


def _likelihood(x: Reals, hits: Reals, trials: Reals, value: Reals) -> float:
    odds = x @ value
    return float(hits @ odds - trials @ np.logaddexp(0, odds))
