"""Draws in several stages keep their numbers, their chances and their seed."""

import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.sampling.stages import Method, Stage, draw
from kepu_engines.survey.weighting.base import base_weights


def frame(seed=1, households=4000):
    """Households in communities in townships in two districts, the labels of each read inside."""
    make = np.random.default_rng(seed)
    district = np.sort(make.integers(0, 2, households))
    township = np.zeros(households, int)
    for at in range(2):
        rows = district == at
        township[rows] = np.sort(make.integers(0, 8, rows.sum()))
    community = make.integers(0, 5, households)
    return district, township, community


# How many Poisson's method draws is left to chance.
OF_A_SIZE = [method for method in Method if method is not Method.POISSON]


def plan(method=Method.SYSTEMATIC, take=5):
    district, township, community = frame()
    one = np.ones(district.size)
    return [
        Stage(township, {0: 3, 1: 4}, district, one, method),
        Stage(community, 2, size=one, method=method),
        Stage(np.arange(district.size), take, method=method),
    ]


@pytest.mark.parametrize("method", OF_A_SIZE)
def test_each_stage_takes_what_the_plan_says(method):
    district, township, community = frame()

    found = draw(plan(method), seed=5)

    assert found.rows.size == (3 + 4) * 2 * 5
    homes = set(zip(district[found.rows], township[found.rows], strict=True))
    assert [sum(home[0] == at for home in homes) for at in range(2)] == [3, 4]
    inside = set(
        zip(district[found.rows], township[found.rows], community[found.rows], strict=True)
    )
    assert len(inside) == 14


def test_size_twice_and_then_equal_numbers_give_everybody_the_same_weight():
    district = frame()[0]

    found = draw(plan(), seed=5)

    for at, townships in enumerate((3, 4)):
        weights = found.weight[district[found.rows] == at]
        expected = (district == at).sum() / (townships * 2 * 5)
        assert weights == pytest.approx(np.full(weights.size, expected))
    assert found.weight == pytest.approx(base_weights(*found.chance.T))


def test_a_draw_comes_again_by_its_seed_and_another_seed_draws_others():
    first, again, other = draw(plan(), 5), draw(plan(), 5), draw(plan(), 6)

    assert first.rows.tolist() == again.rows.tolist()
    assert first.rows.tolist() != other.rows.tolist()


def test_a_plan_for_one_district_does_not_move_the_draw_of_another():
    district, township, _ = frame()
    wider = plan()
    wider[0] = Stage(township, {0: 3, 1: 7}, district, np.ones(district.size))

    mine = [found.rows[district[found.rows] == 0] for found in (draw(plan(), 5), draw(wider, 5))]

    assert np.array_equal(np.unique(township[mine[0]]), np.unique(township[mine[1]]))


@pytest.mark.slow
@pytest.mark.parametrize("method", OF_A_SIZE)
def test_estimates_over_many_draws_are_right_on_average(method):
    district, township, _ = frame(households=400)
    size = np.random.default_rng(3).lognormal(0, 0.5, 400)
    value = size + township
    stages = [
        Stage(township, {0: 3, 1: 4}, district, size, method),
        Stage(np.arange(400), 2, method=method),
    ]

    totals = []
    for seed in range(500):
        found = draw(stages, seed)
        totals.append(found.weight @ value[found.rows])

    error = np.std(totals) / np.sqrt(len(totals))
    assert np.mean(totals) == pytest.approx(value.sum(), abs=4 * error)


@pytest.mark.slow
def test_by_poisson_the_number_is_chance_and_totals_are_right_on_average():
    size = np.random.default_rng(3).lognormal(0, 0.5, 400)
    stages = [Stage(np.arange(400), 40, size=size, method=Method.POISSON)]

    drawn = [draw(stages, seed) for seed in range(500)]

    numbers = np.array([one.rows.size for one in drawn])
    totals = np.array([one.weight @ (1 + size[one.rows]) for one in drawn])
    for found, true in ((numbers, 40), (totals, (1 + size).sum())):
        assert found.std() > 0
        assert found.mean() == pytest.approx(true, abs=4 * found.std() / 500**0.5)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"take": {0: 3}}, "stage 1: stratum 1: the plan does not say"),
        ({"take": {0: 3, 1: 30}}, "stage 1: stratum 1: 30 of 8 units"),
        ({"size": np.zeros(4000)}, "stage 1: stratum 0: the size of unit 1 is 0"),
        ({"size": np.ones(3)}, "stage 1: the sizes must hold 4000"),
        ({"stratum": [1, 2]}, "stage 1: the strata must hold 4000"),
    ],
)
def test_a_plan_that_cannot_be_names_its_stage_and_stratum(change, sentence):
    district, township, _ = frame()
    words = {"unit": township, "take": {0: 3, 1: 4}, "stratum": district} | change

    with pytest.raises(EngineError, match=sentence):
        draw([Stage(**words)], 1)


def test_a_later_stage_is_named_too():
    with pytest.raises(EngineError, match="stage 3: 5000 of"):
        draw(plan(take=5000), 1)
    with pytest.raises(EngineError, match="at least one stage"):
        draw([], 1)
