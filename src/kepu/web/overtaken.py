"""Two who want the same at the same moment: what the database says to the one who loses."""

from __future__ import annotations

from django.db import IntegrityError, OperationalError

GAVE_WAY = {"40P01", "40001"}  # PostgreSQL: a deadlock was broken; two changes cannot both be


def is_overtaken(error: Exception) -> bool:
    """Whether nothing was done because somebody else was faster, and asking again can help."""
    if isinstance(error, IntegrityError):
        return True
    cause = error.__cause__ if isinstance(error, OperationalError) else None
    return getattr(cause, "sqlstate", None) in GAVE_WAY
