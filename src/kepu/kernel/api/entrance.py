"""Who asks: by a key to the API, or by the session of a page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer
from ninja.utils import check_csrf

from kepu.kernel import clock
from kepu.kernel.accounts import entrance, keys, queries, rules
from kepu.kernel.accounts.models import User
from kepu.kernel.api import limits
from kepu.kernel.errors import NotAllowed, authorize

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
BEARER = "bearer "


class Asked(HttpRequest):
    """A request whose caller is known."""

    auth: User


class CsrfFailed(NotAllowed):
    """A page of another site may have sent this in the reader's name."""

    code = "csrf_failed"


class Caller(HttpBearer):
    """A key in `Authorization: Bearer`, or the session with its CSRF token."""

    def __call__(self, request: HttpRequest) -> Any:
        return caller(request)

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """The person whose living key this is."""
        return _by_key(token)


def caller(request: HttpRequest) -> User | None:
    """Who asks, found once for each request; None for somebody unknown.

    A key that opens nothing is not made good by a session beside it.
    """
    if not hasattr(request, "_caller"):
        request._caller = _found(request)  # type: ignore[attr-defined]
    found: User | None = request._caller  # type: ignore[attr-defined]
    return found


def _found(request: HttpRequest) -> User | None:
    given = request.headers.get("Authorization", "")
    if given:
        return _by_key(secret_in(given)) if secret_in(given) else None
    if not isinstance(request.user, User):
        return None
    if request.method not in SAFE and check_csrf(request):
        raise CsrfFailed(_("the page is too old; reload it and try again"))
    return request.user


def _by_key(secret: str) -> User | None:
    """Whose living key this is; refused in words while their office asks for a second factor first."""
    now = clock.now()
    person = queries.by_token(secret, now)
    if person is not None:
        authorize(rules.why_not_use_token(person, now))
    return person


def secret_in(header: str) -> str:
    """The key in an Authorization header, or nothing."""
    return header[len(BEARER) :].strip() if header.lower().startswith(BEARER) else ""


def count(request: HttpRequest) -> None:
    """Count the request against the key, the person, or else the address it comes from."""
    person = caller(request)
    most = settings.API_PER_MINUTE if person else settings.API_PER_MINUTE_UNKNOWN
    limits.spend(_counted_as(request, person), most, clock.now())


def count_address(request: HttpRequest, door: str) -> None:
    """Count a page that anybody may ask for, signed in or not, against the address it comes from.

    Each `door` (one letter) has a count of its own, as wide as that of the API for strangers.
    """
    caller = f"{door}:" + keys.digest("address", entrance.address(request))[:40]
    limits.spend(caller, settings.API_PER_MINUTE_UNKNOWN, clock.now())


def _counted_as(request: HttpRequest, person: User | None) -> str:
    if person is None:
        return "a:" + keys.digest("address", entrance.address(request))[:40]
    secret = secret_in(request.headers.get("Authorization", ""))
    return "t:" + keys.digest("token", secret)[:40] if secret else f"p:{person.pseudonym}"
