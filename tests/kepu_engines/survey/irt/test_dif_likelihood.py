"""Items that work differently, by likelihood ratio: the gain of two fits, and made-up differences."""

import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.irt.dif_likelihood import likelihood_ratio
from kepu_engines.survey.irt.fit import Method, fit
from kepu_engines.survey.irt.responses import responses

pytestmark = pytest.mark.slow
PRECISE = Method(tolerance=1e-6)


def two_groups(moved=0.0, seed=1, persons=2400, cuts=(0.0,)):
    """Six items; the third is harder by `moved` for the focal group, which is abler on the whole."""
    chance = np.random.default_rng(seed)
    group = np.repeat([0, 1], persons // 2)
    theta = chance.normal(0, 1, persons) + 0.5 * group
    level = np.tile(np.linspace(-1, 1, 6), (persons, 1))
    level[group == 1, 2] += moved
    z, noise = 1.3 * (theta[:, None] - level), chance.logistic(size=level.shape)
    codes = sum((z + cut > noise).astype(int) for cut in cuts)
    return responses(codes, group=group), codes, group


@pytest.mark.parametrize(("model", "df"), [("rasch", 1), ("2pl", 2)])
def test_the_statistic_is_twice_the_gain_of_an_item_parted_by_hand(model, df):
    answers, codes, group = two_groups(0.3)

    found = likelihood_ratio(answers, model, [2], PRECISE)[0]

    parted = np.column_stack([codes, np.where(group == 1, codes[:, 2], -1)])
    parted[group == 1, 2] = -1
    apart = fit(responses(parted, group=group), model, PRECISE).loglik
    together = fit(answers, model, PRECISE).loglik
    assert found.chi_square == pytest.approx(2 * (apart - together), abs=1e-6)
    assert found.df == df
    assert found.name == "item 3"


def test_an_item_made_harder_is_found_by_as_much_and_the_abler_group_is_no_difference():
    found = likelihood_ratio(two_groups(0.6)[0], "2pl")

    assert found[2].p < 1e-6
    assert found[2].harder == pytest.approx(0.6, abs=0.2)
    assert min(one.p for at, one in enumerate(found) if at != 2) > found[2].p * 1000


def test_p_values_are_spread_evenly_where_no_item_differs():
    found = [
        one.p
        for seed in range(3)
        for one in likelihood_ratio(two_groups(seed=seed, persons=600)[0], "2pl")
    ]

    assert 0.3 < np.mean(found) < 0.7
    assert np.mean(np.array(found) < 0.05) < 0.2


def test_graded_items_gain_a_parameter_for_each_step():
    found = likelihood_ratio(two_groups(0.8, cuts=(0.7, -0.7))[0], "grm", [2, 4])

    assert [one.df for one in found] == [3, 3]
    assert found[0].chi_square > 30 > found[1].chi_square


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "DIF compares two groups, not 1"),
        ({"group": np.arange(300) % 3}, "DIF compares two groups, not 3"),
        (
            {"group": np.arange(300) % 2, "weight": np.arange(1, 301)},
            "A likelihood ratio counts persons",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(given, sentence):
    codes = np.random.default_rng(2).integers(0, 2, (300, 4))

    with pytest.raises(EngineError, match=sentence):
        likelihood_ratio(responses(codes, **given), "2pl")


def test_an_item_that_one_group_all_got_right_is_named():
    _, codes, group = two_groups()
    codes[group == 1, 3] = 1

    with pytest.raises(EngineError, match="item 4"):
        likelihood_ratio(responses(codes, group=group), "2pl", [3])
