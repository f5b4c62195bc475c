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
    share_above_mse,
)
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
        (
            {"se": [np.nan, *SE[1:]]},
            "a city figure made of the areas needs a direct estimate of each",
        ),
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
