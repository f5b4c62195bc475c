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
