"""The way in: a first proof, a second one where it is set up, then a session tied to a device.

Between the two proofs nobody is signed in; the session only remembers who proved the first.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from kepu.kernel.accounts import actions, browsers, keys, queries
from kepu.kernel.accounts.models import Device, User
from kepu.kernel.ready import Slot, ready

BACKEND = "kepu.kernel.accounts.backend.Accounts"
_WAITING = "waits-for-second-proof"
_DEVICE = "device"
_SEALED = "sealed:"
PATIENCE = timedelta(minutes=10)


class Outcome(StrEnum):
    """How a proof ended."""

    IN = "in"
    SECOND = "second"  # the second proof is asked for now
    WRONG = "wrong"
    LOCKED = "locked"


def try_password(request: HttpRequest, login_name: str, password: str, now: datetime) -> Outcome:
    """Sign in by login name and password; too many failures lock the name for a while."""
    user = authenticate(request, username=login_name, password=password)
    if isinstance(user, User):
        return admit(request, user, now)
    return Outcome.LOCKED if getattr(request, "axes_locked_out", False) else Outcome.WRONG


def admit(request: HttpRequest, user: User, now: datetime) -> Outcome:
    """Let in who gave a first proof, or ask for the second where one is set up."""
    if queries.factors(user).exists():
        request.session.cycle_key()
        request.session[_WAITING] = {"user": user.pk, "at": now.isoformat()}
        return Outcome.SECOND
    return enter(request, user, now, proved_twice=False)


def waiting(request: HttpRequest, now: datetime) -> User | None:
    """Who gave the first proof in this browser a short time ago."""
    found = request.session.get(_WAITING)
    if not found or now - datetime.fromisoformat(found["at"]) > PATIENCE:
        return None
    return User.objects.filter(pk=found["user"], is_active=True).first()


def try_second(request: HttpRequest, user: User, right: bool, now: datetime) -> Outcome:
    """Count a second proof that was tried; guesses at it lock like guesses at a password."""
    name = {"username": f"{browsers.SECOND}{user.pseudonym}"}
    if right:
        return enter(request, user, now, proved_twice=True)
    AxesProxyHandler.user_login_failed(__name__, dict(name), request)
    return Outcome.LOCKED if second_locked(request, user) else Outcome.WRONG


def second_locked(request: HttpRequest, user: User) -> bool:
    """Whether too many second proofs failed; asked before one is even looked at."""
    return bool(
        AxesProxyHandler.is_locked(request, {"username": f"{browsers.SECOND}{user.pseudonym}"})
    )


def enter(request: HttpRequest, user: User, now: datetime, *, proved_twice: bool) -> Outcome:
    """Begin the session. Its key is new, so that one planted before is worth nothing."""
    request.session.pop(_WAITING, None)
    login(request, user, backend=BACKEND)
    adopt(request, now, proved_twice=proved_twice)
    browsers.note(request, user)
    return Outcome.IN


def adopt(request: HttpRequest, now: datetime, *, proved_twice: bool = False) -> Device:
    """Tie the session to a device row."""
    if request.session.session_key is None:
        request.session.create()
    assert isinstance(request.user, User)  # noqa: S101 (the caller signed somebody in)
    device = actions.open_device(
        request.user,
        session_key=str(request.session.session_key),
        agent=request.headers.get("User-Agent", ""),
        proved_twice=proved_twice,
        now=now,
    )
    request.session[_DEVICE] = device.pk
    return device


def device_of(request: HttpRequest) -> Device | None:
    """The device this session is tied to. One query."""
    known = request.session.get(_DEVICE)
    return _device.first(device=known, user=request.user.pk) if known else None


@ready
def _device(device: Slot, user: Slot) -> QuerySet[Device]:
    return Device.objects.filter(pk=device, user=user).order_by()


def leave(request: HttpRequest, now: datetime) -> None:
    """Sign out here."""
    device = device_of(request) if request.user.is_authenticated else None
    if device and isinstance(request.user, User):
        actions.end_device(device.pk, by=request.user, now=now)
    logout(request)


def address(request: HttpRequest) -> str:
    """Where the request comes from: the last hop of the proxy we trust, or the peer itself.

    Of IPv6 the first address of its network of 64 bits, which is what one customer has: else nobody
    would have a limit there.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_PROXY:
        hops = request.headers.get("X-Forwarded-For", "").split(",")
        peer = _without_port(hops[-1].strip()) or peer
    return _network(peer)


def _without_port(hop: str) -> str:
    """The address of a hop that some proxies write with its port: each connection has another."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _network(peer: str) -> str:
    try:
        found = ip_address(peer)
    except ValueError:
        return peer
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((found, 64), strict=False).network_address)
    return peer


def way_on(request: HttpRequest) -> str:
    """Where to go once signed in: only ever a page of this site."""
    wanted = (
        request.POST.get("next") or request.GET.get("next") or request.session.get("next") or "/"
    )
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else "/"


def keep_sealed(request: HttpRequest, name: str, values: dict[str, Any]) -> None:
    """Put something secret into the session, sealed."""
    sealed = keys.seal_for_transit(values, name)
    request.session[_SEALED + name] = base64.b64encode(sealed).decode()


def read_sealed(request: HttpRequest, name: str) -> dict[str, Any] | None:
    """What `keep_sealed` put there."""
    text = request.session.get(_SEALED + name)
    return keys.open_from_transit(base64.b64decode(text), name) if text else None


def drop_sealed(request: HttpRequest, name: str) -> None:
    request.session.pop(_SEALED + name, None)
