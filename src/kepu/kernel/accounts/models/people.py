"""Persons. Personal values are sealed; the columns beside them tell nothing."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext as _

from kepu.kernel.accounts import keys


@dataclass(frozen=True)
class Personal:
    """What Kepu knows of a person by name. Sealed at rest, masked on screen, gone when erased."""

    name: str = ""
    phone: str = ""
    email: str = ""
    id_number: str = ""
    born: str = ""  # ISO date


def new_pseudonym() -> str:
    return f"p-{secrets.token_hex(6)}"


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(login=username)


class User(AbstractBaseUser):
    """A person: a resident, an officer, a volunteer. Not everybody signs in.

    The audit knows a person by `pseudonym` only. `data_key` is NULL once the person was erased.
    """

    PERSONAL_DATA = True

    pseudonym = models.CharField(max_length=20, unique=True, default=new_pseudonym, editable=False)
    login = models.CharField(max_length=60, unique=True, null=True, blank=True)
    phone_digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    id_digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    email_digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    proved_email = models.CharField(max_length=64, blank=True, default="")  # a digest too
    data_key = models.BinaryField(null=True, default=keys.new_wrapped_key)
    sealed = models.BinaryField(default=b"")
    home = models.ForeignKey(
        "divisions.Division", models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, default="zh-hans")
    large_type = models.BooleanField(default=False)
    guardian = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="wards"
    )
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "login"
    EMAIL_FIELD = None
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=True, data_key__isnull=False)
                | models.Q(erased_at__isnull=False, data_key__isnull=True),
                name="erased_person_has_no_key",
            ),
            models.CheckConstraint(
                condition=models.Q(guardian__isnull=True) | ~models.Q(guardian=models.F("id")),
                name="nobody_guards_themselves",
            ),
        ]

    def __str__(self) -> str:
        return self.pseudonym

    @property
    def personal(self) -> Personal:
        """The person's values in clear; empty ones after erasure."""
        if not self.sealed or self.data_key is None:
            return Personal()
        return Personal(**keys.unseal(self.data_key, self.sealed, self.pseudonym))

    @property
    def name(self) -> str:
        """How pages call the person."""
        if self.data_key is None:
            return _("erased person")
        return self.personal.name or self.pseudonym

    @property
    def email_is_proved(self) -> bool:
        """Whether the person showed that mail to the address kept now reaches them."""
        return bool(self.email_digest) and self.proved_email == self.email_digest

    def keep(self, personal: Personal) -> None:
        """Seal `personal` and set the fingerprints that find it again; the caller saves."""
        if self.data_key is None:
            raise ValueError("an erased person keeps nothing")
        self.sealed = keys.seal(self.data_key, asdict(personal), self.pseudonym)
        self.phone_digest = _digest("phone", personal.phone)
        self.id_digest = _digest("id_number", personal.id_number)
        self.email_digest = _digest("email", personal.email.lower())


def _digest(kind: str, value: str) -> str | None:
    return keys.digest(kind, value) if value else None


class Consent(models.Model):
    """What somebody agreed to, for themselves or for a child in their care, and to which wording."""

    PERSONAL_DATA = False  # who and when by id; the wording is the same for everybody

    person = models.ForeignKey(User, models.CASCADE, related_name="consents")
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    what = models.CharField(max_length=40)
    text_version = models.CharField(max_length=40)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "what"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="consent_stands_once",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True)
                | models.Q(withdrawn_at__gte=models.F("at")),
                name="consent_withdrawn_after_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.text_version}"
