"""How a sample was drawn is understood, or refused in words."""

import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.design import Design, Lonely
from kepu_engines.survey.estimates import mean

ONES = np.ones(4)
TWO_BY_TWO = [1, 1, 2, 2], [1, 2, 1, 2]


@pytest.mark.parametrize(
    ("weight", "sentence"),
    [
        ([1, 0, 1, 1], "weight of row 2 is 0"),
        ([1, 1, -3, 1], "weight of row 3 is -3"),
        ([1, np.nan, 1, 1], "finite"),
        ([1, 1, 1], "must hold 3 labels"),
        ([], "no rows"),
    ],
)
def test_weights_that_cannot_be_are_refused(weight, sentence):
    with pytest.raises(EngineError, match=sentence):
        Design.of(*TWO_BY_TWO, weight)


@pytest.mark.parametrize(
    ("fpc", "sentence"),
    [
        ([5, 6, 3, 3], "row 1 differs|row 2 differs"),
        ([0, 0, 3, 3], "> 0"),
        ([1.5, 1.5, 3, 3], "fewer clusters"),
        ([3, 3, 3], "4 numbers"),
    ],
)
def test_fractions_that_cannot_be_are_refused(fpc, sentence):
    with pytest.raises(EngineError, match=sentence):
        Design.of(*TWO_BY_TWO, ONES, fpc)


def test_a_stratum_with_one_cluster_is_named():
    with pytest.raises(EngineError, match="stratum east has one cluster"):
        Design.of(["west", "west", "east", "east"], [1, 2, 3, 3], ONES)


def test_a_stratum_taken_whole_may_have_one_cluster():
    design = Design.of([1, 1, 2, 2], [1, 2, 3, 3], ONES, [4, 4, 1, 1])

    assert mean(design, [1.0, 2, 3, 9]).se[0] == pytest.approx(np.sqrt(0.5) / 4)


@pytest.mark.parametrize("rule", [Lonely.CERTAINTY, Lonely.ADJUST, Lonely.AVERAGE])
def test_each_rule_for_a_lonely_stratum_gives_its_own_variance(rule):
    design = Design.of([1, 1, 2], [1, 2, 3], np.ones(3), lonely=rule)
    whole = mean(design, [1.0, 2, 6])
    pair = 1 / 9  # two scores a third apart: twice the sum of squares round their mean
    added = {Lonely.CERTAINTY: 0, Lonely.ADJUST: 1, Lonely.AVERAGE: pair}[rule]

    assert whole.se[0] ** 2 == pytest.approx(pair + added)


def test_a_cluster_is_read_inside_its_stratum():
    same = Design.of([1, 1, 2, 2], [1, 2, 1, 2], ONES)
    apart = Design.of([1, 1, 2, 2], [1, 2, 3, 4], ONES)

    assert mean(same, [1.0, 2, 4, 8]).se == mean(apart, [1.0, 2, 4, 8]).se
