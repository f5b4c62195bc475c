"""Reads of exports, and where their files lie."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet

from kepu.kernel.accounts.models import User
from kepu.kernel.exports.models import Export, ExportState

KEPT = timedelta(days=7)
SILENCE = timedelta(minutes=2)  # a maker that gave no sign for so long is gone


def find(person: User, key: str) -> Export | None:
    """The person's own export; nobody sees another's."""
    return Export.objects.filter(asked_by=person, key=key).first()


def folder() -> Path:
    return Path(settings.DATA) / "exports"


def file_of(export: Export) -> Path:
    return folder() / f"{export.key}.{export.format}"


def to_make(now: datetime) -> QuerySet[Export]:
    """Exports that nobody is making: new ones, and those whose maker went silent."""
    silent = Q(state=ExportState.RUNNING, beat_at__lt=now - SILENCE)
    return Export.objects.filter(Q(state=ExportState.WAITING) | silent).order_by("pk")


def outlived(now: datetime) -> QuerySet[Export]:
    """Exports that ended more than seven days ago."""
    return Export.objects.filter(ended_at__lt=now - KEPT)
