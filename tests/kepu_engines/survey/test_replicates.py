"""Replicates tell what linearisation tells of sums, and are corrected as the sample was."""

import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.design import Design, Lonely
from kepu_engines.survey.estimates import ratio, total
from kepu_engines.survey.hadamard import hadamard
from kepu_engines.survey.quantiles import quantiles
from kepu_engines.survey.replicates import (
    balanced,
    bootstrap,
    jackknife,
    mean_of,
    quantile_of,
    ratio_of,
    total_of,
)
from kepu_engines.survey.weighting.calibration import Calibration, rake
from kepu_engines.survey.weighting.margins import Margin
from kepu_engines.survey.weighting.response import Classes, by_class


def drawn(clusters=2, strata=5, fpc=None, seed=4, rows=6):
    """Strata of a few clusters of rows, in scattered order."""
    draw = np.random.default_rng(seed)
    n = strata * clusters * rows
    order = draw.permutation(n)
    stratum, cluster = order // (clusters * rows), order // rows
    fraction = None if fpc is None else np.full(n, fpc)
    y = draw.normal(50, 9, n) + 3 * stratum + draw.normal(0, 4, strata * clusters)[cluster]
    x = draw.gamma(4, 2, n)
    return Design.of(stratum, cluster, draw.lognormal(3, 0.4, n), fraction), y, x


@pytest.mark.parametrize("fpc", [None, 0.3])
@pytest.mark.parametrize(("clusters", "strata"), [(2, 5), (7, 3), (12, 1)])
def test_the_jackknife_of_a_total_is_its_linearised_variance(clusters, strata, fpc):
    design, y, _ = drawn(clusters, strata, fpc)

    found = jackknife(design).spread(total_of(y))

    theirs = total(design, y)
    assert found.value == pytest.approx(theirs.value)
    assert found.se == pytest.approx(theirs.se, rel=1e-10)
    assert np.ravel(found.interval()) == pytest.approx(np.ravel(theirs.interval()), rel=1e-10)


@pytest.mark.parametrize("fpc", [None, 0.3])
@pytest.mark.parametrize("fay", [0, 0.3, 0.7])
@pytest.mark.parametrize("strata", [1, 3, 5, 11])
def test_balanced_half_samples_of_a_total_tell_its_linearised_variance(strata, fay, fpc):
    design, y, _ = drawn(2, strata, fpc)

    found = balanced(design, fay).spread(total_of(y))

    assert found.se == pytest.approx(total(design, y).se, rel=1e-10)
    assert found.replicates.mean() == pytest.approx(found.value[0])


def test_a_bootstrap_of_a_total_comes_near_its_linearised_variance_and_comes_again():
    design, y, _ = drawn(5, 4, 0.2)

    found = bootstrap(design, 4000, seed=7).spread(total_of(y))

    assert found.se == pytest.approx(total(design, y).se, rel=0.05)
    assert found.replicates.mean() == pytest.approx(found.value[0], rel=0.01)
    again = bootstrap(design, 4000, seed=7).spread(total_of(y))
    assert (again.replicates == found.replicates).all()


def test_a_ratio_moves_about_as_much_by_every_method():
    design, y, x = drawn(2, 11)

    linear = ratio(design, y, x)

    for replicates in (jackknife(design), balanced(design), balanced(design, 0.5)):
        found = replicates.spread(ratio_of(y, x))
        assert found.value == pytest.approx(linear.value)
        assert found.se == pytest.approx(linear.se, rel=0.05)
    assert bootstrap(design, 2000, 3).spread(ratio_of(y, x)).se == pytest.approx(linear.se, rel=0.1)


def test_sums_are_passed_over_once_to_the_same_end():
    design, y, x = drawn(4, 3)
    columns = np.column_stack([y, x])
    for replicates in (jackknife(design), jackknife(design).corrected(lambda weight: 2 * weight)):
        quick = replicates.spread_of_sums(columns, lambda sums: sums[0] / sums[1])
        slow = replicates.spread(ratio_of(y, x))
        assert quick.value == pytest.approx(slow.value)
        assert quick.se == pytest.approx(slow.se, rel=1e-10)


def test_a_quantile_is_that_of_the_linearised_engine():
    design, y, _ = drawn(4, 3)
    shares = [0, 0.1, 0.5, 0.9, 1]

    found = quantile_of(y, shares)(design.weight)

    assert found[1:4].tolist() == [one.value[0] for one in quantiles(design, y, shares[1:4])]
    assert found[[0, 4]].tolist() == [y.min(), y.max()]


def test_every_replicate_meets_the_margins():
    design = drawn(4, 3)[0]
    sex = np.arange(len(design)) % 2
    margin = Margin("sex", sex, {0: 900, 1: 1100})

    raked = jackknife(design).corrected(Calibration.of([margin], len(design)))

    assert raked.weight == pytest.approx(rake(design.weight, [margin]).weight)
    for weight in raked.every():
        assert np.bincount(sex, weight) == pytest.approx([900, 1100])
    assert raked.spread(total_of(np.ones(len(design)))).se == pytest.approx(0, abs=1e-9)


def test_corrections_follow_one_another():
    design, y, _ = drawn(4, 3)
    answered, sex = np.arange(len(design)) % 3 > 0, np.arange(len(design)) % 2
    classes = np.arange(len(design)) // 36
    margin = Margin("sex", sex, {0: 900, 1: 1100})

    found = (
        jackknife(design)
        .corrected(Classes.of(answered, classes, len(design)))
        .corrected(Calibration.of([margin], len(design)))
    )

    by_hand = by_class(design.weight, answered, classes)
    assert (found.weight[~answered] == 0).all()
    assert np.bincount(sex, found.weight) == pytest.approx([900, 1100])
    ratio_kept = found.weight[answered] / by_hand[answered]
    assert len(set(np.round(ratio_kept, 9))) == 2  # one factor a sex
    assert found.spread(mean_of(y)).se > 0


def test_domains_move_together():
    design, y, _ = drawn(4, 3)
    domain = np.arange(len(design)) % 3 - 1  # -1 is outside

    found = jackknife(design).spread(mean_of(y, domain))

    assert found.covariance.shape == (2, 2)
    assert found.covariance[0, 1] == pytest.approx(found.covariance[1, 0])
    inside = [np.average(y[domain == at], weights=design.weight[domain == at]) for at in range(2)]
    assert found.value == pytest.approx(inside)


def test_a_census_stratum_and_a_certain_one_move_nothing():
    stratum, cluster = np.array([0, 0, 1, 1, 2]), np.arange(5)
    fraction = np.array([1, 1, 0.5, 0.5, 0.5])
    design = Design.of(stratum, cluster, np.ones(5), fraction, Lonely.CERTAINTY)

    assert len(jackknife(design)) == 2
    assert bootstrap(design, 50, 1).weights(3)[[0, 1, 4]] == pytest.approx([1, 1, 1])


@pytest.mark.parametrize("lonely", [Lonely.ADJUST, Lonely.AVERAGE])
def test_a_rule_that_replicates_cannot_follow_is_refused(lonely):
    design = Design.of([0, 0, 1], [0, 1, 2], np.ones(3), lonely=lonely)

    with pytest.raises(EngineError, match=f"cannot follow the rule {lonely.value}"):
        jackknife(design)


def test_half_samples_of_three_clusters_are_refused_by_row():
    design = Design.of([0, 0, 1, 1, 1], np.arange(5), np.ones(5))

    with pytest.raises(EngineError, match=r"stratum of row 3 has 3 clusters.*jackknife"):
        balanced(design)


def test_signs_of_ones_own_are_taken():
    design, y, _ = drawn(2, 5)
    own = hadamard(12)[:, 3:8]

    found = balanced(design, signs=own)

    assert len(found) == 12
    assert found.spread(total_of(y)).se == pytest.approx(total(design, y).se, rel=1e-10)


@pytest.mark.parametrize(
    ("signs", "sentence"),
    [
        ([[1, 1], [1, -1]], "do not balance"),
        ([[1], [1]], "must have 2 columns"),
        ([[1, 0], [1, 1]], r"\+1 and -1"),
    ],
)
def test_signs_that_do_not_balance_are_refused(signs, sentence):
    with pytest.raises(EngineError, match=sentence):
        balanced(drawn(2, 2)[0], signs=signs)


def test_a_replicate_that_cannot_be_corrected_is_named():
    design = Design.of(np.zeros(3, int), [0, 1, 2], np.ones(3))
    margin = Margin("sex", [0, 1, 1], {0: 10, 1: 20})
    raked = jackknife(design).corrected(Calibration.of([margin], 3))

    with pytest.raises(EngineError, match="in replicate 1: nobody in the sample has sex = 0"):
        raked.spread(total_of(np.ones(3)))


def test_progress_can_be_watched():
    design, y, _ = drawn(3, 2)
    seen = []

    jackknife(design).spread(total_of(y), progress=lambda *step: seen.append(step))

    assert seen == [("replicates", at, 6) for at in range(6)]
