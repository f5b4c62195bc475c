"""Fit of items and of persons: published figures, counting by hand, and answers made by the model."""

import csv
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from tests.oracles import SHARED

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.irt.fit import Method, fit, prior
from kepu_engines.survey.irt.item_fit import _expected, _scores, item_fit, tables
from kepu_engines.survey.irt.person_fit import person_fit, residuals
from kepu_engines.survey.irt.responses import responses
from kepu_engines.survey.irt.scores import by_ability, weighted

pytestmark = pytest.mark.slow
LSAT7 = SHARED / "survey_irt" / "lsat7_patterns.csv"


def answered(persons, items, cuts=(0.0,), seed=1, slope=1.4):
    chance = np.random.default_rng(seed)
    level = chance.normal(0, 1, items)
    z = slope * (chance.normal(size=(persons, 1)) - level)
    noise = chance.logistic(size=z.shape)
    return sum((z + cut > noise).astype(int) for cut in cuts)


@pytest.fixture(scope="module")
def lsat7():
    if not LSAT7.exists():
        pytest.skip(f"{LSAT7} is not here")
    with LSAT7.open(encoding="utf-8") as stream:
        rows = [list(map(int, row)) for row in list(csv.reader(stream))[1:]]
    return np.array([row[:5] for row in rows for _ in range(row[5])])


def test_lsat7_fits_as_the_r_package_mirt_prints_it(lsat7):
    answers = responses(lsat7)

    found = item_fit(fit(answers, "2pl", Method(tolerance=1e-7)), answers)

    assert found.s_x2 == pytest.approx([4.749, 14.451, 1.270, 5.237, 0.941], abs=0.004)
    assert found.df.tolist() == [2, 2, 2, 2, 2]
    assert found.p == pytest.approx([0.093, 0.001, 0.530, 0.073, 0.625], abs=0.001)
    assert found.persons == 1000


@pytest.mark.parametrize(
    ("model", "cuts"), [("2pl", (0.0,)), ("grm", (0.8, -0.8)), ("3pl", (0.0,))]
)
def test_expected_answers_by_score_are_those_of_all_patterns(model, cuts):
    answers = responses(answered(800, 4, cuts))
    found = fit(answers, model, Method(guess_prior=(-1.4, 0.5) if model == "3pl" else None))
    chances = tables(found, found.nodes)
    density = np.exp(prior(found.nodes, found.mean, found.spread))[0]

    whole = _scores(chances, density.size) @ density
    told = _expected(chances[1], _scores([chances[0], *chances[2:]], density.size), density, whole)

    counted = np.zeros((len(whole), len(chances[1])))
    for pattern in product(*(range(len(table)) for table in chances)):
        chance = np.prod(
            [table[code] for table, code in zip(chances, pattern, strict=True)], axis=0
        )
        counted[sum(pattern), pattern[1]] += chance @ density
    np.testing.assert_allclose(told, counted / counted.sum(axis=1, keepdims=True), rtol=1e-12)


def test_p_values_are_spread_evenly_where_the_model_holds():
    found = []
    for seed in range(12):
        answers = responses(answered(1500, 10, seed=seed))
        found += item_fit(fit(answers, "2pl"), answers).p.tolist()

    assert 0.4 < np.mean(found) < 0.62
    assert np.mean(np.array(found) < 0.05) < 0.11


def test_an_item_that_bends_the_other_way_is_found():
    codes = answered(3000, 10)
    chance = np.random.default_rng(3)
    rest = np.delete(codes, 4, axis=1).sum(axis=1)
    codes[:, 4] = chance.random(3000) < np.where(np.abs(rest - 4.5) < 2, 0.8, 0.35)
    answers = responses(codes)

    found = item_fit(fit(answers, "2pl"), answers)

    assert found.p[4] < 1e-10
    assert np.median(np.delete(found.p, 4)) > 0.05


def test_graded_items_have_a_chi_square_of_sensible_size():
    answers = responses(answered(3000, 6, (1.0, -1.0)))

    found = item_fit(fit(answers, "grm"), answers)

    assert (found.df > 5).all()
    assert np.mean(found.s_x2 / found.df) == pytest.approx(1, abs=0.35)


def test_rows_with_gaps_are_left_out_of_the_chi_square_alone():
    codes = answered(900, 6)
    gaps = codes.copy()
    gaps[::3, 2] = -1
    answers = responses(gaps)

    found = item_fit(fit(answers, "2pl"), answers)

    assert found.persons == 600
    assert np.isfinite(found.infit).all()


def test_item_fit_is_of_one_group():
    answers = responses(answered(300, 4), group=np.arange(300) % 2)

    with pytest.raises(EngineError, match="Item fit is of one group at a time"):
        item_fit(fit(answers, "2pl"), answers)


@pytest.mark.parametrize(
    ("model", "cuts"), [("2pl", (0.0,)), ("grm", (1.0, 0.0, -1.0)), ("gpcm", (0.7, -0.7))]
)
def test_lz_is_standard_normal_where_the_model_holds_though_ability_is_estimated(model, cuts):
    answers = responses(answered(3000, 40, cuts))

    found = person_fit(fit(answers, model), answers)

    assert found.lz.mean() == pytest.approx(0, abs=0.1)
    assert found.lz.std() == pytest.approx(1, abs=0.05)
    assert np.mean(found.lz < -1.645) == pytest.approx(0.05, abs=0.02)


def test_lz_is_snijders_formula_for_right_and_wrong():
    codes = answered(400, 20)
    answers = responses(codes)
    model = fit(answers, "2pl")
    row = 7

    found = person_fit(model, answers)

    theta = found.ability[row]
    a, d = model.params[:, 0], model.params[:, 1]
    p = 1 / (1 + np.exp(-a * theta - d))
    slope, w = a * p * (1 - p), np.log(p / (1 - p))
    r = slope / (p * (1 - p))
    c = (slope * w).sum() / (slope * r).sum()
    r0 = -((codes[row] - p) * r).sum()
    top = ((codes[row] - p) * w).sum() + c * r0
    spread = ((w - c * r) ** 2 * p * (1 - p)).sum()
    assert found.lz[row] == pytest.approx(top / np.sqrt(spread), rel=1e-9)


def test_whoever_answers_by_lot_stands_out():
    codes = answered(2000, 40, slope=2)
    codes[:100] = np.random.default_rng(5).integers(0, 2, (100, 40))
    answers = responses(codes)

    found = person_fit(fit(answers, "2pl"), answers)

    assert np.mean(found.lz[:100] < -1.645) > 0.85
    assert np.mean(found.lz[100:] < -1.645) < 0.08
    assert found.outfit[:100].mean() > 1.3 > 1.1 > found.outfit[100:].mean()


def test_residuals_are_those_counted_by_hand_with_answers_missing():
    codes = answered(50, 5, (0.8, -0.8))
    codes[3, 1] = -1
    answers = responses(codes)
    model = fit(responses(answered(600, 5, (0.8, -0.8))), "grm")
    ability = weighted(model, answers).ability

    found = residuals(model, answers, ability)

    logs, _ = by_ability(model, model.params, ability[[3]])
    chance = np.exp(logs[:, :, 0])
    mean = chance @ [0, 1, 2]
    spread = chance @ [0, 1, 4] - mean**2
    kept = [0, 2, 3, 4]
    np.testing.assert_allclose(found.squares[3, kept], (codes[3] - mean)[kept] ** 2, rtol=1e-12)
    np.testing.assert_allclose(found.spread[3, kept], spread[kept], rtol=1e-12)
    assert found.squares[3, 1] == found.spread[3, 1] == 0
    infit, outfit = found.of_persons(answers)
    squares = (codes[3] - mean)[kept] ** 2
    assert infit[3] == pytest.approx(squares.sum() / spread[kept].sum())
    assert outfit[3] == pytest.approx((squares / spread[kept]).mean())


def test_a_pattern_counts_in_an_items_mean_squares_as_often_as_it_came():
    answers = responses(answered(500, 3))
    model = fit(answers, "2pl")
    assert len(answers.codes) == 8
    each = replace(answers, codes=np.repeat(answers.codes, answers.weight.astype(int), axis=0))
    each = replace(each, weight=np.ones(500), square=np.ones(500), group=np.zeros(500, np.int32))

    together = residuals(model, answers, weighted(model, answers).ability).of_items(answers)

    apart = residuals(model, each, weighted(model, each).ability).of_items(each)
    np.testing.assert_allclose(together, apart, rtol=1e-12)


def test_a_single_answer_says_nothing_of_fit():
    codes = answered(400, 6)
    codes[0, 1:] = -1
    answers = responses(codes)

    assert np.isnan(person_fit(fit(answers, "2pl"), answers).lz[0])
