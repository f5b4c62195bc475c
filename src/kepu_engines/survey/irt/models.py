"""Chances of each answer at each ability, and how they change with an item's parameters.

Logistic models with D = 1, in slope and intercept: z = a * theta + d, difficulty b = -d / a.

- graded (Samejima 1969): P(X >= k) = s(a theta + d_k), d_1 > d_2 > ...; with two
  categories it is the two-parameter model (Birnbaum 1968);
- credit (Masters 1982, Muraki 1992): log P(X = k) / P(X = k - 1) = a theta + d_k;
- guess (Birnbaum 1968): P(X = 1) = c + (1 - c) s(a theta + d), c = s(g).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import expit, log_expit

from kepu_engines.core.checks import require
from kepu_engines.survey.irt.responses import Floats


class Chances(NamedTuple):
    """Logarithms of chances (j, k, q) and their derivatives (j, p, k, q)."""

    logs: Floats
    slopes: Floats


FARTHEST = (
    700.0  # beyond it a chance is zero to the computer; a slope that runs away is refused later
)


def graded(params: Floats, theta: Floats) -> Chances:
    """Graded answers; `params` (j, k) holds the slope and the k - 1 intercepts, falling.

    Parameters
    ----------
    params : (j, k) float
        Slope, per unit of ability, and k - 1 intercepts in logits, falling strictly.
    theta : (q,) float
        Abilities.

    Returns
    -------
    Chances
        Logarithms of chances (j, k, q), and their derivatives by each parameter (j, p, k, q).

    Source
    ------
    Samejima (1969), Psychometrika Monograph 17.
    """
    slope, intercept = params[:, :1, None], params[:, 1:, None]
    z = np.clip(slope * theta + intercept, -FARTHEST, FARTHEST)
    edge = np.full((len(z), 1, len(theta)), np.inf)
    z = np.concatenate([edge, z, -edge], axis=1)
    upper, lower = z[:, :-1], z[:, 1:]
    between = -np.expm1(lower - upper)
    logs = log_expit(upper) + log_expit(-lower) + np.log(between)
    up = expit(-upper) / (expit(-lower) * between)
    down = -expit(lower) / (expit(upper) * between)
    slopes = np.zeros((len(z), params.shape[1], *logs.shape[1:]))
    slopes[:, 0] = (up + down) * theta
    for cut in range(1, params.shape[1]):
        slopes[:, cut, cut] = up[:, cut]
        slopes[:, cut, cut - 1] = down[:, cut - 1]
    return Chances(logs, slopes)


def credit(params: Floats, theta: Floats) -> Chances:
    """Partial credit; `params` (j, k) holds the slope and the k - 1 step intercepts.

    Parameters
    ----------
    params : (j, k) float
        Slope, per unit of ability, and k - 1 step intercepts in logits, in any order.
    theta : (q,) float
        Abilities.

    Returns
    -------
    Chances
        Logarithms of chances (j, k, q), and their derivatives by each parameter (j, p, k, q).

    Source
    ------
    Masters (1982), Psychometrika 47, 149-174; Muraki (1992), Applied Psychological Measurement 16,
    159-176.
    """
    steps = np.arange(params.shape[1])
    total = np.cumsum(params[:, 1:], axis=1)
    total = np.concatenate([np.zeros((len(params), 1)), total], axis=1)
    z = params[:, :1, None] * steps[:, None] * theta + total[:, :, None]
    logs = z - np.logaddexp.reduce(z, axis=1, keepdims=True)
    chance = np.exp(logs)
    slopes = np.empty((len(z), params.shape[1], *logs.shape[1:]))
    slopes[:, 0] = (steps[:, None] - (chance * steps[:, None]).sum(axis=1, keepdims=True)) * theta
    for cut in range(1, params.shape[1]):
        reached = chance[:, cut:].sum(axis=1, keepdims=True)
        slopes[:, cut] = (steps >= cut)[:, None] - reached
    return Chances(logs, slopes)


def guess(params: Floats, theta: Floats) -> Chances:
    """Right or wrong with guessing; `params` (j, 3) holds slope, intercept and logit of c.

    Parameters
    ----------
    params : (j, 3) float
        Slope, per unit of ability, intercept and logit of the chance of guessing right.
    theta : (q,) float
        Abilities.

    Returns
    -------
    Chances
        Logarithms of chances (j, k, q), and their derivatives by each parameter (j, p, k, q).

    Source
    ------
    Birnbaum (1968), in Lord & Novick, Statistical Theories of Mental Test Scores, ch. 17.
    """
    z = params[:, 0, None] * theta + params[:, 1, None]
    c = expit(params[:, 2, None])
    s = expit(z)
    right = c + (1 - c) * s
    logs = np.stack([np.log1p(-c) + np.log(expit(-z)), np.log(right)], axis=1)
    by_z = np.stack([-s, (1 - c) * s * (1 - s) / right], axis=1)
    by_g = np.stack([-c + 0 * s, c * (1 - c) * (1 - s) / right], axis=1)
    slopes = np.stack([by_z * theta, by_z, by_g], axis=1)
    return Chances(logs, slopes)


@dataclass(frozen=True)
class Model:
    """A named model: its chances, and whether the slope is 1 and the spread of people free."""

    name: str
    chances: Callable[[Floats, Floats], Chances]
    fixed_slope: bool = False
    binary: bool = False

    def parameters(self, categories: int) -> int:
        """Number of parameters of an item with so many categories.

        Parameters
        ----------
        categories : int
            Answers that can be given, at least 2.
        """
        return 3 if self.chances is guess else categories

    def holds(self, params: Floats) -> bool:
        """Whether chances are all positive at these parameters, (j, p).

        Parameters
        ----------
        params : (j, p) float
            As for `chances`.
        """
        falling = self.chances is not graded or bool((np.diff(params[:, 1:]) < 0).all())
        return falling and bool(np.isfinite(params).all())


MODELS = {
    model.name: model
    for model in (
        Model("rasch", graded, fixed_slope=True, binary=True),
        Model("2pl", graded, binary=True),
        Model("3pl", guess, binary=True),
        Model("grm", graded),
        Model("pcm", credit, fixed_slope=True),
        Model("gpcm", credit),
    )
}


def named(name: str) -> Model:
    """The model of that name, or a refusal that lists all names.

    Parameters
    ----------
    name : str
        "rasch", "2pl", "3pl", "grm", "pcm" or "gpcm".

    Raises
    ------
    EngineError
        If no model has that name.
    """
    require(name in MODELS, f"No model is called {name}; known are {', '.join(MODELS)}.")
    return MODELS[name]
