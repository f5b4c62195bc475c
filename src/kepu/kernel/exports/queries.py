"""Reads of exports, and where their files lie."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from kepu.kernel.accounts.models import User
from kepu.kernel.exports.models import Export

KEPT = timedelta(days=7)


def find(person: User, key: str) -> Export | None:
    """The person's own export; nobody sees another's."""
    return Export.objects.filter(asked_by=person, key=key).first()


def folder() -> Path:
    return Path(settings.DATA) / "exports"


def file_of(export: Export) -> Path:
    return folder() / f"{export.key}.{export.format}"


def outlived(now: datetime) -> QuerySet[Export]:
    """Exports that ended more than seven days ago."""
    return Export.objects.filter(ended_at__lt=now - KEPT)
