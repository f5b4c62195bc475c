"""What this room tells people, one file for each topic."""

from kepu.appraisal.telling import (
    applications,
    ballots,
    discussions,
    fees,
    inspections,
    meetings,
    reviewing,
    standards,
    titles,
)

__all__ = [
    "applications",
    "ballots",
    "discussions",
    "fees",
    "inspections",
    "meetings",
    "reviewing",
    "standards",
    "titles",
]
