"""Answers that were kept in clear are dropped with their column; their keys still stand.

A request that is repeated across the update is told that its key was used, and is not done twice.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("idempotency", "0001_initial")]

    operations = [
        migrations.RemoveField("answered", "body"),
        migrations.AddField("answered", "sealed", models.BinaryField(default=b"")),
    ]
