"""Abilities and their errors against integrals and roots worked out beside the engine."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from tests.kepu_engines.survey.irt.test_against_maximiser import credit, graded, guessed
from tests.oracles import columns_of, numbers, shared

from kepu_engines.survey.irt import scores
from kepu_engines.survey.irt.fit import Fit, Method, fit
from kepu_engines.survey.irt.models import MODELS
from kepu_engines.survey.irt.responses import Responses, responses

pytestmark = pytest.mark.slow


NEAR = 1e-5


class Person:
    """One person's answers to items of one model, every figure by its definition."""

    def __init__(self, chances, params, codes, spread=1.0):
        self.asked = [(p, k) for p, k in zip(params, codes, strict=True) if k >= 0]
        self.chances, self.spread = chances, spread

    def derivatives(self, theta):
        """P, P' and P'' of every answer to each item asked, by complex steps and differences."""
        for p, k in self.asked:
            first = lambda at, p=p: np.real(self.chances(p, np.array([at + 1e-30j])).imag) / 1e-30  # noqa: E731
            chance = np.real(self.chances(p, np.array([theta + 0j])))
            yield (
                k,
                chance[:, 0],
                first(theta)[:, 0],
                (first(theta + 1e-5) - first(theta - 1e-5))[:, 0] / 2e-5,
            )

    def likelihood(self, theta):
        whole = (self.chances(p, np.array([theta + 0j])).real[k, 0] for p, k in self.asked)
        return float(np.prod(list(whole)))

    def slope(self, theta):
        return sum(first[k] / chance[k] for k, chance, first, _ in self.derivatives(theta))

    def information(self, theta):
        return sum((first**2 / chance).sum() for _, chance, first, _ in self.derivatives(theta))

    def warm(self, theta):
        j = sum(
            (first * second / chance).sum() for _, chance, first, second in self.derivatives(theta)
        )
        return self.slope(theta) + j / (2 * self.information(theta))

    def expected(self):
        def moment(power):
            def density(t):
                return t**power * self.likelihood(t) * np.exp(-((t / self.spread) ** 2) / 2)

            return quad(density, -9, 9, epsabs=0, epsrel=1e-10, limit=200)[0]

        mean = moment(1) / moment(0)
        return mean, np.sqrt(moment(2) / moment(0) - mean**2)

    def likeliest(self):
        at = brentq(lambda t: self.slope(t) - t / self.spread**2, -9, 9, xtol=1e-12)
        return at, 1 / np.sqrt(self.information(at) + 1 / self.spread**2)

    def weighted(self):
        at = brentq(self.warm, -5.9, 5.9, xtol=1e-12)
        return at, 1 / np.sqrt(self.information(at))


WAYS = ("expected", "likeliest", "weighted")


@pytest.fixture(scope="module")
def lsat7():
    columns = columns_of(shared("survey_irt") / "lsat7_patterns.csv")
    table = np.column_stack([numbers(column) for column in columns.values()]).astype(int)
    codes, many = table[:, :-1], table[:, -1]
    return codes, many


@pytest.mark.parametrize("model", ["2pl", "rasch"])
@pytest.mark.parametrize("way", WAYS)
def test_every_pattern_of_lsat7_is_scored_as_by_its_integral_or_root(lsat7, model, way):
    codes, many = lsat7
    found = fit(responses(np.repeat(codes, many, axis=0)), model, Method(tolerance=1e-8))

    told = getattr(scores, way)(found, _rows(codes))

    spread = found.spread[0]
    expected = [getattr(Person(graded, found.params, one, spread), way)() for one in codes]
    assert told.ability == pytest.approx([at for at, _ in expected], abs=2e-4)
    assert told.error == pytest.approx([error for _, error in expected], abs=2e-4)


# What mirt 1.2.0 (Python) tells of four patterns after a fit of its own: abilities, then errors.
BY_MIRT = {
    "expected": [-1.86979, -0.76621, -1.08706, 0.72719, 0.69270, 0.67213, 0.66506, 0.80093],
    "likeliest": [-1.81640, -0.79466, -1.08883, 0.63816, 0.67500, 0.64429, 0.63674, 0.80352],
    "weighted": [-4.13699, -1.28484, -1.70665, 1.08821, 1.95727, 0.83244, 0.89096, 1.63780],
}


@pytest.mark.parametrize("way", WAYS)
def test_patterns_of_lsat7_are_scored_as_mirt_does(lsat7, way):
    codes, many = lsat7
    found = fit(responses(np.repeat(codes, many, axis=0)), "2pl", Method(tolerance=1e-8))

    told = getattr(scores, way)(found, _rows(codes[[0, 5, 17, 31]]))

    assert [*told.ability, *told.error] == pytest.approx(BY_MIRT[way], abs=3e-4)


SLOPES, LEVELS = (0.9, 1.6, 1.2, 2.0, 1.1, 0.7), (-2, -1, -0.3, 0.4, 1, 2)
CASES = {
    "3pl": (guessed, [[a, -a * b, -1.2] for a, b in zip(SLOPES, LEVELS, strict=True)]),
    "grm": (graded, [[1.1, 2.5, 0.4, -1.8], [1.7, 1.2, -0.6, -2], [0.8, 0.9, 0.1, -0.9]]),
    "gpcm": (credit, [[1.1, 1.5, -0.4, -0.8], [1.7, 0.2, 0.6, -1], [0.8, 0.9, -0.1, -0.9]]),
}


@pytest.mark.parametrize("model", CASES)
@pytest.mark.parametrize("way", WAYS)
def test_other_models_are_scored_as_by_their_integral_or_root_with_answers_missing(model, way):
    chances, params = CASES[model]
    params = np.array(params)
    many = 2 if model == "3pl" else 4
    codes = np.random.default_rng(3).integers(0, many, (25, len(params)))
    codes[::4, 1] = -1
    found = _known(model, params, many)

    told = getattr(scores, way)(found, _rows(codes))

    people = [Person(chances, params, one) for one in codes]
    inside = [p for p in people if way != "weighted" or p.warm(-5.9) > 0 > p.warm(5.9)]
    rows = np.array([p in inside for p in people])
    expected = np.array([getattr(p, way)() for p in inside])
    assert rows.sum() >= 20
    assert told.ability[rows] == pytest.approx(expected[:, 0], abs=3e-4)
    assert told.error[rows] == pytest.approx(expected[:, 1], abs=5e-4)


def test_the_weighted_estimate_is_not_the_peak_under_jeffreys_prior_where_people_guess():
    """There Warm's term differs from the slope of half the log information; the engine takes Warm's."""
    chances, params = CASES["3pl"]
    person = Person(chances, np.array(params), [1, 0, 1, 0, 0, 0])

    def jeffreys(t):
        up, down = (np.log(person.information(t + step)) for step in (1e-5, -1e-5))
        return person.slope(t) + (up - down) / 4e-5

    told = scores.weighted(
        _known("3pl", np.array(params), 2), _rows(np.array([[1, 0, 1, 0, 0, 0]]))
    )
    peak = brentq(jeffreys, -4, 2)

    assert abs(peak - told.ability[0]) > 0.05


def _known(model, params, many):
    """A fit whose parameters are given."""
    names, nodes = tuple(f"q{i}" for i in range(len(params))), np.linspace(-6, 6, 61)
    given = MODELS[model], names, (many,) * len(params), params, np.zeros(1), np.ones(1)
    return Fit(*given, 0.0, 1, 1, nodes, Method())


def _rows(codes):
    """Answers as they are, though some item may tell nothing among them."""
    one = np.ones(len(codes))
    names = tuple(f"q{i}" for i in range(codes.shape[1]))
    group = np.zeros(len(codes), np.int32)
    return Responses(codes.astype(np.int8), one, one, group, names, len(codes), False)
