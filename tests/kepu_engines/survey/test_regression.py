"""Regression: hand values, closed forms, R's svyglm, and refusals in words."""

import numpy as np
import pytest
from tests.oracles import columns_of, in_r, numbers, shared

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.design import Design
from kepu_engines.survey.estimates import mean, ratio
from kepu_engines.survey.regression import regression

SCRIPT = """
read <- function(name) read.csv(file.path(folder, name))
stratified <- read("apistrat.csv"); two <- read("apiclus2.csv")
nhanes <- read("nhanes_cholesterol_design.csv")
drawn <- list(
  stratified = svydesign(id=~1, strata=~stype, weights=~pw, fpc=~fpc, data=stratified),
  clus2 = svydesign(id=~dnum+snum, fpc=~fpc1+fpc2, data=two),
  nhanes = svydesign(id=~SDMVPSU, strata=~SDMVSTRA, weights=~WTMEC2YR, nest=TRUE, data=nhanes))
# glm keeps the weights of the step before its last, so it is started again at its own answer.
logistic <- function(f, d) suppressWarnings({
  first <<- svyglm(f, d, family=quasibinomial(), control=list(epsilon=1e-15, maxit=60))
  svyglm(f, d, family=quasibinomial(), start=coef(first)) })
say <- function(case, d, m) {
  tell(paste0(case, ":w"), weights(d)); tell(paste0(case, ":value"), coef(m))
  tell(paste0(case, ":cov"), vcov(m)); tell(paste0(case, ":df"), m$df.residual)
  tell(paste0(case, ":ci"), confint(m)); tell(paste0(case, ":n"), nobs(m)) }
for (name in c("stratified", "clus2")) {
  d <- drawn[[name]]
  say(paste0(name, ":linear"), d, svyglm(api00 ~ ell + meals + mobility, d))
  say(paste0(name, ":logistic"), d,
    logistic(I(awards == "Yes") ~ ell + meals + mobility, d))
  say(paste0(name, ":part"), d, svyglm(api00 ~ ell + meals + mobility, subset(d, stype != "E"))) }
d <- drawn$nhanes
say("nhanes:linear", d, svyglm(HI_CHOL ~ race + RIAGENDR, d))
say("nhanes:logistic", d, logistic(HI_CHOL ~ race + RIAGENDR, d))
"""
CASES = [
    f"{name}:{kind}" for name in ("stratified", "clus2") for kind in ("linear", "logistic", "part")
]
CASES += ["nhanes:linear", "nhanes:logistic"]


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    return in_r(SCRIPT, tmp_path_factory.mktemp("r"), folder=shared("survey_irt"))


def of_api(name, kind, weight):
    file = {"stratified": "apistrat.csv", "clus2": "apiclus2.csv"}[name]
    columns = columns_of(shared("survey_irt") / file)
    one = np.zeros(len(weight), int)
    if name == "stratified":
        design = Design.of(columns["stype"], columns["cds"], weight, numbers(columns["fpc"]))
    else:
        sizes = [numbers(columns["fpc1"]), numbers(columns["fpc2"])]
        design = Design.of([one, one], [columns["dnum"], columns["snum"]], weight, sizes)
    x = np.column_stack([one + 1.0, *(numbers(columns[n]) for n in ("ell", "meals", "mobility"))])
    y = columns["awards"] == "Yes" if kind == "logistic" else numbers(columns["api00"])
    return design, y, x, columns["stype"] != "E" if kind == "part" else one == 0


def of_nhanes(weight):
    columns = columns_of(shared("survey_irt") / "nhanes_cholesterol_design.csv")
    design = Design.of(columns["SDMVSTRA"], columns["SDMVPSU"], weight)
    x = np.column_stack([weight > 0, numbers(columns["race"]), numbers(columns["RIAGENDR"])])
    y = numbers(columns["HI_CHOL"])
    return design, np.nan_to_num(y), x, ~np.isnan(y)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_coefficients_and_their_covariance_are_those_of_r(theirs, case):
    name, kind = case.split(":")
    weight = np.array(theirs[f"{case}:w"])
    design, y, x, inside = of_nhanes(weight) if name == "nhanes" else of_api(name, kind, weight)

    found = regression(design, y, x, "logistic" if kind == "logistic" else "linear", inside)

    np.testing.assert_allclose(found.value, theirs[f"{case}:value"], rtol=1e-11)
    np.testing.assert_allclose(found.covariance.ravel(), theirs[f"{case}:cov"], rtol=1e-10)
    np.testing.assert_allclose(np.concatenate(found.interval()), theirs[f"{case}:ci"], rtol=1e-10)
    assert [found.df] == theirs[f"{case}:df"]
    assert [found.n] == theirs[f"{case}:n"]


def sample(seed=1, rows=300):
    chance = np.random.default_rng(seed)
    cluster = np.arange(rows) % 30
    design = Design.of(cluster // 5, cluster, chance.uniform(1, 9, rows))
    return design, chance.normal(5, 2, rows), chance.uniform(1, 3, rows), chance


def test_a_line_without_slope_is_the_mean():
    design, y, _x, _chance = sample()

    found, expected = regression(design, y, np.ones((300, 1))), mean(design, y)

    np.testing.assert_allclose(found.value, expected.value, rtol=1e-13)
    np.testing.assert_allclose(found.se, expected.se, rtol=1e-12)
    assert found.df == expected.df[0]


def test_log_odds_without_a_slope_are_those_of_the_share():
    design, y, _x, _chance = sample()

    found, share = regression(design, y > 6, np.ones((300, 1)), "logistic"), mean(design, y > 6)

    p = share.value
    np.testing.assert_allclose(found.value, np.log(p / (1 - p)), rtol=1e-12)
    np.testing.assert_allclose(found.se, share.se / (p * (1 - p)), rtol=1e-11)


def test_indicators_of_groups_give_the_groups_means():
    design, y, _x, chance = sample()
    group = chance.integers(0, 3, 300)

    found = regression(design, y, np.eye(3)[group])

    expected = mean(design, y, group)
    np.testing.assert_allclose(found.value, expected.value, rtol=1e-12)
    np.testing.assert_allclose(found.se, expected.se, rtol=1e-12)


def test_a_ratio_is_a_line_through_nought_where_the_weights_are_over_x():
    design, y, x, _chance = sample()
    over = Design.of(design.stages[0].stratum[design.stages[0].unit], design.stages[0].unit,
                     design.weight / x)  # fmt: skip

    found, expected = regression(over, y, x[:, None]), ratio(design, y, x)

    np.testing.assert_allclose(found.value, expected.value, rtol=1e-12)
    np.testing.assert_allclose(found.se, expected.se, rtol=1e-12)


def test_units_of_measure_change_only_units():
    """A column in millions, or in millionths, is not taken for one made of the others."""
    design, y, x, _chance = sample()
    table = np.column_stack([np.ones(300), x, x**2])
    factor = np.array([1, 1e8, 1e-7])

    plain, scaled = regression(design, y, table), regression(design, y, table * factor)

    np.testing.assert_allclose(scaled.value * factor, plain.value, rtol=1e-9)
    np.testing.assert_allclose(scaled.se * factor, plain.se, rtol=1e-9)


def test_a_start_far_from_the_answer_still_settles():
    design, _y, x, chance = sample()
    rare = chance.random(300) < 0.02
    rare[0] = True

    found = regression(design, rare, np.column_stack([np.ones(300), 40 * x]), "logistic")

    assert np.isfinite(found.se).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "probit"}, "one of linear, logistic, not 'probit'"),
        ({"x": np.ones((299, 1))}, "a table of 300 rows"),
        ({"x": np.ones(300)}, "a table of 300 rows"),
        ({"x": [[1], [1, 2]]}, "rows of the same length"),
        ({"x": np.full((300, 1), np.nan)}, "finite"),
        ({"x": np.zeros((300, 1))}, "column 0 of x is 0"),
        ({"x": np.ones((300, 2))}, "made of the others"),
        ({"y": np.ones(299)}, "y must hold 300"),
        ({"kind": "logistic"}, r"y in \[0, 1\]"),
        ({"kind": "logistic", "y": np.arange(300) > 9,
          "x": np.column_stack([np.ones(300), np.arange(300)])}, "does not settle"),
        ({"kind": "logistic", "y": np.ones(300)}, "does not settle"),
        ({"inside": np.zeros(300, bool)}, "no row is inside"),
        ({"inside": np.zeros(300, int)}, "inside must be bool"),
    ],
)  # fmt: skip
def test_what_cannot_be_regressed_is_refused_in_words(change, words):
    design, y, _x, _chance = sample()

    with pytest.raises(EngineError, match=words):
        regression(**({"design": design, "y": y, "x": np.ones((300, 1))} | change))
