"""Personal values as a screen may show them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

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


def name(full: str) -> str:
    """王**: enough to know that it is the person one means, too little to learn a name by a number."""
    return f"{full[:1]}**" if full else ""


def numbers(text: str) -> str:
    """The text without telephone and identity numbers, however they are spaced."""
    return _NUMBERS.sub(_("[number left out]"), text)


# Full-width figures are figures too. An identity number; a mobile telephone; a landline.
_NUMBERS = re.compile(
    r"(?<![\dA-Za-z])\d{17}[\dXxＸ](?![\dA-Za-z])|(?<!\d)\d{15}(?!\d)"
    r"|(?<!\d)(?:[+＋]?[8８][6６][-\s]?)?[1１][3-9３-９](?:[-\s.]?\d){9}(?!\d)"
    r"|(?<!\d)(?:[(（]?[0０]\d{2,3}[)）]?[-\s]?)?\d{7,8}(?!\d)"
)


def _email(email: str) -> str:
    local, at, domain = email.partition("@")
    return f"{local[:1]}***{at}{domain}" if at else ""


def _middle(value: str, head: int, tail: int) -> str:
    if not value:
        return ""
    return value[:head] + "*" * (len(value) - head - tail) + value[-tail:]
