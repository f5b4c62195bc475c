"""Why not: reasons of this room, one file for each topic."""

from kepu.appraisal.rules import (
    applications,
    calls,
    deciding,
    evidence,
    judging,
    meetings,
    pairing,
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
    "evidence",
    "judging",
    "meetings",
    "pairing",
    "programmes",
    "reviewing",
    "standards",
    "terms",
    "titles",
]
