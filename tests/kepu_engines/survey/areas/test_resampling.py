"""Errors that are simulated: of figures brought to the city's, and of shares of persons over a cut."""

import numpy as np
import pytest
from scipy.special import ndtr

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.areas.area_level import fay_herriot
from kepu_engines.survey.areas.benchmarking import benchmarked
from kepu_engines.survey.areas.resampling import (
    Benchmark,
    Simulation,
    benchmarked_mse,
    benchmarked_share_mse,
    benchmarked_unit_mse,
    share_above_mse,
)
from kepu_engines.survey.areas.share_level import share_areas
from kepu_engines.survey.areas.unit_level import battese_harter_fuller

M = 38
CHANCE = np.random.default_rng(11)
SE = CHANCE.uniform(0.01, 0.03, M)
X = np.column_stack([np.ones(M), CHANCE.normal(0, 1, M)])
PEOPLE = CHANCE.uniform(100, 1200, M)
BETA, BETWEEN = np.array([0.15, 0.02]), 0.02


def city(chance):
    truth = X @ BETA + BETWEEN * chance.standard_normal(M)
    return truth, truth + SE * chance.standard_normal(M)


def figures(seed=3):
    return fay_herriot(city(np.random.default_rng(seed))[1], SE, X)


@pytest.mark.slow
@pytest.mark.parametrize("city_se", [None, 0.01])
def test_errors_told_of_benchmarked_figures_are_the_errors_made(city_se):
    chance, share = np.random.default_rng(5), PEOPLE / PEOPLE.sum()
    made, told = np.zeros(M), np.zeros(M)
    for survey in range(300):
        truth, direct = city(chance)
        areas = fay_herriot(direct, SE, X)
        whole = share @ direct if city_se is None else share @ truth
        whole += (city_se or 0) * chance.standard_normal()
        shown = benchmarked(areas.value, areas.mse, PEOPLE, whole)
        made += (shown - truth) ** 2 / 300
        if survey % 20 == 0:
            how = Benchmark(city_se)
            told += benchmarked_mse(areas, SE, X, PEOPLE, how, Simulation(60, survey)) / 15

    assert told.mean() == pytest.approx(made.mean(), rel=0.08)


def test_a_doubtful_city_figure_hands_its_doubt_on():
    areas, alike = figures(), np.full(M, 0.02)
    sure = benchmarked_mse(areas, alike, X, np.ones(M), Benchmark(0.0), Simulation(2000, 2))

    doubtful = benchmarked_mse(areas, alike, X, np.ones(M), Benchmark(0.05), Simulation(2000, 2))

    # all figures give way by about as much as the city's is off
    assert (doubtful - sure).mean() == pytest.approx(0.05**2, rel=0.1)


def test_adding_up_to_their_own_mean_costs_and_never_pays():
    areas = figures()

    mse = benchmarked_mse(areas, SE, X, PEOPLE, Benchmark(way="ratio"), Simulation(100))

    assert (mse >= areas.mse).all()
    again = benchmarked_mse(areas, SE, X, PEOPLE, Benchmark(way="ratio"), Simulation(100))
    np.testing.assert_array_equal(mse, again)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"se": np.full(M, np.nan)}, "0 areas are too few for 2 columns"),
        ({"people": PEOPLE[1:]}, "figures, se and people differ in length"),
    ],
)
def test_errors_that_cannot_be_simulated_are_refused(change, sentence):
    given = {"se": SE, "x": X, "people": PEOPLE} | change

    with pytest.raises(EngineError, match=sentence):
        benchmarked_mse(figures(), **given)


def test_few_draws_and_a_negative_error_are_refused():
    with pytest.raises(EngineError, match="49 draws are too few: at least 50"):
        Simulation(49)
    with pytest.raises(EngineError, match="the city's error must be >= 0"):
        Benchmark(-1)


@pytest.mark.slow
def test_errors_told_of_shares_over_a_cut_are_the_errors_made():
    chance = np.random.default_rng(9)
    m, each = 20, 30
    area, home = np.repeat(np.arange(m), each), np.repeat(np.arange(m), 50)
    x = np.column_stack([np.ones(m * each), chance.normal(0, 1, m * each)])
    lives = np.column_stack([np.ones(m * 50), chance.normal(0, 1, m * 50)])
    beta = np.array([50.0, 5.0])
    made, told = np.zeros(m), np.zeros(m)
    for survey in range(120):
        effect = 4 * chance.standard_normal(m)
        y = x @ beta + effect[area] + 10 * chance.standard_normal(area.size)
        model = battese_harter_fuller(y, area, x, m)
        sure = (lives @ beta + effect[home] - 60) / 10
        truth = np.bincount(home, ndtr(sure)) / 50
        made += (model.share_above(60, lives, home) - truth) ** 2 / 120
        if survey % 12 == 0:
            people = (lives, home, None)
            told += share_above_mse(model, 60, (x, area), people, Simulation(100, survey)) / 10

    assert told.mean() == pytest.approx(made.mean(), rel=0.12)


def test_people_behind_a_row_count_as_that_many_rows():
    chance = np.random.default_rng(1)
    area = np.arange(60) % 6
    x = np.column_stack([np.ones(60), chance.normal(0, 1, 60)])
    model = battese_harter_fuller(x @ [5, 1] + chance.normal(0, 1, 60), area, x, 6)
    many = np.arange(60) % 3 + 1

    short = model.share_above(5.5, x, area, many)

    rows = np.repeat(np.arange(60), many)
    np.testing.assert_allclose(short, model.share_above(5.5, x[rows], area[rows]), rtol=1e-13)


@pytest.mark.slow
def test_errors_told_of_benchmarked_shares_are_the_errors_made():
    chance, size = np.random.default_rng(15), np.full(M, 300.0)
    share, made, told = PEOPLE / PEOPLE.sum(), np.zeros(M), np.zeros(M)
    angle = np.arcsin(np.sqrt(0.15)) + 0.03 * X[:, 1]
    for survey in range(200):
        truth = np.sin(angle + 0.025 * chance.standard_normal(M)) ** 2
        direct = chance.binomial(300, truth) / 300
        found = share_areas(direct, size, X)
        shown = benchmarked(found.value, found.se**2, PEOPLE, share @ direct)
        made += (shown - truth) ** 2 / 200
        if survey % 20 == 0:
            told += benchmarked_share_mse(found, size, X, PEOPLE, None, Simulation(60, survey)) / 10

    assert told.mean() == pytest.approx(made.mean(), rel=0.12)


def units(seed=2, m=15, each=12):
    chance = np.random.default_rng(seed)
    area = np.repeat(np.arange(m), each)
    x = np.column_stack([np.ones(area.size), chance.normal(0, 1, area.size)])
    y = x @ [50, 5] + 4 * chance.standard_normal(m)[area] + 9 * chance.standard_normal(area.size)
    lives = (x[::3], area[::3], chance.integers(100, 900, area[::3].size))
    return battese_harter_fuller(y, area, x, m), (x, area), lives


@pytest.mark.parametrize("cut", [None, 60.0])
def test_a_doubtful_city_figure_is_felt_by_the_unit_level_model_too(cut):
    model, sample, lives = units()
    doubt = 0.05 if cut else 2.0
    sure = benchmarked_unit_mse(model, cut, sample, lives, Benchmark(0.0), Simulation(300, 2))

    doubtful = benchmarked_unit_mse(model, cut, sample, lives, Benchmark(doubt), Simulation(300, 2))

    share = np.bincount(lives[1], lives[2]) / lives[2].sum()
    give = sure * share  # where the model is least sure, figures give way most
    expected = (give / (share @ give) * doubt) ** 2
    assert (doubtful - sure).mean() == pytest.approx(expected.mean(), rel=0.35)


def test_means_of_the_unit_level_model_pay_for_adding_up_to_what_was_counted():
    model, sample, lives = units()

    mse = benchmarked_unit_mse(model, None, sample, lives, None, Simulation(60))

    x, area, people = lives
    held = np.bincount(area, people)
    means = np.column_stack([np.bincount(area, people * one) / held for one in x.T])
    assert (mse >= model.means(means).mse).all()


def test_an_area_where_nobody_was_asked_says_nothing_of_the_city_and_is_told_of_least_surely():
    model, (x, area), lives = units()
    kept = area != 3
    chance = np.random.default_rng(1)
    y = (x @ [50, 5] + chance.normal(0, 30, 15)[area] + chance.normal(0, 9, area.size))[kept]
    model = battese_harter_fuller(y, area[kept], x[kept], 15)

    mse = benchmarked_unit_mse(model, None, (x[kept], area[kept]), lives, None, Simulation(60))

    assert mse.argmax() == 3


def test_a_district_that_was_left_out_of_a_survey_costs_all_of_them():
    size = np.full(M, 300.0)
    share = np.sin(0.4 + 0.03 * X[:, 1] + 0.03 * np.random.default_rng(2).standard_normal(M)) ** 2
    out = np.arange(M) == PEOPLE.argmax()
    found = share_areas(np.where(out, np.nan, share), size, X)

    told = [
        benchmarked_share_mse(found, np.where(out, gap, size), X, PEOPLE, None, Simulation(400))
        for gap in (np.nan, 300.0)
    ]

    assert np.isfinite(told[0]).all()
    assert (told[0] >= found.se**2).all()
    assert told[0][~out].mean() > 1.005 * told[1][~out].mean()
