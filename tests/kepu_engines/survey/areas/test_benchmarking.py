import numpy as np
import pytest
from scipy.optimize import LinearConstraint, minimize

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.areas.benchmarking import benchmarked

VALUE = np.array([0.08, 0.12, 0.15])
MSE = np.array([4e-4, 1e-4, 2e-4])
PEOPLE = np.array([3e5, 1e6, 7e5])


@pytest.mark.parametrize("way", ["error", "ratio"])
def test_the_mean_over_all_people_is_that_of_the_city(way):
    found = benchmarked(VALUE, MSE, PEOPLE, 0.13, way)

    assert found @ PEOPLE / PEOPLE.sum() == pytest.approx(0.13, rel=1e-14)


def test_the_changes_are_the_least_that_do_over_their_errors():
    share = PEOPLE / PEOPLE.sum()
    least = minimize(
        lambda change: 1e4 * np.sum(change**2 / MSE),
        np.zeros(3),
        method="trust-constr",
        constraints=LinearConstraint(share, 0.13 - share @ VALUE, 0.13 - share @ VALUE),
        options={"gtol": 1e-12, "xtol": 1e-14},
    )

    assert benchmarked(VALUE, MSE, PEOPLE, 0.13) - VALUE == pytest.approx(least.x, rel=1e-5)


def test_by_ratio_all_figures_change_by_one_factor():
    found = benchmarked(VALUE, MSE, PEOPLE, 0.13, "ratio")

    assert found / VALUE == pytest.approx([found[0] / VALUE[0]] * 3)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((VALUE, MSE[1:], PEOPLE, 0.1), "as many rows"),
        ((VALUE, MSE * 0, PEOPLE, 0.1), "over 0"),
        ((VALUE, MSE, PEOPLE, np.nan), "finite"),
        ((VALUE * 0, MSE, PEOPLE, 0.1, "ratio"), "no factor"),
        ((VALUE, MSE, PEOPLE, 0.1, "raked"), "error, ratio"),
    ],
)
def test_what_cannot_be_is_refused_in_words(arguments, words):
    with pytest.raises(EngineError, match=words):
        benchmarked(*arguments)
