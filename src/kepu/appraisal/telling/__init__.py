"""What this room tells people, one file for each topic."""

from kepu.appraisal.telling import (
    applications,
    reviewing,
    standards,
    titles,
)

__all__ = [
    "applications",
    "reviewing",
    "standards",
    "titles",
]
