"""What was compiled beforehand is all that an estimate calls."""

import numpy as np
import pytest

from kepu_engines import warm
from kepu_engines.judging import places
from kepu_engines.survey import cells, design, estimates, quantiles, regression, segments
from kepu_engines.survey.irt import fit, information, posterior, responses, scores
from kepu_engines.survey.sampling import sampford
from kepu_engines.survey.weighting import calibration, distances, margins, response, trimming

pytestmark = pytest.mark.slow


ESTIMATES = (cells, design, estimates, quantiles, regression)
WEIGHTS = (sampford, calibration, margins, response, trimming)


def kernels(modules=ESTIMATES):
    found = [value for module in modules for value in vars(module).values()]
    return {str(one): len(one.signatures) for one in found if hasattr(one, "signatures")}


@pytest.mark.parametrize("whole", [np.int32, np.int64])
def test_a_sample_of_a_file_compiles_nothing_after_the_warming(whole):
    warm.compile_survey()
    before = kernels()
    assert min(before.values()) > 0

    cluster = np.arange(60, dtype=whole) % 12
    drawn = design.Design.of(cluster // 4, cluster, np.ones(60), np.full(60, 0.1))
    by, y = cluster % 2, np.arange(60.0)
    estimates.mean(drawn, y, by)
    estimates.ratio(drawn, y, y + 1, by)
    quantiles.quantiles(drawn, y, [0.1, 0.5], by)
    regression.regression(drawn, y > 3, np.column_stack([y == y, y % 7]), "logistic")

    assert kernels() == before


def test_weights_of_a_file_compile_nothing_after_the_warming():
    warm.compile_weights()
    before = kernels(WEIGHTS)
    assert sum(before.values()) >= 8  # those that others call are compiled into them

    weight, half = np.linspace(1, 2, 60), np.arange(60) % 2
    known = [
        margins.Margin("a", half, {0: 50.0, 1: 40.0}),
        margins.Margin("b", half.astype(str), {"0": 50, "1": 40}),
    ]
    calibration.rake(weight, known, 0.1, 9)
    calibration.calibrate(
        weight, [*known[:1], margins.Control("c", weight, 140)], distances.logit(0, 4)
    )
    response.propensity(weight, half == 1, np.column_stack([np.arange(60) % 7, np.arange(60) % 5]))
    trimming.trim(weight, 0.5, 1.9, half)
    sampford.sampford(np.full(8, 0.25), 3)
    sampford.joint_sampford(np.full(8, 0.25))

    assert kernels(WEIGHTS) == before


def test_answers_of_a_file_compile_nothing_after_the_warming():
    warm.compile_responses()
    before = kernels((posterior,))
    assert sum(before.values()) >= 2

    chance = np.random.default_rng(1)
    codes = (chance.normal(size=(300, 5)) + chance.normal(size=(300, 1)) > 0).astype(int)
    answers = responses.responses(codes, weight=np.linspace(1, 2, 300))
    found = fit.fit(answers, "rasch")
    information.errors(found, answers)
    scores.expected(found, answers)

    assert kernels((posterior,)) == before


def test_segments_and_places_compile_nothing_after_the_warming():
    warm.compile_segments()
    warm.compile_judging()
    before = kernels((segments, places))
    assert sum(before.values()) >= 3  # those that others call are compiled into them

    codes = np.random.default_rng(2).integers(-1, 3, (200, 4))
    asked = segments.Patterns.of(codes, [3] * 4)
    found = segments.fit(asked, np.linspace(1, 2, 200), 2, starts=2)
    found.figures(asked, np.ones((200, 1)))(np.ones(200))
    worth = np.arange(12).reshape(2, 6)
    places.placed(worth, worth > 3, [np.arange(6) % 2, np.zeros(6, int)], [[1, 2], [3]])

    assert kernels((segments, places)) == before
