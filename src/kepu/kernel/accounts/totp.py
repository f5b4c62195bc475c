"""Time-based one-time passwords after RFC 6238: six digits, thirty seconds, SHA-1."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

STEP = 30
DIGITS = 6
TOLERANCE = 1  # steps before and after: telephones' clocks differ a little


def new_secret() -> str:
    return base64.b32encode(secrets.token_bytes(20)).decode()


def at(secret: str, counter: int) -> str:
    """The code of one time step (RFC 4226, section 5.3)."""
    key = base64.b32decode(secret, casefold=True)
    mac = hmac.digest(key, counter.to_bytes(8, "big"), "sha1")
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching_step(secret: str, code: str, *, after: int, now: datetime) -> int | None:
    """The time step whose code this is, later than step `after`, or None.

    Keeping the step that is returned makes every code good once (RFC 6238, section 5.2).
    """
    current = int(now.timestamp()) // STEP
    given = "".join(code.split())
    steps = range(current - TOLERANCE, current + TOLERANCE + 1)
    found = (
        [step for step in steps if hmac.compare_digest(at(secret, step), given)]
        if given.isascii()
        else []
    )
    return next((step for step in found if step > after), None)


def address(secret: str, *, account: str, issuer: str) -> str:
    """What an authenticator app reads from the QR code."""
    query = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{issuer}:{account}')}?{query}"
