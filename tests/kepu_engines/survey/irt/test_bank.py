"""Linking years, items that differ by group, and the choice of the next item."""

import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.irt import known
from kepu_engines.survey.irt.adaptive import (
    next_chances,
    randomesque,
    rehearsed,
    sympson_hetter,
)
from kepu_engines.survey.irt.dif import mantel_haenszel
from kepu_engines.survey.irt.linking import METHODS, anchors, link

A = np.array([0.8, 1.0, 1.2, 1.5, 0.9])
B = np.array([-1.2, -0.4, 0.1, 0.8, 1.4])


@pytest.mark.parametrize("method", list(METHODS))
def test_an_exact_link_is_found_with_no_error(method):
    found = link(anchors(A, B, A * 1.2, (B - 0.3) / 1.2), method)

    assert (found.slope, found.shift) == pytest.approx((1.2, 0.3), abs=1e-5)
    assert found.error(1.0) < 1e-4


@pytest.mark.parametrize("method", list(METHODS))
def test_an_item_that_moved_brings_an_error(method):
    moved = B + np.array([0, 0, 0.5, 0, 0])

    assert link(anchors(A, B, A, moved), method).error(0.0) > 0.05


def test_the_jackknife_error_of_a_mean_is_its_usual_standard_error():
    """With differences that leave the spread alone, the shift is a mean over anchors."""
    b = np.array([-1.0, 0.0, 1.0, 2.0])
    gap = np.array([0.1, -0.1, -0.1, 0.1])
    found = link(anchors(np.ones(4), b, np.ones(4), b + gap), "mean-sigma")

    by_hand = []
    for item in range(4):
        old, new = np.delete(b, item), np.delete(b + gap, item)
        slope = old.std() / new.std()
        by_hand.append(old.mean() - slope * new.mean())
    expected = 3 * np.var(by_hand)
    assert found.covariance[1, 1] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ((A[:2], B[:2], A[:2], B[:2]), "at least three"),
        ((A, B, A, B[:3]), "differ in length"),
        ((A, B, -A, B), "slopes must be above 0"),
        ((A, 0 * B, A, B), "same difficulty"),
    ],
)
def test_anchors_that_cannot_link_are_refused(given, sentence):
    with pytest.raises(EngineError, match=sentence):
        anchors(*given)


def persons(cells):
    """Rows (right, level, focal) from a count for each."""
    rows = [key for key, many in cells.items() for _ in range(many)]
    return tuple(np.array(rows).T)


def test_mantel_haenszel_is_the_odds_ratio_when_there_is_one_level():
    found = mantel_haenszel(*persons({(1, 0, 0): 60, (0, 0, 0): 40, (1, 0, 1): 30, (0, 0, 1): 70}))

    assert found.odds == pytest.approx(60 * 70 / (40 * 30))
    assert found.error == pytest.approx(np.sqrt(1 / 60 + 1 / 40 + 1 / 30 + 1 / 70))
    expected = (abs(60 - 45) - 0.5) ** 2 / (100 * 100 * 90 * 110 / (200**2 * 199))
    assert found.chi_square == pytest.approx(expected)
    assert (found.delta < -1.5, found.grade) == (True, "C")


def test_groups_that_answer_alike_are_class_a():
    even = {(x, level, g): 20 + 10 * level for x in (0, 1) for level in (0, 1) for g in (0, 1)}

    found = mantel_haenszel(*persons(even))

    assert (found.odds, found.grade) == (pytest.approx(1), "A")


def test_groups_that_never_meet_cannot_be_compared():
    with pytest.raises(EngineError, match="cannot be compared"):
        mantel_haenszel([1, 0, 1, 0], [0, 0, 1, 1], [0, 0, 1, 1])


def test_the_most_telling_item_left_is_asked():
    assert randomesque([0.1, 0.9, 0.5], [1], among=1, seed=0) == 2


def test_among_several_each_is_asked_about_as_often():
    drawn = [randomesque([0.1, 0.9, 0.5, 0.8], [], among=2, seed=seed) for seed in range(400)]

    assert set(drawn) == {1, 3}
    assert drawn.count(1) == pytest.approx(200, abs=50)


def test_an_item_is_passed_over_as_often_as_its_chance_says():
    chance = [1.0, 0.25]

    drawn = [sympson_hetter([0.5, 0.9], [], chance, seed=seed) for seed in range(800)]

    assert drawn.count(1) / 800 == pytest.approx(0.25, abs=0.06)
    assert next_chances([100, 10], 200, most=0.2) == pytest.approx([0.4, 1])


def a_pool(items=80):
    chance = np.random.default_rng(7)
    return known.items(
        chance.lognormal(0.2, 0.3, items), chance.normal(0, 1, items), np.full(items, 0.2)
    )


def walked(pool, chance, people, length=12):
    """Shares of new people that each item is asked of, question by question, and errors of abilities."""
    source, asked, errors = np.random.default_rng(5), np.zeros(len(pool)), []
    for person in range(people):
        ability, had, hits = source.normal(), [], []
        right = known.chances(pool, [ability])[:, 0]
        for _question in range(length):
            told = known.information(pool, [known.believe(pool.only(had), hits).mean])[:, 0]
            had.append(sympson_hetter(told, had, chance, seed=person))
            hits.append(source.random() < right[had[-1]])
        asked[had] += 1
        errors.append(known.believe(pool.only(had), hits).mean - ability)
    return asked / people, float(np.mean(np.square(errors)))


@pytest.mark.slow
def test_a_rehearsed_pool_asks_no_item_of_more_people_than_it_may_and_measures_nearly_as_well():
    pool, most, people = a_pool(), 0.3, 400
    found = rehearsed(pool, length=12, most=most, seed=3)

    free, error = walked(pool, np.ones(80), people)
    held, held_error = walked(pool, found.chance, people)

    luck = 3 * np.sqrt(most * (1 - most) / people)
    assert free.max() > 0.6
    assert found.exposure.max() < most + 0.03
    assert held.max() < most + luck
    assert held.sum() == pytest.approx(12)
    assert (held > 0).sum() > 1.3 * (free > 0).sum()
    assert held_error < 1.25 * error


def test_a_pool_too_small_for_its_test_cannot_be_rehearsed():
    with pytest.raises(EngineError, match="80 items are too few to ask each person 12 and none of"):
        rehearsed(a_pool(), length=12, most=0.1, seed=1)


def test_nothing_is_left_when_all_were_asked():
    with pytest.raises(EngineError, match="asked already"):
        randomesque([0.1, 0.2], [0, 1], among=1, seed=0)
