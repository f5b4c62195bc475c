"""Answers to the questions that a booklet left out, drawn as plausibly as the others tell."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.core.seeds import generator
from kepu_engines.survey.irt.fit import Fit
from kepu_engines.survey.irt.information import Errors
from kepu_engines.survey.irt.population import regressed
from kepu_engines.survey.irt.responses import Floats, Responses
from kepu_engines.survey.irt.scores import drawn, likelihoods, plausible

LEAST = 0.02  # below this a slope that was drawn says nothing; a likely one is far above


@dataclass(frozen=True)
class Draw:
    """One draw: the items as they may be, and who had which of them right, (n, j)."""

    items: Fit
    right: NDArray[np.bool_]


def completed(  # noqa: PLR0913 (what is drawn from, how often, and how far it is)
    found: Fit,
    answers: Responses,
    spread: Errors,
    *,
    draws: int,
    seed: int,
    traits: Floats | None = None,
    progress: Progress = silent,
) -> Iterator[Draw]:
    """Who had which item right, once for each draw; what was answered stays as it is.

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
    traits : (n, p) float, optional
        What is known of each person, with a column of ones. Abilities are then drawn round a regression
        on it, found anew with each draw's items and moved by its own errors: so that people who differ
        in it are not drawn toward each other. The answers are of one group then.
    progress : Progress, optional
        Told before each draw and once after the last, and of each step of a regression.

    Raises
    ------
    EngineError
        If the model is another, or rows were put together by pattern.

    Source
    ------
    Mislevy (1991), Randomization-Based Inference About Latent Variables From Complex Samples,
    Psychometrika 56, 177-196 (also on what happens to groups that the draws know nothing of);
    Rubin (1987), Multiple Imputation, 5.2.
    """
    require(
        found.model.name == "2pl", f"answers are drawn by the model 2pl, not {found.model.name}"
    )
    require(len(answers.codes) == answers.persons, "each person must have a row")
    require(traits is None or answers.groups == 1, "people with traits are one group")
    require(draws >= 2, f"at least two draws tell how far they differ, not {draws}")
    chance = generator(seed)
    root = np.linalg.cholesky(spread.covariance + 1e-12 * np.eye(len(spread.covariance)))
    for draw in range(draws):
        progress("drawn answers", draw, draws)
        one = _moved(found, spread, root @ chance.standard_normal(len(root)))
        ability = _able(one, answers, seed + draw + 1, traits, progress)
        yield Draw(one, _filled(one, answers, ability, chance))
    progress("drawn answers", draws, draws)


def beside(
    draw: Draw, answers: Responses, *, traits: Floats, seed: int, progress: Progress = silent
) -> NDArray[np.bool_]:
    """The same for another sample of the same items, (n, j), with the items as a draw has them.

    So both samples err together in what is not known of the items. Abilities are drawn round a
    regression of this sample's own, for its people may be abler than others who are alike in `traits`,
    or answer in another way; items are taken to work as in the first sample, but for that.

    Parameters
    ----------
    draw : Draw
        Of the first sample.
    answers : Responses
        A row for each person.
    traits : (n, p) float
        With a column of ones.
    seed : int
        Another one for each draw and sample.
    progress : Progress, optional
        Told of each step of the regression.

    Raises
    ------
    EngineError
        If rows were put together by pattern.
    """
    require(len(answers.codes) == answers.persons, "each person must have a row")
    ability = _able(draw.items, answers, seed, traits, progress)
    return _filled(draw.items, answers, ability, generator(seed + 1))


def _filled(
    items: Fit, answers: Responses, ability: Floats, chance: np.random.Generator
) -> NDArray[np.bool_]:
    """Answers as they were given; where none was asked for, one that such an ability may give."""
    likely = expit(ability[:, None] * items.params[:, 0] + items.params[:, 1])
    right = chance.random(likely.shape) < likely
    return np.where(answers.codes < 0, right, answers.codes == 1)


def _able(
    found: Fit, answers: Responses, seed: int, traits: Floats | None, progress: Progress
) -> Floats:
    """An ability of each person, as plausible as the answers and what is known of them tell."""
    if traits is None:
        return plausible(found, answers, draws=1, seed=seed)[:, 0]
    chance = generator(seed)
    seen = likelihoods(found, answers, found.nodes)
    people = regressed(found, answers, traits, seen, progress=progress).moved(chance)
    return drawn(people.posterior(traits, seen, found.nodes), found.nodes, 1, chance)[:, 0]


def _moved(found: Fit, spread: Errors, move: NDArray[np.float64]) -> Fit:
    """The fit with its free parameters moved."""
    by = np.where(spread.place >= 0, move[spread.place], 0.0)
    items = len(found.params)
    params = found.params + by[:items, : found.params.shape[1]]
    params[:, 0] = np.maximum(params[:, 0], LEAST)
    mean = found.mean + by[items:, 0]
    return replace(found, params=params, mean=mean, spread=found.spread * np.exp(by[items:, 1]))
