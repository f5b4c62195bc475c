"""Why not: reasons of this room, one file for each topic."""

from kepu.appraisal.rules import applications, calls, deciding, judging, programmes, titles

__all__ = ["applications", "calls", "deciding", "judging", "programmes", "titles"]
