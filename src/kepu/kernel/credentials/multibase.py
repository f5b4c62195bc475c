"""Octets as text that says how it is written, and public keys that say what they are.

Source: W3C Controlled Identifiers v1.0, sections 2.4 (Multibase) and 2.2.2 (Multikey).
"""

from __future__ import annotations

import base64
import binascii

from django.utils.translation import gettext as _

from kepu.kernel.errors import BadInput

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ED25519_PUBLIC = b"\xed\x01"
ED25519_SECRET = b"\x80\x26"
LONGEST = 1_000  # characters in base 58, whose reading takes the square of their number


def base58(octets: bytes) -> str:
    """`z` and the octets in base 58, as Bitcoin writes it."""
    number, digits = int.from_bytes(octets), ""
    while number:
        number, rest = divmod(number, 58)
        digits = BASE58[rest] + digits
    zeros = len(octets) - len(octets.lstrip(b"\0"))
    return "z" + BASE58[0] * zeros + digits


def base64url(octets: bytes) -> str:
    """`u` and the octets in base 64 for addresses, without padding."""
    return "u" + base64.urlsafe_b64encode(octets).decode().rstrip("=")


def octets(text: object) -> bytes:
    """What `base58` or `base64url` was given. Raises BadInput."""
    if not isinstance(text, str) or text[:1] not in ("z", "u"):
        raise BadInput(_("this is not written in multibase"))
    try:
        return _from_base58(text[1:]) if text[0] == "z" else _from_base64url(text[1:])
    except (ValueError, binascii.Error) as fault:
        raise BadInput(_("this is not written in multibase")) from fault


def _from_base58(text: str) -> bytes:
    if len(text) > LONGEST:
        raise ValueError("too long")
    number = 0
    for character in text:
        number = number * 58 + BASE58.index(character)
    zeros = len(text) - len(text.lstrip(BASE58[0]))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)


def _from_base64url(text: str) -> bytes:
    if "=" in text or not text.isascii():
        raise ValueError("padded")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def public_key(text: object) -> bytes:
    """The 32 octets of an Ed25519 key that a Multikey names. Raises BadInput for any other kind."""
    found = octets(text)
    if found[:2] != ED25519_PUBLIC or len(found) != 34:
        raise BadInput(_("this is no Ed25519 key"))
    return found[2:]
