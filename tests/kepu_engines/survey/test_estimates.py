"""Totals, means and ratios: hand values, and what must not change them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kepu_engines.core.errors import EngineError
from kepu_engines.survey import cells
from kepu_engines.survey.design import Design
from kepu_engines.survey.estimates import mean, ratio, total

SEEDS = st.integers(0, 10**6)


def sample(seed, rows=200):
    """A made-up draw of 8 strata with 3 clusters each, in any order."""
    chance = np.random.default_rng(seed)
    cluster = np.concatenate([np.arange(24), chance.integers(0, 24, rows - 24)])
    chance.shuffle(cluster)
    columns = {"stratum": cluster // 3, "cluster": cluster, "weight": chance.uniform(1, 9, rows)}
    columns |= {"y": chance.normal(50, 9, rows), "x": chance.uniform(1, 2, rows)}
    return columns | {"domain": np.arange(rows) % 4}


def drawn(columns):
    return Design.of(columns["stratum"], columns["cluster"], columns["weight"])


def test_a_mean_of_four_clusters_by_hand():
    design = Design.of([1, 1, 2, 2], [1, 2, 3, 4], [1.0, 1, 1, 1])
    found = mean(design, [1.0, 3, 10, 14])

    assert found.value[0] == 7
    assert found.se[0] == pytest.approx(np.sqrt((2 + 8) * 2) / 4)
    assert (found.df[0], found.n[0]) == (2, 4)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_the_order_of_rows_changes_nothing(seed):
    columns = sample(seed)
    order = np.random.default_rng(seed + 1).permutation(200)
    turned = {name: values[order] for name, values in columns.items()}
    one = ratio(drawn(columns), columns["y"], columns["x"], columns["domain"])
    other = ratio(drawn(turned), turned["y"], turned["x"], turned["domain"])

    np.testing.assert_allclose(other.value, one.value, rtol=1e-13)
    np.testing.assert_allclose(other.se, one.se, rtol=1e-12)


@given(SEEDS, st.floats(0.01, 1000))
@settings(max_examples=20, deadline=None)
def test_weights_times_a_number_leave_a_mean_alone_and_multiply_a_total(seed, times):
    columns = sample(seed)
    more = columns | {"weight": columns["weight"] * times}

    one, other = (mean(drawn(each), columns["y"]) for each in (columns, more))
    np.testing.assert_allclose([other.value, other.se], [one.value, one.se], rtol=1e-11)
    one, other = (total(drawn(each), columns["y"]) for each in (columns, more))
    np.testing.assert_allclose(other.se, one.se * times, rtol=1e-11)


def test_a_census_has_no_variance():
    columns = sample(1)
    design = Design.of(columns["stratum"], columns["cluster"], columns["weight"], np.ones(200))

    assert mean(design, columns["y"], columns["domain"]).se.tolist() == [0, 0, 0, 0]


def test_few_cells_give_what_a_full_table_gives(monkeypatch):
    columns = sample(2)
    asked = columns["y"], columns["domain"]
    full = mean(drawn(columns), *asked)
    monkeypatch.setattr(cells, "_small", lambda cells, rows: False)

    few = mean(drawn(columns), *asked)
    np.testing.assert_allclose([few.value, few.se], [full.value, full.se], rtol=1e-13)


def test_a_contrast_counts_that_domains_share_clusters():
    columns = sample(3)
    design, inside = drawn(columns), columns["domain"] == 0
    found = mean(design, columns["y"], columns["domain"])
    value, se = found.contrast([1, -1, 0, 0])

    assert value == pytest.approx(found.value[0] - found.value[1])
    assert found.contrast([1, 0, 0, 0])[1] == pytest.approx(found.se[0])
    scores = np.where(inside, columns["y"] - found.value[0], 0) / columns["weight"][inside].sum()
    other = columns["domain"] == 1
    scores -= np.where(other, columns["y"] - found.value[1], 0) / columns["weight"][other].sum()
    assert total(design, scores).se[0] == pytest.approx(se)


def test_rows_outside_every_domain_leave_their_clusters_drawn():
    columns = sample(4)
    design = drawn(columns)
    outside = np.where(columns["domain"] == 0, 0, -1)

    assert mean(design, columns["y"], outside).se[0] == pytest.approx(
        mean(design, columns["y"], columns["domain"]).se[0]
    )


@pytest.mark.parametrize(
    ("y", "domain", "sentence"),
    [
        ([1.0, np.nan, 3, 4], None, "y must hold finite"),
        ([1.0, 2, 3], None, "y must hold 4 numbers, not 3"),
        ([1.0, 2, 3, 4], [0, 0, 2, 2], "domain 1 has no rows"),
        ([1.0, 2, 3, 4], [0, 0, 0], "domain must hold 4"),
        ([1.0, 2, 3, 4], [-1, -1, -1, -1], "no row is in a domain"),
        ([1.0, 2, 3, 4], [0, 0, 0, 2**32], "a domain has no rows"),
    ],
)
def test_input_that_cannot_be_is_refused(y, domain, sentence):
    design = Design.of([1, 1, 2, 2], [1, 2, 3, 4], np.ones(4))
    with pytest.raises(EngineError, match=sentence):
        mean(design, y, domain)
