"""Notices, the ways people may be reached, and what was tried."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from kepu.kernel.notices.states import AttemptState, Way


class Notice(models.Model):
    """Something a person is told. What fills the text is sealed under the person's own key.

    `ward`: the child in the person's care who is told the same.
    """

    PERSONAL_DATA = True

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    template = models.CharField(max_length=60)
    sealed = models.BinaryField(default=b"")
    link = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    ward = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["person", "-created_at"]),
            models.Index(
                fields=["person"], condition=models.Q(read_at__isnull=True), name="notice_unread"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.pk}"


class Attempt(models.Model):
    """One notice sent one way. BEGUN holds the cost back, so that caps hold while a gateway thinks.

    `tries` counts faults of the moment. A way that was given up may have sent it all the same, so its
    cost stays spent.
    """

    PERSONAL_DATA = False

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="attempts")
    way = models.CharField(max_length=10, choices=Way.choices)
    state = models.CharField(max_length=8, choices=AttemptState.choices, default=AttemptState.BEGUN)
    at = models.DateTimeField()
    cost_fen = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    reference = models.CharField(max_length=120, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "way"], name="notice_one_attempt_each_way"),
            models.UniqueConstraint(
                fields=["notice"],
                condition=models.Q(state="sent"),
                name="notice_sent_by_one_way",
            ),
        ]
        indexes = [models.Index(fields=["way", "at"])]

    def __str__(self) -> str:
        return f"{self.way}: {self.state}"


class Contact(models.Model):
    """Where a person is reached beyond telephone and mail: a WeChat openid, a webhook with its secret."""

    PERSONAL_DATA = True

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="contacts")
    way = models.CharField(max_length=10, choices=Way.choices)
    sealed = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "way"], name="contact_one_each_way")
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.pk}"


class OptOut(models.Model):
    """A person does not want to be told this way."""

    PERSONAL_DATA = False

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="optouts")
    way = models.CharField(max_length=10, choices=Way.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "way"], name="optout_once"),
        ]

    def __str__(self) -> str:
        return self.way
