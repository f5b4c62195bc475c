"""A plan counts the workers that took it up, so that one which kills them is given up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0011_ends_of_visits")]

    operations = [
        migrations.AddField("autoplan", "tries", models.PositiveSmallIntegerField(default=0)),
    ]
