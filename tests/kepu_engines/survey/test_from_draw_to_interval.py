"""From the frame to an interval: drawn, answered in part, weighted, and right as often as said."""

import numpy as np
import pytest

from kepu_engines.survey.design import Design
from kepu_engines.survey.replicates import jackknife, mean_of
from kepu_engines.survey.sampling.stages import Stage, draw
from kepu_engines.survey.weighting.calibration import Calibration
from kepu_engines.survey.weighting.margins import Margin
from kepu_engines.survey.weighting.response import by_class

PEOPLE, DISTRICTS, TOWNSHIPS = 12_000, 3, 40


def city():
    """People of townships of districts; the educated are more often literate, and answer more."""
    make = np.random.default_rng(8)
    township = np.sort(make.choice(DISTRICTS * TOWNSHIPS, PEOPLE, p=make.dirichlet([20] * 120)))
    educated = make.random(PEOPLE) < 0.2 + 0.4 * make.random(120)[township]
    woman = make.random(PEOPLE) < 0.5
    level = 0.1 * make.normal(0, 1, 120)[township]
    literate = make.random(PEOPLE) < np.clip(0.15 + 0.45 * educated + level, 0.02, 0.98)
    return township, educated.astype(int), woman.astype(int), literate.astype(float)


@pytest.mark.slow
def test_intervals_after_refusals_and_raking_cover_as_often_as_they_say():
    township, educated, woman, literate = city()
    district = township // TOWNSHIPS
    plan = [
        Stage(township, 8, stratum=district, size=np.ones(PEOPLE)),
        Stage(np.arange(PEOPLE), 20),
    ]
    targets = [dict(enumerate(np.bincount(column).tolist())) for column in (educated, woman)]
    found, plain = [], []

    for seed in range(250):
        drawn = draw(plan, seed)
        luck = np.random.default_rng(10_000 + seed).random(drawn.rows.size)
        said = luck < np.where(educated[drawn.rows] == 1, 0.9, 0.5)
        rows = drawn.rows[said]
        weight = by_class(drawn.weight, said, district[drawn.rows])[said]
        design = Design.of(district[rows], township[rows], weight)
        margins = [
            Margin("education", educated[rows], targets[0]),
            Margin("sex", woman[rows], targets[1]),
        ]
        replicates = jackknife(design).corrected(Calibration.of(margins, rows.size))
        spread = replicates.spread(mean_of(literate[rows]))
        low, high = spread.interval(0.95)
        found.append((spread.value[0], low[0] <= literate.mean() <= high[0]))
        plain.append(mean_of(literate[rows])(weight)[0])

    value, covered = np.array(found).T
    error = value.std() / np.sqrt(value.size)
    assert value.mean() == pytest.approx(literate.mean(), abs=4 * error)
    assert np.mean(plain) > literate.mean() + 0.03  # what raking had to put right
    assert 0.91 <= covered.mean() <= 0.985  # 0.95 and three standard errors of 250 draws
