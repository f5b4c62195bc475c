"""Weights meet their margins, stay within their bounds, and refuse what cannot be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.weighting.calibration import (
    Calibration,
    calibrate,
    calibrate_each,
    poststratify,
    rake,
)
from kepu_engines.survey.weighting.distances import linear, logit, raking
from kepu_engines.survey.weighting.margins import Control, Margin

SEX = np.array([0, 0, 1, 1, 1])
AGE = np.array(["young", "old", "young", "old", "old"])
WEIGHT = np.array([10.0, 20.0, 30.0, 20.0, 20.0])


def margins(sex=(40.0, 60.0), age=(50.0, 50.0)):
    return [
        Margin("sex", SEX, dict(enumerate(sex))),
        Margin("age", AGE, dict(zip(["young", "old"], age, strict=True))),
    ]


def fitted(weight, margins, rounds=2000):
    """Iterative proportional fitting as in a textbook: Deming and Stephan (1940)."""
    weight = weight.copy()
    for _ in range(rounds):
        for margin in margins:
            for label, target in margin.target.items():
                rows = np.asarray(margin.labels) == label
                weight[rows] *= target / weight[rows].sum()
    return weight


def drawn(seed, rows=120):
    """A sample of three questions and a number, and weights between 0.7 and 1.4 times its own."""
    draw = np.random.default_rng(seed)
    codes = [np.append(np.arange(size), draw.integers(0, size, rows - size)) for size in (2, 3, 5)]
    weight, number = draw.lognormal(0, 0.5, rows), draw.normal(2, 1, rows)
    people = weight * draw.uniform(0.7, 1.4, rows)
    known = [
        Margin(f"question {at}", code, dict(enumerate(np.bincount(code, people).tolist())))
        for at, code in enumerate(codes)
    ]
    return weight, known, Control("number", number, float(people @ number))


def test_raking_is_what_proportional_fitting_comes_to():
    raked = rake(WEIGHT, margins())

    assert raked.weight == pytest.approx(fitted(WEIGHT, margins()), rel=1e-12)
    assert raked.error < 1e-15
    assert raked.g == pytest.approx(raked.weight / WEIGHT)


def test_post_stratification_is_one_factor_a_category():
    found = poststratify(WEIGHT, Margin("sex", SEX, {0: 60, 1: 140}))

    assert found.weight == pytest.approx([20, 40, 60, 40, 40])


def test_linear_calibration_is_the_regression_estimator():
    age = np.array([20.0, 50, 30, 60, 40])
    people = Margin("everybody", np.zeros(5, int), {0: 110})
    found = calibrate(WEIGHT, [people, Control("age", age, 4800)])

    x = np.column_stack([np.ones(5), age])
    miss = np.array([110, 4800]) - WEIGHT @ x
    by_hand = WEIGHT * (1 + x @ np.linalg.solve(x.T @ (WEIGHT[:, None] * x), miss))
    assert found.weight == pytest.approx(by_hand, rel=1e-12)


@pytest.mark.parametrize("bounded", [linear, raking, logit])
@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_totals_that_bounded_weights_can_meet_are_met(bounded, seed):
    weight, known, number = drawn(seed)

    found = calibrate(weight, [*known, number], bounded(0.7, 1.4))

    assert found.g.min() >= 0.7 - 1e-12
    assert found.g.max() <= 1.4 + 1e-12
    for margin in known:
        reached = np.bincount(margin.labels, found.weight)
        assert reached == pytest.approx(list(margin.target.values()), rel=1e-10)
    assert found.weight @ number.values == pytest.approx(number.target, abs=1e-9 * weight.sum())


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_the_order_of_rows_and_margins_does_not_matter(seed):
    weight, known, _ = drawn(seed)
    order = np.random.default_rng(seed).permutation(weight.size)

    mixed = [Margin(one.name, one.labels[order], one.target) for one in reversed(known)]

    assert rake(weight[order], mixed).weight == pytest.approx(rake(weight, known).weight[order])


@pytest.mark.parametrize("kind", [np.int8, np.int32, np.int64, np.float64, object])
def test_labels_of_any_kind_are_the_same_categories(kind):
    told = [Margin("sex", SEX.astype(kind), {0: 40, 1: 60}), margins()[1]]

    assert rake(WEIGHT, told).weight == pytest.approx(rake(WEIGHT, margins()).weight)


def test_many_categories_are_met_row_by_row_as_by_cell():
    draw = np.random.default_rng(5)
    codes = [draw.permutation(400) % size for size in (60, 70)]  # more cells than rows
    people = draw.uniform(1, 2, 400)
    known = [
        Margin(f"m{size}", code, dict(enumerate(np.bincount(code, people))))
        for code, size in zip(codes, (60, 70), strict=True)
    ]

    found = rake(np.ones(400), known)

    assert found.error < 1e-13
    for one in known:
        assert np.bincount(one.labels, found.weight) == pytest.approx(list(one.target.values()))


def test_each_group_is_calibrated_to_its_own_totals():
    group = np.array(["a", "b", "a", "b", "a"])
    known = [Margin("sex", SEX, {})]
    targets = {"a": [{0: 50, 1: 70}], "b": [{0: 5, 1: 6}]}

    found = calibrate_each(WEIGHT, group, known, targets)

    assert found.weight == pytest.approx([50, 5, 42, 6, 28])


def test_a_group_has_its_own_total_of_a_number():
    group, number = np.array([0, 1, 0, 1, 0]), np.array([1.0, 2, 3, 4, 5])
    known = [Margin("sex", SEX, {}), Control("number", number, 0)]
    targets = {0: [{0: 10, 1: 50}, 220], 1: [{0: 20, 1: 20}, 120]}

    found = calibrate_each(WEIGHT, group, known, targets)

    for at, total in ((0, 220), (1, 120)):
        rows = group == at
        assert found.weight[rows] @ number[rows] == pytest.approx(total)
    with pytest.raises(EngineError, match="group 1: it needs 2 targets, not 1"):
        calibrate_each(WEIGHT, group, known, targets | {1: [{0: 20, 1: 20}]})


def test_a_target_far_from_the_sample_is_reached():
    parity = np.arange(100) % 2
    found = rake(np.ones(100), [Margin("parity", parity, {0: 1e7, 1: 3.0})])

    assert np.bincount(parity, found.weight) == pytest.approx([1e7, 3], rel=1e-12)


def test_one_reading_corrects_many_weights_and_zeros_stay():
    correct = Calibration.of(margins(), 5)
    without = np.append(WEIGHT[:4], 0)

    found = correct(without)

    assert found[4] == 0
    assert np.bincount(SEX, found) == pytest.approx([40, 60])
    assert correct(WEIGHT) == pytest.approx(rake(WEIGHT, margins()).weight)


@pytest.mark.parametrize(
    ("weight", "known", "sentence"),
    [
        (WEIGHT, margins(age=(50, 51)), "sex adds up to 100 and age to 101"),
        (WEIGHT, [Margin("sex", SEX, {0: 40, 1: 50, 2: 10})], "nobody in the sample has sex = 2"),
        (WEIGHT, [Margin("sex", SEX, {0: 100})], "sex = 1 in row 3 has no target"),
        (WEIGHT, [Margin("age", AGE, {"young": 9})], "age = old in row 2 has no target"),
        (WEIGHT, [Margin("sex", SEX, {0: 100, 1: 0})], "the target of sex = 1 is 0"),
        (WEIGHT, [Margin("sex", SEX, {0: 100, 1: -1})], "the target of sex = 1 is -1"),
        (WEIGHT, [Margin("sex", SEX[:4], {0: 1, 1: 1})], "sex must hold 5 labels"),
        (WEIGHT, [Margin("sex", SEX, {})], "sex has no categories"),
        (WEIGHT, [Margin("sex", SEX, {0: 0, 1: 0})], "are all 0"),
        (WEIGHT, [Control("age", [1, 2], 3)], "age must hold 5 numbers"),
        (WEIGHT, [Control("age", [1, 2, 3, 4, 5], np.nan)], "the controls' targets must"),
        (WEIGHT, [], "at least one margin"),
        ([1, 0, 1, 1, 1], margins(), "the weight of row 2 is 0, not > 0"),
        ([1, 1, 1, -2, 1], margins(), "the weight of row 4 is -2, not > 0"),
        ([1, 1, np.nan, 1, 1], margins(), "finite"),
        ([], margins(), "no rows"),
    ],
)
def test_input_that_cannot_be_right_is_refused_in_words(weight, known, sentence):
    with pytest.raises(EngineError, match=sentence):
        rake(weight, known)


@pytest.mark.parametrize("distance", [linear(0.9, 1.1), raking(0.9, 1.1), logit(0.9, 1.1)])
def test_bounds_too_tight_name_the_worst_total_and_what_to_do(distance):
    with pytest.raises(EngineError, match=r"sex = 0 comes to 33 instead of 60.*widen the bounds"):
        calibrate(WEIGHT, [Margin("sex", SEX, {0: 60, 1: 70})], distance)


def test_margins_no_positive_weights_can_meet_are_refused():
    young_women_only = [
        Margin("sex", [0, 0, 1], {0: 10, 1: 90}),
        Margin("age", [0, 1, 1], {0: 50, 1: 50}),
    ]

    with pytest.raises(EngineError, match=r"cannot meet all totals without bounds.*merge"):
        rake([1, 1, 1], young_women_only)


def test_a_refusal_in_a_group_names_the_group():
    targets = {"a": [{0: 1, 1: 1}], "b": [{0: 1}]}
    group = np.array(["a", "b", "a", "b", "a"])

    with pytest.raises(EngineError, match="group b: sex = 1 in row 2 has no target"):
        calibrate_each(WEIGHT, group, [Margin("sex", SEX, {})], targets)
    with pytest.raises(EngineError, match="group b has no targets"):
        calibrate_each(WEIGHT, group, [Margin("sex", SEX, {})], {"a": [{0: 1, 1: 1}]})
    with pytest.raises(EngineError, match="group c has targets and no rows"):
        calibrate_each(WEIGHT, group, [Margin("sex", SEX, {})], {**targets, "c": [{}]})


@pytest.mark.parametrize(
    ("make", "bounds"), [(linear, (2, 1)), (raking, (-1, 2)), (logit, (1, 2)), (logit, (0, np.inf))]
)
def test_impossible_bounds_are_refused(make, bounds):
    with pytest.raises(EngineError, match="bound"):
        make(*bounds)
