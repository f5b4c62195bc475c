"""Orders become visits with a team, a day and a start, or a reason why not."""

import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.core.progress import Cancelled
from kepu_engines.matching.plan import Unserved, explain, plan
from kepu_engines.matching.schedule import best_round
from kepu_engines.matching.visits import DAY, Allowed, Orders, Rules, Teams, distance_km, pairs

# Friday 1 May 2026, nine o'clock, in minutes since 1970.
NINE = int((np.datetime64("2026-05-01") - np.datetime64("1970-01-01")).astype(int)) * DAY + 540
HERE = (106.55, 29.56)


def one_order(*, lon=HERE[0], skills=1, begin=0, end=180, minutes=60):
    place = [lon], [HERE[1]]
    window = {"earliest": [NINE + begin], "latest": [NINE + end]}
    return Orders.of(place, [skills], **window, minutes=[minutes], priority=[1])


def same_place(count, *, minutes=60, priority=1, end=180):
    place = [HERE[0]] * count, [HERE[1]] * count
    times = {"earliest": [NINE] * count, "latest": [NINE + end] * count}
    return Orders.of(
        place, [1] * count, **times, minutes=[minutes] * count, priority=[priority] * count
    )


def one_team(*, skills=1, day=4, week=9):
    return Teams.of(([HERE[0]], [HERE[1]]), [skills], [day], [week])


def test_a_degree_of_longitude_on_the_equator_is_111_km():
    km = distance_km((np.zeros(1), np.zeros(1)), (np.ones(1), np.zeros(1)))

    assert km[0] == pytest.approx(111.195, abs=0.001)


def test_an_order_next_door_is_served_when_its_window_opens():
    made = plan(one_order(), one_team())

    assert made.team.tolist() == [0]
    assert made.start.tolist() == [NINE]
    assert made.travel.tolist() == [0]
    assert made.objective == made.bound == 600
    assert made.gap == 0


@pytest.mark.parametrize(
    ("order", "team", "reason"),
    [
        ({"skills": 2}, {}, Unserved.NO_SKILL),
        ({"lon": 108.55}, {}, Unserved.TOO_FAR),
        ({"end": 30}, {}, Unserved.NO_WINDOW),
        ({"begin": 180, "end": 240}, {}, Unserved.NO_WINDOW),
        ({}, {"day": 0}, Unserved.NO_CAPACITY),
        ({}, {"week": 0}, Unserved.NO_CAPACITY),
    ],
)
def test_an_order_nobody_can_serve_says_why(order, team, reason):
    made = plan(one_order(**order), one_team(**team))

    assert made.reason == (reason,)
    assert made.team.tolist() == [-1]
    assert made.objective == 0


def test_what_does_not_fit_is_offered_to_another_team_with_room():
    near, far = HERE[0], HERE[0] + 0.05
    teams = Teams.of(([near, far], [HERE[1]] * 2), [1, 1], [4, 4], [9, 9])

    made = plan(same_place(4), teams)

    assert sorted(made.team.tolist()) == [0, 0, 0, 1]
    assert made.bound > made.objective > 1800


def test_a_round_of_many_visits_does_not_claim_that_nothing_else_fits():
    few, many = plan(same_place(4), one_team()), plan(same_place(14), one_team(day=14, week=14))

    assert few.proved.all()
    assert not many.proved[[r is Unserved.NO_TIME for r in many.reason]].any()


def test_progress_is_told_by_stage_and_may_stop_the_plan():
    told = []

    def stop_at_the_timetable(stage, done, total):
        told.append(stage)
        if stage == "timetable":
            raise Cancelled

    with pytest.raises(Cancelled):
        plan(same_place(4), one_team(), progress=stop_at_the_timetable)
    assert list(dict.fromkeys(told)) == ["options", "auction", "repair", "timetable"]


def test_what_does_not_fit_between_the_other_visits_has_no_time_and_widens_the_gap():
    made = plan(same_place(4), one_team())

    assert made.reason.count(Unserved.NO_TIME) == 1
    assert (made.objective, made.bound) == (1800, 2400)
    assert made.gap == pytest.approx(0.25)


def test_a_week_begins_on_monday():
    made = plan(same_place(2, end=4 * DAY), one_team(day=1, week=1))

    days = np.sort(made.start) // DAY - NINE // DAY
    assert made.team.tolist() == [0, 0]
    assert days[0] < 3 <= days[1]


@pytest.mark.parametrize(("end", "days", "numbers"), [(2 * DAY, 2, [1, 2]), (4 * DAY, 1, [1, 1])])
def test_visits_are_numbered_within_their_week(end, days, numbers):
    orders, teams = same_place(2, end=end), one_team(day=1, week=days)
    made = plan(orders, teams)

    told = [explain(orders, teams, made, (int(n), 0)) for n in np.argsort(made.start)]

    assert [one.of_week for one in told] == numbers
    assert [one.load for one in told] == [2, 2]


def test_visits_are_made_on_the_way():
    degree = np.radians(0.1)
    place = np.array([[0.0, 0.0], [2 * degree, 0.0], [degree, 0.0]])
    windows = np.array([[0, 1000, 10], [0, 1000, 10]])

    points = np.array([5, 5])

    route, start, travel = best_round(place, windows, points, (0, 1000), 60.0)

    assert route.tolist() == [1, 0]
    assert travel.tolist() == [12, 12]
    assert start.tolist() == [12, 34]


def test_a_suggestion_is_explained_in_numbers():
    orders, teams = one_order(skills=3), one_team(skills=1)

    why = explain(orders, teams, plan(orders, teams), (0, 0))

    assert (why.km, why.travel_minutes, why.has_skills, why.near_enough) == (0, 0, False, True)
    assert (why.load, why.of_week, why.week_capacity) == (0, 0, 9)


def test_no_orders_and_no_teams_make_an_empty_plan():
    nobody = Teams.of(([], []), [], [], [])

    assert plan(same_place(0), one_team()).objective == 0
    assert plan(one_order(), nobody).reason == (Unserved.NO_SKILL,)


def test_an_order_that_ends_before_it_begins_is_refused():
    with pytest.raises(EngineError, match="ends before it begins"):
        one_order(end=-5)


@pytest.mark.parametrize("wrong", [{"speed_kmh": 0}, {"days": 0}, {"halves": ((9, 8), (10, 11))}])
def test_rules_check_themselves(wrong):
    with pytest.raises(EngineError, match="Expected"):
        Rules(**wrong)


def crowd(teams):
    return Teams.of(([HERE[0]] * teams, [HERE[1]] * teams), [1] * teams, [9] * teams, [9] * teams)


def test_an_order_goes_to_a_team_that_may_serve_its_group_only():
    orders = same_place(3)
    allowed = Allowed.of([0, 1, 1], [[False, True], [True, False]])

    made = plan(orders, crowd(2), allowed=allowed)

    assert made.team.tolist() == [1, 0, 0]
    assert made.bound == plan(orders, crowd(2)).bound


def test_an_order_whose_group_has_no_skilled_team_says_so():
    teams = Teams.of(([HERE[0]] * 2, [HERE[1]] * 2), [1, 2], [9, 9], [9, 9])
    allowed = Allowed.of([0, 1], [[True, True], [False, True]])

    made = plan(same_place(2), teams, allowed=allowed)

    assert made.team.tolist() == [0, -1]
    assert made.reason == (None, Unserved.NO_SKILL)


def test_to_allow_everything_changes_nothing():
    draw = np.random.default_rng(5)
    place = HERE[0] + draw.random(60) / 5, HERE[1] + draw.random(60) / 5
    orders = Orders.of(
        place, 1 << draw.integers(0, 3, 60), earliest=[NINE] * 60, latest=[NINE + 2 * DAY] * 60,
        minutes=[60] * 60, priority=[1] * 60,
    )  # fmt: skip
    skills = draw.integers(1, 8, 9)
    teams = Teams.of((place[0][:9], place[1][:9]), skills, [2] * 9, [3] * 9)
    everything = Allowed.of(draw.integers(0, 4, 60), np.ones((4, 9), bool))

    asked, plain = plan(orders, teams, allowed=everything), plan(orders, teams)

    assert asked.team.tolist() == plain.team.tolist()
    assert asked.reason == plain.reason
    assert len(pairs(orders, teams, Rules(), everything).order) == len(
        pairs(orders, teams, Rules()).order
    )


@pytest.mark.parametrize(
    ("group", "team", "wrong"),
    [
        ([0, 2], [[True], [True]], "group"),
        ([0, -1], [[True], [True]], "group"),
        ([0, 0], [True], "row of teams"),
        ([0, 0], np.ones((0, 1)), "row"),
        ([0], [[True]], "every order"),
        ([0, 0], [[True, True]], "every team"),
    ],
)
def test_what_is_allowed_must_be_told_of_every_order_and_team(group, team, wrong):
    with pytest.raises(EngineError, match=wrong):
        plan(same_place(2), one_team(), allowed=Allowed.of(group, team))
