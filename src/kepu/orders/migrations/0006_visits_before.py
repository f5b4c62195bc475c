"""Every record so far is of the first visit, except where the order had been reopened before it."""

from django.db import migrations
from django.db.models import OuterRef, Subquery

# What belongs to a visit, and when it came to be.
DATED = {
    "Step": "at",
    "CheckIn": "arrived_at",
    "RosterPlace": "put_at",
    "Evidence": "uploaded_at",
    "Rating": "at",
}


def number(apps, schema_editor):
    order, step = apps.get_model("orders", "Order"), apps.get_model("orders", "Step")
    for one in order.objects.filter(steps__verb="reopen").distinct():
        _number_one(apps, one, step.objects.filter(order=one, verb="reopen").order_by("pk"))
    last = step.objects.filter(order=OuterRef("order"), verb="deliver").order_by("-pk").values("pk")
    reports = step.objects.filter(verb="deliver", pk=Subquery(last[:1]))
    said = order.objects.filter(pk=OuterRef("order")).values("attended")[:1]
    reports.update(attended=Subquery(said))
    for one in order.objects.filter(visit__gt=1, attended__isnull=False):
        if not step.objects.filter(order=one, visit=one.visit, verb="deliver").exists():
            order.objects.filter(pk=one.pk).update(attended=None, delivered_at=None)


def _number_one(apps, order, reopened):
    for visit, step in enumerate(reopened, 2):
        for model, at in DATED.items():
            later = apps.get_model("orders", model).objects.filter(order=order)
            later.filter(**{f"{at}__gte": step.at}).update(visit=visit)
        order.visit = visit
    order.save(update_fields=["visit"])


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_visits_are_numbered")]

    operations = [migrations.RunPython(number, migrations.RunPython.noop)]
