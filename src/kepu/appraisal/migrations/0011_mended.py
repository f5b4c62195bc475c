"""A report that is sent back counts how often; copies for reviewers that were replaced leave the disk."""

from django.db import migrations, models
from django.utils import timezone


def put_old_copies_away(apps, schema_editor):
    evidence = apps.get_model("appraisal", "Evidence")
    files = apps.get_model("files", "StoredFile").objects.filter(
        purpose="appraisal.blind", state="kept"
    )
    shown = evidence.objects.filter(blind__isnull=False).values("blind")
    files.exclude(pk__in=shown).update(state="removed", removed_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [
        ("appraisal", "0010_meetings"),
        ("files", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="inspection",
            name="sent_back_times",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.RunPython(put_old_copies_away, migrations.RunPython.noop),
    ]
