"""Estimates in chunks: the figures of the whole, while no more than a chunk is held."""

import weakref

import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.survey import chunks as in_chunks
from kepu_engines.survey.chunks import (
    Chunk,
    quantile_in_chunks,
    ratio_in_chunks,
    total_in_chunks,
)
from kepu_engines.survey.design import Design, Lonely
from kepu_engines.survey.estimates import mean, ratio, total
from kepu_engines.survey.quantiles import quantiles

ROWS = 900


@pytest.fixture(params=["one stage", "two stages"])
def sample(request):
    """A made-up sample in random order; with fractions where it has two stages."""
    chance = np.random.default_rng(21)
    town = chance.permutation(np.arange(ROWS) % 30)
    stratum, village = town // 5, chance.integers(0, 3, ROWS)
    size = chance.integers(4, 9, 30 * 3)
    made = {
        "strata": [stratum],
        "clusters": [town],
        "weight": chance.uniform(1, 40, ROWS),
        "y": chance.normal(60, 9, ROWS).round(1),
        "x": chance.uniform(1, 3, ROWS),
        "domain": np.array(["north", "east", "west"])[chance.integers(0, 3, ROWS)],
        "inside": chance.random(ROWS) < 0.9,
        "fpc": None,
    }
    if request.param == "two stages":
        made["strata"].append(np.zeros(ROWS, int))
        made["clusters"].append(village)
        made["fpc"] = [(6.0 + stratum), size[town * 3] * 1.0]
    return made


def design_of(sample, lonely=Lonely.FAIL):
    return Design.of(sample["strata"], sample["clusters"], sample["weight"], sample["fpc"], lonely)


def codes_of(sample):
    names, codes = np.unique(sample["domain"], return_inverse=True)
    return names.tolist(), np.where(sample["inside"], codes, -1)


def cut(sample, first, last, with_x=False):
    part = slice(first, last)
    fpc = sample["fpc"] and tuple(one[part] for one in sample["fpc"])
    return Chunk(
        tuple(one[part] for one in sample["strata"]),
        tuple(one[part] for one in sample["clusters"]),
        sample["weight"][part],
        sample["y"][part],
        sample["x"][part] if with_x else None,
        sample["domain"][part],
        sample["inside"][part],
        fpc,
    )


def passes(sample, size, with_x=False):
    return lambda: (cut(sample, at, at + size, with_x) for at in range(0, ROWS, size))


def same(found, expected):
    for name in ("value", "se", "deff"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-12)
    np.testing.assert_array_equal(found.n, expected.n)
    np.testing.assert_array_equal(found.df, expected.df)


@pytest.mark.parametrize("size", [1, 7, 450, 10_000])
def test_totals_means_and_ratios_are_those_of_the_whole(sample, size):
    names, codes = codes_of(sample)
    design = design_of(sample)

    found_names, found = total_in_chunks(passes(sample, size))
    same(found, total(design, sample["y"], codes))
    same(ratio_in_chunks(passes(sample, size))[1], mean(design, sample["y"], codes))
    found_ratio = ratio_in_chunks(passes(sample, size, with_x=True))[1]
    same(found_ratio, ratio(design, sample["y"], sample["x"], codes))

    assert found_names == names


@pytest.mark.parametrize("share", [0.0005, 0.01, 0.25, 0.5, 0.9, 0.9995])
@pytest.mark.parametrize("places", [1, 0, -1])
def test_quantiles_are_those_of_the_whole_with_few_values_and_many(sample, share, places):
    sample["y"] = sample["y"].round(places)
    _, codes = codes_of(sample)

    found = quantile_in_chunks(passes(sample, 50), share)[1]

    expected = quantiles(design_of(sample), sample["y"], [share], codes)[0]
    np.testing.assert_array_equal(found.value, expected.value)
    for name in ("se", "low", "high"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-12)
    same(found.share, expected.share)


@pytest.mark.parametrize("lonely", [Lonely.ADJUST, Lonely.AVERAGE, Lonely.CERTAINTY])
def test_lonely_strata_follow_the_rule_named(sample, lonely):
    sample["strata"][0] = np.where(sample["clusters"][0] == 3, 99, sample["strata"][0])
    if sample["fpc"]:
        sample["fpc"][0] = np.where(sample["clusters"][0] == 3, 50.0, sample["fpc"][0])
    _, codes = codes_of(sample)

    found = ratio_in_chunks(passes(sample, 60), lonely)[1]

    same(found, mean(design_of(sample, lonely), sample["y"], codes))
    with pytest.raises(EngineError, match="stratum 99 has one cluster"):
        ratio_in_chunks(passes(sample, 60))


@pytest.mark.parametrize("figure", [ratio_in_chunks, total_in_chunks, quantile_in_chunks])
def test_a_chunk_is_gone_before_the_next_is_made(sample, figure):
    alive, most = weakref.WeakSet(), []

    class Counted(Chunk):
        """A chunk that can be counted."""

        __hash__ = object.__hash__

    def counted():
        for at in range(0, ROWS, 90):
            most.append(len(alive))
            part = Counted(**vars(cut(sample, at, at + 90)))
            alive.add(part)
            yield part
            del part

    figure(counted, *([0.5] if figure is quantile_in_chunks else []))

    assert len(most) >= 20
    assert max(most) == 0


def test_fractions_that_differ_are_refused_with_the_row_wherever_the_chunks_end():
    count = 40
    made = {
        "strata": [np.zeros(count, int)],
        "clusters": [np.arange(count) // 4],
        "weight": np.ones(count),
        "y": np.arange(count) * 1.0,
        "domain": np.zeros(count, int),
        "inside": np.ones(count, bool),
        "fpc": [np.where(np.arange(count) == 30, 0.2, 0.1)],
    }
    for size in (3, 5, 40):
        with pytest.raises(EngineError, match="fpc of row 31 differs"):
            ratio_in_chunks(
                lambda size=size: (cut(made, at, at + size) for at in range(0, count, size))
            )


def test_too_many_different_values_are_refused(sample, monkeypatch):
    monkeypatch.setattr(in_chunks, "MOST_VALUES", 50)

    with pytest.raises(
        EngineError, match="keeps each different value, and there are over 50: round"
    ):
        quantile_in_chunks(passes(sample, 90), 0.5)
