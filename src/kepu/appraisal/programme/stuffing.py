"""Signs that a vote of the public was stuffed: bursts, new accounts, one community, one choice in a row.

Each sign is a probability by a plain model, and each is told with that model. None of them proves
anything: they say which votes somebody should look at, and those votes are counted apart, not deleted.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

RARE = 0.001  # the chance of one false sign of a kind in the whole vote
AROUND = 30  # minutes before and after, from which the usual pace is taken
FEWEST = 20  # votes for a candidate, before shares of communities are compared


@dataclass(frozen=True)
class Cast:
    """One vote as it is looked at: when, for whom, from where, and how old the account was."""

    at: datetime
    choices: tuple[int, ...]
    community: str
    fresh: bool  # the account was made after the vote had opened


@dataclass(frozen=True)
class Report:
    """What stands out; `apart` are the places of votes in a burst or in a run of one choice."""

    votes: int
    fresh: int
    bursts: list[dict[str, Any]]
    runs: list[dict[str, Any]]
    gathered: list[dict[str, Any]]
    apart: list[int]

    @property
    def told(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "votes": self.votes, "fresh": self.fresh, "bursts": self.bursts, "runs": self.runs,
            "gathered": self.gathered, "apart": len(self.apart),
        }  # fmt: skip


def examine(votes: Sequence[Cast]) -> Report:
    """Everything that stands out of votes in the order in which they were cast."""
    bursts, hot = _bursts(votes)
    runs, long = _runs(votes)
    return Report(
        len(votes), sum(one.fresh for one in votes), bursts, runs, _gathered(votes),
        sorted(hot | long),
    )  # fmt: skip


def more_than_chance(count: int, mean: float) -> float:
    """The chance of `count` events or more in a Poisson process that has `mean` of them.

    Summed from the tail, so that a chance of 1e-30 is told as that and not as 0.
    """
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    if count <= mean:
        return 1.0 - _fewer_than(
            count, mean
        )  # nothing rare, and the tail would begin at exp(-745) = 0
    term = _exactly(count, mean)
    total, n = 0.0, count
    while term > total * 1e-16 and n < count + 10_000:
        total += term
        n += 1
        term *= mean / n
    return min(1.0, total)


def _fewer_than(count: int, mean: float) -> float:
    term, total = _exactly(count - 1, mean), 0.0
    for n in range(count - 1, -1, -1):
        total += term
        if term <= total * 1e-16:
            break
        term *= n / mean
    return total


def _exactly(count: int, mean: float) -> float:
    return math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))


def _bursts(votes: Sequence[Cast]) -> tuple[list[dict[str, Any]], set[int]]:
    """Minutes with more votes than the half hours around them let expect, at one vote an hour at least.

    The chance is multiplied by the number of minutes looked at (Bonferroni).
    """
    counts = Counter(_minute(one.at) for one in votes)
    found = []
    for minute, count in sorted(counts.items()):
        near = (minute + timedelta(minutes=n) for n in range(-AROUND, AROUND + 1) if n)
        mean = max(sum(counts.get(one, 0) for one in near) / (2 * AROUND), 1 / 60)
        chance = min(1.0, more_than_chance(count, mean) * len(counts))
        if chance < RARE:
            found.append(
                {"minute": minute.isoformat(), "votes": count, "usual": round(mean, 3), "chance": chance}
            )  # fmt: skip
    minutes = {one["minute"] for one in found}
    hot = {n for n, one in enumerate(votes) if _minute(one.at).isoformat() in minutes}
    return found, hot


def _runs(votes: Sequence[Cast]) -> tuple[list[dict[str, Any]], set[int]]:
    """Equal votes one after another, longer than votes in any order would give.

    A choice that a share p of all votes has begins a run of n at a place with chance p^n; there are as
    many places as votes.
    """
    share = Counter(one.choices for one in votes)
    found, places, begin = [], set(), 0
    for end in range(1, len(votes) + 1):
        if end < len(votes) and votes[end].choices == votes[begin].choices:
            continue
        length, choices = end - begin, votes[begin].choices
        rest = (share[choices] - length + 1) / (len(votes) - length + 1)
        chance = min(1.0, len(votes) * rest ** (length - 1))
        if length >= 5 and chance < RARE:
            found.append(
                {"first": votes[begin].at.isoformat(), "votes": length, "choices": list(choices),
                 "chance": chance}
            )  # fmt: skip
            places |= set(range(begin, end))
        begin = end
    return found, places


def _gathered(votes: Sequence[Cast]) -> list[dict[str, Any]]:
    """For each candidate the community with most of the votes, where that is far above its usual.

    Compared with the community's part of all votes, by a Poisson of the votes expected from it. Neighbours
    who like their own are no fraud: this is told, and no vote is set apart for it.
    """
    known = [one for one in votes if one.community]
    everywhere = Counter(one.community for one in known)
    candidates = sorted({choice for one in known for choice in one.choices})
    found = []
    for candidate in candidates:
        there = Counter(one.community for one in known if candidate in one.choices)
        total = sum(there.values())
        community, count = max(there.items(), key=lambda one: (one[1], one[0]))
        expected = total * everywhere[community] / len(known)
        chance = min(1.0, more_than_chance(count, expected) * len(there) * len(candidates))
        if total >= FEWEST and chance < RARE:
            found.append(
                {"candidate": candidate, "community": community, "votes": count, "of": total,
                 "expected": round(expected, 1), "chance": chance}
            )  # fmt: skip
    return found


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
