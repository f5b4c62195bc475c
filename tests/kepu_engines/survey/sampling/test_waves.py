"""Waves drawn by permanent numbers keep or avoid each other, and every chance is still exact."""

import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.sampling.coordination import moved_on
from kepu_engines.survey.sampling.precision import clustered
from kepu_engines.survey.sampling.sampford import exactly_by_numbers
from kepu_engines.survey.sampling.stages import Method, Stage, draw

UNEQUAL = np.array([0.9, 0.5, 0.3, 0.2, 0.1, 1.0])


def wave(names, take, start=0.0, seed=3, size=None):
    stage = Stage(np.array(names), take, size=size, method=Method.PERMANENT)
    return {names[row] for row in draw([stage], seed, start).rows}


def test_from_the_same_start_a_larger_wave_keeps_all_of_the_smaller_one():
    names = [f"c{n}" for n in range(60)]

    first = wave(names, 8)
    without_some = [
        name for name in names if name not in ("c3", "c40")
    ]  # they were joined to others

    assert first < wave(names, 12)
    assert len(first & wave(without_some, 8)) >= 6


def test_a_wave_that_moved_on_has_none_of_those_before():
    names = [f"c{n}" for n in range(60)]
    starts = [0.0]
    for _again in range(3):
        starts.append(moved_on(starts[-1]))

    waves = [wave(names, 6, start) for start in starts]

    assert sum(map(len, waves)) == len(set.union(*waves)) == 24


@pytest.mark.parametrize("chance", [UNEQUAL, np.full(6, 0.5)])
def test_chances_are_exact_whatever_the_start(chance):
    make, draws = np.random.default_rng(1), 20_000
    came = np.zeros(6)
    for luck in make.random((draws, 6)):
        came[exactly_by_numbers(chance, luck, 0.4)] += 1

    error = np.sqrt(chance * (1 - chance) / draws)
    assert (np.abs(came / draws - chance) <= 4 * error).all()


def test_the_same_list_draws_the_same_in_proportion_to_size():
    names, size = [f"t{n}" for n in range(20)], np.arange(1.0, 21.0)

    assert wave(names, 5, size=size) == wave(names, 5, size=size)
    assert wave(names, 5, size=size) != wave(names, 5, size=size, seed=4)


def test_effect_of_clusters_adds_up_over_their_levels():
    # 20 people in each of 2 communities of a township: 1 + .02 x 19 + .01 x 39
    assert clustered([(0.02, 20), (0.01, 40)]) == pytest.approx(1.77)
    assert clustered([(0.03, 1)]) == 1
    with pytest.raises(EngineError, match="intraclass"):
        clustered([(1.0, 20)])
    with pytest.raises(EngineError, match="together"):
        clustered([(0.6, 20), (0.4, 40)])
