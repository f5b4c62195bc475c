"""Certificates of service 服务证明, free of charge, that anybody can verify."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Certificate(models.Model):
    """What was certified to whom and when. The PDF is drawn from this row, the same each time."""

    PERSONAL_DATA = False

    code = models.CharField(max_length=20, unique=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="certificates"
    )
    issuer = models.CharField(max_length=60)
    minutes = models.PositiveIntegerField()
    services = models.PositiveIntegerField()
    first_on = models.DateField()
    last_on = models.DateField()
    star = models.PositiveSmallIntegerField(default=0)
    rules_version = models.PositiveIntegerField()
    last_entry = models.ForeignKey("people.Entry", models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        ordering = ["-issued_at", "-pk"]
        indexes = [models.Index(fields=["person", "issued_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, services__gte=1), name="certificate_says_something"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True, revoked_reason="")
                | Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoked_reason=""),
                name="certificate_revoked_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def valid(self) -> bool:
        return self.revoked_at is None
