"""Quantiles: hand values and what must not change them."""

import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.design import Design
from kepu_engines.survey.quantiles import quantiles


def simple(rows):
    return Design.of(np.zeros(rows, int), np.arange(rows), np.ones(rows))


def test_a_median_is_the_least_value_that_reaches_half():
    assert quantiles(simple(4), [4.0, 1, 3, 2], [0.5])[0].value == [2]
    assert quantiles(simple(5), [5.0, 4, 1, 3, 2], [0.5])[0].value == [3]


def test_below_the_first_row_the_second_is_read_as_in_r():
    """R's convention, which this follows: of two rows the quantile of 30 % is the second."""
    assert quantiles(simple(2), [1.0, 2], [0.3])[0].value == [2]
    assert quantiles(simple(3), [1.0, 2, 9], [0.3], [0, 0, 1])[0].value.tolist() == [2, 9]


def test_where_everybody_has_the_same_value_it_is_its_own_interval():
    found = quantiles(simple(7), [4.0] * 7, [0.5])[0]

    assert (found.value, found.low, found.high, found.se) == (4, 4, 4, 0)


def test_an_estimate_keeps_what_its_cells_need_and_no_row():
    """Quantiles of a million rows are many estimates at once."""
    cluster = np.arange(5000) % 10
    design = Design.of(cluster // 5, cluster, np.ones(5000))

    found = quantiles(design, np.arange(5000.0), [0.5], cluster // 5)[0]

    kept = found.share.scores.stages[0]
    assert kept.rows.tolist() == [500] * 10
    assert {np.size(array) for array in vars(kept).values()} == {10, 1}


def test_the_order_of_rows_changes_nothing():
    chance = np.random.default_rng(5)
    cluster, y, domain = np.arange(300) % 30, chance.normal(size=300), np.arange(300) // 100
    order = chance.permutation(300)
    one, other = (
        quantiles(Design.of(c // 3, c, np.ones(300)), v, [0.3], d)[0]
        for c, v, d in ((cluster, y, domain), (cluster[order], y[order], domain[order]))
    )

    for name in ("value", "se", "low", "high"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_rows_outside_every_domain_do_not_count():
    found = quantiles(simple(6), [1.0, 2, 3, 99, 98, 97], [0.5], [0, 0, 0, -1, -1, -1])[0]

    assert found.value == [2]
    assert found.share.n == [3]


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, np.nan])
def test_a_share_must_lie_between_0_and_1(share):
    with pytest.raises(EngineError, match="share"):
        quantiles(simple(3), [1.0, 2, 3], [share])
