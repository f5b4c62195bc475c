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
