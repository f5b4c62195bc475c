"""Within households, between panels and between waves."""

import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.sampling.coordination import (
    by_numbers,
    permanent_numbers,
    poisson_by_numbers,
)
from kepu_engines.survey.sampling.households import (
    TABLES,
    TWELFTHS,
    adult_by_lot,
    adult_by_table,
    chance_by_table,
    kish_tables,
)
from kepu_engines.survey.sampling.panels import dealt, rotation


def test_every_twelve_households_are_a_full_set_of_kishs_tables():
    found = kish_tables(40, seed=2)

    assert np.bincount(found[:36]).tolist() == (3 * TWELFTHS).tolist()
    assert found.tolist() == kish_tables(40, seed=2).tolist()
    assert kish_tables(0, seed=2).size == 0


@pytest.mark.parametrize(
    ("table", "numbers"),
    [("A", [1, 1, 1, 1, 1, 1]), ("C", [1, 1, 2, 2, 3, 3]), ("E1", [1, 2, 3, 3, 3, 5])],
)
def test_tables_choose_as_kish_printed_them(table, numbers):
    row = np.full(6, TABLES.index(table))

    assert adult_by_table(row, np.arange(1, 7)).tolist() == numbers


@pytest.mark.parametrize("adults", [1, 2, 3, 4, 6])
def test_the_tables_give_equal_chances_but_among_five(adults):
    found = chance_by_table(np.full(adults, adults), np.arange(1, adults + 1))

    assert found == pytest.approx(np.full(adults, 1 / adults))


def test_the_third_and_fifth_of_five_are_chosen_more_often():
    found = chance_by_table(np.full(5, 5), np.arange(1, 6))

    assert found == pytest.approx([1 / 6, 1 / 6, 1 / 4, 1 / 6, 1 / 4])


def test_a_seventh_adult_is_never_chosen_and_that_is_said():
    assert adult_by_table([7], [9]).tolist() == [6]
    with pytest.raises(EngineError, match="row 2: no table chooses adult 7 of 9"):
        chance_by_table([9, 9], [6, 7])


def test_by_lot_everybody_has_the_same_chance():
    found = adult_by_lot(np.full(12_000, 3), seed=4)

    assert np.bincount(found)[1:] / 12_000 == pytest.approx(np.full(3, 1 / 3), abs=0.02)


def test_parts_hold_whole_clusters_evenly_in_each_stratum():
    rows = np.random.default_rng(1).permutation(700)
    stratum, cluster = rows // 140, rows // 10  # 14 clusters of 10 in each of 5 strata

    found = dealt(cluster, stratum, 4, seed=3)

    for at in range(70):
        assert len(set(found[cluster == at])) == 1
    for at in range(5):
        clusters = np.array([found[cluster == one][0] for one in range(14 * at, 14 * at + 14)])
        assert np.ptp(np.bincount(clusters, minlength=4)) <= 1
    assert found.tolist() == dealt(cluster, stratum, 4, seed=3).tolist()
    assert found.tolist() != dealt(cluster, stratum, 4, seed=4).tolist()


def test_small_strata_do_not_all_fill_the_first_parts():
    found = dealt(np.arange(40), np.arange(40), 4, seed=1)

    assert np.bincount(found).tolist() == [10, 10, 10, 10]


def test_panels_rotate_so_that_waves_share_all_but_one():
    asked = rotation(5, 4)

    assert (asked.sum(axis=1) == 4).all()
    assert all((asked[at] & asked[at + 1]).sum() == 3 for at in range(4))
    assert asked[:, 3].tolist() == [True, True, True, True, False]


@pytest.mark.parametrize(
    "call", [lambda: dealt([1], [1], 0, 1), lambda: rotation(0, 1), lambda: kish_tables(-1, 1)]
)
def test_assignments_that_cannot_be_are_refused(call):
    with pytest.raises(EngineError, match="must be"):
        call()


def test_a_number_belongs_to_its_unit_for_good():
    before = permanent_numbers(["a", "b", "c"], seed=9)
    after = permanent_numbers(["c", "d", "a"], seed=9)

    assert after[[2, 0]] == pytest.approx(before[[0, 2]], abs=0)
    assert permanent_numbers(["a"], seed=8)[0] != before[0]
    many = permanent_numbers(range(20_000), seed=9)
    assert np.histogram(many, 10, (0, 1))[0] == pytest.approx(np.full(10, 2000), abs=200)


def test_waves_overlap_wholly_from_one_place_and_hardly_from_another():
    numbers = permanent_numbers(range(1000), seed=1)
    chance = np.full(1000, 0.1)

    first = by_numbers(chance, numbers)

    assert first.tolist() == by_numbers(chance, numbers, 0.0).tolist()
    assert set(first) & set(by_numbers(chance, numbers, 0.5).tolist()) == set()
    assert first.tolist() == np.sort(np.argsort(numbers)[:100]).tolist()


def test_births_and_deaths_change_few_of_the_sample():
    ids = list(range(1000))
    before = by_numbers(np.full(1000, 0.1), permanent_numbers(ids, 1))
    ids_after = ids[50:] + list(range(1000, 1050))

    after = by_numbers(np.full(1000, 0.1), permanent_numbers(ids_after, 1))

    kept = {ids_after[row] for row in after} & set(before.tolist())
    assert len(kept) >= 85


@pytest.mark.slow
def test_paretos_chances_come_near_the_wanted_and_certain_units_always_come():
    chance = np.array([0.2, 0.3, 0.5, 0.6, 0.4, 1.0, 0.7, 0.3])
    seen, times = np.zeros(8), 6000

    for seed in range(times):
        seen[by_numbers(chance, permanent_numbers(range(8), seed))] += 1

    assert seen / times == pytest.approx(chance, abs=0.035)
    assert seen[5] == times


def test_poisson_keeps_chances_exactly_and_shares_what_it_can():
    numbers = permanent_numbers(range(50_000), seed=3)
    small, large = np.full(50_000, 0.1), np.full(50_000, 0.2)

    first, second = (
        poisson_by_numbers(small, numbers, 0.95),
        poisson_by_numbers(large, numbers, 0.95),
    )

    assert set(first.tolist()) <= set(second.tolist())
    assert first.size == pytest.approx(5000, abs=300)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: permanent_numbers(["a", "a"], 1), "an id comes twice"),
        (lambda: permanent_numbers(["a"], -1), "seed"),
        (lambda: by_numbers([0.5, 0.5], [0.1]), "2 permanent numbers"),
        (lambda: by_numbers([0.5, 0.5], [0.1, 0.2], 1), "start"),
    ],
)
def test_coordination_that_cannot_be_is_refused(call, sentence):
    with pytest.raises(EngineError, match=sentence):
        call()
