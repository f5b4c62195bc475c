"""One person and items of known parameters."""

from __future__ import annotations

import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.irt import known

ALL = known.items([1.0, 1.4, 0.8], [-1.0, 0.0, 1.0], [0.0, 0.2, 0.25])


def test_chances_are_those_of_the_three_parameter_model():
    at_difficulty = [known.chances(ALL, [b])[j, 0] for j, b in enumerate(ALL.difficulty)]

    assert at_difficulty == pytest.approx([0.5, 0.6, 0.625])
    assert known.chances(ALL, [-1000])[:, 0] == pytest.approx(ALL.guessing, abs=1e-9)


def test_information_is_the_squared_slope_of_the_chance_over_its_variance():
    theta, step = np.array([-0.7, 0.2, 1.9]), 1e-6
    slope = (known.chances(ALL, theta + step) - known.chances(ALL, theta - step)) / (2 * step)
    right = known.chances(ALL, theta)

    assert known.information(ALL, theta) == pytest.approx(slope**2 / (right * (1 - right)))


def test_no_answers_leave_the_prior():
    belief = known.believe(ALL.only([]), [])

    assert belief.mean == pytest.approx(0)
    assert belief.error == pytest.approx(1, abs=1e-4)
    assert belief.quantile(0.9) == pytest.approx(1.2816, abs=1e-3)


def test_the_posterior_is_that_of_quadrature_on_a_much_finer_grid():
    theta = np.linspace(-8, 8, 20_001)
    right = known.chances(ALL, theta)
    density = right[0] * right[1] * (1 - right[2]) * np.exp(-(theta**2) / 2)
    mean = (theta * density).sum() / density.sum()
    spread = np.sqrt(((theta - mean) ** 2 * density).sum() / density.sum())

    belief = known.believe(ALL, [True, True, False])

    assert (belief.mean, belief.error) == pytest.approx((mean, spread), abs=1e-4)


def test_all_right_is_above_all_wrong_and_neither_at_an_end():
    best, worst = known.believe(ALL, [True] * 3), known.believe(ALL, [False] * 3)

    assert -2 < worst.mean < 0 < best.mean < 2


def test_points_rise_with_ability_from_guessing_to_all():
    worth = {"knowledge": 60.0, "method": 40.0}
    pools = {"knowledge": ALL.only([0, 1]), "method": ALL.only([2])}

    found = known.points(pools, worth, np.array([-50.0, -1, 0, 1, 50]))

    assert (np.diff(found) > 0).all()
    assert found[[0, -1]] == pytest.approx([60 * 0.1 + 40 * 0.25, 100])


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (([0.0], [0], [0]), "above 0"),
        (([1.0], [0, 1], [0]), "differ in length"),
        (([1.0], [0], [1]), "below 1"),
    ],
)
def test_impossible_parameters_are_refused(given, reason):
    with pytest.raises(EngineError, match=reason):
        known.items(*given)


def test_a_dimension_without_items_is_named():
    with pytest.raises(EngineError, match="spirit"):
        known.points({"method": ALL}, {"method": 50, "spirit": 50}, [0.0])


def test_intervals_hold_the_truth_as_often_as_they_say():
    chance = np.random.default_rng(20260305)
    number = 2000
    many = known.items(np.full(15, 1.2), np.linspace(-2, 2, 15), np.full(15, 0.2))
    theta = chance.standard_normal(number)
    right = chance.random((number, 15)) < known.chances(many, theta).T
    beliefs = [known.believe(many, row) for row in right]

    inside = [b.quantile(0.1) <= t <= b.quantile(0.9) for b, t in zip(beliefs, theta, strict=True)]

    assert np.mean(inside) == pytest.approx(0.8, abs=0.03)
