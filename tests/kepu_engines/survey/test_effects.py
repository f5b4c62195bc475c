"""Effects of an activity against worked examples, closed forms, and activities whose effect is known."""

import numpy as np
import pytest
from scipy.stats import t as student
from scipy.stats import ttest_ind

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.effects import Expected, Measures, Planned, cost, detectable, effect
from kepu_engines.survey.robust import Contrast, means

# Before and after of four who attended and three who did not: changes 4, 6, 2, 8 and 1, 3, 2.
ATTENDED = {"a": (10, 14), "b": (12, 18), "c": (9, 11), "d": (13, 21)}
OTHERS = {"e": (11, 12), "f": (10, 13), "g": (12, 14)}


def panel(more=()):
    rows = [
        (score, name in ATTENDED, after, name)
        for name, scores in (ATTENDED | OTHERS).items()
        for after, score in enumerate(scores)
    ]
    score, attended, after, person = zip(*rows, *more, strict=True)
    return Measures.of(score, attended, np.array(after) == 1, person)


def test_an_example_worked_by_hand():
    """Changes 4, 6, 2, 8 (mean 5, variance 20/3) and 1, 3, 2 (mean 2, variance 1): the effect is 3."""
    found = effect(panel())

    assert found.compared
    assert found.changes["attending"].value == pytest.approx(5)
    assert found.changes["comparison"].value == pytest.approx(2)
    assert found.effect.value == pytest.approx(3)
    assert found.effect.se == pytest.approx(np.sqrt((20 / 3) / 4 + 1 / 3))  # 1.4142
    assert found.effect.df == pytest.approx(
        (1 / 4 + 1 / 3) ** 2 / ((1 / 4) ** 2 / 3 + (1 / 3) ** 2 / 2)
    )
    half = student.ppf(0.975, found.effect.df) * found.effect.se
    assert found.effect.low == pytest.approx(3 - half)
    # before: 10, 12, 9, 13 and 11, 10, 12; squares 10 and 2 on 5 degrees of freedom
    assert found.sd == pytest.approx(np.sqrt(12 / 5))
    right = 1 - 3 / 19
    assert found.standardised.value == pytest.approx(right * 3 / np.sqrt(12 / 5))
    assert found.baseline.value == pytest.approx(0)
    assert [(c.group, c.wave, c.n, c.mean.value) for c in found.cells] == [
        ("comparison", "before", 3, 11.0), ("comparison", "after", 3, 13.0),
        ("attending", "before", 4, 11.0), ("attending", "after", 4, 16.0),
    ]  # fmt: skip


def test_of_persons_alone_it_is_welch_s_test_of_changes():
    chance = np.random.default_rng(4)
    change = [chance.normal(1, 2, 30), chance.normal(0, 1, 22)]
    before = [chance.normal(50, 8, 30), chance.normal(52, 8, 22)]
    person = np.arange(52)
    found = effect(
        Measures.of(
            np.concatenate([*before, before[0] + change[0], before[1] + change[1]]),
            np.tile(person < 30, 2), np.repeat([False, True], 52), np.tile(person, 2),
        )
    )  # fmt: skip
    known = ttest_ind(*change, equal_var=False)

    assert found.effect.value / found.effect.se == pytest.approx(known.statistic, rel=1e-10)


def test_errors_and_degrees_of_freedom_are_those_of_the_matrices():
    chance = np.random.default_rng(1)
    cluster = chance.integers(0, 12, 60)
    cell = np.where(cluster < 6, 0, 2) + chance.integers(0, 2, 60)
    weight, y = chance.uniform(0.5, 3, 60), chance.normal(size=60) + 0.2 * cluster
    c = np.array([1.0, -1, -1, 1])
    told = means(y, cell, weight, cluster).contrast(c)

    x, scaled = np.eye(4)[cell] * np.sqrt(weight)[:, None], y * np.sqrt(weight)
    bread = np.linalg.inv(x.T @ x)
    rest = np.eye(60) - x @ bread @ x.T
    moves, rows = [], []
    for one in np.unique(cluster):
        here = np.flatnonzero(cluster == one)
        values, vectors = np.linalg.eigh(rest[np.ix_(here, here)])
        q = vectors / np.sqrt(values) @ vectors.T @ x[here] @ bread @ c
        moves.append(q @ (rest @ scaled)[here])
        rows.append(rest[:, here] @ q)
    inner = np.array(rows) @ np.array(rows).T
    assert told.se == pytest.approx(np.sqrt(np.square(moves).sum()), rel=1e-10)
    assert told.df == pytest.approx(np.trace(inner) ** 2 / (inner**2).sum(), rel=1e-10)


def test_intervals_cover_with_few_clusters():
    """Eight schools of unequal size: an interval that counts persons covers half as often."""
    chance = np.random.default_rng(11)
    school = np.repeat(np.arange(8), [20, 10, 15, 30, 12, 18, 25, 10])
    held, tight, rounds = 0, 0, 300
    for _ in range(rounds):
        own, jump = chance.normal(0, 3, 8), chance.normal(0, 2, 8)
        before = own[school] + chance.normal(0, 8, school.size)
        after = before + jump[school] + 1.5 * (school < 4) + chance.normal(0, 4, school.size)
        args = (
            np.concatenate([before, after]), np.tile(school < 4, 2),
            np.repeat([False, True], school.size), np.tile(np.arange(school.size), 2),
        )  # fmt: skip
        whole = effect(Measures.of(*args, np.tile(school, 2))).effect
        alone = effect(Measures.of(*args)).effect
        held += whole.low <= 1.5 <= whole.high
        tight += alone.low <= 1.5 <= alone.high
    assert 0.90 <= held / rounds <= 0.99
    assert tight / rounds < 0.80


def test_who_was_lost_is_told_by_group_and_left_out_of_the_change():
    found = effect(panel([(5, True, 0, "h"), (20, False, 0, "i"), (8, False, 1, "k")]))

    assert found.effect.value == pytest.approx(3)
    lost = {one.group: one for one in found.lost}
    assert (lost["attending"].before, lost["attending"].both) == (5, 4)
    assert lost["attending"].share == pytest.approx(0.2)
    assert lost["attending"].away is None  # one was lost: his score would be told


@pytest.mark.parametrize(
    ("gone", "stayed", "away"), [(9, 10, None), (10, 9, None), (10, 10, 4.0), (0, 20, None)]
)
def test_how_the_lost_scored_is_told_of_ten_lost_and_ten_who_stayed(gone, stayed, away):
    people = np.arange(gone + stayed)
    before = np.where(people < gone, 9.0, 5.0) + people % 2
    stay = people[gone:]
    found = effect(
        Measures.of(
            [*before, *before[gone:]], [True] * (people.size + stay.size),
            [False] * people.size + [True] * stay.size, [*people, *stay],
        )
    )  # fmt: skip

    assert found.lost[0].away == (away if away is None else pytest.approx(away))


def test_without_a_comparison_there_is_a_change_and_no_more():
    rows = [(s, True, a, name) for name, two in ATTENDED.items() for a, s in enumerate(two)]
    score, attended, after, person = zip(*rows, strict=True)
    found = effect(Measures.of(score, attended, np.array(after) == 1, person))

    assert not found.compared
    assert found.baseline is None
    assert found.effect.value == pytest.approx(5)
    assert found.effect.se == pytest.approx(np.sqrt((20 / 3) / 4))
    assert found.effect.df == pytest.approx(3)


def test_one_school_tells_no_error():
    school = ["x"] * 4 + ["y"] * 4 + ["z"] * 4
    found = effect(
        Measures.of(range(12), [True] * 4 + [False] * 8, [False, True] * 6, None, school)
    ).effect

    assert np.isnan(found.se)
    assert np.isnan(found.low)


def test_the_least_effect_is_the_one_that_is_found_so_often():
    plan = (Planned(120, 8), Planned(100, 8))
    least = detectable(plan, Expected(10, 0.6, 0.05, 0.1))
    # by hand: people who stay 108 and 90 in 8 clusters; deff 1.625 and 1.5125; df 14
    variance = 2 * 100 * 0.4 * (1.625 / 108 + 1.5125 / 90)
    reach = student.ppf(0.975, 14) + student.ppf(0.8, 14)
    assert least == pytest.approx(reach * np.sqrt(variance))

    chance, found = np.random.default_rng(3), 0
    person = np.arange(80)
    small = detectable((Planned(40), Planned(40)), Expected(10, 0.5))
    for _ in range(400):
        own = chance.normal(0, np.sqrt(50), 80)
        before, after = (own + chance.normal(0, np.sqrt(50), 80) for _wave in (0, 1))
        told = effect(
            Measures.of(
                np.concatenate([before, after + small * (person < 40)]), np.tile(person < 40, 2),
                np.repeat([False, True], 80), np.tile(person, 2),
            )
        ).effect  # fmt: skip
        found += told.p < 0.05
    assert 0.73 <= found / 400 <= 0.87


def test_costs_have_fieller_s_interval():
    sure = Contrast(4.0, 1.0, 20.0, 2.0, 6.0, 0.001)
    told = cost(12_000, 300, sure)
    assert (told.per_person, told.per_point) == (40, 10)
    assert (told.low, told.high) == (pytest.approx(40 / 6), 20)
    unsure = cost(12_000, 300, Contrast(1.0, 1.0, 20.0, -1.0, 3.0, 0.3))
    assert unsure.high is None
    assert unsure.low == pytest.approx(40 / 3)
    assert cost(12_000, 300, Contrast(-1.0, 1.0, 20.0, -3.0, 1.0, 0.3)).per_point is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"person": ["a", "a", "a", "b"]}, "a was measured twice before"),
        ({"attended": [True, False, True, True]}, "a is in both groups"),
        ({"attended": [False] * 4}, "nobody who attended was measured after"),
        ({"weight": [1, 1, 0, 1]}, "every weight must be above 0"),
        ({"score": [1, 2, 3]}, "as many rows"),
        ({"weight": [1e-310, 1, 1, 1]}, "the largest weight is more than 1,000,000,000 times"),
        ({"score": [1e308, -1e308, 3, 4]}, "scores must lie within 1,000,000,000,000 of 0"),
    ],
)
def test_what_cannot_be_told_is_refused(change, words):
    given = {
        "score": [1, 2, 3, 4], "attended": [True] * 4, "after": [False, True, False, True],
        "person": ["a", "a", "b", "b"],
    }  # fmt: skip
    with pytest.raises(EngineError, match=words):
        Measures.of(**(given | change))
