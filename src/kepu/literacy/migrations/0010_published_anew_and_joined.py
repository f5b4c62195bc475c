"""A run that was withdrawn may be published anew; waves of the bank that stood alone are joined later."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("literacy", "0009_linked_calibrations")]

    operations = [
        migrations.AddField("calibration", "joins", models.JSONField(blank=True, default=list)),
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
