"""Reads of this room, one file for each topic."""

from kepu.appraisal.queries import (
    applications,
    awards,
    ballots,
    calls,
    certificates,
    grievances,
    judging,
    past,
    programmes,
    reviewing,
    standards,
    terms,
    titles,
)

__all__ = [
    "applications",
    "awards",
    "ballots",
    "calls",
    "certificates",
    "grievances",
    "judging",
    "past",
    "programmes",
    "reviewing",
    "standards",
    "terms",
    "titles",
]
