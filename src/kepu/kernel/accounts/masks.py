"""Personal values as a screen may show them."""

from __future__ import annotations

from dataclasses import dataclass

from kepu.kernel.accounts import phones
from kepu.kernel.accounts.models import Personal


@dataclass(frozen=True)
class Masked:
    """A person's values, each with its middle taken out."""

    name: str
    phone: str
    email: str
    id_number: str
    born: str


def mask(personal: Personal) -> Masked:
    """What the person sees of their own record, and an officer of another's."""
    return Masked(
        name=personal.name,
        phone=phones.mask(personal.phone),
        email=_email(personal.email),
        id_number=_middle(personal.id_number, 3, 2),
        born=personal.born[:4] + "-**-**" if personal.born else "",
    )


def _email(email: str) -> str:
    local, at, domain = email.partition("@")
    return f"{local[:1]}***{at}{domain}" if at else ""


def _middle(value: str, head: int, tail: int) -> str:
    if not value:
        return ""
    return value[:head] + "*" * (len(value) - head - tail) + value[-tail:]
