"""The end of a visit says when the visit was set for; of visits before the present one it is not known."""

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def remember(apps, schema_editor):
    order, step = apps.get_model("orders", "Order"), apps.get_model("orders", "Step")
    present = order.objects.filter(pk=OuterRef("order"), visit=OuterRef("visit"))
    ends = step.objects.filter(verb__in=("deliver", "report_no_show"))
    ends.update(set_for=Subquery(present.values("starts_at")[:1]))


class Migration(migrations.Migration):
    dependencies = [("orders", "0010_plans_by_the_worker")]

    operations = [
        migrations.AddField("step", "set_for", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(remember, migrations.RunPython.noop),
        migrations.AddConstraint(
            "step",
            models.CheckConstraint(
                condition=models.Q(
                    ("set_for__isnull", True),
                    ("verb__in", ("deliver", "report_no_show")),
                    _connector="OR",
                ),
                name="step_of_an_end_says_when_it_was_set_for",
            ),
        ),
        migrations.AddIndex(
            "step",
            models.Index(
                condition=models.Q(("verb__in", ("deliver", "report_no_show"))),
                fields=["team", "-id"],
                name="step_last_ends_of_team",
            ),
        ),
    ]
