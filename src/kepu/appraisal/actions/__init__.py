"""Verbs of this room, one file for each topic."""

from kepu.appraisal.actions import applications, calls, deciding, judging, programmes, titles

__all__ = ["applications", "calls", "deciding", "judging", "programmes", "titles"]
