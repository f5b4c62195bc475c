"""Requests that were answered, so that a repeated one gets the same answer and nothing happens twice."""

from __future__ import annotations

from django.db import models


class Answered(models.Model):
    """One request under one key of one actor, with a digest of it and the answer.

    An answer may name people, and others than the actor: it is sealed.
    """

    PERSONAL_DATA = False

    actor = models.CharField(max_length=20)
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    sealed = models.BinaryField(default=b"")
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="answered_once")]

    def __str__(self) -> str:
        return f"{self.actor} {self.key}"
