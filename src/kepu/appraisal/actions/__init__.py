"""Verbs of this room, one file for each topic."""

from kepu.appraisal.actions import (
    applications,
    calls,
    deciding,
    evidence,
    inspecting,
    inspections,
    judging,
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
    "calls",
    "deciding",
    "evidence",
    "inspecting",
    "inspections",
    "judging",
    "panels",
    "programmes",
    "reviewing",
    "standards",
    "standards_open",
    "terms",
    "timing",
    "titles",
]
