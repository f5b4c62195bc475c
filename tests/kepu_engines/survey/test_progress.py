"""Whatever takes long says how far it is, step by step to the end, and can be stopped."""

from functools import cache

import numpy as np
import pytest

from kepu_engines.core.progress import Cancelled
from kepu_engines.survey import assembly, chunks, segments
from kepu_engines.survey.irt import information, item_fit, person_fit
from kepu_engines.survey.irt.completing import completed
from kepu_engines.survey.irt.fit import fit
from kepu_engines.survey.irt.population import regressed
from kepu_engines.survey.irt.responses import Responses, responses

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def fitted():
    chance = np.random.default_rng(2)
    z = chance.normal(size=(9000, 1)) - np.linspace(-1, 1, 15)
    answers = responses((z > chance.logistic(size=z.shape)).astype(int))
    return fit(answers, "rasch"), answers


def rows(n=60):
    cluster = np.arange(n) % 12
    return cluster // 4, cluster, np.ones(n), np.arange(n) * 1.0


def parts(size=7):
    stratum, cluster, weight, y = rows()
    for first in range(0, len(y), size):
        at = slice(first, first + size)
        many = len(y[at])
        none, all_ = np.zeros(many, int), np.ones(many, bool)
        yield chunks.Chunk((stratum[at],), (cluster[at],), weight[at], y[at], None, none, all_)


def patterns():
    chance = np.random.default_rng(1)
    return segments.Patterns.of(chance.integers(0, 2, (300, 4)), [2] * 4)


@cache
def few():
    """A fit to 300 persons who were asked six of eight items each, and its errors."""
    chance = np.random.default_rng(5)
    z = 1.2 * (chance.normal(size=(300, 1)) - np.linspace(-1, 1, 8))
    codes = (z > chance.logistic(size=z.shape)).astype(np.int8)
    for row in range(300):
        codes[row, [row % 8, (row + 3) % 8]] = -1
    one = np.ones(300)
    names = tuple("abcdefgh")
    answers = Responses(codes, one, one, np.zeros(300, np.int32), names, 300, False)
    found = fit(answers, "2pl")
    return found, answers, information.errors(found, answers)


def traits():
    return np.column_stack([np.ones(300), np.arange(300) % 2])


LONG = {
    "errors of items": (lambda f, p: information.errors(*f, p), 3),
    "fit of items": (lambda f, p: item_fit.item_fit(*f, p), 15),
    "fit of persons": (lambda f, p: person_fit.person_fit(*f, p), 3),
    "starts of 2 classes": (
        lambda f, p: segments.fit(patterns(), np.ones(300), 2, starts=20, progress=p),
        25,
    ),
    "sums of chunks": (lambda f, p: chunks.ratio_in_chunks(parts, progress=p), 9),
    "spread of chunks": (lambda f, p: chunks.total_in_chunks(parts, progress=p), 9),
    "values of chunks": (lambda f, p: chunks.quantile_in_chunks(parts, 0.5, progress=p), 9),
    "drawn answers": (lambda f, p: list(completed(*few(), draws=3, seed=1, progress=p)), 4),
    "ability by traits": (lambda f, p: regressed(*few()[:2], traits(), progress=p), None),
    "forms": (
        lambda f, p: assembly.assemble(
            np.ones((6, 1)), np.zeros(6, int), assembly.Wanted([2], 2, 1), progress=p
        ),
        2,
    ),
}


@pytest.mark.parametrize("stage", LONG)
def test_each_step_is_told_and_the_last_one_is_the_end(fitted, stage):
    work, steps = LONG[stage]
    told = []

    work(fitted, lambda name, done, total: told.append((name, done, total)))

    mine = [(done, total) for name, done, total in told if name == stage]
    assert len(mine) == (steps or max(2, len(mine)))  # a search ends when it does
    assert mine == sorted(mine)
    done, total = mine[-1]
    assert total in (0, done)
    assert (total == 0) == (stage in ("sums of chunks", "values of chunks", "ability by traits"))


@pytest.mark.parametrize("stage", LONG)
def test_it_can_be_stopped(fitted, stage):
    def stop(name, done, total):
        if name == stage:
            raise Cancelled

    with pytest.raises(Cancelled):
        LONG[stage][0](fitted, stop)
