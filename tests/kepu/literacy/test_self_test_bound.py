"""Takers of a self-test: nothing is asked too often, and they are measured nearly as well.

Seven hundred stand in the suite; `make strain` lets two thousand walk.
"""

from __future__ import annotations

import os
from types import SimpleNamespace

import numpy as np
import pytest

from kepu.literacy import schemas
from kepu.literacy.bridge import self_tests as bridge
from kepu.literacy.bridge.parameters import parameters
from kepu_engines.survey.irt import known
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
POOL = {"knowledge": 32, "method": 16, "spirit": 16, "application": 16}
MOST, WINDOW = 0.3, 400
TAKERS = 2000 if os.environ.get("KEPU_STRAIN") == "full" else 700
WORSE = 1.08  # the error of abilities against that without a bound, as docs/literacy.md states


def pool_of(rng) -> bridge.Pool:
    kinds = [key for key, many in POOL.items() for _ in range(many)]
    return [
        (
            SimpleNamespace(pk=number, dimension=key),
            SimpleNamespace(
                discrimination=rng.lognormal(0.2, 0.3), difficulty=rng.normal(), guessing=0.2
            ),
        )
        for number, key in enumerate(kinds)
    ]


def walked(pool, most: float, takers: int):
    """Who was asked what, and how far each ability was missed."""
    found = schemas.framework(NOW)
    rules = schemas.SelfTests.model_validate(
        found.self_test.model_dump() | {"most_share": most, "window": WINDOW}
    )
    framework, bound = found.model_copy(update={"self_test": rules}), rules.bound()
    rng, items = np.random.default_rng(11), parameters(pool)
    asked, off = np.zeros((takers + 1, len(pool)), bool), []
    for taker in range(1, takers + 1):
        ability = rng.normal()
        right = rng.random(len(pool)) < known.chances(items, [ability])[:, 0]
        near = asked[max(taker - WINDOW + 1, 1) :].sum(axis=0)
        resting = frozenset(np.flatnonzero(bound.resting(near, taker)).tolist())
        answers: list[SimpleNamespace] = []
        while not (walk := bridge.Walk(framework, pool, answers, resting)).over():
            item = walk.next_item(seed=taker * 100 + len(answers)).pk
            answers.append(SimpleNamespace(item_id=item, right=bool(right[item])))
            asked[taker, item] = True
        off.append(walk.belief().mean - ability)
    return asked[1:], np.array(off)


def test_no_item_is_asked_of_more_than_its_share_in_any_window_and_errors_stay_near():
    pool = pool_of(np.random.default_rng(3))

    held, off = walked(pool, MOST, TAKERS)
    free, freely_off = walked(pool, 1.0, TAKERS)

    summed = np.vstack([np.zeros(len(pool)), np.cumsum(held, axis=0)])
    windows = (summed[WINDOW:] - summed[:-WINDOW]) / WINDOW
    assert windows.max() <= MOST
    assert windows.max() == pytest.approx(MOST, abs=0.01)  # and the bound is used
    assert free.mean(axis=0).max() > MOST + 0.1  # without it, some are asked far more often
    error, freely = (float(np.sqrt((one**2).mean())) for one in (off, freely_off))
    assert error < WORSE * freely
    lengths = held.sum(axis=1)
    assert lengths.min() >= schemas.framework(NOW).self_test.fewest
