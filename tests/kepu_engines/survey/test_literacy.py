"""The literacy rule: points, cuts that belong to the level above, bands that add up to everybody."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.literacy import CAST_2024, Framework, reached, score, shares


def test_the_published_points_make_a_hundred_and_the_plan_counts_from_seventy():
    assert CAST_2024.most == 100
    assert CAST_2024.cuts["literate"] == 70


def test_a_score_adds_the_points_of_its_dimensions():
    parts = {"knowledge": [1, 0.5], "method": [1, 0], "spirit": [1, 0.25], "application": [1, 1]}

    assert score(CAST_2024, parts).tolist() == [100, 45]


def test_eight_of_24_and_one_wrong_of_12_in_two_others_are_seventy_points():
    right = {"knowledge": 8 / 24, "method": 12 / 12, "spirit": 11 / 12, "application": 11 / 12}

    points = score(CAST_2024, {name: [share] for name, share in right.items()})

    assert points.tolist() == [70]
    assert reached(CAST_2024, points)["literate"].tolist() == [True]


@pytest.mark.parametrize("asked", [(24, 12, 12, 12), (20, 10, 10, 10), (13, 7, 11, 9)])
def test_every_number_of_right_answers_reaches_the_levels_that_exact_fractions_reach(asked):
    counts = np.array(list(product(*(range(most + 1) for most in asked))))
    names = list(CAST_2024.points)

    points = score(CAST_2024, dict(zip(names, (counts / asked).T, strict=True)))

    common = np.lcm.reduce(asked)  # the exact score is a whole number of these
    parts = [
        Fraction(CAST_2024.points[name], most) for name, most in zip(names, asked, strict=True)
    ]
    exact = counts @ np.array([int(part * int(common)) for part in parts])
    assert np.abs(points - exact / common).max() < 1e-9
    for level, who in reached(CAST_2024, points).items():
        np.testing.assert_array_equal(who, exact >= CAST_2024.cuts[level] * common, err_msg=level)


def test_a_full_score_is_never_more_than_there_is():
    thirds = Framework("thirds", {"a": 33.3, "b": 33.3, "c": 33.4}, {"all": 100})

    points = score(thirds, {"a": [1], "b": [1], "c": [1]})

    assert points[0] <= thirds.most
    assert reached(thirds, points)["all"].tolist() == [True]


@pytest.mark.parametrize(
    ("points", "levels"),
    [(85, "advanced literate basic"), (84.999, "literate basic"), (70, "literate basic"),
     (55, "basic"), (54.999, "")],
)  # fmt: skip
def test_a_cut_belongs_to_the_level_above_it(points, levels):
    found = reached(CAST_2024, [points])

    assert [name for name, who in found.items() if who[0]] == levels.split()


def test_shares_by_hand():
    found = shares(CAST_2024, [90, 72, 60, 10], [1, 2, 3, 4])

    assert found.cumulative == pytest.approx({"advanced": 0.1, "literate": 0.3, "basic": 0.6})
    assert found.exclusive == pytest.approx({"advanced": 0.1, "literate": 0.2, "basic": 0.3})
    assert found.below == pytest.approx(0.4)


@given(
    st.lists(
        st.tuples(st.floats(0, 100), st.floats(0.001, 1e6)), min_size=1, max_size=50
    ),
    st.floats(0.01, 100),
)  # fmt: skip
def test_bands_add_up_to_everybody_and_only_the_ratio_of_weights_counts(people, factor):
    scores, weights = np.array(people).T

    found, scaled = shares(CAST_2024, scores, weights), shares(CAST_2024, scores, weights * factor)

    assert sum(found.exclusive.values()) + found.below == pytest.approx(1)
    assert min(*found.exclusive.values(), found.below) >= -1e-12
    assert scaled.cumulative == pytest.approx(found.cumulative)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda: score(CAST_2024, {"knowledge": [1]}), "application, method, spirit"),
        (lambda: reached(CAST_2024, [101]), r"\[0, 100\]"),
        (lambda: shares(CAST_2024, [50], [0]), "above 0"),
        (lambda: shares(CAST_2024, [], []), "nobody"),
        (lambda: shares(CAST_2024, [50, 60], [1]), "equally long"),
        (lambda: Framework("x", {"a": 10}, {"low": 5, "high": 9}), "must fall"),
        (lambda: Framework("x", {"a": 10}, {"high": 11}), "up to 10 points"),
    ],
)
def test_what_cannot_be_is_refused_in_words(act, words):
    with pytest.raises(EngineError, match=words):
        act()
