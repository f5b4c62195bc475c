"""Abilities of persons from their answers, with errors; and what a test can tell."""

from dataclasses import dataclass

import numpy as np
from scipy.integrate import cumulative_trapezoid

from kepu_engines.core.checks import require
from kepu_engines.core.seeds import generator
from kepu_engines.survey.irt import posterior
from kepu_engines.survey.irt.fit import Fit, columns, families, prior
from kepu_engines.survey.irt.responses import Floats, Responses, packed

FINE = 601
# How far apart slopes are compared.
NEAR = 1e-4


@dataclass(frozen=True)
class Scores:
    """Ability of each row of the answers and its standard error, (n,) each."""

    ability: Floats
    error: Floats


def expected(found: Fit, answers: Responses) -> Scores:
    """Mean and standard deviation of each row's posterior (EAP).

    It is drawn toward the mean of the row's group, the more so the fewer items were answered; an item
    that was not asked tells nothing.

    Parameters
    ----------
    found : Fit
    answers : Responses
        n rows; of the items and groups of the fit. Their weights do not count.

    Returns
    -------
    Scores
        (n,) each, in units of ability: group 0 has mean 0 and, unless slopes are 1, spread 1.

    Source
    ------
    Bock & Mislevy (1982), Applied Psychological Measurement 6, 431-444.
    """
    chance = _posterior(found, answers, found.nodes)
    mean = chance @ found.nodes
    return Scores(mean, np.sqrt(np.maximum(chance @ found.nodes**2 - mean**2, 0)))


def plausible(found: Fit, answers: Responses, *, draws: int, seed: int) -> Floats:
    """Draws from each row's posterior, (n, draws), the item parameters taken as known.

    The posterior is read as constant between the middles of neighbouring nodes. Each draw is a
    population's ability as it may be: figures made from the draws, one by one, have its spread, which
    those of single estimates have not. One draw tells nothing of one person.

    Parameters
    ----------
    found : Fit
    answers : Responses
        n rows, each a person: rows that stand for several would share their draws. Of the items and
        groups of the fit.
    draws : int
        At least 1.
    seed : int
        >= 0; the same seed draws the same.

    Returns
    -------
    (n, draws) float64
        In units of ability.

    Raises
    ------
    EngineError
        If no draw is asked for, or the seed is negative.

    Source
    ------
    Mislevy (1991), Psychometrika 56, 177-196.
    """
    require(draws > 0, "Expected at least one draw.")
    return drawn(_posterior(found, answers, found.nodes), found.nodes, draws, generator(seed))


def drawn(posterior: Floats, nodes: Floats, draws: int, source: np.random.Generator) -> Floats:
    """Abilities from posteriors at nodes, (n, draws), read as constant between the nodes' middles.

    Parameters
    ----------
    posterior : (n, q) float64
    nodes : (q,) float64
    """
    chance = np.cumsum(posterior, axis=1)
    values = np.empty((len(chance), draws))
    for draw in range(draws):
        at = (source.random((len(chance), 1)) * chance[:, -1:] > chance).sum(axis=1)
        shift = (source.random(len(chance)) - 0.5) * (nodes[1] - nodes[0])
        values[:, draw] = nodes[at] + shift
    return values


def likelihoods(found: Fit, answers: Responses, theta: Floats) -> Floats:
    """Likelihood of each row's answers at each ability, (n, q), the largest of a row set to 1.

    Parameters
    ----------
    theta : (q,) float64
    """
    logs = _logs(found, answers, theta, flat=True)
    return np.asarray(np.exp(logs - logs.max(axis=1, keepdims=True)), dtype=np.float64)


def likeliest(found: Fit, answers: Responses) -> Scores:
    """Highest point of each row's posterior (MAP), error from the information and the prior.

    Every item counts in the information that the person answered.

    Parameters
    ----------
    found : Fit
    answers : Responses
        n rows; of the items and groups of the fit.

    Returns
    -------
    Scores
        (n,) each, in units of ability, exact to some 1e-4.

    Source
    ------
    Samejima (1969), Psychometrika Monograph 17, for the mode; Bock & Mislevy (1982), Applied
    Psychological Measurement 6, 431-444.
    """
    theta = _fine(found)
    at = _peak(_logs(found, answers, theta), theta)
    told = _read(_asked(answers) @ information(found, theta), theta, at)
    return Scores(at, 1 / np.sqrt(told + 1 / found.spread[answers.group] ** 2))


def weighted(found: Fit, answers: Responses) -> Scores:
    """Weighted likelihood estimate (WLE), which has less bias than the likeliest ability.

    Where the slope of the log-likelihood and Warm's term J / (2 I) add up to 0; the error is 1 / sqrt(I).
    Every item counts in I and J that the person answered. Bounded by the grid.

    Parameters
    ----------
    found : Fit
    answers : Responses
        n rows; of the items of the fit.

    Returns
    -------
    Scores
        (n,) each, in units of ability, exact to some 1e-4.

    Source
    ------
    Warm (1989), Psychometrika 54, 427-450. Samejima (1993), ONR Research Report 93-1, for several
    categories.
    """
    theta = _fine(found)
    asked = _asked(answers)
    told = asked @ information(found, theta)
    # J is the slope of I less the bend: half the logarithm of I is Warm's term but for the bend.
    rest = cumulative_trapezoid(asked @ _bend(found, theta) / told, theta, axis=1, initial=0)
    at = _peak(_logs(found, answers, theta, flat=True) + (np.log(told) - rest) / 2, theta)
    return Scores(at, 1 / np.sqrt(_read(told, theta, at)))


def _asked(answers: Responses) -> Floats:
    """1 where a person answered an item, (n, j)."""
    return (answers.codes >= 0).astype(np.float64)


def _read(curves: Floats, theta: Floats, at: Floats) -> Floats:
    """Each row's curve, (n, q), at a point of its own between the nodes."""
    place = np.clip(np.searchsorted(theta, at), 1, len(theta) - 1)
    rows, share = np.arange(len(at)), (at - theta[place - 1]) / (theta[1] - theta[0])
    found: Floats = curves[rows, place - 1] * (1 - share) + curves[rows, place] * share
    return found


def _bend(found: Fit, theta: Floats) -> Floats:
    """Mean of the slope times the bend of each item's log chances, (j, q): 0 where all bend alike."""
    bent = np.zeros((len(found.params), len(theta)))
    for rows, used in families(found.model, found.categories):
        params = found.params[rows, :used]
        logs, slope = by_ability(found, params, theta)
        after, before = (by_ability(found, params, theta + step)[1] for step in (NEAR, -NEAR))
        bent[rows] = (np.exp(logs) * slope * (after - before)).sum(axis=1) / (2 * NEAR)
    return bent


def information(found: Fit, theta: Floats) -> Floats:
    """Fisher information of each item at each ability, (j, q); the test's is their sum.

    Parameters
    ----------
    found : Fit
        Of j items.
    theta : (q,) float
        Abilities.

    Source
    ------
    Birnbaum (1968); Samejima (1969), Psychometrika Monograph 17, for several categories.
    """
    told = np.zeros((len(found.params), len(theta)))
    for rows, used in families(found.model, found.categories):
        logs, by_theta = by_ability(found, found.params[rows, :used], theta)
        told[rows] = (np.exp(logs) * by_theta**2).sum(axis=1)
    return told


def by_ability(found: Fit, params: Floats, theta: Floats) -> tuple[Floats, Floats]:
    """Logarithms of chances of alike items and their slopes by ability, (j, k, q) each.

    Parameters
    ----------
    found : Fit
    params : (j, p) float
        Of items with equal numbers of categories.
    theta : (q,) float
        Abilities.
    """
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
    pack = packed(answers, found.categories)
    logs = columns(found.model, found.params, found.categories, pack.radix, theta)
    density = prior(theta, found.mean, found.spread)
    values = posterior.table(pack, [density * (not flat), *logs])
    return values[pack.row].sum(axis=1)


def _posterior(found: Fit, answers: Responses, theta: Floats) -> Floats:
    """Chances of each row at each node, (n, q)."""
    pack = packed(answers, found.categories)
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
