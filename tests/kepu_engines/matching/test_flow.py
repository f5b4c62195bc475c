"""The plan is optimal, its prices prove it, and a change is answered like a fresh question."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kepu_engines.core.errors import EngineError
from kepu_engines.matching.auction import Pace
from kepu_engines.matching.flow import Assignment, certify, solve
from kepu_engines.matching.problem import Problem


def random_problem(seed, *, top=20, orders=None, shift=0):
    """Up to 15 orders and 4 teams of 2 half-days in a day; `shift` more seats a week."""
    draw = np.random.default_rng(seed)
    teams = draw.integers(1, 5)
    slots = 2 * teams
    count = draw.integers(0, 16) if orders is None else orders
    wanted = draw.random((count, slots)) < 0.6
    capacity = np.r_[draw.integers(0, 4, slots), draw.integers(0, 5, teams) + shift]
    parent = np.r_[slots + np.arange(slots) // 2, np.full(teams, -1)]
    utility = draw.integers(-2, top + 1, wanted.sum())
    start = np.r_[0, wanted.sum(axis=1).cumsum()].astype(int)
    return Problem.of(start, np.nonzero(wanted)[1], utility, capacity, parent)


def flow_value(problem):
    """The optimum according to OR-tools."""
    flow = pytest.importorskip("ortools.graph.python.min_cost_flow").SimpleMinCostFlow()
    options, forest = problem.options, problem.forest
    nodes = len(forest.capacity)
    root = nodes - 1
    for order in range(problem.orders):
        flow.set_node_supply(nodes + order, 1)
        flow.add_arc_with_capacity_and_unit_cost(nodes + order, root, 1, 0)
        for option in range(options.start[order], options.stop[order]):
            arc = (nodes + order, int(options.slot[option]), 1, -int(options.utility[option]))
            flow.add_arc_with_capacity_and_unit_cost(*arc)
    for node in range(root):
        arc = (node, int(forest.parent[node]), int(forest.capacity[node]), 0)
        flow.add_arc_with_capacity_and_unit_cost(*arc)
    flow.set_node_supply(root, -problem.orders)
    assert flow.solve() == flow.OPTIMAL
    return -flow.optimal_cost()


def test_the_second_best_pair_is_chosen_when_the_best_one_blocks_it():
    problem = Problem.of([0, 2, 3], [0, 1, 0], [10, 9, 8], [1, 1])

    plan = solve(problem)

    assert plan.value == 17
    assert plan.slot_of.tolist() == [1, 0]


def test_the_price_of_a_slot_is_what_one_more_seat_would_add():
    problem = Problem.of([0, 1, 2], [0, 0], [10, 7], [1])

    plan = solve(problem)

    assert plan.slot_of.tolist() == [0, -1]
    assert 7 <= plan.price[0] <= 10


def test_a_full_week_sends_the_cheapest_order_away_though_its_day_has_room():
    problem = Problem.of([0, 1, 2, 3], [0, 0, 1], [5, 9, 7], [2, 2, 2], [2, 2, -1])

    plan = solve(problem)

    assert plan.value == 16
    assert plan.slot_of.tolist() == [-1, 0, 1]


def test_an_option_worth_nothing_is_not_taken():
    plan = solve(Problem.of([0, 2], [0, 1], [0, -3], [1, 1]))

    assert plan.slot_of.tolist() == [-1]


def test_no_orders_make_an_empty_plan():
    plan = solve(Problem.of([0], [], [], [3, 1]))

    assert plan.value == 0
    assert len(plan.slot_of) == 0


@given(st.integers(0, 10**6), st.sampled_from([3, 20, 1000]))
@settings(max_examples=60, deadline=None)
@pytest.mark.slow
def test_value_equals_the_bound_and_the_flow_of_or_tools(seed, top):
    problem = random_problem(seed, top=top)

    proof = certify(problem, solve(problem))

    assert proof.value == proof.bound == flow_value(problem)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
@pytest.mark.slow
def test_a_changed_problem_begun_at_the_old_plan_ends_at_the_new_optimum(seed, change):
    old = random_problem(seed)
    draw = np.random.default_rng(change)
    again = draw.random(len(old.options.utility)) < 0.2
    utility = np.where(again, draw.integers(-2, 21, len(again)), old.options.utility)
    capacity = np.maximum(0, old.forest.capacity[:-1] + draw.integers(-1, 2))
    parent = np.where(old.forest.parent[:-1] == len(capacity), -1, old.forest.parent[:-1])
    new = Problem.of(np.append(0, old.options.stop), old.options.slot, utility, capacity, parent)

    plan = solve(new, start=solve(old))

    assert certify(new, plan).gap == 0
    assert plan.value == solve(new).value


@given(st.integers(0, 10**6), st.integers(1, 3))
@settings(max_examples=40, deadline=None)
@pytest.mark.slow
def test_more_seats_never_lower_the_value(seed, extra):
    assert solve(random_problem(seed, shift=extra)).value >= solve(random_problem(seed)).value


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
@pytest.mark.slow
def test_the_order_in_which_orders_are_listed_does_not_change_the_value(seed):
    problem = random_problem(seed)
    options = problem.options
    rows = np.random.default_rng(seed).permutation(problem.orders)
    picks = [np.arange(options.start[i], options.stop[i]) for i in rows]
    pick = np.concatenate([*picks, np.empty(0, int)]).astype(int)
    start = np.r_[0, np.cumsum([len(some) for some in picks])].astype(int)
    forest = problem.forest
    parent = np.where(forest.parent[:-1] == len(forest.capacity) - 1, -1, forest.parent[:-1])
    shuffled = Problem.of(
        start, options.slot[pick], options.utility[pick], forest.capacity[:-1], parent
    )

    assert solve(shuffled).value == solve(problem).value


@pytest.mark.parametrize("pace", [Pace(1, 2, 1), Pace(0.01, 16, 50, 0.0, 1), Pace(1, 2, 7, 9.0)])
def test_the_pace_changes_the_way_but_not_the_value(pace):
    problem = random_problem(5, orders=15)

    assert solve(problem, pace=pace).value == solve(problem).value


def test_the_certificate_finds_a_plan_that_is_not_optimal():
    problem = Problem.of([0, 2, 3], [0, 1, 0], [10, 9, 8], [1, 1])
    best = solve(problem)

    worse = Assignment(np.array([0, -1], np.int32), best.price, 10)

    assert certify(problem, worse).gap == 7


@pytest.mark.parametrize(
    ("slot_of", "price", "sentence"),
    [
        ([0, 0], [9, 0], "capacity is exceeded"),
        ([-1, 1], [9, 0], "no option for"),
        ([0, -1], [-1, 0], "price lies below"),
    ],
)
def test_the_certificate_refuses_a_plan_that_breaks_a_rule(slot_of, price, sentence):
    problem = Problem.of([0, 2, 3], [0, 1, 0], [10, 9, 8], [1, 1])
    plan = Assignment(np.array(slot_of, np.int32), np.array(price, np.int32), 0)

    with pytest.raises(EngineError, match=sentence):
        certify(problem, plan)


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        (([0, 2], [0], [1], [1]), "start must rise"),
        (([0, 1], [3], [1], [1]), r"slot must lie in \[0, 0\]"),
        (([0, 1], [0], [1.5], [1]), "utility must hold whole numbers"),
        (([0, 1], [0], [1], [-1]), "capacity must lie"),
        (([0, 1], [0], [1, 2], [1]), "same length"),
        (([0, 1], [0], [1], [1, 1], [1, 0]), "a parent must come later"),
        (([0, 1], [0], [1], [1, 1, 1, 2, 2], [3, 4, 3, -1, -1]), "must be consecutive"),
    ],
)
def test_a_problem_that_makes_no_sense_is_refused_in_words(arrays, sentence):
    with pytest.raises(EngineError, match=sentence):
        Problem.of(*arrays)


def test_a_beginning_of_another_shape_is_refused():
    problem = Problem.of([0, 1], [0], [1], [1])

    with pytest.raises(EngineError, match="one slot for every order"):
        solve(problem, start=Assignment(np.zeros(2, np.int32), np.zeros(1, np.int32), 0))


@pytest.mark.parametrize("wrong", [{"rough": 0}, {"ratio": 1}, {"fine": 0}, {"reach": 0}])
def test_a_pace_checks_itself(wrong):
    with pytest.raises(EngineError, match="Expected"):
        Pace(**wrong)
