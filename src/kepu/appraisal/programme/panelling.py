"""What a panel's decision comes to: quorum, majority, mean. Numbers in, the same result out each time.

A tally says how often each mark was given: `{"for": 5, "against": 1}`, or points, `{"85": 2, "90": 4}`.
It has no order and no names, so nothing in it leads back to who gave which.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from typing import Any

from kepu.appraisal.meeting_states import MeetingKind
from kepu.appraisal.programme.schema import Panel, Programme
from kepu.appraisal.standards_states import Choice

Tally = Mapping[str, int]


def least_present(panel: Panel, entitled: int) -> int:
    """How many of those entitled must be there; one at least."""
    return max(1, ceil(_share(panel.quorum) * entitled))


def cast(tally: Tally) -> int:
    """How many voted; an abstention is a vote."""
    return sum(tally.values())


def mean(tally: Tally) -> Fraction:
    """The mean of points; 0 where nobody gave any."""
    total = sum(int(points) * times for points, times in tally.items())
    return Fraction(total, cast(tally) or 1)


def carries(panel: Panel, kind: str, tally: Tally, entitled: int, cut: float) -> bool:
    """Whether enough voted, and the votes or the mean reach what the programme asks for.

    Votes for are counted of all who were entitled or of those who voted, as the programme says; points
    reach the lowest level that the programme has.
    """
    voted = cast(tally)
    if voted < least_present(panel, entitled):
        return False
    if kind == MeetingKind.SCORE:
        return mean(tally) >= Fraction(str(cut))
    base = entitled if panel.of_members else voted
    return tally.get(Choice.FOR, 0) >= _share(panel.majority) * base


def lowest_cut(programme: Programme) -> float:
    """The points from which on any level is reached."""
    return programme.levels[-1].cut


def full_marks(programme: Programme, klass: str) -> int:
    """The points that the whole rubric of a class gives; a member gives so many at most."""
    return int(sum(one.points for one in programme.criteria(klass)))


def replayed(record: Mapping[str, Any]) -> list[bool]:
    """The results of a kept record worked out once more, in the order of its applications."""
    rules = record["rules"]
    panel = Panel.model_validate(rules["panel"])
    return [
        carries(panel, one["kind"], one["tally"], one["entitled"], rules["cut"])
        for one in record["items"]
    ]


def _share(told: float) -> Fraction:
    """A share as the programme writes it: 0.6666 is 6666/10000, and no more."""
    return Fraction(str(told))
