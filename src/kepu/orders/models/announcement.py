"""Whom an open order was made known to."""

from __future__ import annotations

from django.db import models


class Announcement(models.Model):
    """A team was told that an order can be claimed: once for each order and team."""

    PERSONAL_DATA = False

    order = models.ForeignKey("orders.Order", models.CASCADE, related_name="announcements")
    team = models.ForeignKey("people.Team", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "team"], name="announcement_once")]

    def __str__(self) -> str:
        return f"{self.order_id} to {self.team_id}"
