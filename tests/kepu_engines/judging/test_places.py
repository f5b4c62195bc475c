"""Places within quotas, by hand and against filling them one after the other."""

from __future__ import annotations

import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.judging.places import BEYOND, EQUAL, WITHIN, placed

MANY = 1000


def test_the_best_find_room_and_who_reached_nothing_takes_none():
    found = placed([[90, 80, 70, 60]], [[True, False, True, True]], [[0, 0, 0, 0]], [[2]])

    assert found.tolist() == [[WITHIN, BEYOND, WITHIN, BEYOND]]


def test_equals_at_the_edge_are_told_in_the_partition_that_is_full():
    districts = [0, 0, 0, 1]
    found = placed([[90, 80, 80, 80]], [[True] * 4], [[0] * 4, districts], [[MANY], [2, 2]])

    assert found.tolist() == [[WITHIN, EQUAL, EQUAL, WITHIN]]


def test_every_ranking_is_filled_as_if_it_were_alone():
    draw = np.random.default_rng(2)
    worth, reached = draw.integers(50, 60, (20, 40)), draw.random((20, 40)) < 0.8
    groups = [np.zeros(40, dtype=int), draw.integers(0, 3, 40), draw.integers(0, 5, 40)]
    room = [[15], [6, 5, MANY], [4] * 5]

    together = placed(worth, reached, groups, room)

    for n in range(20):
        assert (placed(worth[n : n + 1], reached[n : n + 1], groups, room) == together[n]).all()
        had = together[n] == WITHIN
        assert not (had & ~reached[n]).any()
        for group, most in zip(groups, room, strict=True):
            assert (np.bincount(group[had], minlength=len(most)) <= most).all()
    assert {WITHIN, EQUAL, BEYOND} == set(together.ravel().tolist())


def test_a_group_without_its_places_is_refused():
    with pytest.raises(EngineError, match="must have its places"):
        placed([[1, 2]], [[True, True]], [[0, 1]], [[5]])
    with pytest.raises(EngineError, match=r"\(w, a\)"):
        placed([[1, 2]], [[True]], [[0, 0]], [[5]])
