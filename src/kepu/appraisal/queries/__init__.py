"""Reads of this room, one file for each topic."""

from kepu.appraisal.queries import (
    applications,
    attendance,
    calls,
    certificates,
    discussions,
    fees,
    grievances,
    judging,
    papers,
    past,
    programmes,
    reviewing,
    standards,
    terms,
    titles,
)

__all__ = [
    "applications",
    "attendance",
    "calls",
    "certificates",
    "discussions",
    "fees",
    "grievances",
    "judging",
    "papers",
    "past",
    "programmes",
    "reviewing",
    "standards",
    "terms",
    "titles",
]
