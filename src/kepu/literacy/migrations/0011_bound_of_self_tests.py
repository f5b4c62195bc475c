"""How often each item was asked of the last takers of a self-test, for the bound that holds."""

import django.db.models.deletion
from django.db import migrations, models


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
                ("id", models.BigAutoField(primary_key=True, serialize=False, verbose_name="ID")),
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
                ("id", models.BigAutoField(primary_key=True, serialize=False, verbose_name="ID")),
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
    ]
