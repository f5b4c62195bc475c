"""Why not: reasons of this room, one file for each topic."""

from kepu.appraisal.rules import (
    applications,
    calls,
    deciding,
    discussions,
    evidence,
    fees,
    judging,
    meeting,
    papers,
    programmes,
    reviewing,
    standards,
    terms,
    titles,
)

__all__ = [
    "applications",
    "calls",
    "deciding",
    "discussions",
    "evidence",
    "fees",
    "judging",
    "meeting",
    "papers",
    "programmes",
    "reviewing",
    "standards",
    "terms",
    "titles",
]
