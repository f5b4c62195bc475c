"""Reads of certificates."""

from __future__ import annotations

from django.db.models import QuerySet

from kepu.kernel.accounts.models import User
from kepu.people.models import Certificate, Entry

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 O 1 I L: read aloud and typed without doubt
LENGTH = 16


def by_code(code: str) -> Certificate | None:
    """The certificate with that code, however it was typed: blanks, dashes and small letters do."""
    plain = "".join(character for character in code.upper() if character.isalnum())
    found = Certificate.objects.select_related("person__volunteer", "last_entry")
    return found.filter(code=plain).first() if len(plain) == LENGTH else None


def of_person(person: User) -> QuerySet[Certificate]:
    """The person's certificates, newest first."""
    return Certificate.objects.filter(person=person).order_by("-issued_at", "-pk")


def still_true(person: User, last_entry_id: int | None) -> Certificate | None:
    """A valid certificate that says all the ledger says up to that line."""
    found = of_person(person).filter(last_entry=last_entry_id, revoked_at__isnull=True)
    return found.first() if last_entry_id else None


def corrected_since(certificate: Certificate) -> bool:
    """Whether hours that the certificate counts were put right after it was issued."""
    later = Entry.objects.filter(person=certificate.person, pk__gt=certificate.last_entry_id)
    return later.filter(corrects__pk__lte=certificate.last_entry_id).exists()


def grouped(code: str) -> str:
    """The code in groups of four, as it is printed."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def masked(name: str) -> str:
    """The family name; the rest is hidden: 王**."""
    return name[:1] + "*" * (len(name) - 1)
