"""Item response of samples with weights and clusters: errors, item fit and DIF count the draw."""

import numpy as np
import pytest
from scipy.stats import f, t

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.design import Design, Lonely
from kepu_engines.survey.irt.dif import _grade as graded
from kepu_engines.survey.irt.dif import mantel_haenszel
from kepu_engines.survey.irt.dif_likelihood import likelihood_ratio, wald
from kepu_engines.survey.irt.fit import Method, fit
from kepu_engines.survey.irt.information import errors
from kepu_engines.survey.irt.item_fit import item_fit
from kepu_engines.survey.irt.responses import responses

pytestmark = pytest.mark.slow
PRECISE = Method(tolerance=1e-6)


def clustered(towns=30, each=20, items=5, seed=3):
    """Answers of people in towns of two regions, the people of a town alike; and weights."""
    chance = np.random.default_rng(seed)
    town = np.repeat(np.arange(towns), each)
    theta = np.sqrt(0.4) * chance.normal(size=towns)[town]
    theta = theta + np.sqrt(0.6) * chance.normal(size=len(town))
    z = 1.2 * (theta[:, None] - np.linspace(-1, 1, items))
    codes = (z > chance.logistic(size=z.shape)).astype(int)
    return codes, town % 2, town, chance.uniform(1, 3, len(town))


def test_errors_of_a_clustered_sample_are_those_of_leaving_out_each_cluster():
    codes, region, town, weight = clustered()
    answers = responses(codes, design=Design.of(region, town, weight))
    found = fit(answers, "2pl", PRECISE)

    told = errors(found, answers)

    parts = []
    for left_out in range(30):
        kept = town != left_out
        factor = np.where(region == left_out % 2, 15 / 14, 1.0)
        part = responses(codes[kept], weight=(weight * factor)[kept])
        parts.append(fit(part, "2pl", PRECISE).params)
    jackknife = np.zeros((5, 2))
    for stratum in (0, 1):
        one = np.array(parts)[stratum::2]
        jackknife += 14 / 15 * ((one - one.mean(axis=0)) ** 2).sum(axis=0)
    mine = np.array([np.sqrt(np.diag(told.of(item))) for item in range(5)])
    assert mine == pytest.approx(np.sqrt(jackknife), rel=0.2)
    alone = responses(codes, weight=weight)
    assert mine[2, 1] > 1.5 * np.sqrt(errors(fit(alone, "2pl", PRECISE), alone).of(2)[1, 1])


def test_a_design_of_single_persons_is_the_sandwich_of_their_weights():
    codes, _region, _town, weight = clustered(seed=5)
    rows = np.arange(len(codes))
    drawn = responses(codes, design=Design.of(0 * rows, rows, weight))
    weighted = responses(codes, weight=weight)

    one, other = (errors(fit(each, "2pl", PRECISE), each) for each in (drawn, weighted))

    assert one.covariance == pytest.approx(other.covariance * 600 / 599, rel=1e-4, abs=1e-7)


def test_weights_are_given_once():
    codes, region, town, weight = clustered()

    with pytest.raises(EngineError, match="Weights are those of the design"):
        responses(codes, weight=weight, design=Design.of(region, town, weight))


def two_groups(seed=1, persons=1200, moved=0.0):
    chance = np.random.default_rng(seed)
    group = np.repeat([0, 1], persons // 2)
    theta = chance.normal(0, 1, persons) + 0.4 * group
    level = np.tile(np.linspace(-1, 1, 6), (persons, 1))
    level[group == 1, 2] += moved
    codes = (1.3 * (theta[:, None] - level) > chance.logistic(size=level.shape)).astype(int)
    return codes, group


def test_the_test_by_wald_is_near_the_likelihood_ratio_where_nothing_was_drawn():
    codes, group = two_groups(moved=0.4)
    answers = responses(codes, group=group)

    ratio, test = (way(answers, "2pl", [2], PRECISE)[0] for way in (likelihood_ratio, wald))

    assert test.chi_square == pytest.approx(ratio.chi_square, rel=0.15)
    assert (test.df, test.name) == (ratio.df, ratio.name)
    assert test.harder == pytest.approx(ratio.harder)


def twice(codes, group):
    """Everybody twice, in a cluster together: no more is known than of everybody once."""
    person = np.tile(np.arange(len(codes)), 2)
    design = Design.of(0 * person, person, np.full(2 * len(codes), 7.0))
    return np.tile(codes, (2, 1)), np.tile(group, 2), design


def test_people_counted_twice_in_clusters_tell_no_more_of_differential_items():
    codes, group = two_groups(moved=0.4)
    doubled, both, design = twice(codes, group)
    rows = np.arange(len(codes))
    once = responses(codes, group=group, design=Design.of(0 * rows, rows, np.ones(len(rows))))

    found = wald(responses(doubled, group=both, design=design), "2pl", [2], PRECISE)[0]
    whole = wald(once, "2pl", [2], PRECISE)[0]

    assert found.chi_square == pytest.approx(whole.chi_square, rel=1e-3)
    with pytest.raises(EngineError, match="use the test by Wald"):
        likelihood_ratio(once, "2pl")


def test_mantel_haenszel_of_a_drawn_sample_counts_clusters_and_weights():
    codes, group = two_groups(moved=0.5)
    level = codes.sum(axis=1)
    doubled, both, design = twice(codes, group)
    rows = np.arange(len(codes))
    single = Design.of(0 * rows, rows, np.ones(len(rows)))

    plain = mantel_haenszel(codes[:, 2], level, group)
    once = mantel_haenszel(codes[:, 2], level, group, single)
    found = mantel_haenszel(doubled[:, 2], doubled.sum(axis=1), both, design)

    assert once.odds == pytest.approx(plain.odds)
    assert once.error == pytest.approx(plain.error, rel=0.03)
    assert found.error == pytest.approx(once.error, rel=1e-6)
    assert found.chi_square == pytest.approx((np.log(plain.odds) / once.error) ** 2, rel=1e-6)


def test_mantel_haenszel_with_weights_is_that_of_people_repeated():
    codes, group = two_groups(seed=4)
    many = np.random.default_rng(1).integers(1, 4, len(codes))
    rows = np.arange(len(codes))
    weighted = Design.of(0 * rows, rows, many.astype(float))

    found = mantel_haenszel(codes[:, 2], codes.sum(axis=1), group, weighted)

    again = np.repeat(rows, many)
    plain = mantel_haenszel(codes[again, 2], codes[again].sum(axis=1), group[again])
    assert found.odds == pytest.approx(plain.odds)
    assert found.error > 1.05 * plain.error


def test_tests_of_few_clusters_are_by_f():
    codes, region, town, weight = clustered(towns=8, each=60)
    group = np.tile([0, 1], len(codes) // 2)
    design = Design.of(region, town, weight)

    item = wald(responses(codes, group=group, design=design), "2pl", [2], PRECISE)[0]
    odds = mantel_haenszel(codes[:, 2], codes.sum(axis=1), group, design)

    assert item.df == 2  # of 8 towns in 2 regions: F(2, 5)
    assert item.p == pytest.approx(f.sf(item.chi_square * 5 / 12, 2, 5))
    assert odds.p == pytest.approx(2 * t.sf(np.sqrt(odds.chi_square), 6))


def test_a_class_is_as_clear_as_the_clusters_are_many():
    assert graded(1.7, 0.3, 0.01, None) == "C"  # 0.7 / 0.3 is beyond 1.645, not beyond t of 3
    assert graded(1.7, 0.3, 0.01, 3) == "B"


def test_fewer_clusters_than_parameters_are_refused_in_words():
    codes, _region, town, weight = clustered(towns=2, each=200)
    group = np.tile([0, 1], len(codes) // 2)
    two = Design.of(0 * town, town, weight)
    alone = Design.of(town, town, weight, lonely=Lonely.CERTAINTY)

    with pytest.raises(
        EngineError, match="2 parameters at once needs clusters to be at least 2 more"
    ):
        wald(responses(codes, group=group, design=two), "2pl", [2], PRECISE)
    with pytest.raises(EngineError, match="at least 1 more than strata, not 0"):
        mantel_haenszel(codes[:, 2], codes.sum(axis=1), group, alone)


@pytest.mark.parametrize("drawn", ["weights", "clusters"])
def test_item_fit_of_a_drawn_sample_is_as_large_as_its_degrees_of_freedom(drawn):
    """Uncorrected, unequal weights make the chi-square larger by their design effect, here 1.9."""
    shares = []
    for seed in range(10):
        chance = np.random.default_rng(seed)
        z = 1.2 * (chance.normal(size=(1500, 1)) - np.linspace(-1, 1, 6))
        codes = (z > chance.logistic(size=z.shape)).astype(int)
        weight = chance.lognormal(0, 0.8, 1500)
        given = {"weight": weight}
        if drawn == "clusters":
            person = np.arange(1500)
            codes, weight = np.tile(codes, (2, 1)), np.ones(3000)
            given = {"design": Design.of(np.zeros(3000), np.tile(person, 2), weight)}
        answers = responses(codes, **given)
        fitted = item_fit(fit(answers, "2pl"), answers)
        shares += (fitted.s_x2 / fitted.df).tolist()
    assert 0.7 < np.mean(shares) < 1.3
