"""What teams have on already keeps its time and its seats, and nothing is planned over it."""

import numpy as np
import pytest
from tests.kepu_engines.matching.test_plan import HERE, NINE, one_order, one_team, same_place

from kepu_engines.core.errors import EngineError
from kepu_engines.matching.booked import Booked
from kepu_engines.matching.plan import Unserved, explain, plan
from kepu_engines.matching.visits import DAY, Orders, Teams

AWAY = HERE[0] + 0.1  # 9.7 km, 20 minutes
MONDAY = NINE + 3 * DAY  # the first of May 2026 was a Friday


def visit(*, begin=0, minutes=60, lon=HERE[0], team=0, whole=None):
    start = NINE + begin
    return Booked.of([team], ([lon], [HERE[1]]), ([start], [start + minutes]), whole=whole)


def planned(orders, team, booked):
    return plan(orders, team, booked=booked)


@pytest.mark.parametrize("day_before", [0, -3])
def test_a_visit_that_stands_takes_a_seat_of_its_week_also_from_before_the_plan_begins(day_before):
    week_full = visit(begin=day_before * DAY)

    made = planned(one_order(end=4 * 60), one_team(day=1, week=1), week_full)

    assert made.reason == (Unserved.NO_CAPACITY,)
    assert made.bound == 0
    after = same_place(1, end=4 * DAY)
    assert planned(after, one_team(day=1, week=1), week_full).start.tolist() == [MONDAY]


def test_a_full_day_leaves_the_other_days_of_the_week():
    made = planned(same_place(1, end=2 * DAY), one_team(day=1, week=3), visit())

    assert made.start.tolist() == [NINE + DAY]


def test_all_weeks_together_hold_no_more_than_a_team_may_take():
    orders, team = same_place(4, end=10 * DAY), one_team(day=2, week=3)
    assert planned(orders, team, Booked.of()).objective == 4 * 600

    made = planned(orders, team, Booked.of(whole=[2]))

    assert np.count_nonzero(made.team == 0) == 2
    assert made.objective == made.bound == 2 * 600
    assert made.reason.count(Unserved.NO_CAPACITY) == 2


def test_an_order_without_a_time_keeps_a_seat_of_the_first_week_that_has_one():
    window = [0, NINE, NINE + 11 * DAY]
    orders, team = same_place(3, end=11 * DAY), one_team(day=1, week=1)
    assert np.count_nonzero(planned(orders, team, Booked.of()).team == 0) == 3

    one = planned(orders, team, Booked.of(untimed=[window]))
    two = planned(orders, team, Booked.of(untimed=[window, window]))

    assert np.sort(one.start)[1:].min() >= MONDAY
    assert [np.count_nonzero(made.team == 0) for made in (one, two)] == [2, 1]


def test_an_order_without_a_time_that_is_wanted_on_one_day_keeps_a_seat_of_it():
    booked = Booked.of(untimed=[[0, NINE, NINE + 60]])

    made = planned(same_place(1, end=DAY + 120), one_team(day=1, week=5), booked)

    assert made.start.tolist() == [NINE + DAY]


@pytest.mark.parametrize(
    ("stands", "start"),
    [
        (visit(), 60),
        (visit(begin=60), 0),
        (visit(begin=30), 90),
        (visit(lon=AWAY), 80),
        (visit(lon=AWAY, begin=70), 150),
        (visit(lon=AWAY, begin=80), 0),
        (visit(begin=-60, minutes=90), 30),
    ],
    ids=["first", "after", "too near", "way back", "no time to go", "time to go", "since before"],
)
def test_a_new_visit_begins_where_it_leaves_time_for_those_that_stand(stands, start):
    made = planned(one_order(end=8 * 60, minutes=60), one_team(), stands)

    inside = NINE + start if start <= 120 else NINE + 240  # else after the break at noon
    assert made.start.tolist() == [inside]


def test_visits_of_several_members_at_the_same_time_are_all_left_alone():
    start = [NINE, NINE + 30, NINE + 90]
    booked = Booked.of(
        [0, 0, 0], ([HERE[0], AWAY, AWAY], [HERE[1]] * 3), (start, [one + 60 for one in start])
    )

    made = planned(one_order(end=180, minutes=10), one_team(day=9), booked)

    assert made.start.tolist() == [NINE + 150 + 20]


def test_what_the_visits_that_stand_leave_no_time_for_says_so_and_widens_the_gap():
    made = planned(one_order(minutes=60), one_team(), visit(begin=30, minutes=100))

    assert made.reason == (Unserved.NO_TIME,)
    assert (made.objective, made.bound) == (0, 600)
    assert made.proved.all()


def test_visits_that_stand_count_when_a_visit_of_the_week_is_numbered():
    orders, team, stands = one_order(), one_team(), visit(begin=-DAY)
    made = planned(orders, team, stands)

    assert explain(orders, team, made, (0, 0), booked=stands).of_week == 2


def test_of_two_equal_teams_the_one_whose_turn_it_is_goes():
    place = [HERE[0]] * 2, [HERE[1]] * 2
    for turn in ([0, 5], [5, 0]):
        made = plan(one_order(), Teams.of(place, [1, 1], [4, 4], [9, 9], turn))

        assert made.team.tolist() == [int(np.argmax(turn))]
        assert made.objective == made.bound == 605


def a_busy_town(seed, per_team):
    """Some teams with visits at any hour of three days, and orders wanted in them."""
    draw = np.random.default_rng(seed)
    team = np.repeat(np.arange(5), per_team)
    start = NINE + draw.integers(0, 3, len(team)) * DAY + draw.integers(-60, 8 * 60, len(team))

    def around(count):
        return HERE[0] + draw.random(count) / 10, HERE[1] + draw.random(count) / 10

    booked = Booked.of(team, around(len(team)), (start, start + draw.integers(20, 90, len(team))))
    window = {"earliest": [NINE] * 40, "latest": [NINE + 3 * DAY] * 40}
    orders = Orders.of(around(40), [1] * 40, **window, minutes=[45] * 40, priority=[1] * 40)
    return orders, Teams.of(around(5), [1] * 5, [8] * 5, [25] * 5), booked


@pytest.mark.parametrize("per_team", [3, 9, 45])
@pytest.mark.parametrize("seed", range(4))
def test_nobody_is_planned_to_be_at_two_places_at_once(seed, per_team):
    orders, teams, booked = a_busy_town(seed, per_team)

    made = plan(orders, teams, booked=booked)

    served = np.flatnonzero(made.team >= 0)
    assert per_team == 45 or len(served)
    for order in served:
        begin, end = made.start[order], made.start[order] + orders.minutes[order]
        mine = booked.team == made.team[order]
        assert not (mine & (booked.start < end) & (booked.end > begin)).any()
    stood = on_days(booked.team, booked.start)
    added = on_days(made.team[served], made.start[served])
    assert (stood + added <= np.maximum(stood, 8)).all()


def on_days(team, start):
    """Visits of each of five teams on each of three days."""
    return np.bincount(team * 3 + start // DAY - NINE // DAY, minlength=15)


@pytest.mark.parametrize(
    ("booked", "wrong"),
    [
        (lambda: visit(minutes=0), "ends before"),
        (lambda: Booked.of([0], ((), ()), ([1], [2])), "length"),
        (lambda: Booked.of(whole=[-1]), "whole"),
        (lambda: visit(team=-1), "team"),
    ],
)
def test_what_is_booked_is_checked(booked, wrong):
    with pytest.raises(EngineError, match=wrong):
        booked()


def test_a_visit_of_a_team_that_does_not_exist_is_refused():
    with pytest.raises(EngineError, match="no team"):
        planned(one_order(), one_team(), visit(team=1))
