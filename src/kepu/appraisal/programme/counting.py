"""What the slips of a final vote come to. Plain data in and out, so anybody counts again the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

LEAST_SECRET = 3  # of two votes each voter knows the other's; of one, everybody knows it


@dataclass(frozen=True)
class Votes:
    """Everything that an outcome follows from.

    A slip lists the places of candidates on the paper, from 0 on; an empty one is a vote for nobody.
    """

    candidates: int
    electors: int
    seats: int
    quorum: str  # a share in decimals
    majority: str
    of_electors: bool
    run_off: bool
    slips: Sequence[Sequence[int]]


@dataclass(frozen=True)
class Outcome:
    """Votes for each candidate, who is elected, and who stands once more for the places left open.

    `tied` are those who have the votes but stand equal at the last place: chance decides nothing here.
    """

    votes: list[int]
    cast: int
    needed: int
    quorate: bool
    elected: list[int]
    tied: list[int]
    run_off: list[int]
    left: int

    @property
    def told(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


def count(said: Votes) -> Outcome:
    """Elect by approval: who has the needed votes, the most first, as many as there are places.

    Fewer slips than keep a vote secret elect nobody, and nothing is told of them but their number.
    """
    cast = len(said.slips)
    read = said.slips if cast >= LEAST_SECRET else ()
    counted = Counter(place for slip in read for place in set(slip))
    votes = [counted[place] for place in range(said.candidates)]
    needed = max(1, least(said.electors if said.of_electors else cast, said.majority))
    quorate = cast >= max(LEAST_SECRET, least(said.electors, said.quorum))
    reached = [place for place in best_first(votes) if votes[place] >= needed] if quorate else []
    elected, tied = _within(reached, votes, said.seats)
    left = said.seats - len(elected)
    again = _once_more(votes, elected, tied, left) if said.run_off and quorate else []
    return Outcome(votes, cast, needed, quorate, sorted(elected), sorted(tied), again, left)


def least(of: int, share: str) -> int:
    """The least whole number that is this share of so many, or more."""
    exact = Fraction(share) * of
    return -(-exact.numerator // exact.denominator)


def best_first(votes: Sequence[int]) -> list[int]:
    """Places by their votes, the most first; equals in the order of the paper."""
    return sorted(range(len(votes)), key=lambda place: (-votes[place], place))


def _within(reached: list[int], votes: list[int], seats: int) -> tuple[list[int], list[int]]:
    """Who has a seat, and who stands equal at the last one."""
    if len(reached) <= seats:
        return reached, []
    edge = votes[reached[seats]]
    return (
        [place for place in reached if votes[place] > edge],
        [place for place in reached if votes[place] == edge],
    )


def _once_more(votes: list[int], elected: list[int], tied: list[int], left: int) -> list[int]:
    """Those equal at the edge; else the next by votes, two for a place, and whoever equals the last."""
    if not left:
        return []
    if tied:
        return sorted(tied)
    others = [place for place in best_first(votes) if place not in elected and votes[place]]
    if len(others) <= 2 * left:
        return sorted(others)
    edge = votes[others[2 * left - 1]]
    return sorted(place for place in others if votes[place] >= edge)
