"""The people of those who did not answer go to those alike who did."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.special import expit

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.weighting.base import base_weights
from kepu_engines.survey.weighting.response import by_class, by_propensity, propensity

WEIGHT = np.array([10.0, 10, 20, 20, 20, 5])
ANSWERED = np.array([True, False, True, True, False, True])


def asked(rows=4000, seed=3):
    draw = np.random.default_rng(seed)
    known = np.column_stack([draw.normal(50, 15, rows), draw.integers(0, 2, rows)])
    chance = 1 / (1 + np.exp(-(-1 + 0.03 * known[:, 0] - 0.5 * known[:, 1])))
    return draw.lognormal(0, 0.3, rows), draw.random(rows) < chance, known


def test_base_weights_are_inverse_chances_over_all_stages():
    assert base_weights([0.5, 0.25], [0.1, 1]) == pytest.approx([20, 4])


@pytest.mark.parametrize(
    ("stages", "sentence"),
    [
        ([[0.5, 0]], "row 2 in stage 1 is 0"),
        ([[0.5], [1.5]], "row 1 in stage 2 is 1.5"),
        ([[0.5], [0.5, 0.5]], "stage 2 must hold 1"),
        ([], "at least one stage"),
    ],
)
def test_impossible_chances_are_refused(stages, sentence):
    with pytest.raises(EngineError, match=sentence):
        base_weights(*stages)


def test_a_class_keeps_its_people():
    found = by_class(WEIGHT, ANSWERED, ["a", "a", "b", "b", "b", "c"])

    assert found == pytest.approx([20, 0, 30, 30, 0, 5])


def test_a_class_in_which_nobody_answered_is_named():
    with pytest.raises(EngineError, match="nobody in class b answered"):
        by_class([1, 1], [True, False], ["a", "b"])


def test_a_model_of_two_classes_gives_their_shares():
    weight, said = np.array([1.0, 2, 1, 1, 1]), np.array([1, 0, 1, 1, 0])

    model = propensity(weight, said, [0, 0, 1, 1, 1])

    assert model.chance == pytest.approx([1 / 3, 1 / 3, 2 / 3, 2 / 3, 2 / 3])
    assert model.coefficients == pytest.approx([np.log(0.5), np.log(4)])
    assert by_propensity(weight, said, model) == pytest.approx([3, 0, 1.5, 1.5, 0])


def test_the_likelihood_has_no_slope_at_the_model():
    weight, said, known = asked()

    model = propensity(weight, said, known)

    rest = weight * (said - model.chance)
    columns = np.column_stack([np.ones(len(known)), known])
    assert rest @ columns == pytest.approx(np.zeros(3), abs=1e-8)
    assert model.coefficients == pytest.approx([-1, 0.03, -0.5], abs=0.25)


def test_classes_of_propensity_hold_about_as_many_people_and_rise():
    weight, said, known = asked()
    model = propensity(weight, said, known)

    classes = model.classes(weight)

    assert np.bincount(classes, weight) / weight.sum() == pytest.approx(np.full(5, 0.2), abs=0.01)
    ends = [
        (model.chance[classes == at].min(), model.chance[classes == at].max()) for at in range(5)
    ]
    assert all(before[1] < after[0] for before, after in pairwise(ends))
    assert by_class(weight, said, classes).sum() == pytest.approx(weight.sum())


def test_equal_chances_share_a_class():
    model = propensity(np.ones(6), ANSWERED, [0, 0, 1, 1, 1, 0])

    assert set(model.classes(np.ones(6)).tolist()) == {0}  # two in three in either column


@pytest.mark.parametrize(
    ("answered", "known", "sentence"),
    [
        ([1, 1, 0, 0], [0, 0, 1, 1], "tells exactly who answers|chances reach 0 or 1"),
        ([1, 1, 1, 1], [0, 1, 0, 1], "both answers and refusals"),
        ([1, 0, 1, 0], [3, 3, 3, 3], "column 1 of known is the same"),
        ([1, 0, 1, 0], [[1, 2], [2, 4], [3, 6], [1, 2]], "repeats others"),
        ([1, 0, 2, 0], [0, 1, 0, 1], "true or false"),
        ([1, 0, 1], [0, 1, 0, 1], "4 entries"),
        ([1, 0, 1, 0], [0, np.nan, 0, 1], "finite"),
    ],
)
def test_a_model_that_cannot_be_is_refused(answered, known, sentence):
    with pytest.raises(EngineError, match=sentence):
        propensity(np.ones(4), answered, known)


def test_somebody_very_unlike_the_others_is_no_certainty():
    draw = np.random.default_rng(304)
    known = np.append(draw.normal(0, 1, 39), 400.0)
    said = np.append(draw.random(39) < 0.5, True)

    model = propensity(np.ones(40), said, known)

    assert np.ones(40) @ (said - model.chance) == pytest.approx(0, abs=1e-9)
    assert known @ (said - model.chance) == pytest.approx(0, abs=1e-6)


def test_steps_too_long_are_halved():
    draw = np.random.default_rng(304)  # a heavy tail and unequal weights: found by search
    known = draw.standard_cauchy(40) * 3
    said = draw.random(40) < expit(known * 0.2)
    weight = draw.lognormal(0, 2, 40)

    model = propensity(weight, said, known)

    assert weight @ (said - model.chance) == pytest.approx(0, abs=1e-9)
