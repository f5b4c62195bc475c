"""The capacity index: comparable, weighted with a reason, and honest about what the weights decide."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kepu_engines.core.errors import EngineError
from kepu_engines.survey import capacity

FOUR = np.array([[1.0, 40, 3], [2, 30, 9], [3, 20, 4], [5, 10, 1]])


def test_min_max_runs_from_nought_to_one_and_turns_what_should_be_small():
    found = capacity.normalise(FOUR, falling=[1])

    assert found[:, 0].tolist() == [0, 0.25, 0.5, 1]
    assert found[:, 1] == pytest.approx([0, 1 / 3, 2 / 3, 1])


def test_z_has_mean_nought_and_deviation_one():
    found = capacity.normalise(FOUR, "z")

    assert found.mean(axis=0) == pytest.approx([0, 0, 0])
    assert found.std(axis=0) == pytest.approx([1, 1, 1])


def test_the_base_year_is_one_and_a_falling_indicator_is_inverted():
    found = capacity.normalise([[2, 2], [4, 4]], "base", base=[2, 2], falling=[1])

    assert found.tolist() == [[1, 1], [2, 0.5]]


def test_consistent_judgements_give_their_weights_back():
    weights = np.array([0.5, 0.3, 0.2])

    found = capacity.ahp(weights[:, None] / weights)

    assert found.weights == pytest.approx(weights)
    assert found.ratio == pytest.approx(0, abs=1e-12)


def test_judgements_that_go_round_in_a_circle_are_inconsistent():
    found = capacity.ahp([[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]])

    assert found.weights == pytest.approx([1 / 3] * 3)
    assert found.ratio > 1


def test_entropy_weighs_by_hand():
    """One indicator is shared evenly and tells nothing, so the other has all the weight."""
    assert capacity.entropy([[1, 1], [1, 3]]) == pytest.approx([0, 1])


def test_critic_weighs_by_hand():
    """Two columns say the same, the third opposes both: conflicts of 2, 2 and 4 at one deviation."""
    column = np.array([0.0, 0.2, 1.0])

    found = capacity.critic(np.column_stack([column, column, 1 - column]))

    assert found == pytest.approx([0.25, 0.25, 0.5])


def test_the_first_component_shares_its_weight_between_two_that_go_together():
    assert capacity.principal([[0, 0.0], [1, 2], [2, 4]]) == pytest.approx([0.5, 0.5])


def test_the_geometric_mean_does_not_let_one_make_up_for_another():
    even, uneven = capacity.aggregate([[2, 2], [1, 3]], [0.5, 0.5], "geometric")

    assert even == pytest.approx(2)
    assert uneven == pytest.approx(3**0.5)
    assert capacity.aggregate([[2, 2], [1, 3]], [0.5, 0.5]).tolist() == [2, 2]


def test_equals_share_the_better_rank():
    assert capacity.ranks([5, 7, 5, 1]).tolist() == [2, 1, 2, 4]


def test_districts_that_differ_by_rounding_share_a_rank():
    assert capacity.ranks([0.3, 0.1 + 0.2, 0.2, 0.9]).tolist() == [2, 2, 4, 1]
    assert capacity.ranks([1e-3, 1e-3 + 1e-9]).tolist() == [2, 1]


@pytest.mark.parametrize("weigh", [capacity.critic, capacity.principal])
@pytest.mark.parametrize("same", [0.1, 1e9 / 3, -0.7])
def test_an_indicator_that_only_rounding_moves_gets_no_weight(weigh, same):
    values = np.column_stack([[same] * 3, [0.2, 0.9, 0.4]])
    values[1, 0] = np.nextafter(same, 2e9)

    with pytest.raises(EngineError, match="same in every district: 0"):
        weigh(values)
    with pytest.raises(EngineError, match="same in every district: 0"):
        capacity.normalise(values, "z")


def test_a_small_indicator_is_not_a_flat_one():
    small = FOUR * 1e-15

    assert capacity.principal(small) == pytest.approx(capacity.principal(FOUR))


def test_a_district_first_in_everything_is_first_whatever_the_weights():
    values = np.array([[0.9, 0.9], [0.5, 0.4], [0.4, 0.5]])

    found = capacity.sensitivity(values, [0.5, 0.5], seed=1)

    assert (found.low[0], found.rank[0], found.high[0]) == (1, 1, 1)
    assert found.low.tolist()[1:] == [2, 2]
    assert found.high.tolist()[1:] == [3, 3]
    assert found.without.tolist() == [[1, 3, 2], [1, 2, 3]]


def test_gini_and_theil_by_hand():
    """Half of the people have all there is."""
    assert capacity.gini([0, 2], [1, 1]) == pytest.approx(0.5)
    assert capacity.theil([0, 2], [1, 1], [0, 0]).total == pytest.approx(np.log(2))


def test_theil_lies_between_the_groups_when_they_are_even_within():
    found = capacity.theil([1, 1, 3, 3], [5, 7, 2, 9], ["a", "a", "b", "b"])

    assert found.within == pytest.approx(0)
    assert found.between > 0.1


amounts = arrays(float, 6, elements=st.floats(0.01, 1000))


@given(amounts, amounts)
def test_gini_is_the_mean_difference_and_heeds_neither_unit_nor_scale(values, people):
    share = people / people.sum()
    differences = np.abs(values[:, None] - values) * np.outer(share, share)
    expected = differences.sum() / 2 / (values * share).sum()

    assert capacity.gini(values, people) == pytest.approx(expected, abs=1e-9)
    assert capacity.gini(values * 7, people * 3) == pytest.approx(expected, abs=1e-9)


@given(amounts, amounts)
def test_a_district_may_be_parted_without_changing_either_figure(values, people):
    parted = np.repeat(people / 2, 2)
    group = np.arange(6) % 2

    whole, halves = (
        capacity.theil(values, people, group),
        capacity.theil(np.repeat(values, 2), parted, np.repeat(group, 2)),
    )

    assert halves.between == pytest.approx(whole.between, abs=1e-9)
    assert halves.within == pytest.approx(whole.within, abs=1e-9)
    assert min(whole.between, whole.within) >= -1e-9
    assert capacity.gini(np.repeat(values, 2), parted) == pytest.approx(
        capacity.gini(values, people), abs=1e-9
    )


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda: capacity.normalise([[1, 2], [1, 3]]), "same in every district: 0"),
        (lambda: capacity.normalise([[1, np.nan], [1, 3]]), "fill the gaps"),
        (lambda: capacity.normalise([[0, 1], [1, 3]], "base", base=[1, 1]), "above 0"),
        (lambda: capacity.normalise([[0.1, 1], [0.1, 2], [0.1, 4]], "z"), "same .* district: 0"),
        (lambda: capacity.critic([[0.1, 1], [0.1, 2], [0.1, 4]]), "same .* district: 0"),
        (lambda: capacity.principal([[0.1, 1], [0.1, 2], [0.1, 4]]), "same .* district: 0"),
        (lambda: capacity.normalise(FOUR, "zscore"), "one of min-max, z, base, not 'zscore'"),
        (lambda: capacity.aggregate(FOUR, [1, 0, 0], "harmonic"), "linear, geometric, not 'harm"),
        (lambda: capacity.sensitivity(FOUR, [1, 0, 0], seed=1, how="x"), "linear, geometric"),
        (lambda: capacity.normalise(FOUR, falling=[3]), r"falling must lie in \[0, 2\]"),
        (lambda: capacity.normalise(FOUR, falling=[-1]), r"falling must lie in \[0, 2\]"),
        (lambda: capacity.normalise(FOUR, falling=[0.5]), "whole numbers"),
        (lambda: capacity.normalise(FOUR, "base", base=[1, 2]), "a value for every indicator"),
        (lambda: capacity.normalise([[1, 2], [1]]), "rows of the same length"),
        (lambda: capacity.entropy([["a", 2], [1, 2]]), "must hold numbers"),
        (lambda: capacity.ahp([[1, 2], [1]]), "rows of the same length"),
        (lambda: capacity.ahp([[1, 2]]), "square"),
        (lambda: capacity.aggregate(FOUR, [0.5, 0.5]), "a weight for every indicator"),
        (lambda: capacity.sensitivity(FOUR, [0.5, 0.5], seed=1), "a weight for every indicator"),
        (lambda: capacity.ranks([[1, 2]]), "one dimension"),
        (lambda: capacity.gini([1, 2], [1]), "equally long"),
        (lambda: capacity.theil([1, 2], [1, 1], [0]), "must have a group"),
        (lambda: capacity.ahp([[1, 2], [2, 1]]), "reciprocal"),
        (lambda: capacity.entropy([[-1, 1], [1, 2]]), "not negative"),
        (lambda: capacity.entropy([[1.0, 1], [1, 1]]), "no indicator differs"),
        (lambda: capacity.critic([[1, 1], [2, 2]]), "say the same"),
        (lambda: capacity.aggregate(FOUR, [0.5, 0.5, 0.5]), "add up to 1"),
        (lambda: capacity.aggregate(FOUR - 1, [1, 0, 0], "geometric"), "above 0"),
        (lambda: capacity.gini([1, 2], [1, 0]), "inhabitants"),
        (lambda: capacity.theil([0, 0], [1, 1], [0, 1]), "somebody"),
    ],
)
def test_what_cannot_be_is_refused_in_words(act, words):
    with pytest.raises(EngineError, match=words):
        act()
