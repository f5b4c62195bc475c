"""Panels of reviewers: optimal, without conflicts, within loads, and fair to the worst-served."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from benchmarks.reviewers import instance
from scipy.optimize import linprog

from kepu_engines.core.errors import EngineError
from kepu_engines.matching import reviewers
from kepu_engines.matching.reviewers import CONFLICT, LACKING, UNWANTED, assign, protect


def call(seed: int, applications: int = 40, experts: int = 15, conflicts: float = 0.15):
    draw = np.random.default_rng(seed)
    table = draw.integers(0, 1001, (applications, experts))
    table[draw.random(table.shape) < conflicts] = CONFLICT
    return table


def best_total(table: np.ndarray, reviews: np.ndarray, load: np.ndarray) -> int:
    """The optimum by linear programming, which is whole for such a network."""
    rows, columns = np.nonzero(table >= 0)
    pair = np.arange(len(rows))
    panels, seats = np.zeros((len(table), len(rows))), np.zeros((table.shape[1], len(rows)))
    panels[rows, pair], seats[columns, pair] = 1, 1
    found = linprog(
        -table[rows, columns], A_ub=seats, b_ub=load, A_eq=panels, b_eq=reviews, bounds=(0, 1)
    )
    assert found.status == 0
    return round(-found.fun)


def best_worst(table: np.ndarray, reviews: int, load: int) -> int:
    """By trying everything, panels that are not whole too; who cannot have a whole one is left out."""
    compared = (table >= 0).sum(axis=1) >= reviews
    panels = [
        [p for k in range(reviews + 1) for p in combinations(np.flatnonzero(row >= 0), k)]
        for row in table[compared]
    ]
    worst = 0
    for chosen in product(*panels):
        sat = [int(one) for panel in chosen for one in panel]
        if np.bincount(sat, minlength=table.shape[1]).max() <= load:
            sums = (row[list(p)].sum() for row, p in zip(table[compared], chosen, strict=True))
            worst = max(worst, int(min(sums, default=0)))
    return worst


@pytest.mark.parametrize("seed", range(12))
def test_no_other_panels_fit_better(seed):
    table = call(seed)
    draw = np.random.default_rng(seed)
    wanted, room = draw.integers(1, 5, len(table)), draw.integers(9, 13, table.shape[1])

    found = assign(table, reviews=wanted, load=room)

    assert found.value == found.bound == best_total(table, wanted, room)
    assert not found.missing.any()


@pytest.mark.parametrize("seed", range(6))
def test_nobody_sits_twice_nor_in_conflict_nor_beyond_the_load(seed):
    table = call(seed, conflicts=0.4)

    found = assign(table, reviews=3, load=9)

    for row, panel in zip(table, found.reviewers, strict=True):
        sat = panel[panel >= 0]
        assert len(set(sat)) == len(sat)
        assert (row[sat] >= 0).all()
        assert (np.diff(row[sat]) <= 0).all()
    assert (found.load <= 9).all()
    assert found.load.sum() == (found.reviewers >= 0).sum()
    sums = [row[panel[panel >= 0]].sum() for row, panel in zip(table, found.reviewers, strict=True)]
    assert found.affinity.tolist() == sums
    assert found.value == sum(sums)


def test_whoever_was_left_out_of_the_search_is_let_in_where_it_matters(monkeypatch):
    table = np.tile(np.arange(900, 600, -10), (30, 1))  # all want the same few

    full = assign(table, reviews=2, load=2)
    monkeypatch.setattr(reviewers, "NEAREST", 3)
    pruned = assign(table, reviews=2, load=2)

    assert pruned.value == full.value == pruned.bound == 2 * table[0].sum()
    assert not pruned.missing.any()


def test_where_seats_are_too_few_as_many_reviews_as_possible_are_given():
    table = call(3, applications=20, experts=6, conflicts=0.0)

    found = assign(table, reviews=3, load=7)

    assert (found.reviewers >= 0).sum() == 42
    assert found.missing.sum() == 18
    assert (found.reviewers == LACKING).sum() == 18


def test_a_review_more_outweighs_any_affinity():
    # The second application has nobody but the first reviewer, whom the first would like better.
    table = np.array([[1000, 1], [0, CONFLICT]])

    found = assign(table, reviews=1, load=1)

    assert found.reviewers.tolist() == [[1], [0]]
    assert not found.missing.any()


def test_an_application_in_conflict_with_everybody_is_told_as_lacking():
    table = np.array([[CONFLICT, CONFLICT], [5, 7]])

    found = assign(table, reviews=[1, 2], load=2)

    assert found.missing.tolist() == [1, 0]
    assert found.reviewers.tolist() == [[LACKING, UNWANTED], [1, 0]]
    assert found.worst == found.worst_bound == 12


def test_who_wants_no_review_gets_none_though_there_is_one_reviewer_or_nobody():
    one = assign([[5], [3]], reviews=[1, 0], load=1)
    nobody = assign(np.empty((2, 0), dtype=int), reviews=[1, 0], load=1)

    assert one.reviewers.tolist() == [[0], [UNWANTED]]
    assert one.worst == one.worst_bound == 5
    assert nobody.reviewers.tolist() == [[LACKING], [UNWANTED]]
    assert nobody.missing.tolist() == [1, 0]


def test_whoever_has_nobody_where_seats_are_short_is_the_worst_served():
    found = assign([[5], [100]], reviews=1, load=1)

    assert found.missing.tolist() == [1, 0]
    assert found.worst == 0 <= found.worst_bound == 5


def test_reviewers_without_any_room_promise_nothing():
    found = assign([[5, 100], [7, 100]], reviews=1, load=[2, 0])

    assert found.worst == found.worst_bound == 5


def test_the_worst_served_is_not_helped_by_taking_its_reviewers_away():
    table = np.array([
        [5, 1, 1, 4, 9], [-1, 2, 3, 8, -1], [10, 2, 5, 5, 9], [2, -1, -1, 9, 3],
        [11, 10, -1, 0, 2], [10, 6, 1, 0, 3], [4, 7, 9, 1, 9],
    ])  # fmt: skip
    wanted, room = [1, 2, 1, 3, 1, 1, 1], [0, 0, 0, 3, 3]

    usual = assign(table, reviews=wanted, load=room)
    fair = protect(table, reviews=wanted, load=room, most_loss=0.2)

    compared = ((table >= 0) & (np.array(room) > 0)).sum(axis=1) >= wanted
    assert fair.worst == fair.affinity[compared].min() >= usual.affinity[compared].min()


@pytest.mark.parametrize("seed", range(40))
def test_where_seats_are_short_the_worst_is_the_least_that_any_has(seed):
    draw = np.random.default_rng(seed)
    table = draw.integers(-1, 12, (7, 5))
    wanted, room = draw.integers(0, 4, 7), draw.integers(0, 4, 5)

    usual = assign(table, reviews=wanted, load=room)
    fair = protect(table, reviews=wanted, load=room, most_loss=0.2)

    compared = (wanted > 0) & (((table >= 0) & (room > 0)).sum(axis=1) >= wanted)
    for found in (usual, fair):
        assert found.worst == found.affinity[compared].min(initial=99 if compared.any() else 0)
        assert found.worst <= found.worst_bound
    assert fair.worst >= usual.worst
    assert fair.missing.sum() == usual.missing.sum()


@pytest.mark.parametrize("seed", range(8))
def test_the_worst_served_is_served_better_within_the_loss(seed):
    table = call(seed, applications=60, experts=25)

    usual = assign(table, reviews=3, load=9)
    fair = protect(table, reviews=3, load=9, most_loss=0.02)

    assert usual.worst <= fair.worst <= fair.worst_bound == usual.worst_bound
    assert fair.value >= 0.98 * usual.value
    assert fair.bound == usual.bound >= fair.value
    assert (fair.load <= 9).all()
    assert not fair.missing.any()


def topical(seed: int, applications: int = 80, experts: int = 30) -> np.ndarray:
    """Affinities as topics give them: most experts know little of most applications."""
    draw = np.random.default_rng(seed)
    asked, known = (
        draw.dirichlet(np.full(8, 0.2), applications),
        draw.dirichlet(np.full(8, 0.3), experts),
    )
    sizes = np.linalg.norm(asked, axis=1)[:, None] * np.linalg.norm(known, axis=1)[None]
    table = np.rint(1000 * (asked @ known.T) / sizes).astype(int)
    table[draw.random(table.shape) < 0.1] = CONFLICT
    return table


def test_where_topics_decide_the_worst_served_is_served_as_well_as_can_be():
    gained = 0
    for seed in range(8):
        table = topical(seed)
        usual, fair = assign(table, load=10), protect(table, load=10)
        assert fair.worst == fair.worst_bound
        assert fair.value >= 0.995 * usual.value
        gained += fair.worst > usual.worst

    assert gained >= 4


@pytest.mark.parametrize("seed", range(5))
def test_the_bound_of_the_worst_is_one(seed):
    table = call(seed, applications=4, experts=5, conflicts=0.1)

    fair = protect(table, reviews=2, load=2, most_loss=1.0)

    assert fair.worst <= best_worst(table, 2, 2) <= fair.worst_bound


@pytest.mark.parametrize("seed", range(6))
def test_the_bound_of_the_worst_is_one_where_seats_are_short(seed):
    table = call(seed, applications=5, experts=3, conflicts=0.2)

    fair = protect(table, reviews=2, load=2, most_loss=1.0)

    assert fair.missing.sum() >= 4
    assert fair.worst <= best_worst(table, 2, 2) <= fair.worst_bound


def test_without_any_loss_the_total_stays_the_best():
    table = call(5)

    assert protect(table, reviews=3, load=9, most_loss=0).value == assign(table, load=9).value


@pytest.mark.parametrize(
    ("table", "more", "words"),
    [
        ([1, 2], {}, "two dimensions"),
        ([[1.5, 2]], {}, "whole numbers"),
        ([[-2, 2]], {}, "affinity must lie"),
        ([[1, 2]], {"reviews": 3}, "reviews must lie"),
        ([[1, 2]], {"reviews": -1}, "reviews must lie"),
        ([[1, 2]], {"load": -1}, "load must lie"),
        ([[2**29, 2]], {}, "affinity must lie"),
    ],
)
def test_what_cannot_be_is_refused_in_words(table, more, words):
    with pytest.raises(EngineError, match=words):
        assign(table, **{"reviews": 1, "load": 1, **more})


def test_a_loss_beyond_everything_is_refused():
    with pytest.raises(EngineError, match="most_loss"):
        protect([[1, 2]], reviews=1, load=1, most_loss=1.5)


def test_a_call_without_applications_has_no_panels():
    found = assign(np.empty((0, 4), dtype=int), reviews=3, load=2)

    assert found.reviewers.shape == (0, 0)
    assert (found.value, found.bound, found.worst) == (0, 0, 0)


def test_nobody_in_a_large_call_fares_as_ill_as_by_the_best_total_alone():
    """2,000 applications: what other solvers find is in docs/engines/reviewers.md."""
    table = instance()

    best, fair = (solve(table, reviews=3, load=15) for solve in (assign, protect))

    assert (best.value, best.bound, best.worst) == (4_792_048, 4_792_048, 1_856)
    assert fair.worst == fair.worst_bound == 1_937
    assert fair.value > 0.995 * best.value
