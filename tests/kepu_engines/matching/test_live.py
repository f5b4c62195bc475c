"""A live plan is as good after every change as a plan made afresh."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kepu_engines.matching.test_flow import random_problem

from kepu_engines.core.errors import EngineError
from kepu_engines.matching.auction import Pace
from kepu_engines.matching.flow import certify, solve
from kepu_engines.matching.live import LivePlan
from kepu_engines.matching.problem import Problem


def random_change(draw, problem, top):
    """Up to four orders with new options, some with none."""
    who = draw.permutation(problem.orders)[: draw.integers(0, 5)]
    wanted = draw.random((len(who), problem.slots)) < draw.choice([0.0, 0.3, 0.9])
    start = np.r_[0, wanted.sum(axis=1).cumsum()].astype(int)
    return who, start, np.nonzero(wanted)[1], draw.integers(-2, top + 1, wanted.sum())


def proved(live):
    """The value of a live plan, after three looks at it that must agree."""
    quick, full = live.certify(), certify(live.problem, live.assignment)
    assert quick == full
    assert full.gap == 0
    return full.value


@given(st.integers(0, 10**6), st.sampled_from([3, 20, 1000]), st.sampled_from([1, 32]))
@settings(max_examples=300, deadline=None)
@pytest.mark.slow
def test_after_every_change_the_value_is_that_of_a_fresh_solve(seed, top, reach):
    draw = np.random.default_rng(seed)
    live = LivePlan(random_problem(seed, top=top), Pace(reach=reach))
    for _ in range(6):
        live.change(*random_change(draw, live.problem, top))
        if draw.random() < 0.3:
            node = draw.integers(0, len(live.problem.forest.capacity) - 1)
            live.resize([node], [draw.integers(0, 5)])

        assert proved(live) == solve(live.problem).value


def test_an_order_that_goes_makes_room_for_the_one_it_kept_out():
    live = LivePlan(Problem.of([0, 1, 2], [0, 0], [10, 7], [1]))

    live.change([0], [0, 0], [], [])

    assert live.assignment.slot_of.tolist() == [-1, 0]
    assert proved(live) == 7


def test_an_order_without_options_has_room_to_come_later():
    live = LivePlan(Problem.of([0, 1, 1], [0], [10], [1]))

    live.change([1], [0, 1], [0], [12])

    assert live.assignment.slot_of.tolist() == [-1, 0]


def test_options_that_grow_again_and_again_find_room():
    live = LivePlan(random_problem(7, orders=15))
    draw = np.random.default_rng(7)
    for count in range(60):
        slots = np.arange(live.problem.slots)
        order = count % 15
        live.change([order], [0, len(slots)], slots, draw.integers(1, 20, len(slots)))
        live.change([order], [0, 0], [], [])

    assert proved(live) == solve(live.problem).value


def test_the_problem_it_was_made_of_stays_as_it_was():
    problem = random_problem(3, orders=15)
    before = [array.copy() for array in problem.options]
    live = LivePlan(problem)

    live.change([0], [0, 1], [0], [19]).resize([0], [3])

    assert all((now == then).all() for now, then in zip(problem.options, before, strict=True))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (([9], [0, 1], [0], [1]), r"order must lie in \[0, 1\]"),
        (([0, 0], [0, 1, 2], [0, 0], [1, 1]), "named twice"),
        (([0], [0, 1], [5], [1]), "slot must lie in"),
        (([0], [0, 1, 1], [0], [1]), "one more entry"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_and_changes_nothing(change, sentence):
    live = LivePlan(Problem.of([0, 1, 2], [0, 0], [10, 7], [1]))

    with pytest.raises(EngineError, match=sentence):
        live.change(*change)

    assert proved(live) == 10
