"""A run that was withdrawn may be kept and published anew, beside the one that was."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("literacy", "0009_linked_calibrations")]

    operations = [
        migrations.AlterField("run", "digest", models.CharField(max_length=64)),
        migrations.AddConstraint(
            "run",
            models.UniqueConstraint(
                fields=("digest",),
                condition=models.Q(("state", "withdrawn"), _negated=True),
                name="run_kept_once",
            ),
        ),
    ]
