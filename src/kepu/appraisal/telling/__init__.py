"""What this room tells people, one file for each topic."""

from kepu.appraisal.telling import (
    applications,
    reviewing,
    titles,
)

__all__ = [
    "applications",
    "reviewing",
    "titles",
]
