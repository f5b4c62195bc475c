"""Reads of this room, one file for each topic."""

from kepu.appraisal.queries import (
    applications,
    calls,
    certificates,
    grievances,
    judging,
    meetings,
    past,
    programmes,
    reviewing,
    standards,
    terms,
    titles,
)

__all__ = [
    "applications",
    "calls",
    "certificates",
    "grievances",
    "judging",
    "meetings",
    "past",
    "programmes",
    "reviewing",
    "standards",
    "terms",
    "titles",
]
