"""From which station an order was dispatched."""

from __future__ import annotations

from django.db import models

from kepu.orders.models.order import Order


class Dispatch(models.Model):
    """A station dispatched an order 派单站点; once more when the order came back to the desk.

    `at` is that of the step it belongs to, `name` what the station was called then. Only ever appended.
    """

    PERSONAL_DATA = False

    order = models.ForeignKey(Order, models.CASCADE, related_name="dispatches")
    station = models.ForeignKey("people.Station", models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["station", "at"], name="dispatch_of_station")]

    def __str__(self) -> str:
        return f"{self.order_id} from {self.station_id}"
