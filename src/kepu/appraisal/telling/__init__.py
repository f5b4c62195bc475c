"""What this room tells people, one file for each topic."""

from kepu.appraisal.telling import applications, titles

__all__ = ["applications", "titles"]
