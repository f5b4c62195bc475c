"""Ability by what is known of people: effects found again, and nobody drawn toward everybody's middle."""

from dataclasses import replace

import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.irt.completing import completed
from kepu_engines.survey.irt.fit import fit
from kepu_engines.survey.irt.information import errors
from kepu_engines.survey.irt.population import regressed
from kepu_engines.survey.irt.responses import responses

pytestmark = pytest.mark.slow
ITEMS, ASKED = 24, 8
DISTRICTS, EACH = 30, 60


def asked(seed):
    """People of districts and of two kinds, each asked a third of the items; and what is true of them."""
    chance = np.random.default_rng(seed)
    district = np.repeat(np.arange(DISTRICTS), EACH)
    urban = (chance.random(len(district)) < 0.5).astype(float)
    level = chance.normal(0, 0.5, DISTRICTS)
    theta = level[district] + 0.8 * (urban - 0.5) + 0.7 * chance.normal(size=len(district))
    slope, hard = chance.uniform(0.8, 1.8, ITEMS), chance.normal(0, 0.8, ITEMS)
    likely = 1 / (1 + np.exp(-slope * (theta[:, None] - hard)))
    codes = (chance.random(likely.shape) < likely).astype(np.int8)
    gap = np.ones(codes.shape, bool)
    for row in gap:
        row[chance.permutation(ITEMS)[:ASKED]] = False
    return np.where(gap, -1, codes), gap, likely, district, urban


def traits_of(district, urban):
    dummies = (district[:, None] == np.arange(1, DISTRICTS)).astype(float)
    return np.column_stack([np.ones(len(district)), urban, dummies])


@pytest.fixture(scope="module")
def world():
    codes, *rest = asked(3)
    answers = responses(codes)
    found = fit(answers, "2pl")
    return answers, found, errors(found, answers), *rest


def drawn_to_the_middle(world, traits):
    """How far drawn answers lie toward the mean: the slope of districts' drawn shares on the true ones,
    and the gap between the two kinds of people beside the true gap; of answers that nobody gave.
    """
    answers, found, spread, gap, likely, district, urban = world
    drawn = completed(found, answers, spread, draws=8, seed=5, traits=traits)
    copies = [one.right for one in drawn]
    share = np.mean([np.where(gap, one, 0) for one in copies], axis=0).sum(axis=1) / gap.sum(axis=1)
    true = np.where(gap, likely, 0).sum(axis=1) / gap.sum(axis=1)
    by = [np.bincount(district, column) / EACH for column in (true, share)]
    gaps = [column[urban == 1].mean() - column[urban == 0].mean() for column in (share, true)]
    return np.polyfit(*by, 1)[0], gaps[0] / gaps[1]


def test_without_what_is_known_districts_and_kinds_are_drawn_together(world):
    districts, kinds = drawn_to_the_middle(world, None)

    assert districts < 0.85
    assert kinds < 0.85


def test_with_it_they_stay_as_far_apart_as_they_are(world):
    *_rest, district, urban = world

    districts, kinds = drawn_to_the_middle(world, traits_of(district, urban))

    assert districts == pytest.approx(1, abs=0.08)
    assert kinds == pytest.approx(1, abs=0.08)


def test_effects_are_found_within_their_errors(world):
    answers, found, *_more, urban = world
    people = regressed(found, answers, np.column_stack([np.ones(len(urban)), urban]))
    scale = np.sqrt(0.25 + 0.16 + 0.49)  # the fit has everybody's spread as its unit

    assert people.effects[1] == pytest.approx(0.8 / scale, abs=3 * np.sqrt(people.covariance[1, 1]))
    assert people.spread == pytest.approx(np.sqrt(0.25 + 0.49) / scale, abs=0.06)
    assert 0.02 < np.sqrt(people.covariance[1, 1]) < 0.09


def test_errors_are_as_large_as_effects_of_drawn_samples_differ():
    """Items known, four hundred people, one trait."""
    found = fit(responses(asked(3)[0]), "2pl")
    known, told = [], []
    for seed in range(60):
        chance = np.random.default_rng(100 + seed)
        trait = chance.normal(size=400)
        theta = 0.5 * trait + 0.8 * chance.normal(size=400)
        likely = 1 / (1 + np.exp(-(theta[:, None] * found.params[:, 0] + found.params[:, 1])))
        codes = np.where(
            chance.random(likely.shape) < 0.4, chance.random(likely.shape) < likely, -1
        )
        people = regressed(
            found, responses(codes.astype(np.int8)), np.column_stack([np.ones(400), trait])
        )
        known.append(people.effects[1])
        told.append(np.sqrt(people.covariance[1, 1]))

    assert np.mean(known) == pytest.approx(0.5, abs=0.025)
    assert np.mean(told) / np.std(known, ddof=1) == pytest.approx(1, abs=0.25)


@pytest.mark.parametrize("seed", range(6))
def test_few_people_of_whom_much_is_known_are_drawn_all_the_same(seed):
    chance = np.random.default_rng(seed)
    trait = chance.normal(size=(80, 12))
    z = 1.2 * (trait[:, :1] - np.linspace(-1, 1, 10))  # the trait tells all of ability
    codes = (z > chance.logistic(size=z.shape)).astype(np.int8)
    codes[:2] = [[0], [1]]  # nobody and everybody right
    answers = responses(codes)
    found = fit(answers, "rasch")

    people = regressed(found, answers, np.column_stack([np.ones(80), trait]))

    assert 0.05 <= people.spread < 1
    assert np.isfinite(people.covariance).all()
    assert np.isfinite(people.spread_error)


def test_people_who_are_nearly_alike_in_two_known_groups_are_told_with_a_true_error():
    """Much information: a spread narrower than nodes lie apart does not stop it, nor draw effects."""
    people, items = 1500, 30
    chance = np.random.default_rng(1)
    group = (np.arange(people) % 2).astype(float)
    slope, hard = chance.uniform(0.8, 1.8, items), chance.normal(0, 0.8, items)

    def drawn(chance):
        theta = 1.9 * (group - 0.5) + 0.05 * chance.normal(size=people)
        likely = 1 / (1 + np.exp(-slope * (theta[:, None] - hard)))
        return responses((chance.random(likely.shape) < likely).astype(np.int8))

    known = replace(fit(drawn(chance), "2pl"), params=np.column_stack([slope, -slope * hard]))
    traits = np.column_stack([np.ones(people), group])
    every = [regressed(known, drawn(np.random.default_rng(seed)), traits) for seed in range(40)]
    effects = np.array([one.effects for one in every])
    told = np.array([np.sqrt(np.diag(one.covariance)) for one in every])

    assert effects.mean(axis=0) == pytest.approx([-0.95, 1.9], abs=0.02)
    assert told.mean(axis=0) / effects.std(axis=0, ddof=1) == pytest.approx([1, 1], abs=0.25)


def test_columns_that_say_the_same_twice_do_no_harm(world):
    answers, found, *_more, _district, urban = world
    once = np.column_stack([np.ones(len(urban)), urban])
    twice = np.column_stack([once, urban, 1 - urban])

    one, two = regressed(found, answers, once), regressed(found, answers, twice)

    assert twice @ two.effects == pytest.approx(once @ one.effects, abs=1e-5)


def test_what_does_not_fit_is_refused(world):
    answers, found, *_rest = world
    with pytest.raises(EngineError, match="each person must have a row of traits"):
        regressed(found, answers, np.ones((3, 1)))
    parted = responses(np.asarray(answers.codes), group=np.arange(len(answers.codes)) % 2)
    both = fit(parted, "2pl")
    ones = np.ones((len(parted.codes), 1))
    with pytest.raises(EngineError, match="people with traits are one group"):
        next(completed(both, parted, errors(both, parted), draws=2, seed=1, traits=ones))
