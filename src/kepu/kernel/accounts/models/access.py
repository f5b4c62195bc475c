"""What lets a person in: one-time codes, second factors, devices signed in, keys to the API."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from kepu.kernel.accounts.models.people import User


class Token(models.Model):
    """A key to the API. Only its digest is kept; it is shown once."""

    PERSONAL_DATA = False

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.title

    def lives(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


class SignInCode(models.Model):
    """A one-time code on its way to a telephone. Neither the number nor the code stands here in clear.

    `sealed` holds both for the worker that sends them; the code leaves it once it is sent. A row
    is written for every number alike, known or not, so that nothing tells who has an account.
    """

    PERSONAL_DATA = False

    phone_digest = models.CharField(max_length=64, db_index=True)
    address_digest = models.CharField(max_length=64, db_index=True)
    code_digest = models.CharField(max_length=64)
    sealed = models.BinaryField(default=b"")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")),
                name="code_expires_later",
            )
        ]

    def __str__(self) -> str:
        return f"code {self.pk}"


class FactorKind(models.TextChoices):
    TOTP = "totp", _("authenticator app")
    PASSKEY = "passkey", _("passkey")
    RECOVERY = "recovery", _("recovery codes")


class Factor(models.Model):
    """A second proof of who somebody is. Secrets are sealed under the person's own key.

    `counter` only grows: a time-based code is good once, and a passkey that was copied shows itself.
    """

    PERSONAL_DATA = True

    user = models.ForeignKey(User, models.CASCADE, related_name="factors")
    kind = models.CharField(max_length=10, choices=FactorKind.choices)
    title = models.CharField(max_length=60, blank=True, default="")
    sealed = models.BinaryField()
    counter = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=models.Q(kind__in=["totp", "recovery"]),
                name="factor_one_of_its_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Device(models.Model):
    """One browser signed in: since when, last seen when, and how long it may stay idle.

    `limited` means that the second factor is still missing: such a session can only set it up.
    """

    PERSONAL_DATA = False

    user = models.ForeignKey(User, models.CASCADE, related_name="devices")
    session_key = models.CharField(max_length=40, unique=True)
    agent = models.CharField(max_length=120, blank=True, default="")
    signed_in_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    idle_minutes = models.PositiveIntegerField()
    limited = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-seen_at", "pk"]

    def __str__(self) -> str:
        return f"device {self.pk}"


class Identity(models.Model):
    """An account elsewhere, at the city's own sign-in, that was bound to a person here beforehand.

    Only a fingerprint of issuer and subject is kept: enough to know it again when it comes.
    """

    PERSONAL_DATA = False

    user = models.ForeignKey(User, models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=200)
    subject_digest = models.CharField(max_length=64, unique=True)
    bound_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "issuer"], name="identity_one_each_issuer")
        ]

    def __str__(self) -> str:
        return f"identity {self.pk}"


class MailCode(models.Model):
    """A one-time code on its way to somebody's address for mail; typed in, it proves the address.

    `sealed` holds address and code for the worker that sends them, and is emptied once they went.
    """

    PERSONAL_DATA = False

    user = models.ForeignKey(User, models.CASCADE, related_name="mail_codes")
    email_digest = models.CharField(max_length=64)
    code_digest = models.CharField(max_length=64)
    sealed = models.BinaryField(default=b"")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")),
                name="mail_code_expires_later",
            )
        ]

    def __str__(self) -> str:
        return f"mail code {self.pk}"


class PhoneChange(models.Model):
    """A telephone number gave way to another; the old one is told, then forgotten.

    `sealed` holds the old number under the person's own key until it was told.
    """

    PERSONAL_DATA = True

    user = models.ForeignKey(User, models.CASCADE, related_name="phone_changes")
    sealed = models.BinaryField(default=b"")
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"change {self.pk}"
