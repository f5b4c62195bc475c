"""An export counts its makers, and says whether its file names people; of older ones it is assumed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exports", "0001_initial")]

    operations = [
        migrations.AddField("export", "tries", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("export", "personal", models.BooleanField(default=True)),
    ]
