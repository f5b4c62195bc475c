"""Check characters of the unified social credit code (GB 32100) and the identity number (GB 11643)."""

from __future__ import annotations

import re
from datetime import date

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CREDIT = re.compile(rf"[{_CREDIT_ALPHABET}]{{18}}")
_ID_WEIGHTS = tuple(2 ** (17 - i) % 11 for i in range(17))
_ID = re.compile(r"\d{17}[\dX]")


def valid_credit_code(code: str) -> bool:
    """Whether the 18 characters end in their check character."""
    if not _CREDIT.fullmatch(code):
        return False
    values = [_CREDIT_ALPHABET.index(character) for character in code]
    total = sum(value * weight for value, weight in zip(values, _CREDIT_WEIGHTS, strict=False))
    return values[17] == (31 - total % 31) % 31


def valid_id_number(number: str) -> bool:
    """Whether the check character is right and the date of birth exists."""
    if not _ID.fullmatch(number) or birth_date(number) is None:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    return number[17] == "10X98765432"[total % 11]


def birth_date(number: str) -> date | None:
    """The date of birth inside an identity number, or None when no such day exists."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
