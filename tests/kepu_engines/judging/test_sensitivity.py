"""What outcomes hang on, held to cases by hand and to every call made anew."""

from __future__ import annotations

import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.judging.sensitivity import levels, sensitivity, within


def call(seed, applications=25, reviewers=8, panel=3, criteria=3):
    draw = np.random.default_rng(seed)
    who = np.argsort(draw.random((applications, reviewers)), axis=1)[:, :panel].ravel()
    which = np.repeat(np.arange(applications), panel)
    return which, who, np.round(draw.normal(70, 8, (len(which), criteria)))


def test_a_level_that_hangs_on_one_reviewer_is_told_with_who_it_is():
    # 70 and 80 make 75; without the severe first it is 80, without the second 70.
    found = sensitivity(
        [0, 0, 1, 1], [0, 1, 0, 1], [[70], [80], [90], [91]], levels([75]), weights=[1]
    )

    assert found.value.tolist() == [75, 90.5]
    assert found.outcome.tolist() == [1, 1]
    assert found.without.tolist() == [[0, 1]]
    assert (found.lowest.tolist(), found.highest.tolist()) == ([0, 1], [1, 1])


def test_a_level_that_hangs_on_weights_is_told_from_the_range_on_that_changes_it():
    # 60 and 80, weighed alike, make 70; for 71 the second must weigh 1.1 / 0.9 of the first.
    def changed(spread):
        return sensitivity(
            [0], [0], [[60, 80]], judge=levels([50, 71]), weights=[2, 2], spread=spread
        ).by_weights.tolist()

    assert changed(0.099) == [False]
    assert changed(0.101) == [True]


def test_equal_criteria_reach_their_cut_whatever_the_weights():
    found = sensitivity(
        [0, 1], [0, 0], [[75] * 3, [74] * 3], judge=levels([75]), weights=[0.1, 0.7, 0.2]
    )

    assert found.outcome.tolist() == [1, 0]
    assert not found.by_weights.any()


def test_within_a_quota_who_was_not_judged_by_a_reviewer_may_owe_it_the_place():
    # The first reviewer lifts the last application, the second holds the first one down.
    scores = [[90], [70], [80], [60], [100]]
    found = sensitivity([0, 0, 1, 2, 2], [0, 1, 0, 1, 0], scores, judge=within(2), weights=[1])

    assert found.outcome.tolist() == [1, 1, 1]  # two tie at 80
    assert found.without.tolist() == [[2, 0], [1, 1]]


@pytest.mark.parametrize("judge", [levels([66, 70, 74]), within(8)])
@pytest.mark.parametrize("seed", range(4))
def test_it_is_what_the_call_made_anew_without_each_reviewer_says(seed, judge):
    which, who, score = call(seed)
    weights = [5, 3, 2]

    found = sensitivity(which, who, score, judge, weights=weights)

    flips = set()
    for one in range(8):
        rest = who != one
        again = sensitivity(which[rest], who[rest], score[rest], judge, weights=weights)
        flips |= {(int(each), one) for each in np.flatnonzero(again.outcome != found.outcome)}
    assert {tuple(pair) for pair in found.without.tolist()} == flips
    assert flips


@pytest.mark.parametrize("seed", range(4))
def test_no_weights_in_the_range_reach_a_level_that_was_not_told(seed):
    which, who, score = call(seed)
    draw = np.random.default_rng(seed)
    weights, judge = np.array([5, 3, 2]), levels([66, 70, 74])

    found = sensitivity(which, who, score, judge, weights=weights, spread=0.3)

    for _ in range(200):
        other = weights * draw.uniform(0.7, 1.3, 3)
        again = sensitivity(which, who, score, judge, weights=other, spread=0)
        assert not (again.outcome != found.outcome)[~found.by_weights].any()
        assert ((found.lowest <= again.outcome) & (again.outcome <= found.highest)).all()
    assert 0 < found.by_weights.sum() < 25


def test_whom_nobody_scored_has_no_outcome_and_takes_no_place():
    found = sensitivity([0, 2, 2], [0, 0, 1], [[50], [70], [80]], judge=within(2), weights=[1])

    assert found.outcome.tolist() == [1, -1, 1]
    assert np.isnan(found.value[1])
    assert found.without.tolist() == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"spread": 1}, "spread must lie"),
        ({"weights": [1, 0]}, "weights must be above 0"),
        ({"weights": [1]}, "a column per weight"),
        ({"weights": [1] * 13}, "1 to 12 criteria"),
        ({"score": [[1, np.nan]]}, "score must hold finite"),
        ({"reviewer": [0, 1]}, "one reviewer for each review"),
    ],
)
def test_what_cannot_be_asked_is_refused(more, words):
    asked = {"application": [0], "reviewer": [0], "score": [[1, 2]], "weights": [1, 1], **more}
    with pytest.raises(EngineError, match=words):
        sensitivity(**asked, judge=within(1))


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (lambda: levels([2, 1]), "cuts must rise"),
        (lambda: levels([]), "cuts must rise"),
        (lambda: within(0), "quota must be at least 1"),
    ],
)
def test_what_cannot_be_an_outcome_is_refused(work, words):
    with pytest.raises(EngineError, match=words):
        work()
