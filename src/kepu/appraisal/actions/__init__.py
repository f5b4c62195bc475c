"""Verbs of this room, one file for each topic."""

from kepu.appraisal.actions import (
    applications,
    attending,
    calls,
    deciding,
    evidence,
    judging,
    meetings,
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
    "attending",
    "calls",
    "deciding",
    "evidence",
    "judging",
    "meetings",
    "panels",
    "programmes",
    "reviewing",
    "standards",
    "standards_open",
    "terms",
    "timing",
    "titles",
]
