"""Why not: reasons of this room, one file for each topic."""

from kepu.appraisal.rules import (
    applications,
    calls,
    deciding,
    judging,
    meeting,
    programmes,
    reviewing,
    titles,
)

__all__ = [
    "applications",
    "calls",
    "deciding",
    "judging",
    "meeting",
    "programmes",
    "reviewing",
    "titles",
]
