"""Answers to the questions that a booklet left out, drawn as plausibly as the others tell."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from kepu_engines.core.checks import require
from kepu_engines.core.seeds import generator
from kepu_engines.survey.irt.fit import Fit
from kepu_engines.survey.irt.information import Errors
from kepu_engines.survey.irt.responses import Responses
from kepu_engines.survey.irt.scores import plausible

LEAST = 0.02  # below this a slope that was drawn says nothing; a likely one is far above


def completed(
    found: Fit, answers: Responses, spread: Errors, *, draws: int, seed: int
) -> Iterator[NDArray[np.bool_]]:
    """Who had which item right, (n, j), once for each draw; what was answered stays as it is.

    Each draw takes item parameters from their covariance, then an ability of each person from the
    posterior (a plausible value), then an answer to each item that was not asked. So the draws
    differ by all that is not known, and Rubin's rules count it.

    Parameters
    ----------
    found : Fit
        Of the model "2pl", with as many groups as the answers.
    answers : Responses
        A row for each person, not for each pattern.
    spread : Errors
        Of that fit.

    Raises
    ------
    EngineError
        If the model is another, or rows were put together by pattern.

    Source
    ------
    Mislevy (1991), Randomization-Based Inference About Latent Variables From Complex Samples,
    Psychometrika 56, 177-196; Rubin (1987), Multiple Imputation, 5.2.
    """
    require(
        found.model.name == "2pl", f"answers are drawn by the model 2pl, not {found.model.name}"
    )
    require(len(answers.codes) == answers.persons, "each person must have a row")
    require(draws >= 2, f"at least two draws tell how far they differ, not {draws}")
    chance = generator(seed)
    root = np.linalg.cholesky(spread.covariance + 1e-12 * np.eye(len(spread.covariance)))
    gap = answers.codes < 0
    for draw in range(draws):
        one = _moved(found, spread, root @ chance.standard_normal(len(root)))
        ability = plausible(one, answers, draws=1, seed=seed + draw + 1)[:, 0]
        likely = expit(ability[:, None] * one.params[:, 0] + one.params[:, 1])
        drawn = chance.random(likely.shape) < likely
        yield np.where(gap, drawn, answers.codes == 1)


def _moved(found: Fit, spread: Errors, move: NDArray[np.float64]) -> Fit:
    """The fit with its free parameters moved."""
    by = np.where(spread.place >= 0, move[spread.place], 0.0)
    items = len(found.params)
    params = found.params + by[:items, : found.params.shape[1]]
    params[:, 0] = np.maximum(params[:, 0], LEAST)
    mean = found.mean + by[items:, 0]
    return replace(found, params=params, mean=mean, spread=found.spread * np.exp(by[items:, 1]))
