"""On which scale a calibration stands; what published runs entered so far stands on that of its own wave."""

from django.db import migrations, models


def stand_alone(apps, schema_editor):
    """Figures of runs were entered as their own people gave them: they are on no other scale."""
    calibration = apps.get_model("literacy", "Calibration")
    for run in apps.get_model("literacy", "Run").objects.only("pk", "title").iterator():
        wave = f"{run.title[:48]} #{run.pk}"
        calibration.objects.filter(wave=wave).update(scale=wave)


class Migration(migrations.Migration):
    dependencies = [("literacy", "0008_studies")]

    operations = [
        migrations.AddField("calibration", "scale", models.CharField(blank=True, default="", max_length=60)),
        migrations.AddField("calibration", "raw_difficulty", models.FloatField(null=True)),
        migrations.AddField("calibration", "raw_discrimination", models.FloatField(null=True)),
        migrations.RunPython(stand_alone, migrations.RunPython.noop),
        migrations.AddConstraint(
            "calibration",
            models.CheckConstraint(
                condition=models.Q(("raw_difficulty__isnull", True), ("raw_discrimination__isnull", True))
                | models.Q(("raw_difficulty__isnull", False), ("raw_discrimination__gt", 0)),
                name="calibration_raw_is_whole",
            ),
        ),
    ]
