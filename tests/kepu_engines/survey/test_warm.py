"""What was compiled beforehand is all that an estimate calls."""

import numpy as np
import pytest

from kepu_engines import warm
from kepu_engines.survey import cells, design, estimates, quantiles, regression

pytestmark = pytest.mark.slow


def kernels():
    modules = (cells, design, estimates, quantiles, regression)
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
