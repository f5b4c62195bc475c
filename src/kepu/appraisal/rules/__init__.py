"""Why not: reasons of this room, one file for each topic."""

from kepu.appraisal.rules import (
    applications,
    ballots,
    calls,
    deciding,
    discussions,
    evidence,
    fees,
    judging,
    meeting,
    nominating,
    papers,
    programmes,
    reviewing,
    standards,
    terms,
    titles,
)

__all__ = [
    "applications",
    "ballots",
    "calls",
    "deciding",
    "discussions",
    "evidence",
    "fees",
    "judging",
    "meeting",
    "nominating",
    "papers",
    "programmes",
    "reviewing",
    "standards",
    "terms",
    "titles",
]
