"""Topics that can be chosen."""

from __future__ import annotations

from django.db.models import QuerySet

from kepu.people.models import Skill


def skills() -> QuerySet[Skill]:
    """Topics in use, in the order of the list."""
    return Skill.objects.filter(retired=False).order_by("rank", "key")
