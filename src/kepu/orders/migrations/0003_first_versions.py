"""What was on the menu before there were versions becomes version 1, and what was ordered of it keeps that."""

from django.db import migrations
from django.db.models import OuterRef, Subquery

SAID = ("title", "description", "topic_id", "audience", "minutes", "needs")


def begin(apps, schema_editor):
    service, version = apps.get_model("orders", "Service"), apps.get_model("orders", "DishVersion")
    version.objects.bulk_create(
        (
            version(service=one, number=1, **{name: getattr(one, name) for name in SAID})
            for one in service.objects.iterator(chunk_size=500)
        ),
        batch_size=500,
    )
    first = version.objects.filter(service=OuterRef("service")).values("pk")[:1]
    orders = apps.get_model("orders", "Order").objects.filter(service__isnull=False)
    orders.update(dish=Subquery(first))


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_evidence_roster_versions")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
