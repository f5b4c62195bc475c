"""Forms of a test from a bank."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.assembly import Method, Wanted, assemble

EXACT = Method(gap=0)


def bank(items=24, abilities=3, seed=5):
    chance = np.random.default_rng(seed)
    return chance.random((items, abilities)), np.arange(items) % 3


@pytest.mark.parametrize(("forms", "common"), [(1, 0), (2, 0), (2, 3), (3, 2)])
def test_every_form_follows_the_blueprint_and_shares_no_more_than_allowed(forms, common):
    told, group = bank()

    made = assemble(told, group, Wanted([4, 2, 2], forms, common))

    for chosen in made.chosen:
        assert np.bincount(group[chosen]).tolist() == [4, 2, 2]
    for one, other in combinations(made.chosen, 2):
        assert (one & other).sum() <= common
    assert min(told[c].sum(axis=0).min() for c in made.chosen) == pytest.approx(made.least)
    assert made.least <= made.bound + 1e-9


def test_one_form_is_the_best_of_all_there_are():
    told, group = bank(items=9, abilities=2)
    choices = [
        np.isin(np.arange(9), [*a, *b, *c])
        for a, b, c in product(
            *(combinations(np.flatnonzero(group == g), 1 + (g == 0)) for g in range(3))
        )
    ]
    best = max(told[chosen].sum(axis=0).min() for chosen in choices)

    made = assemble(told, group, Wanted([2, 1, 1], 1, 0), EXACT)

    assert made.least == pytest.approx(best)
    assert made.bound == pytest.approx(best)


def test_more_in_common_is_never_worse():
    told, group = bank(items=15)

    least = [assemble(told, group, Wanted([2, 2, 2], 2, c), EXACT).least for c in (0, 2, 6)]

    assert least == sorted(least)


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (Wanted([9, 2, 2], 1, 0), "group 0 has 8 items"),
        (Wanted([5, 2, 2], 2, 0), "so little in common"),
        (Wanted([1, 1, 1], 0, 0), "Expected forms"),
    ],
)
def test_what_cannot_be_had_is_refused_in_words(wanted, reason):
    told, group = bank()

    with pytest.raises(EngineError, match=reason):
        assemble(told, group, wanted)


def test_items_and_groups_must_be_as_many():
    with pytest.raises(EngineError, match="a group for each item"):
        assemble(np.ones((3, 1)), [0, 0], Wanted([1], 1, 0))
