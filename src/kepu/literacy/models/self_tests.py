"""Self-tests of residents. They name nobody, and nothing of a survey refers to them or they to it."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Q


class SelfTest(models.Model):
    """One walk through the self-test; who knows the key has the result.

    `result` is kept as it was shown: score, range and the chance of each level, by the framework of
    `rules_version`.
    """

    PERSONAL_DATA = False

    key = models.UUIDField(unique=True, default=uuid.uuid4)
    bank = models.ForeignKey("divisions.Division", models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    rules_version = models.PositiveIntegerField()
    taker = models.PositiveBigIntegerField(null=True, blank=True)  # counted in the bank
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    result: models.JSONField[dict[str, Any], Any] = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["begun_at"])]

    def __str__(self) -> str:
        return str(self.key)


class SelfTestAnswer(models.Model):
    """One question of a self-test, and what was answered: `chosen` is empty for "I do not know"."""

    PERSONAL_DATA = False

    test = models.ForeignKey(SelfTest, models.CASCADE, related_name="answers")
    item = models.ForeignKey("literacy.Item", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    answered = models.BooleanField(default=False)
    chosen = models.PositiveSmallIntegerField(null=True, blank=True)
    right = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["test", "position"], name="self_test_position_once"),
            models.UniqueConstraint(fields=["test", "item"], name="self_test_item_once"),
            models.CheckConstraint(
                condition=Q(answered=True) | Q(chosen__isnull=True, right=False),
                name="self_test_unanswered_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.test_id}.{self.position}"


class SelfTestTally(models.Model):
    """How many self-tests a bank has seen begin. Its row is locked while a question is chosen."""

    PERSONAL_DATA = False

    bank = models.OneToOneField("divisions.Division", models.PROTECT, related_name="+")
    takers = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.bank_id}: {self.takers}"


class SelfTestAsked(models.Model):
    """That the n-th taker of a bank was asked an item; kept while this counts for the bound.

    It says neither when nor what was answered, and stays when the test itself is forgotten.
    """

    PERSONAL_DATA = False

    tally = models.ForeignKey(SelfTestTally, models.CASCADE, related_name="asked")
    taker = models.PositiveBigIntegerField()
    item = models.ForeignKey("literacy.Item", models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tally", "taker", "item"], name="self_test_asked_once_of_a_taker"
            )
        ]

    def __str__(self) -> str:
        return f"{self.tally_id}.{self.taker}: {self.item_id}"
