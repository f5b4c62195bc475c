"""Reads of this room, one file for each topic."""

from kepu.appraisal.queries import (
    applications,
    calls,
    grievances,
    judging,
    past,
    programmes,
    titles,
)

__all__ = ["applications", "calls", "grievances", "judging", "past", "programmes", "titles"]
