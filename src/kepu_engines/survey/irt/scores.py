"""Abilities of persons from their answers, with errors; and what a test can tell."""

from dataclasses import dataclass

import numpy as np

from kepu_engines.core.checks import require
from kepu_engines.core.seeds import generator
from kepu_engines.survey.irt import posterior
from kepu_engines.survey.irt.fit import Fit, columns, families, prior
from kepu_engines.survey.irt.responses import Floats, Responses, packed

FINE = 601


@dataclass(frozen=True)
class Scores:
    """Ability of each row of the answers and its standard error, (n,) each."""

    ability: Floats
    error: Floats


def expected(found: Fit, answers: Responses) -> Scores:
    """Mean and standard deviation of each row's posterior (EAP).

    Source
    ------
    Bock & Mislevy (1982), Applied Psychological Measurement 6, 431-444.
    """
    chance = _posterior(found, answers, found.nodes)
    mean = chance @ found.nodes
    return Scores(mean, np.sqrt(np.maximum(chance @ found.nodes**2 - mean**2, 0)))


def plausible(found: Fit, answers: Responses, *, draws: int, seed: int) -> Floats:
    """Draws from each row's posterior, (n, draws), the item parameters taken as known.

    The posterior is read as constant between the middles of neighbouring nodes.

    Source
    ------
    Mislevy (1991), Psychometrika 56, 177-196.
    """
    require(draws > 0, "Expected at least one draw.")
    return drawn(_posterior(found, answers, found.nodes), found.nodes, draws, generator(seed))


def drawn(posterior: Floats, nodes: Floats, draws: int, source: np.random.Generator) -> Floats:
    """Abilities from posteriors at nodes, (n, draws), read as constant between the nodes' middles."""
    chance = np.cumsum(posterior, axis=1)
    values = np.empty((len(chance), draws))
    for draw in range(draws):
        at = (source.random((len(chance), 1)) * chance[:, -1:] > chance).sum(axis=1)
        shift = (source.random(len(chance)) - 0.5) * (nodes[1] - nodes[0])
        values[:, draw] = nodes[at] + shift
    return values


def likelihoods(found: Fit, answers: Responses, theta: Floats) -> Floats:
    """Likelihood of each row's answers at each ability, (n, q), the largest of a row set to 1."""
    logs = _logs(found, answers, theta, flat=True)
    return np.asarray(np.exp(logs - logs.max(axis=1, keepdims=True)), dtype=np.float64)


def likeliest(found: Fit, answers: Responses) -> Scores:
    """Highest point of each row's posterior (MAP), error from the information and the prior."""
    theta = _fine(found)
    logs = _logs(found, answers, theta)
    at = _peak(logs, theta)
    told = np.interp(at, theta, information(found, theta).sum(axis=0))
    return Scores(at, 1 / np.sqrt(told + 1 / found.spread[answers.group] ** 2))


def weighted(found: Fit, answers: Responses) -> Scores:
    """Weighted likelihood estimate (WLE), which has less bias than the likeliest ability.

    The likelihood times the root of the test information: exactly Warm's estimate for
    two-parameter and partial credit items, and his approximation (Jeffreys' prior) else.
    Every item counts in the information that the person answered. Bounded by the grid.

    Source
    ------
    Warm (1989), Psychometrika 54, 427-450.
    """
    theta = _fine(found)
    logs = _logs(found, answers, theta, flat=True)
    told = (answers.codes >= 0).astype(float) @ information(found, theta)
    at = _peak(logs + np.log(told) / 2, theta)
    place = np.clip(np.searchsorted(theta, at), 0, len(theta) - 1)
    return Scores(at, 1 / np.sqrt(told[np.arange(len(at)), place]))


def information(found: Fit, theta: Floats) -> Floats:
    """Fisher information of each item at each ability, (j, q); the test's is their sum."""
    told = np.zeros((len(found.params), len(theta)))
    for rows, used in families(found.model, found.categories):
        logs, by_theta = by_ability(found, found.params[rows, :used], theta)
        told[rows] = (np.exp(logs) * by_theta**2).sum(axis=1)
    return told


def by_ability(found: Fit, params: Floats, theta: Floats) -> tuple[Floats, Floats]:
    """Logarithms of chances of alike items and their slopes by ability, (j, k, q) each."""
    logs, slopes = found.model.chances(params, theta)
    if found.model.name in ("pcm", "gpcm"):
        steps = np.arange(logs.shape[1])[:, None]
        mean = (np.exp(logs) * steps).sum(axis=1, keepdims=True)
        return logs, params[:, :1, None] * (steps - mean)
    # The slope by ability is a times the slope by all intercepts, moved together.
    last = 2 if found.model.name == "3pl" else params.shape[1]
    return logs, params[:, :1, None] * slopes[:, 1:last].sum(axis=1)


def _fine(found: Fit) -> Floats:
    """A grid fine enough that a parabola through three nodes is exact to 1e-4."""
    return np.linspace(found.nodes[0], found.nodes[-1], FINE)


def _logs(found: Fit, answers: Responses, theta: Floats, flat: bool = False) -> Floats:
    """Logarithms of likelihood times prior, or of the likelihood alone, (n, q)."""
    pack = packed(answers)
    logs = columns(found.model, found.params, found.categories, pack.radix, theta)
    density = prior(theta, found.mean, found.spread)
    values = posterior.table(pack, [density * (not flat), *logs])
    return values[pack.row].sum(axis=1)


def _posterior(found: Fit, answers: Responses, theta: Floats) -> Floats:
    """Chances of each row at each node, (n, q)."""
    pack = packed(answers)
    logs = columns(found.model, found.params, found.categories, pack.radix, theta)
    values = posterior.table(pack, [prior(theta, found.mean, found.spread), *logs])
    return posterior.posteriors(pack.row, values)[0]


def _peak(logs: Floats, theta: Floats) -> Floats:
    """Top of the parabola through the highest node and its neighbours; ends stay ends."""
    at = logs.argmax(axis=1)
    inner = np.clip(at, 1, len(theta) - 2)
    rows = np.arange(len(logs))
    left, top, right = (logs[rows, inner + step] for step in (-1, 0, 1))
    bend = left - 2 * top + right
    shift = np.where(bend < 0, (left - right) / 2 / np.where(bend < 0, bend, 1), 0)
    step = theta[1] - theta[0]
    return np.where(at == inner, theta[inner] + np.clip(shift, -1, 1) * step, theta[at])
