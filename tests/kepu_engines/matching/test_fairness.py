"""An even load has a price, and it is said when it cannot be had."""

import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.matching.fairness import price_of_fairness, spread_of, utilisation
from kepu_engines.matching.problem import Problem


def ten_orders_two_teams(second):
    """Ten orders worth 10 with team 0 and `second` with team 1; ten seats each."""
    start = np.arange(11) * 2
    return Problem.of(start, [0, 1] * 10, [10, second] * 10, [10, 10])


def test_sharing_equally_costs_half_of_what_the_second_team_is_worse():
    half, even = price_of_fairness(ten_orders_two_teams(8), (0.4, 0.0))

    assert even.reached
    assert even.spread == pytest.approx(0)
    assert even.price == pytest.approx(0.1)
    assert half.price == pytest.approx(0.06)
    assert half.spread <= 0.4


def test_a_team_no_order_can_reach_keeps_the_spread_wide():
    problem = Problem.of(np.arange(11), [0] * 10, [10] * 10, [10, 10])

    (plan,) = price_of_fairness(problem, (0.01,), levels=4)

    assert not plan.reached
    assert plan.spread == pytest.approx(0.2 * 0.8)


def test_teams_of_one_seat_are_closed_where_nothing_else_makes_them_even():
    problem = Problem.of(np.arange(6), [0, 1, 2, 2, 2], [10] * 5, [1, 1, 8])

    (plan,) = price_of_fairness(problem, (0.3,))

    assert plan.reached
    assert plan.spread <= 0.3
    assert plan.price == pytest.approx(0.6)


def test_utilisation_is_counted_by_team_and_not_by_half_day():
    problem = Problem.of([0, 1, 2], [0, 1], [5, 5], [1, 1, 4], [2, 2, -1])

    assert utilisation(problem, np.array([0, 1], np.int32)).tolist() == [0.5]


def test_the_spread_is_the_90th_less_the_10th_percentile():
    assert spread_of(np.arange(11) / 10) == pytest.approx(0.8)


def test_a_spread_outside_its_range_is_refused():
    with pytest.raises(EngineError, match="spread must lie"):
        price_of_fairness(ten_orders_two_teams(8), (1.5,))
