"""What this room tells people, one file for each topic."""

from kepu.appraisal.telling import (
    applications,
    ballots,
    reviewing,
    standards,
    titles,
)

__all__ = [
    "applications",
    "ballots",
    "reviewing",
    "standards",
    "titles",
]
