"""What came of every door: response, cooperation, refusal and contact rates of a survey.

A rate says which doors it leaves out of its denominator; the six response rates differ in whether
partial interviews count above, and in how many of the doors of which nothing is known are taken
for doors that should have been asked.

Source
------
AAPOR (2023), Standard Definitions: Final Dispositions of Case Codes and Outcome Rates for Surveys,
10th edition, chapters on in-person household surveys and on outcome rates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kepu_engines.core.checks import require


@dataclass(frozen=True)
class Counts:
    """Doors by what came of them, in AAPOR's letters.

    Attributes
    ----------
    complete, partial : int
        I and P.
    refused : int
        R, refusals and break-offs.
    not_reached : int
        NC, lived in by somebody eligible who was never met.
    other : int
        O, eligible and not interviewed for another reason.
    unknown_door, unknown_person : int
        UH and UO: whether there is a household, and whether somebody in it is eligible.
    ineligible : int
        Doors that do not belong to the survey.
    """

    complete: int = 0
    partial: int = 0
    refused: int = 0
    not_reached: int = 0
    other: int = 0
    unknown_door: int = 0
    unknown_person: int = 0
    ineligible: int = 0

    @property
    def interviewed(self) -> int:
        """I + P."""
        return self.complete + self.partial

    @property
    def eligible(self) -> int:
        """Known to be eligible: (I + P) + (R + NC + O)."""
        return self.interviewed + self.refused + self.not_reached + self.other

    @property
    def unknown(self) -> int:
        """UH + UO."""
        return self.unknown_door + self.unknown_person

    @property
    def all(self) -> int:
        return self.eligible + self.unknown + self.ineligible


@dataclass(frozen=True)
class Rates:
    """Outcome rates, each in [0, 1]; None where nothing stands below the line.

    Attributes
    ----------
    e : float
        Share taken for eligible of those of whom it is not known.
    response, cooperation, refusal, contact : tuple of float or None
        RR1 to RR6, COOP1 to COOP4, REF1 to REF3, CON1 to CON3, in this order.
    """

    e: float
    response: tuple[float | None, ...]
    cooperation: tuple[float | None, ...]
    refusal: tuple[float | None, ...]
    contact: tuple[float | None, ...]


# The field of `Counts` by how a final disposition code begins; the longest beginning counts.
KINDS = {
    "1.1": "complete",
    "1.2": "partial",
    "2.1": "refused",
    "2.2": "not_reached",
    "2.3": "other",
    "3.1": "unknown_door",
    "3.2": "unknown_person",
    "3.9": "unknown_person",
    "4": "ineligible",
}


def count(doors: Mapping[str, int]) -> Counts:
    """Sort doors by their final disposition code; an empty code is a door not tried yet.

    Parameters
    ----------
    doors : mapping of str to int
        Number of doors of each code, such as "2.111".

    Raises
    ------
    EngineError
        If a code is not of the list, or a number is below 0.
    """
    found = dict.fromkeys(KINDS.values(), 0)
    for code, number in doors.items():
        require(number >= 0, f"there cannot be {number} doors of {code or 'no code'}")
        kind = KINDS.get(code[:3]) or KINDS.get(code[:1]) if code else "unknown_door"
        require(kind is not None, f"{code} is no disposition of an in-person survey")
        found[kind or ""] += number
    return Counts(**found)


def share_eligible(counts: Counts) -> float:
    """e: of the doors of which it is known, the share that is eligible; 1 where nothing is known."""
    known = counts.eligible + counts.ineligible
    return counts.eligible / known if known else 1.0


def rates(counts: Counts, e: float | None = None) -> Rates:
    """All outcome rates.

    Parameters
    ----------
    counts : Counts
    e : float, optional
        In [0, 1]; left out it is `share_eligible(counts)`.
    """
    share = share_eligible(counts) if e is None else e
    require(0 <= share <= 1, f"e must lie in [0, 1], not {share:g}")
    full, part = counts.complete, counts.interviewed
    # Everybody eligible, with all, some, and none of those of whom it is not known.
    below = [counts.eligible + times * counts.unknown for times in (1, share, 0)]
    met = part + counts.refused + counts.other
    asked = part + counts.refused
    return Rates(
        e=share,
        response=tuple(_over(top, line) for line in below for top in (full, part)),
        cooperation=tuple(_over(top, line) for line in (met, asked) for top in (full, part)),
        refusal=tuple(_over(counts.refused, line) for line in below),
        contact=tuple(_over(met, line) for line in below),
    )


def _over(top: float, line: float) -> float | None:
    return top / line if line else None
