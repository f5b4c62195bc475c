"""How ability differs with what is known of people: a regression of what nobody sees, beside the answers.

Abilities that are drawn without it lie too near the middle of everybody, the more so the fewer questions
one was asked: groups and districts would come out more alike than they are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import require
from kepu_engines.core.errors import EngineError
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.irt.fit import Fit
from kepu_engines.survey.irt.responses import Floats, Responses
from kepu_engines.survey.irt.scores import likelihoods

TOLERANCE, LIMIT = 1e-6, 500
# Where traits tell nearly all, the spread creeps toward 0; what is left to go is then far below any error.
CREEPING = 1e-3
# Spread of ability among people alike in all that is known of them, in distances between nodes: at half
# of one, effects are drawn toward the nearest node, and their errors told at half of what they are.
NARROWEST = 0.75


@dataclass(frozen=True)
class Population:
    """Ability is normal round traits @ effects, with one spread.

    Attributes
    ----------
    effects : (p,) float64
    spread : float
        No narrower than `NARROWEST`.
    covariance : (p, p) float64
        Of the effects, item parameters taken as known; holds whatever the weights are.
    spread_error : float
        Standard error of the logarithm of the spread.
    """

    effects: Floats
    spread: float
    covariance: Floats
    spread_error: float

    def moved(self, chance: np.random.Generator) -> "Population":
        """Effects and spread as they might be too, drawn by their errors."""
        values, vectors = np.linalg.eigh(self.covariance)
        move = vectors @ (np.sqrt(np.maximum(values, 0)) * chance.standard_normal(len(values)))
        wider = float(np.exp(self.spread_error * chance.standard_normal()))
        return Population(
            self.effects + move, self.spread * wider, self.covariance, self.spread_error
        )

    def posterior(self, traits: Floats, likelihood: Floats, nodes: Floats) -> Floats:
        """Chance of each person at each node, (n, q).

        Parameters
        ----------
        traits : (n, p) float64
        likelihood : (n, q) float64
        nodes : (q,) float64
        """
        off = (nodes - (traits @ self.effects)[:, None]) / self.spread
        far = off**2 / 2
        far -= far.min(axis=1, keepdims=True)  # nobody lies so far off that no node has a chance
        mass = likelihood * np.exp(-far)
        return mass / mass.sum(axis=1, keepdims=True)


def regressed(
    found: Fit,
    answers: Responses,
    traits: ArrayLike,
    likelihood: Floats | None = None,
    start: Population | None = None,
    progress: Progress = silent,
) -> Population:
    """Regress ability on traits, by marginal maximum likelihood with the items' parameters as they are.

    Parameters
    ----------
    found : Fit
    answers : Responses
        A row for each person; their weights count.
    traits : (n, p) float
        A column of ones, and what is known of each person. Columns that say the same twice do no harm.
    likelihood : (n, q) float, optional
        Of the answers at the fit's nodes, where it is at hand.
    start : Population, optional
        Where to begin.
    progress : Progress, optional
        Told after each step; nobody can tell how many there are.

    Raises
    ------
    EngineError
        If rows differ in number, or the regression does not settle.

    Source
    ------
    Mislevy (1985), Estimation of Latent Group Effects, JASA 80, 993-997; Mislevy, Beaton, Kaplan &
    Sheehan (1992), Journal of Educational Measurement 29, 133-161. Errors: Louis (1982), JRSS B 44,
    226-233, in a sandwich for the weights.
    """
    x = np.asarray(traits, dtype=np.float64)
    require(x.ndim == 2 and len(x) == len(answers.codes), "each person must have a row of traits")
    at = found.nodes
    seen = likelihoods(found, answers, at) if likelihood is None else likelihood
    weight = answers.weight
    solve = np.linalg.pinv((x.T * weight) @ x, hermitian=True) @ (x.T * weight)
    narrowest = NARROWEST * float(np.diff(at).max())
    one = start or Population(np.zeros(x.shape[1]), 1.0, np.zeros((x.shape[1],) * 2), 0.0)
    for done in range(LIMIT):
        mean, left = _moments(one, x, seen, at)
        effects = solve @ mean
        off = mean - x @ effects
        spread = max(float(np.sqrt(np.average(off**2 + left, weights=weight))), narrowest)
        step = max(float(np.abs(x @ (effects - one.effects)).max()), abs(spread - one.spread))
        one = Population(effects, spread, one.covariance, 0.0)
        progress("ability by traits", done + 1, 0)
        if step < TOLERANCE or (done == LIMIT - 1 and step < CREEPING):
            return _sure(one, x, seen, at, weight)
    raise EngineError("The regression of ability on what is known of people did not settle.")


def _moments(one: Population, x: Floats, seen: Floats, at: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of each person's ability, given answers and traits."""
    mass = one.posterior(x, seen, at)
    mean = mass @ at
    return mean, np.maximum(mass @ at**2 - mean**2, 0)


def _sure(
    one: Population, x: Floats, seen: Floats, at: Floats, weight: NDArray[np.float64]
) -> Population:
    """The same with its errors."""
    mean, left = _moments(one, x, seen, at)
    spread = one.spread
    off = mean - x @ one.effects
    told = np.maximum(1 - left / spread**2, 0) * weight / spread**2
    bread = np.linalg.pinv((x.T * told) @ x, hermitian=True)
    score = x * (off / spread**2 * weight)[:, None]
    wide = (off**2 + left) / spread**2 - 1
    known = float(weight @ wide**2)
    error = float(np.sqrt(weight**2 @ wide**2) / known) if known > 0 else 0.0
    return Population(one.effects, spread, bread @ (score.T @ score) @ bread, error)
