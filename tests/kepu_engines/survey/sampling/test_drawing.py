"""Units come as often as they should, alone and in pairs, and come again by their seed."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.sampling.chances import chances
from kepu_engines.survey.sampling.sampford import joint_sampford, sampford
from kepu_engines.survey.sampling.systematic import joint_systematic, systematic

SIZES = st.lists(st.floats(0.01, 100), min_size=2, max_size=25)
METHODS = [(systematic, joint_systematic), (sampford, joint_sampford)]
UNEQUAL = chances([1, 2, 3, 4, 5.5, 40], 3)


def by_listing(chance):
    """Sampford's pairs by listing every sample: Sampford (1967), the design itself."""
    take, found = round(chance.sum()), np.zeros((chance.size, chance.size))
    odds, whole = chance / (1 - chance), 0.0
    for sample in combinations(range(chance.size), take):
        inside = list(sample)
        weight = odds[inside].prod() * (1 - chance[inside]).sum()
        found[np.ix_(inside, inside)] += weight
        whole += weight
    return found / whole


def test_chances_are_in_proportion_to_size():
    assert chances([1, 2, 3, 4], 2) == pytest.approx([0.2, 0.4, 0.6, 0.8])


def test_units_too_large_are_certain_also_when_others_become_so():
    # 2 of 4: 10 is certain; of what is left, 1 x 3 / 5 stays below 1.
    assert chances([1, 1, 3, 10], 2) == pytest.approx([0.2, 0.2, 0.6, 1])
    assert chances([1, 1, 5, 50], 3) == pytest.approx([0.5, 0.5, 1, 1])


@given(sizes=SIZES, data=st.data())
@settings(max_examples=100, deadline=None)
def test_chances_add_up_and_rise_with_size(sizes, data):
    take = data.draw(st.integers(1, len(sizes)))

    found = chances(sizes, take)

    assert found.sum() == pytest.approx(take)
    assert found.max() <= 1
    assert (np.diff(found[np.argsort(sizes)]) >= -1e-12).all()


@pytest.mark.parametrize(
    ("size", "take", "sentence"),
    [
        ([1, 0, 2], 1, "unit 2 is 0: it could never be drawn"),
        ([1, -1, 2], 1, "unit 2 is -1"),
        ([1, 2], 3, "3 of 2 units"),
        ([1, 2], 0, "0 of 2 units"),
    ],
)
def test_a_draw_that_cannot_be_is_refused(size, take, sentence):
    with pytest.raises(EngineError, match=sentence):
        chances(size, take)


@pytest.mark.parametrize(("draw", "joint"), METHODS)
@pytest.mark.parametrize(
    ("chance", "sentence"),
    [
        ([0.5, 0.2], "add up to 0.7, not to a whole number"),
        ([1, 0, 1], "unit 2 is 0"),
        ([1.5, 0.5], "1"),
        ([], "nothing to draw from"),
    ],
)
def test_chances_that_cannot_be_are_refused(draw, joint, chance, sentence):
    with pytest.raises(EngineError, match=sentence):
        draw(chance, 1)
    with pytest.raises(EngineError, match=sentence):
        joint(chance)


@pytest.mark.parametrize(("draw", "joint"), METHODS)
@given(sizes=SIZES, data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_draw_has_its_size_and_its_certain_units_and_comes_again(draw, joint, sizes, data):
    chance = chances(sizes, data.draw(st.integers(1, len(sizes))))
    seed = data.draw(st.integers(0, 2**40))

    found = draw(chance, seed)

    assert found.size == round(chance.sum())
    assert (np.diff(found) > 0).all()
    assert set(np.flatnonzero(chance == 1)) <= set(found.tolist())
    assert found.tolist() == draw(chance, seed).tolist()


@pytest.mark.parametrize(("draw", "joint"), METHODS)
@given(sizes=SIZES, data=st.data())
@settings(max_examples=60, deadline=None)
def test_pairs_add_up_to_singles(draw, joint, sizes, data):
    chance = chances(sizes, data.draw(st.integers(1, len(sizes))))

    found = joint(chance)

    assert np.diag(found) == pytest.approx(chance, abs=1e-9)
    assert found.sum(axis=1) == pytest.approx(chance.sum() * chance, abs=1e-8)
    assert found.min() >= 0


@pytest.mark.slow
@pytest.mark.parametrize(("draw", "joint"), METHODS)
def test_units_and_pairs_come_as_often_as_their_chances_say(draw, joint):
    times, seen = 20_000, np.zeros((UNEQUAL.size, UNEQUAL.size))

    for seed in range(times):
        drawn = draw(UNEQUAL, seed)
        seen[np.ix_(drawn, drawn)] += 1

    expected = joint(UNEQUAL)
    error = np.sqrt(expected * (1 - expected) / times)
    assert (np.abs(seen / times - expected) <= 4.5 * error + 1e-12).all()


@given(sizes=st.lists(st.floats(0.5, 3), min_size=3, max_size=8), data=st.data())
@settings(max_examples=40, deadline=None)
def test_sampfords_pairs_are_those_of_the_listed_samples(sizes, data):
    chance = chances(sizes, data.draw(st.integers(1, len(sizes) - 1)))
    chance = chance[chance < 1]
    if chance.size < 2:
        return

    assert joint_sampford(chance) == pytest.approx(by_listing(chance), abs=1e-12)


def test_equal_chances_by_sampford_are_a_simple_random_sample():
    found = joint_sampford(np.full(10, 0.4))

    assert found[~np.eye(10, dtype=bool)] == pytest.approx(4 / 10 * 3 / 9)


def test_neighbours_on_a_list_are_never_drawn_together_systematically():
    found = joint_systematic([0.5, 0.5, 0.5, 0.5])

    assert found == pytest.approx(np.array([[1, 0, 1, 0], [0, 1, 0, 1]] * 2) / 2)


def test_pairs_of_a_large_list_still_add_up():
    chance = chances(np.random.default_rng(2).lognormal(0, 1, 300), 60)

    assert joint_sampford(chance).sum(axis=1) == pytest.approx(60 * chance, rel=1e-10)


def test_lists_too_long_for_sampford_are_refused_with_a_way_out():
    with pytest.raises(EngineError, match="stratify"):
        sampford(np.full(100_000, 0.5), 1)
    with pytest.raises(EngineError, match="stratify"):
        joint_sampford(np.full(2002, 0.5))


@pytest.mark.parametrize(
    ("chance", "draws"),
    [
        (
            [1, 0.6, 0.5, 0.4, 0.3, 0.2, 1, 0.5, 0.5],
            [[0, 2, 3, 4, 6], [0, 1, 3, 6, 7], [0, 1, 2, 4, 6]],
        ),
        ([0.6, 0.5, 0.4, 0.3, 0.2, 0.5, 0.5], [[1, 2, 3], [0, 2, 5], [0, 1, 3]]),
    ],
)
def test_a_seed_draws_what_it_drew_before_whatever_is_certain(chance, draws):
    """Draws of the first release: samples that were drawn by it come again."""
    assert [sampford(chance, seed).tolist() for seed in range(3)] == draws
