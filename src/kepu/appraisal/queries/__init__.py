"""Reads of this room, one file for each topic."""

from kepu.appraisal.queries import applications, calls, grievances, past, programmes, titles

__all__ = ["applications", "calls", "grievances", "past", "programmes", "titles"]
