"""The bound of self-tests, figures out of Kepu's records, reminders, and how people meet science."""

import django.db.models.deletion
from django.db import migrations, models


def _told_already(apps, _editor):
    """Who was reminded of a return once is not told again that its time is nearly over."""
    apps.get_model("literacy", "Return").objects.filter(reminded_at__isnull=False).update(
        reminded=1
    )


class Migration(migrations.Migration):
    dependencies = [
        ("divisions", "0001_tables"),
        ("literacy", "0010_published_anew_and_joined"),
    ]

    operations = [
        migrations.AddField(
            "selftest", "taker", models.PositiveBigIntegerField(blank=True, null=True)
        ),
        migrations.CreateModel(
            "SelfTestTally",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("takers", models.PositiveBigIntegerField(default=0)),
                (
                    "bank",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="divisions.division",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            "SelfTestAsked",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("taker", models.PositiveBigIntegerField()),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="literacy.item",
                    ),
                ),
                (
                    "tally",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asked",
                        to="literacy.selftesttally",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tally", "taker", "item"), name="self_test_asked_once_of_a_taker"
                    )
                ],
            },
        ),
        migrations.AddField("fieldwork", "meets_science", models.BooleanField(default=False)),
        migrations.AddField("return", "reminded", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("task", "reminded", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField(
            "figure", "source", models.CharField(blank=True, default="", max_length=20)
        ),
        migrations.AddField("figure", "as_of", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("figure", "confirmed", models.BooleanField(default=True)),
        migrations.AddConstraint(
            "figure",
            models.CheckConstraint(
                condition=models.Q(source="", as_of__isnull=True, confirmed=True)
                | models.Q(models.Q(source="", _negated=True), as_of__isnull=False),
                name="figure_from_records_says_when",
            ),
        ),
        migrations.RunPython(_told_already, migrations.RunPython.noop),
    ]
