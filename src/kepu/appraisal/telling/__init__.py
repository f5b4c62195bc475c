"""What this room tells people, one file for each topic."""

from kepu.appraisal.telling import (
    applications,
    ballots,
    contributions,
    discussions,
    fees,
    inspections,
    meetings,
    reviewing,
    standards,
    titles,
    undertakings,
)

__all__ = [
    "applications",
    "ballots",
    "contributions",
    "discussions",
    "fees",
    "inspections",
    "meetings",
    "reviewing",
    "standards",
    "titles",
    "undertakings",
]
