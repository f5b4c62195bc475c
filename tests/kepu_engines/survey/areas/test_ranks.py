import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.areas.ranks import ranks


def test_figures_far_apart_have_one_place():
    found = ranks([0.3, 0.1, 0.2], [1e-4, 1e-4, 1e-4])

    assert list(found.place) == list(found.low) == list(found.high) == [1, 3, 2]


def test_noise_is_not_ranked():
    found = ranks([0.121, 0.120, 0.119], [0.015, 0.015, 0.015])

    assert list(found.low) == [1, 1, 1]
    assert list(found.high) == [3, 3, 3]


def test_equal_figures_share_the_better_place():
    assert list(ranks([0.2, 0.3, 0.2, 0.1], [0.1] * 4).place) == [2, 1, 2, 4]


def test_of_equal_areas_all_may_be_anywhere_as_often_as_is_said():
    """The hardest case: any surely better or worse area is a mistake."""
    chance = np.random.default_rng(3)
    se = chance.uniform(0.01, 0.03, 12)
    whole = []
    for _sample in range(400):
        found = ranks(chance.normal(0.1, se), se, 0.9, draws=2000)
        whole.append((found.low == 1).all() and (found.high == 12).all())

    assert np.mean(whole) == pytest.approx(0.9, abs=0.045)


def test_true_places_lie_inside():
    chance = np.random.default_rng(5)
    truth = np.sort(chance.normal(0.12, 0.03, 20))[::-1]
    places = np.arange(1, 21)
    inside = []
    for _sample in range(200):
        found = ranks(chance.normal(truth, 0.015), np.full(20, 0.015), draws=2000)
        inside.append(((found.low <= places) & (places <= found.high)).all())

    assert np.mean(inside) >= 0.95


def test_intervals_for_one_area_are_shorter_than_those_for_all():
    chance = np.random.default_rng(7)
    value = chance.normal(0.12, 0.04, 30)
    together, alone = (ranks(value, [0.01] * 30, jointly=each) for each in (True, False))

    assert (alone.low >= together.low).all()
    assert (alone.high <= together.high).all()
    assert (alone.high - alone.low).sum() < (together.high - together.low).sum()


def test_the_same_seed_gives_the_same_places():
    chance = np.random.default_rng(9)
    value, se = chance.normal(0.12, 0.03, 38), chance.uniform(0.01, 0.02, 38)

    first, again = ranks(value, se, seed=4), ranks(value, se, seed=4)

    assert np.array_equal(first.low, again.low)
    assert np.array_equal(first.high, again.high)


@pytest.mark.parametrize(
    ("value", "se", "options", "words"),
    [
        ([1.0, 2.0], [1.0], {}, "as many rows"),
        ([1.0, 2.0], [1.0, 0.0], {}, "over 0"),
        ([1.0, np.nan], [1.0, 1.0], {}, "finite"),
        ([1.0, 2.0], [1.0, 1.0], {"level": 1.0}, "between 0 and 1"),
        ([1.0, 2.0], [1.0, 1.0], {"draws": 10}, "too few"),
    ],
)
def test_what_cannot_be_is_refused_in_words(value, se, options, words):
    with pytest.raises(EngineError, match=words):
        ranks(value, se, **options)
