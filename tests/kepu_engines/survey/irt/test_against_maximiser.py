"""Models of the engine against a maximiser that shares nothing with it, on real answers, and as published.

`Plain` says each model as its authors wrote it, integrates on a grid of its own, differentiates by complex
steps, and climbs by scipy's BFGS from its own start. Answers: Eurobarometer 1992 (R's ltm,
`Science`) and SAT12 (R's mirt), which may not be shipped.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.optimize import minimize
from tests.oracles import columns_of, shared

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.irt import scores
from kepu_engines.survey.irt.fit import Method, fit
from kepu_engines.survey.irt.information import errors
from kepu_engines.survey.irt.responses import responses

pytestmark = pytest.mark.slow

WORDS = ["strongly disagree", "disagree", "agree", "strongly agree"]
KEY = [
    1, 4, 5, 2, 3, 1, 2, 1, 3, 1, 2, 4, 2, 1, 5, 3, 4, 4, 1, 4, 3, 3, 4, 1, 3, 5, 1, 3, 1, 5, 4, 5,
]  # fmt: skip
NONE = 1e-300  # a chance this small is none
GUESSES = (-1.1, 0.5)  # mean and spread of a normal prior on the logit of guessing


def above(z):
    return 1 / (1 + np.exp(-z))


def graded(p, theta):
    """Samejima: P(X >= k) = s(a theta + d_k)."""
    edge = [np.ones_like(theta), *(above(p[0] * theta + d) for d in p[1:]), np.zeros_like(theta)]
    return np.array([edge[k] - edge[k + 1] for k in range(len(p))])


def credit(p, theta):
    """Masters, Muraki: P(X = k) / P(X = k - 1) = exp(a theta + d_k)."""
    odds = [np.ones_like(theta)]
    for d in p[1:]:
        odds.append(odds[-1] * np.exp(p[0] * theta + d))
    return np.array(odds) / sum(odds)


def guessed(p, theta):
    """Birnbaum: P = c + (1 - c) s(a theta + d)."""
    right = above(p[2]) + (1 - above(p[2])) * above(p[0] * theta + p[1])
    return np.array([1 - right, right])


@dataclass(frozen=True)
class Plain:
    """Answers (n, j) from 0, and a model; `tied` items share one slope, which is the people's spread."""

    codes: np.ndarray
    chances: object
    width: int
    tied: bool = False
    prior: tuple | None = None

    def items(self, x):
        """Parameters of each item, (j, width)."""
        if not self.tied:
            return x.reshape(-1, self.width)
        rest = x[1:].reshape(-1, self.width - 1)
        return np.column_stack([np.full(len(rest), x[0]), rest])

    def minus(self, x):
        """Minus the log-likelihood and prior, and its slope."""
        theta = np.linspace(-7, 7, 161) + 0j
        mass = np.exp(-(theta.real**2) / 2) * 14 / 160 / np.sqrt(2 * np.pi)
        params = self.items(x)
        logs = [np.log(np.maximum(self.chances(p, theta).real, NONE)) for p in params]
        whole = sum(log[self.codes[:, j]] for j, log in enumerate(logs))
        joint = np.exp(whole) * mass
        share = joint / joint.sum(axis=1, keepdims=True)
        slope = np.zeros((len(params), self.width))
        for j, p in enumerate(params):
            held = np.array([share[self.codes[:, j] == k].sum(axis=0) for k in range(len(logs[j]))])
            for at in range(self.width):
                moved = p + 1e-30j * (np.arange(self.width) == at)
                chance = self.chances(moved, theta)
                slope[j, at] = (held * chance.imag / np.maximum(chance.real, NONE)).sum() / 1e-30
        value = np.log(joint.sum(axis=1)).sum()
        if self.prior:
            gap = (params[:, 2] - self.prior[0]) / self.prior[1]
            value -= (gap**2).sum() / 2
            slope[:, 2] -= gap / self.prior[1]
        flat = np.append(slope[:, 0].sum(), slope[:, 1:]) if self.tied else slope.ravel()
        return -value, -flat

    def best(self, start):
        """Where it is greatest, and how great."""
        options = {"gtol": 1e-5, "maxiter": 2000}
        found = minimize(self.minus, start, jac=True, method="BFGS", options=options)
        assert np.abs(found.jac).max() < 1e-3, found.message
        return self.items(found.x), -found.fun


@pytest.fixture(scope="module")
def science():
    columns = columns_of(shared("survey_irt") / "science_attitudes_7items.csv")
    codes = np.column_stack([[WORDS.index(word) for word in column] for column in columns.values()])
    return codes, list(columns)


@pytest.fixture(scope="module")
def sat12():
    columns = columns_of(shared("survey_irt") / "sat12_science_multiple_choice.csv")
    given = np.column_stack(list(columns.values())).astype(float).astype(int)
    return (given == KEY).astype(int)


@pytest.mark.parametrize(
    ("model", "chances", "tied"),
    [("grm", graded, False), ("gpcm", credit, False), ("pcm", credit, True)],
)
def test_graded_and_partial_credit_are_at_the_plain_maximum(science, model, chances, tied):
    """The seven items ask of two things, so that there are two hills: the higher one counts."""
    codes, names = science
    plain = Plain(codes, chances, 4, tied)
    each = [2.0, 1.0, -1.0]
    one = np.isin(names, FOUR)
    starts = [np.array([1.0, *each * len(names)])]
    if not tied:
        slopes = (np.where(side, 1.0, 0.1) for side in (one, ~one))
        starts = [np.column_stack([a, np.tile(each, (len(names), 1))]).ravel() for a in slopes]

    found = fit(responses(codes), model, Method(tolerance=1e-7))
    params, loglik = max((plain.best(start) for start in starts), key=lambda end: end[1])

    assert found.loglik == pytest.approx(loglik, abs=1e-4)
    slope = np.full(len(names), found.spread[0]) if tied else found.slope
    assert slope == pytest.approx(params[:, 0], abs=1e-3)
    assert found.params[:, 1:] == pytest.approx(params[:, 1:], abs=2e-3)


def test_guessing_is_at_the_plain_maximum(sat12):
    """On answers of an examination, under the same prior on guessing."""
    codes = np.delete(sat12, STEEP, axis=1)
    plain = Plain(codes, guessed, 3, prior=GUESSES)
    share = codes.mean(axis=0)
    start = np.column_stack([np.ones(31), np.log(share / (1 - share)), np.full(31, -1.5)])

    found = fit(responses(codes), "3pl", Method(tolerance=1e-7, guess_prior=GUESSES))
    params, reached = plain.best(start.ravel())

    gap = (found.params[:, 2] - GUESSES[0]) / GUESSES[1]
    assert found.loglik - (gap**2).sum() / 2 == pytest.approx(reached, abs=1e-3)
    assert found.params == pytest.approx(params, abs=5e-3)


def test_an_item_whose_slope_has_no_bound_is_refused_and_truly_has_none(sat12):
    """The plain likelihood of item 12 rises with its slope, whatever its other parameters do."""
    with pytest.raises(EngineError, match="the slope of item 12 has no bound; leave that item out"):
        fit(responses(sat12), "3pl", Method(guess_prior=GUESSES))

    others = fit(responses(np.delete(sat12, STEEP, axis=1)), "3pl", Method(guess_prior=GUESSES))
    plain = Plain(sat12, guessed, 3, prior=GUESSES)

    def at_best(slope):
        def minus(rest):
            item = np.array([slope, -slope * rest[0], rest[1]])
            return plain.minus(np.insert(others.params, STEEP, item, axis=0).ravel())[0]

        return -minimize(minus, [2.1, -0.5], method="Nelder-Mead").fun

    levels = [at_best(slope) for slope in (1.0, 2.0, 4.0, 8.0)]
    assert sorted(levels) == levels


# The item of SAT12 that nobody below a point knows and everybody above it: the twelfth.
STEEP = 11
FOUR = ["Comfort", "Work", "Future", "Benefit"]
# What R's mirt expects of `mirt(Science, 1)` in its own tests (test-02-mirtTwo.R): slope and intercepts.
PUBLISHED = [
    [1.042, 4.864, 2.640, -1.466],
    [1.226, 2.924, 0.901, -2.266],
    [2.296, 5.238, 2.216, -1.965],
    [1.095, 3.348, 0.992, -1.688],
]


def expected(codes, params):
    """Mean and spread of what each person's ability may be, by a grid that is wide and fine: 2001 points
    on [-10, 10], where sums of such smooth curves are exact to the last digits.
    """
    theta = np.linspace(-10, 10, 2001)
    logs = [np.log(np.maximum(graded(p, theta), NONE)) for p in params]
    mass = np.exp(sum(log[codes[:, j]] for j, log in enumerate(logs)) - theta**2 / 2)
    mass /= mass.sum(axis=1, keepdims=True)
    mean = mass @ theta
    return mean, np.sqrt(mass @ theta**2 - mean**2)


def test_graded_answers_are_estimated_as_published_and_scored_as_by_a_fine_grid(science):
    codes, names = science
    codes = codes[:, [names.index(name) for name in FOUR]]
    found = fit(responses(codes), "grm", Method(tolerance=1e-7))

    assert found.loglik == pytest.approx(-1608.870, abs=1e-3)
    # mirt stops at steps of 1e-4 by default, a little before the maximum.
    assert found.params == pytest.approx(np.array(PUBLISHED), abs=0.015)
    told = scores.expected(found, responses(codes))
    ability, error = expected(codes, found.params)
    assert told.ability == pytest.approx(ability, abs=5e-5)
    assert told.error == pytest.approx(error, abs=5e-5)


def partial_credit(n, tied, seed):
    """Answers to items with steps out of order too, and what is behind them."""
    chance = np.random.default_rng(seed)
    slope = np.ones(10) if tied else chance.uniform(0.7, 1.8, 10)
    steps = chance.normal(0, 0.8, (10, 3))
    theta = chance.normal(0, 1.3 if tied else 1.0, n)
    codes = np.empty((n, 10), int)
    for item in range(10):
        p = np.cumsum(credit([slope[item], *steps[item]], theta), axis=0)
        codes[:, item] = (chance.random(n) > p).sum(axis=0)
    return codes, slope, steps


@pytest.mark.parametrize(("model", "tied"), [("pcm", True), ("gpcm", False)])
def test_partial_credit_is_recovered_within_its_errors(model, tied):
    codes, slope, steps = partial_credit(8000, tied, seed=6)
    answers = responses(codes)

    found = fit(answers, model)
    spread = errors(found, answers)

    assert bool((np.diff(steps) > 0).any()), "no step is out of order"
    z = [
        (found.difficulty(i) + steps[i] / slope[i]) / spread.difficulty(found, i) for i in range(10)
    ]
    assert 0.6 < np.sqrt(np.mean(np.square(z))) < 1.4
    assert np.abs(z).max() < 4
    if tied:
        error = float(spread.of(10)[1, 1] ** 0.5 * found.spread[0])
        assert found.spread[0] == pytest.approx(1.3, abs=3 * error)
        assert 0.005 < error < 0.03
    else:
        z = [(found.slope[i] - slope[i]) / spread.slope(i) for i in range(10)]
        assert 0.4 < np.sqrt(np.mean(np.square(z))) < 1.6
