"""Distances, reach and greedy siting: hand values, invariants, and the best choice by trying all."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kepu_engines.core.errors import EngineError
from kepu_engines.siting import coverage


def test_a_degree_of_latitude_is_a_hundred_and_eleven_kilometres():
    km = coverage.distances(([106.5], [29.5]), ([106.5, 107.5], [30.5, 29.5]))

    assert km[0, 0] == pytest.approx(coverage.EARTH_KM * np.pi / 180)
    assert km[0, 1] == pytest.approx(96.78, abs=0.02)  # shorter by the cosine of the latitude


def test_without_a_facility_nobody_is_near_one():
    km = coverage.distances(([106.5, 107], [29.5, 29]), ([], []))

    assert np.isinf(coverage.nearest(km)).all()
    assert not coverage.within(km, 10).any()


def test_each_facility_reaches_as_far_as_its_own_kind():
    km = np.array([[3.0, 8.0], [6.0, 9.0], [6.0, 11.0]])

    assert coverage.nearest(km).tolist() == [3, 6, 6]
    assert coverage.within(km, [5, 10]).tolist() == [True, True, False]


def test_greedy_takes_the_largest_first_and_its_bound_is_told():
    # The classic trap: the middle site takes most, and then both halves are needed still.
    reaches = np.array([[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1], [0, 1, 1, 1, 1, 0]], dtype=bool)
    weight = np.array([3, 2, 2, 2, 2, 3.0])

    found = coverage.best_sites(reaches, weight, np.zeros(6, bool), 2)

    assert found.chosen.tolist() == [2, 0]
    assert found.gain.tolist() == [8, 3]
    assert (found.reached, found.bound) == (11, 14)


def test_what_is_reached_already_counts_and_is_not_gained_again():
    reaches = np.eye(3, dtype=bool)

    found = coverage.best_sites(reaches, [5, 4, 3], [True, False, False], 5)

    assert found.chosen.tolist() == [1, 2]
    assert (found.reached, found.bound) == (12, 12)


@given(st.integers(0, 10_000), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_no_choice_beats_the_bound_and_greedy_keeps_its_promise(seed, count):
    rng = np.random.default_rng(seed)
    reaches, weight = rng.random((7, 12)) < 0.3, rng.integers(0, 9, 12).astype(float)

    found = coverage.best_sites(reaches, weight, np.zeros(12, bool), count)

    best = max(
        weight[reaches[list(some)].any(axis=0)].sum() for some in combinations(range(7), count)
    )
    assert found.reached <= best <= found.bound + 1e-9
    assert found.reached >= (1 - 1 / np.e) * best - 1e-9
    assert found.reached == weight[reaches[found.chosen].any(axis=0)].sum()


@pytest.mark.parametrize(
    ("reaches", "weight", "covered", "count", "words"),
    [
        (np.eye(2, dtype=bool), [1, 2, 3], [False] * 3, 1, "same places"),
        (np.eye(2, dtype=bool), [1, -2], [False] * 2, 1, "negative"),
        (np.eye(2, dtype=bool), [1, 2], [False] * 2, 0, "one site"),
    ],
    ids=["shapes", "weights", "count"],
)
def test_what_cannot_be_is_refused(reaches, weight, covered, count, words):
    with pytest.raises(EngineError, match=words):
        coverage.best_sites(reaches, weight, covered, count)
