"""Marginal maximum likelihood for item response models, by an accelerated EM algorithm."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.irt import posterior
from kepu_engines.survey.irt.models import Model, named
from kepu_engines.survey.irt.responses import Floats, Packed, Responses, packed

SPREADLESS = "The fit ran away: a group's spread has no bound, or its answers do not hang together."
# Logarithm of a spread that no fit has.
FAR = 50.0
# A slope past which chances at the ends of the grid are 0 to the last digit.
STEEPEST = 100.0
# Bounds of the logit of a guess: nobody guesses right more rarely or more often.
GUESSES = (-8.0, 4.0)


@dataclass(frozen=True)
class Method:
    """How a fit is done: nodes on [-reach, reach], stop at `tolerance`, give up at `limit`.

    `guess_prior` is the mean and standard deviation of a normal prior on the logit of the
    guessing parameter of 3PL; without it the likelihood alone decides. It counts as much as persons
    of mean weight let it, whatever the weights add to.
    """

    nodes: int = 61
    reach: float = 6.0
    tolerance: float = 1e-5
    limit: int = 2000
    guess_prior: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        """Refuse settings with which no fit can work."""
        require(self.nodes >= 5 and self.reach > 0, "Expected at least 5 nodes and a reach > 0.")
        require(self.tolerance > 0 and self.limit > 0, "Expected a tolerance and a limit > 0.")
        require(
            self.guess_prior is None or self.guess_prior[1] > 0,
            "The prior on guessing needs a standard deviation > 0.",
        )


@dataclass(frozen=True)
class Fit:
    """Estimates of a model, and what they rest on.

    Attributes
    ----------
    params : (j, p) float
        Slope, then intercepts (for 3pl: intercept and logit of the guess); 0 where unused.
    mean, spread : (groups,) float
        Ability of each group, normal; group 0 has mean 0 and, unless slopes are 1, spread 1.
    loglik : float
        Weighted marginal log-likelihood, without any prior, on `nodes`.
    iterations : int
        Passes over the answers.
    persons : int
        Persons asked, weights aside.
    nodes : (q,) float
        Grid of abilities, on which normal densities are scaled to sum to 1.
    """

    model: Model
    names: tuple[str, ...]
    categories: tuple[int, ...]
    params: Floats
    mean: Floats
    spread: Floats
    loglik: float
    iterations: int
    persons: int
    nodes: Floats
    method: Method

    @property
    def slope(self) -> Floats:
        """Discrimination a of each item."""
        return self.params[:, 0]

    def difficulty(self, item: int) -> Floats:
        """Difficulties b of an item: one for two categories, else one for each step."""
        used = 2 if self.model.parameters(2) == 3 else self.categories[item]
        return -self.params[item, 1:used] / self.params[item, 0]


def fit(
    answers: Responses, model: str, method: Method | None = None, progress: Progress = silent
) -> Fit:
    """Estimate an item response model by marginal maximum likelihood.

    Parameters
    ----------
    answers : Responses
        Checked answers, with weights and groups.
    model : str
        "rasch", "2pl", "3pl", "grm", "pcm" or "gpcm".
    method : Method, optional
        Grid and stopping rule.
    progress : Progress, optional
        Told after each pass how many of at most `limit` are done.

    Raises
    ------
    EngineError
        If the model does not suit the answers, or the fit does not converge.

    Source
    ------
    Bock & Aitkin (1981), Psychometrika 46, 443-459. Varadhan & Roland (2008), Scandinavian
    Journal of Statistics 35, 335-353 (acceleration SQUAREM, scheme S3).
    """
    return _Search(answers, named(model), method or Method(), progress).run()


class _Search:
    """One fit under way: the state is a vector of all parameters."""

    def __init__(
        self, answers: Responses, model: Model, method: Method, progress: Progress
    ) -> None:
        """Start at equal slopes, with the shares of the answers."""
        self.answers, self.model, self.method, self.progress = answers, model, method, progress
        self.pack: Packed = packed(answers)
        self.nodes = np.linspace(-method.reach, method.reach, method.nodes)
        self.categories = answers.categories.tolist()
        for name, many in zip(answers.names, self.categories, strict=True):
            require(
                many == 2 or not model.binary,
                f"{name} has {many} categories, but the model {model.name} knows right and wrong.",
            )
        self.shape = (len(self.categories), max(map(model.parameters, self.categories)))
        self.families = families(model, self.categories)
        self.passes = 0

    def run(self) -> Fit:
        """Repeat two steps and a leap until the steps are short enough."""
        here = self._start()
        while True:
            one, _ = self._step(here)
            two, level = self._step(one)
            if np.abs(two - one).max() < self.method.tolerance:
                return self._result(two)
            here = self._leap(here, one, two, level)

    def _leap(self, here: Floats, one: Floats, two: Floats, level: float) -> Floats:
        """Leap as far as the last two steps promise, unless it makes matters worse."""
        first, bend = one - here, two - 2 * one + here
        length = max(1.0, math.hypot(*first) / max(math.hypot(*bend), 1e-150))
        far = here + 2 * length * first + length**2 * bend
        if not self._sound(far):
            return two
        landed, reached = self._step(far)
        return landed if reached >= level else two

    def _sound(self, state: Floats) -> bool:
        """Whether a state has positive chances, slopes and spreads that can be."""
        params, mean, spread = self._parts(state)
        return bool(
            np.abs(params[:, 0]).max() < 50
            and np.abs(mean).max() < self.method.reach
            and 0.01 < spread.min() <= spread.max() < self.method.reach
            and all(self.model.holds(params[rows, :used]) for rows, used in self.families)
        )

    def _parts(self, state: Floats) -> tuple[Floats, Floats, Floats]:
        """Parameters of items, and means and spreads of groups, of a state."""
        many = self.answers.groups
        params = state[: -2 * many].reshape(self.shape)
        # A leap may go anywhere; whether it is sound is asked of what it led to.
        return params, state[-2 * many : -many], np.exp(np.minimum(state[-many:], FAR))

    def _start(self) -> Floats:
        """Slopes 1, guesses 0.15, intercepts from the weighted shares of answers."""
        params = np.zeros(self.shape)
        params[:, 0] = 1.0
        for item, many in enumerate(self.categories):
            codes = self.answers.codes[:, item]
            asked = codes >= 0
            share = np.bincount(codes[asked], weights=self.answers.weight[asked]) / 1.0
            above = share.sum() - np.cumsum(share)[:-1]
            odds = np.log(above / (share.sum() - above))
            if self.model.name in ("pcm", "gpcm"):
                odds = np.log(share[1:] / share[:-1])
            params[item, 1:many] = odds
            if self.model.name == "3pl":
                params[item, 2] = np.log(0.15 / 0.85)
        return np.concatenate([params.ravel(), np.zeros(2 * self.answers.groups)])

    def _step(self, state: Floats) -> tuple[Floats, float]:
        """One EM step; the new state, and the penalised log-likelihood of the old one."""
        require(
            self.passes < self.method.limit,
            f"The fit did not converge in {self.method.limit} passes; use a simpler model, "
            "more answers, or for 3pl a prior on guessing.",
        )
        self.passes += 1
        self.progress("item response", self.passes, self.method.limit)
        params, mean, spread = self._parts(state)
        self._refuse_runaway(params, STEEPEST)
        found, loglik = self.expect(params, mean, spread)
        better = params.copy()
        for rows, used in self.families:
            seen = np.stack([found[row + 1] for row in rows])
            better[rows, :used] = self._maximise(params[rows, :used], seen)
        means, spreads = self._population(found[0], mean, spread)
        step = np.concatenate([better.ravel(), means, np.log(spreads)])
        return step, loglik - self._penalty(params)

    def _refuse_runaway(self, params: Floats, bound: float) -> None:
        """An item that parts the able from the others sharply has a slope without bound."""
        item = int(np.abs(params[:, 0]).argmax())
        name = self.answers.names[item]
        sentence = f"The fit ran away: the slope of {name} has no bound; leave that item out."
        require(bool(np.abs(params[item, 0]) < bound), sentence)

    def _penalty(self, params: Floats) -> float:
        """Minus the logarithm of the prior, up to a constant."""
        if self.method.guess_prior is None or self.model.name != "3pl":
            return 0.0
        mean, sd = self.method.guess_prior
        return float((((params[:, 2] - mean) / sd) ** 2).sum() / 2 * self.answers.scale)

    def expect(self, params: Floats, mean: Floats, spread: Floats) -> tuple[list[Floats], float]:
        """Expected counts of each column, the missing left out, and the log-likelihood."""
        logs = columns(self.model, params, self.categories, self.pack.radix, self.nodes)
        logs = [prior(self.nodes, mean, spread), *logs]
        values = posterior.table(self.pack, logs)
        summed, loglik = posterior.expect(self.pack, self.answers.weight, values)
        found = posterior.counts(self.pack, summed)
        asked = [
            seen[len(seen) - many :] for seen, many in zip(found[1:], self.categories, strict=True)
        ]
        return [found[0], *asked], loglik

    def _maximise(self, params: Floats, seen: Floats) -> Floats:
        """Raise the expected log-likelihood of alike items by scoring; `seen` is (j, k, q)."""
        here = params
        for _ in range(4):
            move = self._scoring(here, seen)
            size = np.abs(move).max(axis=1, keepdims=True)
            move = move * np.minimum(1.0, 1.0 / np.maximum(size, 1e-12))
            here = self._kept(here, move)
            if np.abs(move).max() < self.method.tolerance / 10:
                break
        return here

    def _kept(self, here: Floats, move: Floats) -> Floats:
        """Move each item, by half as far again and again where cuts would cross."""
        bound = here + move
        for _ in range(20):
            wrong = [not self.model.holds(row[None]) for row in bound]
            if not any(wrong):
                break
            move = np.where(np.array(wrong)[:, None], move / 2, move)
            bound = here + move
        if self.model.name == "3pl":
            bound[:, 2] = np.clip(bound[:, 2], *GUESSES)
        return bound

    def _scoring(self, params: Floats, seen: Floats) -> Floats:
        """Step of Fisher scoring of each item."""
        logs, slopes = self.model.chances(params, self.nodes)
        gradient = np.einsum("jkq,jpkq->jp", seen, slopes)
        expected = np.exp(logs) * seen.sum(axis=1, keepdims=True)
        information = np.einsum("jkq,jpkq,jrkq->jpr", expected, slopes, slopes, optimize=True)
        if self.method.guess_prior is not None and self.model.name == "3pl":
            mean, sd = self.method.guess_prior
            firm = self.answers.scale / sd**2
            gradient[:, 2] -= (params[:, 2] - mean) * firm
            information[:, 2, 2] += firm
        if self.model.fixed_slope:
            _hold(gradient, information, np.arange(len(params)), 0)
        if self.model.name == "3pl":
            low, high = GUESSES
            outward = np.where(gradient[:, 2] < 0, params[:, 2] <= low, params[:, 2] >= high)
            _hold(gradient, information, np.flatnonzero(outward), 2)
        scale = np.einsum("jpp->jp", information)
        information += 1e-10 * np.eye(params.shape[1]) * (scale[:, None, :] + 1e-10)
        return np.linalg.solve(information, gradient[:, :, None])[:, :, 0]

    def _population(self, found: Floats, mean: Floats, spread: Floats) -> tuple[Floats, Floats]:
        """Means and spreads of groups; what fixes the scale stays."""
        people = found.sum(axis=1)
        means = found @ self.nodes / people
        if self.answers.groups == 1:
            means = np.zeros(1)
        means[0] = 0.0
        square = found @ self.nodes**2 / people - 2 * means * (found @ self.nodes / people)
        spreads = np.sqrt(square + means**2)
        if not self.model.fixed_slope:
            spreads[0] = 1.0
        return means, spreads

    def _result(self, state: Floats) -> Fit:
        """Estimates at the end, with a positive direction of the scale."""
        params, mean, spread = self._parts(state)
        _, loglik = self.expect(params, mean, spread)
        self._refuse_runaway(params, 30 if self.model.name == "3pl" else 50)
        require(self._sound(state), SPREADLESS)
        return Fit(
            self.model,
            self.answers.names,
            tuple(map(int, self.categories)),
            params,
            mean,
            spread,
            loglik,
            self.passes,
            self.answers.persons,
            self.nodes,
            self.method,
        )


def _hold(gradient: Floats, information: Floats, items: NDArray[np.int64], at: int) -> None:
    """Let a parameter of some items stand, so that the others move as if it were known."""
    gradient[items, at] = 0.0
    information[items, at, :] = information[items, :, at] = 0.0
    information[items, at, at] = 1.0


def prior(nodes: Floats, mean: Floats, spread: Floats) -> Floats:
    """Logarithms of normal densities at the nodes, scaled to sum to 1, (groups, q).

    Parameters
    ----------
    nodes : (q,) float
        Abilities.
    mean, spread : (groups,) float
        Of each group's normal distribution of ability; spread > 0.
    """
    logs = -(((nodes - mean[:, None]) / spread[:, None]) ** 2) / 2
    return logs - np.logaddexp.reduce(logs, axis=1, keepdims=True)


def families(model: Model, categories: Sequence[int]) -> list[tuple[NDArray[np.int64], int]]:
    """Items with equal numbers of categories, and their number of parameters.

    Parameters
    ----------
    model : Model
    categories : (j,) int
        Of each item.

    Returns
    -------
    list of ((m,) int64, int)
        Places of the items of a family, rising, and parameters of each; families by their categories.
    """
    many = np.asarray(categories)
    return [(np.flatnonzero(many == some), model.parameters(int(some))) for some in np.unique(many)]


def columns(
    model: Model,
    params: Floats,
    categories: Sequence[int],
    radix: NDArray[np.int64],
    nodes: Floats,
) -> list[Floats]:
    """Logarithms of chances by code and node of each item; a missing answer, if any, first.

    Parameters
    ----------
    model : Model
    params : (j, p) float
        As in `Fit`.
    categories : (j,) int
    radix : (j + 1,) int
        As in `Packed`.
    nodes : (q,) float
        Abilities.

    Returns
    -------
    list of (codes, q) float
    """
    logs: dict[int, Floats] = {}
    for rows, used in families(model, categories):
        found = model.chances(params[rows, :used], nodes).logs
        logs.update(zip(rows.tolist(), found, strict=True))
    return [
        np.pad(logs[item], ((int(radix[item + 1]) - many, 0), (0, 0)))
        for item, many in enumerate(categories)
    ]
