"""The outbox: facts, and one delivery for each listener of each."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Happening(models.Model):
    """A published fact, kept as data."""

    PERSONAL_DATA = False

    name = models.CharField(max_length=60)
    at = models.DateTimeField()
    data = models.JSONField()

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    DONE = "done", _("done")
    DEAD = "dead", _("dead")


class Delivery(models.Model):
    """One listener's work on one fact, or one run of a recurring duty. Done once, tried many times."""

    PERSONAL_DATA = False

    fact = models.ForeignKey(Happening, models.CASCADE, null=True, related_name="deliveries")
    listener = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    # Somebody sits waiting for it, or it keeps the time: it does not queue behind ten thousand notices.
    awaited = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(
        max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    last_error = models.TextField(blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fact", "listener"], name="delivery_once"),
            models.UniqueConstraint(
                fields=["listener"],
                condition=models.Q(fact__isnull=True, state="waiting"),
                name="recurring_duty_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["awaited", "due_at"],
                condition=models.Q(state="waiting"),
                name="delivery_next",
            )
        ]

    def __str__(self) -> str:
        return f"{self.listener}: {self.state}"
