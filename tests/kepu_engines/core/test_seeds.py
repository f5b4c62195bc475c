"""The same seed gives the same numbers; no seed gives none."""

import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.core.seeds import generator


def test_the_same_seed_gives_the_same_numbers():
    assert generator(3).random(4).tolist() == generator(3).random(4).tolist()


@pytest.mark.parametrize("seed", [-1, 1.5, None])
def test_what_is_not_a_seed_is_refused(seed):
    with pytest.raises(EngineError, match="seed"):
        generator(seed)
