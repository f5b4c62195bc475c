"""What this room tells people, one file for each topic."""

from kepu.appraisal.telling import (
    applications,
    inspections,
    reviewing,
    standards,
    titles,
)

__all__ = [
    "applications",
    "inspections",
    "reviewing",
    "standards",
    "titles",
]
