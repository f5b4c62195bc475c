"""Tables of signs balance."""

import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.hadamard import hadamard


@pytest.mark.parametrize("least", [1, 2, 3, 4, 8, 12, 20, 28, 36, 40, 52, 76, 92, 100, 173, 1001])
def test_columns_are_orthogonal_and_the_first_is_one(least):
    table = hadamard(least).astype(int)

    assert len(table) >= least
    assert (table[:, 0] == 1).all()
    assert (table.T @ table == len(table) * np.eye(len(table))).all()


@pytest.mark.parametrize(
    ("least", "order"), [(3, 4), (5, 8), (10, 12), (13, 16), (29, 32), (49, 56)]
)
def test_the_order_is_the_next_that_can_be_constructed(least, order):
    # 52 would need the prime power 25.
    assert len(hadamard(least)) == order


def test_no_table_has_no_columns():
    with pytest.raises(EngineError, match="1 to 4096"):
        hadamard(0)
