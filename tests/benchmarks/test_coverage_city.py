"""The made-up city of the coverage simulation is the one its figures claim."""

import numpy as np
import pytest
from benchmarks.coverage import CITY, DISTRICTS, PEOPLE, SPREAD, _parts, city, survey

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("times", [0.5, 1.0, 2.0])
def test_districts_lie_apart_as_the_spread_says(times):
    made = city(times)

    share = made.districts(made.share)
    assert made.people.sum() == pytest.approx(PEOPLE, rel=0.001)
    assert share.mean() == pytest.approx(CITY, rel=0.05)
    assert share.std() == pytest.approx(SPREAD * times, rel=0.25)
    told = np.corrcoef(share, made.districts(made.schooled))[0, 1]
    assert 0.3 < told**2 < 0.75


def test_samples_are_right_on_average_though_the_less_educated_answer_less_often():
    truth = city(1.0)
    parts = _parts(truth)

    found = np.mean([survey(truth, parts, seed).districts.value for seed in range(60)], axis=0)

    apart = found - truth.districts(truth.share)
    assert found.size == DISTRICTS
    assert abs(apart.mean()) < 0.001
    assert np.abs(apart).max() < 0.012
