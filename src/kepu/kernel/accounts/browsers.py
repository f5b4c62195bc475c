"""Browsers that somebody came in by before.

Failures lock a name, and a telephone gets so many codes, wherever they are asked for: so a stranger
could keep somebody out of both ways at once. A browser that has been in counts by itself.
"""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kepu.kernel.accounts import keys
from kepu.kernel.accounts.models import User

COOKIE = "browser"
KEPT = timedelta(days=365)
MOST = 5  # people who share a browser

_SHAPE = re.compile(r"([0-9a-f]{16})((?:\.[0-9a-f]{32}){1,5})")
SECOND = "second:"  # how guesses at a second proof are counted, before the pseudonym


def knows(request: HttpRequest, pseudonym: str) -> bool:
    """Whether this person came in by this browser; the mark is keyed, so that nobody makes one up."""
    number, marks = _read(request)
    wanted = _mark(number, pseudonym)
    return any(hmac.compare_digest(wanted, mark) for mark in marks)


def number(request: HttpRequest) -> str:
    """What the browser is counted by, where it `knows` somebody."""
    return f"{COOKIE}:{_read(request)[0]}"


def counted_as(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """What failures are counted under: the name, or in a browser that has been in one of its own.

    Kept as a fingerprint, for people type telephone numbers and passwords where the name belongs.
    """
    name: str | None = (credentials or {}).get("username")
    if not name:
        return None
    pseudonym = _pseudonym(name)
    own = number(request) if pseudonym and knows(request, pseudonym) else ""
    return fingerprint(name, own)


def fingerprint(name: str, own: str = "") -> str:
    """How failures with this name are kept: those of anywhere, or of a browser of one's `own`."""
    return keys.digest("login", f"{name} {own}")


def _pseudonym(name: str) -> str | None:
    if name.startswith(SECOND):
        return name.removeprefix(SECOND)
    return User.objects.filter(login=name).values_list("pseudonym", flat=True).first()


def note(request: HttpRequest, person: User) -> None:
    """The person has just come in by this browser; `remember` tells it."""
    request._came_in = person.pseudonym  # type: ignore[attr-defined]


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Leave the mark of who came in with this request, if anybody did."""
    pseudonym: str | None = getattr(request, "_came_in", None)
    if pseudonym is None:
        return
    own, marks = _read(request)
    own = own or secrets.token_hex(8)
    mark = _mark(own, pseudonym)
    others = [one for one in marks if one != mark]
    response.set_cookie(
        COOKIE,
        ".".join([own, mark, *others][: MOST + 1]),
        max_age=int(KEPT.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    found = _SHAPE.fullmatch(request.COOKIES.get(COOKIE, ""))
    return (found[1], found[2].strip(".").split(".")) if found else ("", [])


def _mark(own: str, pseudonym: str) -> str:
    return keys.digest("browser", f"{own}:{pseudonym}")[:32]
