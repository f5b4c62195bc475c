"""Reads of this room, one file for each topic."""

from kepu.appraisal.queries import applications, calls, grievances, judging, reviewing, titles

__all__ = [
    "applications",
    "calls",
    "grievances",
    "judging",
    "reviewing",
    "titles",
]
