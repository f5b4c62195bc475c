import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from tests.oracles import columns_of, numbers, shared

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.areas.area_level import Likelihood, fay_herriot


@pytest.fixture(scope="module")
def milk():
    """Spending on milk in 43 areas of four regions (Arora & Lahiri 1997)."""
    columns = columns_of(shared("survey_irt") / "samplics_expenditure_on_milk.csv")
    region = numbers(columns["major_area"])
    x = np.column_stack([np.ones(len(region))] + [region == each for each in (2, 3, 4)])
    return numbers(columns["direct_est"]), numbers(columns["std_error"]), x


def city(m=40, between=0.02, seed=1):
    """Shares of districts asked 500 people each, with one covariate."""
    chance = np.random.default_rng(seed)
    x = np.column_stack([np.ones(m), chance.normal(size=m)])
    se = chance.uniform(0.01, 0.02, m)
    truth = x @ [0.12, 0.02] + chance.normal(0, between, m)
    return truth, truth + chance.normal(0, se), se, x


# Molina & Marhuenda (2015), sae: An R package for small area estimation, The R Journal 7(1).
def test_milk_by_reml_is_as_published(milk):
    found = fay_herriot(*milk, "reml")

    assert found.variance == pytest.approx(0.01855022, abs=5e-6)
    assert found.beta == pytest.approx([0.968190, 0.132780, 0.226946, -0.241301], abs=2e-6)
    assert found.value[:4] == pytest.approx([1.0219703, 1.0476018, 1.0679513, 0.7608170], abs=1e-6)
    assert found.mse[:4] == pytest.approx(
        [0.01346022, 0.00537288, 0.00570199, 0.00854174], abs=1e-7
    )


@pytest.mark.parametrize("method", ["reml", "ml", "adjusted"])
def test_the_variance_is_where_a_dense_likelihood_is_greatest(method):
    _truth, y, se, x = city()
    m = len(x)

    def loss(variance):
        covariance = np.diag(variance + se**2)
        inverse = np.linalg.inv(covariance)
        gram = x.T @ inverse @ x
        rest = y - x @ np.linalg.solve(gram, x.T @ inverse @ y)
        loglik = -0.5 * (np.linalg.slogdet(covariance)[1] + rest @ inverse @ rest)
        if method != "ml":
            loglik -= 0.5 * np.linalg.slogdet(gram)[1]
        if method == "adjusted":
            loglik += np.log(np.arctan(np.trace(variance * inverse))) / m
        return -loglik

    best = minimize_scalar(loss, bounds=(1e-8, 1e-2), method="bounded", options={"xatol": 1e-12})

    assert fay_herriot(y, se, x, method).variance == pytest.approx(best.x, rel=1e-5)


def test_many_areas_taken_some_at_a_time_are_all_counted():
    """Products of 6,000 areas at 24 variances are done in parts; of one variance at once."""
    _truth, y, se, x = city(m=6000)
    likelihood = Likelihood(y, se**2, x, "reml")
    tried = np.geomspace(1e-6, 1e-2, 24)

    together = likelihood.at(tried)
    alone = [likelihood.at(tried[at : at + 1]) for at in range(24)]

    for name in ("loglik", "score", "beta", "spread"):
        one = np.concatenate([getattr(each, name) for each in alone])
        assert getattr(together, name) == pytest.approx(one, rel=1e-9, abs=1e-12)


def test_where_the_others_find_nothing_between_areas_the_adjusted_one_finds_a_little():
    _truth, y, se, x = city(between=0.0, seed=4)

    assert fay_herriot(y, se, x, "reml").variance == 0
    assert fay_herriot(y, se, x, "ml").variance == 0
    assert 0 < fay_herriot(y, se, x, "adjusted").variance < np.median(se) ** 2


def test_the_error_that_is_told_is_the_error_that_is_made():
    errors, told, direct = [], [], []
    for seed in range(400):
        truth, y, se, x = city(seed=seed)
        found = fay_herriot(y, se, x)
        errors.append((found.value - truth) ** 2)
        told.append(found.mse)
        direct.append(se**2)

    assert np.mean(told) == pytest.approx(np.mean(errors), rel=0.05)
    assert np.mean(errors) < 0.75 * np.mean(direct)


def test_intervals_hold_as_often_as_they_say():
    inside = []
    for seed in range(400):
        truth, y, se, x = city(seed=1000 + seed)
        low, high = fay_herriot(y, se, x).interval()
        inside.append((low <= truth) & (truth <= high))

    assert np.mean(inside) == pytest.approx(0.95, abs=0.012)


def test_a_small_likelihood_variance_is_paid_for_in_the_error():
    _truth, y, se, x = city()
    reml, ml = fay_herriot(y, se, x, "reml"), fay_herriot(y, se, x, "ml")

    assert ml.variance < reml.variance
    g1 = ml.variance * se**2 / (ml.variance + se**2)
    assert (ml.mse > g1).all()


def test_an_area_where_nobody_was_asked_has_what_the_covariates_say():
    _truth, y, se, x = city()
    without = fay_herriot(y[1:], se[1:], x[1:])
    y[0], se[0] = np.nan, np.nan

    found = fay_herriot(y, se, x)

    assert found.value[1:] == pytest.approx(without.value, rel=1e-12)
    assert found.value[0] == pytest.approx(x[0] @ found.beta)
    assert found.direct[0] == 0
    assert found.mse[0] == pytest.approx(found.variance + x[0] @ found.beta_covariance @ x[0])


@pytest.mark.slow
def test_a_district_of_few_answers_and_one_of_none_have_the_error_that_is_told():
    """On average. Where few answers are told to err more than none, both are told to err too little.

    That is so in surveys that see little variance between districts: who was never asked has no
    third term for not knowing it, so that cutting the other's down to theirs would be wrong.
    """
    chance, reps = np.random.default_rng(2), 2500
    sampling = np.ones(38)
    sampling[0] = 25  # 20 answers where others have 500
    x = np.column_stack([np.ones(38), chance.normal(size=38)])
    x[1] = x[0]
    made, told = np.zeros((reps, 2)), np.zeros((reps, 2))
    for survey in range(reps):
        truth = chance.normal(0, np.sqrt(0.3), 38)
        y = truth + chance.normal(0, np.sqrt(sampling))
        y[1] = np.nan
        found = fay_herriot(y, np.sqrt(sampling), x)
        made[survey], told[survey] = (found.value[:2] - truth[:2]) ** 2, found.mse[:2]

    assert told.mean(axis=0) == pytest.approx(made.mean(axis=0), rel=0.15)
    assert told[:, 0].mean() == pytest.approx(told[:, 1].mean(), rel=0.05)
    over = told[:, 0] > told[:, 1]
    assert 0.4 < over.mean() < 0.8
    assert (told[over].mean(axis=0) < 0.75 * made[over].mean(axis=0)).all()


@pytest.mark.parametrize("precise", [1e-6, 1e-3, 1.0])
def test_direct_estimates_that_are_as_good_as_the_truth_are_kept(precise):
    truth, _y, _se, x = city(between=0.5)
    found = fay_herriot(truth, np.full(40, 0.01 * precise), x)

    assert found.value == pytest.approx(truth, abs=0.01 * precise)
    assert found.variance == pytest.approx(np.var(truth - x @ found.beta), rel=0.1)


def test_units_of_the_figures_and_of_x_change_nothing_else():
    _truth, y, se, x = city()
    plain = fay_herriot(y, se, x)
    scaled = fay_herriot(1e5 * y, 1e5 * se, x * [1e6, 1e-6])

    assert scaled.value == pytest.approx(1e5 * plain.value, rel=1e-9)
    assert scaled.se == pytest.approx(1e5 * plain.se, rel=1e-9)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda y, se, x: (y, -se, x), "must be over 0"),
        (lambda y, se, x: (y[1:], se, x), "as many rows"),
        (lambda y, se, x: (y * np.inf, se, x), "finite"),
        (lambda y, se, x: (y, se, np.column_stack([x, x[:, 1]])), "made of the others"),
        (lambda y, se, x: (y[:3], se[:3], x[:3]), "too few"),
        (lambda y, se, x: (y, se, x[:, 0]), "one dimension and x two"),
    ],
)
def test_what_cannot_be_is_refused_in_words(change, words):
    _truth, y, se, x = city()

    with pytest.raises(EngineError, match=words):
        fay_herriot(*change(y, se, x))


def test_an_unknown_method_is_refused():
    with pytest.raises(EngineError, match="adjusted, reml, ml"):
        fay_herriot([1.0], [1.0], [[1.0]], "bayes")
