"""Signs of stuffing: chances against known values, and what stands out of votes that were made up."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from kepu.appraisal.programme.stuffing import Cast, examine, more_than_chance
from tests.factories import NOW


def cast(seconds: float, *choices: int, community: str = "", fresh: bool = False) -> Cast:
    return Cast(NOW + timedelta(seconds=seconds), choices or (0,), community, fresh)


def honest(n: int = 600, seed: int = 3) -> list[Cast]:
    """Votes at random moments of ten hours for one of three, from one of five places."""
    chance = random.Random(seed)
    times = sorted(chance.uniform(0, 36_000) for _ in range(n))
    return [cast(one, chance.randrange(3), community=f"c{chance.randrange(5)}") for one in times]


@pytest.mark.parametrize(
    ("count", "mean", "chance"),
    [
        (0, 2.0, 1.0),
        (1, 2.0, 0.8646647167633873),  # 1 - exp(-2)
        (5, 2.0, 0.052653017343711125),  # scipy.stats.poisson.sf(4, 2)
        (30, 1.0, 1.4343e-33),  # far beyond what 1 - cdf can tell from 0
        (3, 0.0, 0.0),
        (20, 1000.0, 1.0),  # a quiet minute among busy ones, where exp(-904) is 0
        (95, 100.0, 0.70482),  # scipy.stats.poisson.sf(94, 100)
    ],
)
def test_the_tail_of_poisson_is_told_to_its_small_end(count, mean, chance):
    assert more_than_chance(count, mean) == pytest.approx(chance, rel=1e-3)


@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_set_apart_of_votes_that_come_as_they_may(seed):
    found = examine(honest(seed=seed))

    assert (found.bursts, found.runs, found.gathered, found.apart) == ([], [], [], [])


def test_a_minute_with_forty_votes_among_quiet_ones_is_a_burst_and_only_its_votes_are_apart():
    burst = [cast(18_000 + n, n % 3) for n in range(40)]
    votes = sorted([*honest(), *burst], key=lambda one: one.at)

    found = examine(votes)

    assert len(found.bursts) == 1
    assert found.bursts[0]["votes"] >= 40
    assert {votes[n].at.replace(second=0, microsecond=0) for n in found.apart} == {
        NOW + timedelta(minutes=300)
    }


def test_thirty_equal_votes_in_a_row_are_a_sequence():
    run = [cast(18_000 + 60 * n, 7) for n in range(30)]
    votes = sorted([*[one for one in honest() if not 18_000 <= (one.at - NOW).seconds <= 19_800], *run],
                   key=lambda one: one.at)  # fmt: skip

    found = examine(votes)

    assert [(one["votes"], one["choices"]) for one in found.runs] == [(30, [7])]
    assert len(found.apart) >= 30


def test_a_candidate_whom_everybody_chooses_makes_no_sequence():
    assert examine([cast(60 * n) for n in range(200)]).runs == []


def test_votes_of_one_community_for_one_candidate_are_told_and_not_set_apart():
    votes = [
        *honest(),
        *[cast(100 + 300 * n, 2, community="c0") for n in range(100)],
    ]

    found = examine(sorted(votes, key=lambda one: one.at))

    assert [(one["candidate"], one["community"]) for one in found.gathered] == [(2, "c0")]
    assert found.apart == []


def test_new_accounts_are_counted():
    votes = [cast(60 * n, n % 2, fresh=n < 4) for n in range(10)]

    assert examine(votes).fresh == 4


def test_no_votes_at_all_are_no_error():
    assert examine([]).told == {
        "votes": 0, "fresh": 0, "bursts": [], "runs": [], "gathered": [], "apart": 0,
    }  # fmt: skip
