"""Signs in how interviews were held: planted ones are found, honest ones are left alone."""

from __future__ import annotations

import numpy as np
import pytest

from kepu_engines.survey import paradata
from kepu_engines.survey.sampling.again import drawn_again

SQUARE = [[(106.0, 29.0), (107.0, 29.0), (107.0, 30.0), (106.0, 30.0), (106.0, 29.0)]]


@pytest.fixture
def chance():
    return np.random.default_rng(5)


def test_speed_is_measured_on_the_log_scale_and_by_the_median(chance):
    honest = np.exp(chance.normal(np.log(1500), 0.25, 400))

    off = paradata.speed([*honest, 240.0])

    assert off[-1] < -5
    assert (off[:-1] > -4).all()
    twice = paradata.speed([*(honest * 2), 480.0])
    assert twice == pytest.approx(off)  # minutes or seconds: the same


def test_items_answered_too_fast_are_counted_among_those_timed():
    table = [[1.0, 1.5, 30.0, np.nan], [30.0, 20.0, 9.0, 2.0], [np.nan] * 4]

    assert paradata.share_below(table, 2) == pytest.approx([2 / 3, 0, 0])


@pytest.mark.parametrize(
    ("length", "items", "again", "chance"),
    [
        (2, 2, 0.25, 0.25),
        (3, 3, 0.25, 0.0625),
        (2, 3, 0.25, 1 - 0.75**2),
        (3, 4, 0.5, 3 / 8),  # of AAA?, ?AAA among the 8 patterns of repeats: 11?, ?11
        (1, 5, 0.25, 1.0),
        (6, 5, 0.25, 0.0),
    ],
)
def test_the_chance_of_a_run_is_exact(length, items, again, chance):
    assert paradata.chance_of_run(length, items, again) == pytest.approx(chance)


def test_the_same_letter_is_found_and_chance_is_not(chance):
    honest = chance.integers(0, 4, (300, 30))
    planted = np.where(np.arange(30) < 24, 2, honest[0])
    patchy = np.where(np.arange(30) % 3 == 0, honest[1], 1)  # 20 or more of 30, in short runs

    told = paradata.straight_lines([*honest, planted, patchy])

    assert told.run[-2] >= 24
    assert told.run_chance[-2] < 1e-9
    assert told.share[-1] >= 2 / 3
    assert told.share_chance[-1] < 1e-4
    assert (told.run_chance[:-2] > 1e-4).all()
    assert (told.share_chance[:-2] > 1e-4).all()


def test_blanks_are_passed_over():
    told = paradata.straight_lines([[0, -1, 0, 0], [1, 2, 3, -1], [-1, -1, -1, -1]])

    assert told.run.tolist() == [3, 1, 0]
    assert told.share == pytest.approx([1, 1 / 3, 0])


def test_distance_to_the_outline():
    away = paradata.km_outside([(106.5, 29.5), (106.5, 30.1), (105.9, 29.5)], SQUARE)

    east = 0.1 * 111.195 * np.cos(np.radians(29.5))
    assert away == pytest.approx([0, 11.1195, east], rel=1e-3)


def test_nobody_is_at_two_doors_at_once():
    who, begun, ended = [1, 1, 1, 2], [0, 1200, 4000, 600], [1000, 2000, 5000, 900]
    same = [(106.5, 29.5)] * 4
    far = [(106.5, 29.5), (106.5, 29.5), (107.5, 29.5), (106.5, 29.5)]  # 97 km in 2000 s

    flags = {"kmh": 80, "rest": 60}

    assert not paradata.too_soon(who, begun, ended, same, **flags).any()
    assert paradata.too_soon(who, begun, ended, far, **flags).tolist() == [
        False,
        False,
        True,
        False,
    ]
    assert paradata.too_soon(who, begun, [1300, 2000, 5000, 900], same, **flags).tolist() == [
        False, True, False, False,
    ]  # fmt: skip
    unknown = [(np.nan, np.nan)] * 4
    assert not paradata.too_soon(who, begun, ended, unknown, **flags).any()


def test_the_intraclass_correlation_is_that_of_the_analysis_of_variance():
    # Two districts of two interviewers with three interviews each.
    score = [1, 2, 3, 5, 6, 7, 10, 12, 14, 13, 15, 17]
    who = [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]
    district = [0] * 6 + [1] * 6

    told = paradata.interviewers(score, who, district)

    between = (3 * (2**2 + 2**2) + 3 * (1.5**2 + 1.5**2)) / 2
    within = (2 + 2 + 8 + 8) / 8
    assert told.icc == pytest.approx((between - within) / (between + 2 * within))
    assert told.low < told.icc < told.high
    assert told.mean == pytest.approx([-2, 2, -1.5, 1.5])
    assert told.z == pytest.approx(np.array([-2, 2, -1.5, 1.5]) / np.sqrt(within * (1 / 3 - 1 / 6)))


def test_an_odd_interviewer_is_found_and_the_interval_covers(chance):
    covered = 0
    for _time in range(200):
        own = np.repeat(chance.normal(0, 0.5, 20), 15)
        told = paradata.interviewers(
            own + chance.normal(0, 1, 300), np.repeat(np.arange(20), 15), np.repeat([0, 1], 150)
        )
        covered += told.low <= 0.2 <= told.high
    assert 180 <= covered <= 199  # 95 in 100

    score = chance.normal(0, 1, 300)
    score[:15] += 2
    told = paradata.interviewers(score, np.repeat(np.arange(20), 15), np.repeat([0, 1], 150))
    assert np.flatnonzero(np.abs(told.z) > 3.1).tolist() == [0]


def test_who_is_alone_in_a_district_is_not_odd():
    told = paradata.interviewers([1.0, 2.0, 9.0], [1, 1, 1], [0, 0, 0])

    assert np.isnan(told.icc)
    assert told.z.tolist() == [0]


def test_a_copy_is_found_and_two_who_know_everything_are_not(chance):
    usual = chance.integers(0, 4, 30)
    honest = np.where(chance.random((80, 30)) < 0.6, usual, chance.integers(0, 4, (80, 30)))
    honest[5], honest[6] = usual, usual
    copy = honest[0].copy()
    copy[3] = (copy[3] + 1) % 4

    found = paradata.copies([*honest, copy], same=0.9, uncommon=4)

    assert list(zip(found.one, found.other, strict=True)) == [(0, 80)]
    assert found.same[0] == pytest.approx(29 / 30)


def test_back_checks_come_from_the_seed_and_everybody_has_some():
    who = [1] * 25 + [2] * 3
    none = [False] * 28
    how = {"share": 0.1, "least": 1, "seed": 9}

    first = drawn_again(range(28), who, none, **how)

    assert [sum(who[row] == one for row in first) for one in (1, 2)] == [3, 1]
    assert drawn_again(range(28), who, none, **how).tolist() == first.tolist()
    assert drawn_again(range(28), who, none, **how | {"seed": 10}).tolist() != first.tolist()
    held = [row in first for row in range(28)]
    assert not drawn_again(range(28), who, held, **how).size  # enough are drawn already
    more = drawn_again(range(48), who + [1] * 20, held + [False] * 20, **how)
    assert len(more) == 2  # 45 of the first: five in all
