"""Boards are sorted by the moment by which somebody has to do something."""

from django.db import migrations, models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce, Least

NO_TIME_YET = ("placed", "declined", "reopened", "dispatched", "accepted", "open", "claimed")


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_visits_before")]

    operations = [
        migrations.RemoveIndex("order", "orders_orde_state_20b114_idx"),
        migrations.RemoveIndex("order", "orders_orde_departm_cb40af_idx"),
        migrations.AddField(
            "order",
            "urgent_at",
            models.GeneratedField(
                expression=Case(
                    When(
                        state__in=NO_TIME_YET,
                        then=Least(Coalesce("due_at", "wanted_from"), F("wanted_from")),
                    ),
                    When(state="scheduled", then=F("starts_at")),
                    default=F("due_at"),
                ),
                output_field=models.DateTimeField(null=True),
                db_persist=True,
            ),
        ),
        migrations.AddIndex(
            "order",
            models.Index(fields=["state", "urgent_at", "id"], name="orders_orde_state_08e6d1_idx"),
        ),
        migrations.AddIndex(
            "order",
            models.Index(
                fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="order_due"
            ),
        ),
        migrations.AddIndex(
            "order",
            models.Index(
                fields=["department", "state", "urgent_at", "id"],
                name="orders_orde_departm_ed8257_idx",
            ),
        ),
    ]
