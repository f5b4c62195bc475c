"""What this room tells people, one file for each topic."""

from kepu.appraisal.telling import (
    applications,
    meetings,
    reviewing,
    standards,
    titles,
)

__all__ = [
    "applications",
    "meetings",
    "reviewing",
    "standards",
    "titles",
]
