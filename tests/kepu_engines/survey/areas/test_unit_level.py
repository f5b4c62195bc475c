import numpy as np
import pytest
from scipy.stats import multivariate_normal
from tests.oracles import columns_of, in_r, numbers, shared

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.areas.unit_level import battese_harter_fuller

LME4 = """
library(lme4)
crop <- read.csv(paste0(folder, "/samplics_countycrop.csv"))
for (reml in c(TRUE, FALSE)) {
  fit <- lmer(corn_area ~ corn_pixel + soybeans_pixel + (1 | county_id), crop, REML = reml,
              control = lmerControl(optCtrl = list(xtol_abs = 1e-14, ftol_abs = 1e-14)))
  name <- if (reml) "reml" else "ml"
  tell(paste0(name, "_beta"), fixef(fit))
  tell(paste0(name, "_spread"), as.matrix(vcov(fit)))
  tell(paste0(name, "_variances"), as.data.frame(VarCorr(fit))$vcov)
  tell(paste0(name, "_effect"), ranef(fit)$county_id[[1]])
}
"""


@pytest.fixture(scope="module")
def crop():
    """Hectares of corn in 37 segments of 12 counties of Iowa (Battese, Harter & Fuller 1988)."""
    columns = columns_of(shared("survey_irt") / "samplics_countycrop.csv")
    x = [numbers(columns[each]) for each in ("corn_pixel", "soybeans_pixel")]
    county = numbers(columns["county_id"]).astype(int) - 1
    return numbers(columns["corn_area"]), county, np.column_stack([np.ones(len(county)), *x])


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    return in_r(LME4, tmp_path_factory.mktemp("r"), folder=shared("survey_irt"))


def scores(seed, m=30, between=5.0, within=15.0):
    """Scores of a few residents in each of m districts, which know who lives there."""
    chance = np.random.default_rng(seed)
    n = chance.integers(3, 15, m)
    area = np.repeat(np.arange(m), n)
    x = np.column_stack([np.ones(len(area)), chance.normal(size=len(area))])
    effect = chance.normal(0, between, m)
    y = x @ [60.0, 4.0] + effect[area] + chance.normal(0, within, len(area))
    return y, area, x, effect


@pytest.mark.parametrize("method", ["reml", "ml"])
def test_the_fit_is_that_of_lme4(method, crop, told):
    found = battese_harter_fuller(*crop, 12, method)

    assert [found.between, found.within] == pytest.approx(told[f"{method}_variances"], rel=1e-6)
    assert found.beta == pytest.approx(told[f"{method}_beta"], rel=1e-6)
    assert found.beta_covariance.ravel() == pytest.approx(told[f"{method}_spread"], rel=1e-5)
    assert found.effect == pytest.approx(told[f"{method}_effect"], rel=1e-5, abs=1e-5)


def test_no_other_variances_are_likelier():
    """Against the density of all observations, written out."""
    y, area, x, _effect = scores(1, m=8)
    found = battese_harter_fuller(y, area, x, 8, "ml")
    alike = (area[:, None] == area).astype(float)

    def loglik(between, within):
        covariance = between * alike + within * np.eye(len(y))
        return multivariate_normal.logpdf(y, x @ found.beta, covariance)

    best = loglik(found.between, found.within)
    for b, w in [(1.01, 1), (0.99, 1), (1, 1.01), (1, 0.99), (1.01, 0.99)]:
        assert loglik(found.between * b, found.within * w) < best


def test_the_error_that_is_told_is_the_error_that_is_made():
    here = np.column_stack([np.ones(30), np.linspace(-0.5, 0.5, 30)])
    made, told, counted = [], [], []
    for seed in range(400):
        y, area, x, effect = scores(seed)
        found = battese_harter_fuller(y, area, x, 30).means(here)
        made.append((found.value - here @ [60.0, 4.0] - effect) ** 2)
        told.append(found.mse)
        counted.append((np.bincount(area, y) / np.bincount(area) - 60 - effect) ** 2)

    assert np.mean(told) == pytest.approx(np.mean(made), rel=0.05)
    assert np.mean(made) < 0.6 * np.mean(counted)


def test_a_share_above_a_cut_is_that_of_the_people():
    chance = np.random.default_rng(11)
    m, people = 400, 300
    area = np.repeat(np.arange(m), people)
    told, true = [], []
    for seed in range(6):
        y, asked, x, effect = scores(seed, m)
        here = np.column_stack([np.ones(m * people), chance.normal(size=m * people)])
        all_of_them = here @ [60.0, 4.0] + effect[area] + chance.normal(0, 15, m * people)
        true.append((all_of_them >= 70).reshape(m, people).mean(1))
        told.append(battese_harter_fuller(y, asked, x, m).share_above(70, here, area))

    told, true = np.concatenate(told), np.concatenate(true)
    assert np.mean(told) == pytest.approx(np.mean(true), abs=0.01)
    # a best prediction is neither too bold nor too shy
    assert np.polyfit(told, true, 1)[0] == pytest.approx(1, abs=0.05)


def test_rows_may_come_in_any_order_and_areas_be_unasked():
    y, area, x, _effect = scores(2)
    plain = battese_harter_fuller(y, area, x, 30)
    order = np.random.default_rng(1).permutation(len(y))

    found = battese_harter_fuller(y[order], area[order] + 1, x[order], 31)

    assert found.between == pytest.approx(plain.between, rel=1e-10)
    assert found.effect[1:] == pytest.approx(plain.effect, rel=1e-9)
    assert found.effect[0] == found.pull[0] == 0
    means = found.means(np.ones((31, 2)))
    assert means.mse[0] > means.mse[1:].max()
    assert means.value[0] == pytest.approx(found.beta.sum())


def test_units_of_the_columns_change_no_figure():
    y, area, x, _effect = scores(3)
    here = np.ones((30, 2))
    plain = battese_harter_fuller(y, area, x, 30).means(here)
    scaled = battese_harter_fuller(y, area, x * [1, 1e7], 30).means(here * [1, 1e7])

    assert scaled.value == pytest.approx(plain.value, rel=1e-9)
    assert scaled.mse == pytest.approx(plain.mse, rel=1e-7)


def test_without_differences_between_areas_their_effects_are_nothing():
    y, area, x, _effect = scores(7, between=0.0)
    found = battese_harter_fuller(y, area, x, 30)

    assert found.between == 0
    assert not found.effect.any()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda y, area, x: (y[1:], area, x), "as many rows"),
        (lambda y, area, x: (y, area + 1, x), "area must lie in"),
        (lambda y, area, x: (y, area * 0, x), "at least two areas"),
        (lambda y, area, x: (y, area, x[:, 0]), "two dimensions"),
        (lambda y, area, x: (y, area, x[:, [0, 1, 1]]), "made of the others"),
        (lambda y, area, x: (y * np.nan, area, x), "finite"),
        (lambda y, area, x: (area * 1.0, area, x), "nobody differs"),
    ],
)
def test_what_cannot_be_is_refused_in_words(change, words):
    y, area, x, _effect = scores(4)

    with pytest.raises(EngineError, match=words):
        battese_harter_fuller(*change(y, area, x), 30)


def test_predictions_for_other_areas_than_were_fitted_are_refused():
    y, area, x, _effect = scores(5)
    found = battese_harter_fuller(y, area, x, 30)

    with pytest.raises(EngineError, match="a row of 2 for each of 30"):
        found.means(np.ones((29, 2)))
    with pytest.raises(EngineError, match="for each person"):
        found.share_above(70, np.ones((3, 2)), [0, 1])
