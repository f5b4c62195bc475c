"""Reads of the controlled words."""

from __future__ import annotations

from django.db.models import QuerySet

from kepu.people.models import Field, PostKind, Skill


def skills() -> QuerySet[Skill]:
    """Topics that can be chosen, in the order of the list."""
    return Skill.objects.filter(retired=False).order_by("rank", "key")


def fields() -> QuerySet[Field]:
    """Disciplines that can be chosen, in the order of the list."""
    return Field.objects.filter(retired=False).order_by("rank", "key")


def post_kinds() -> QuerySet[PostKind]:
    """Posts that can be held, the three heads first."""
    return PostKind.objects.filter(retired=False).order_by("-one_of_three_heads", "rank", "key")
