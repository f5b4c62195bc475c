"""Verbs of this room, one file for each topic."""

from kepu.appraisal.actions import (
    applications,
    ballots,
    calls,
    deciding,
    evidence,
    judging,
    ledgers,
    nominating,
    panels,
    programmes,
    reviewing,
    standards,
    standards_open,
    terms,
    timing,
    titles,
)

__all__ = [
    "applications",
    "ballots",
    "calls",
    "deciding",
    "evidence",
    "judging",
    "ledgers",
    "nominating",
    "panels",
    "programmes",
    "reviewing",
    "standards",
    "standards_open",
    "terms",
    "timing",
    "titles",
]
