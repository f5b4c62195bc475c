"""Organisations: units with a unified social credit code."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kepu.kernel.divisions.models import Placed


class OrganisationKind(models.TextChoices):
    DEPARTMENT = "department", "部门"
    ASSOCIATION = "association", "科协、学会"
    SCHOOL = "school", "学校"
    HOSPITAL = "hospital", "医院"
    INSTITUTE = "institute", "科研院所"
    FIRM = "firm", "企业"
    VENUE = "venue", "场馆"
    SOCIAL = "social", "社会组织"


class Organisation(Placed):
    """A unit with a unified social credit code: a department, a school, a firm, a venue."""

    PERSONAL_DATA = False

    name = models.CharField(max_length=120)
    sort_key = models.CharField(max_length=240, default="", blank=True)
    kind = models.CharField(max_length=20, choices=OrganisationKind.choices)
    credit_code = models.CharField(max_length=18, unique=True, null=True, blank=True)
    active = models.BooleanField(default=True)
    # The unit it is a part of, and the one that it was merged into: whoever works there is bound to it.
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )

    class Meta:
        ordering = ["sort_key", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")),
                name="no_unit_is_part_of_itself",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("pk")),
                name="no_unit_is_merged_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.name
