"""Orders whose venue cannot be used any more, and who finds another place for them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RehomingEnd(models.TextChoices):
    MOVED = "moved", _("takes place elsewhere")
    BACK = "back", _("the venue can be used again")


class Rehoming(models.Model):
    """An order under way lost its venue; a named officer finds another one, or cancels and says why.

    One that was cancelled, withdrawn or served needs nobody any more, whether its row has ended or not.
    """

    PERSONAL_DATA = False

    order = models.ForeignKey("orders.Order", models.CASCADE, related_name="rehomings")
    venue = models.ForeignKey("venues.Venue", models.PROTECT, related_name="+")
    officer = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=5, choices=RehomingEnd.choices, blank=True, default="")
    ended_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(ended_at__isnull=True), name="rehomed_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="")
                | Q(ended_at__isnull=False, end__in=RehomingEnd.values),
                name="rehoming_says_how_it_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} from {self.venue_id}"
