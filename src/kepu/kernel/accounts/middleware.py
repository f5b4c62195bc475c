"""Every request of somebody signed in: is the session still good, and what may it do?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts import actions, browsers, entrance
from kepu.kernel.accounts.models import Device

Answer = Callable[[HttpRequest], HttpResponse]

# All that somebody can reach whose role needs a second factor that is not set up yet.
OPEN_WHILE_LIMITED = {
    "second-factor",
    "second-factor-totp",
    "second-factor-passkey",
    "second-factor-recovery",
    "totp-qr",
    "sign-out",
    "preferences",
    "account-preferences",
    "health",
}


class sessions:  # noqa: N801 (Django names middleware by what it does)
    """End a session that stayed idle or was signed out elsewhere; keep a limited one to its set-up."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            answer = self.answer(request)
            browsers.remember(request, answer)
            return answer
        now = clock.now()
        device = entrance.device_of(request) or entrance.adopt(request, now)
        if reason := why_not_go_on(device, now):
            logout(request)
            messages.warning(request, reason)
            return self.answer(request)
        device = actions.see_device(device, now=now)
        if device.limited and not open_while_limited(request):
            messages.warning(request, _("your role needs a second factor; please set one up first"))
            return redirect("second-factor")
        return own_eyes_only(self.answer(request))


def own_eyes_only(answer: HttpResponse) -> HttpResponse:
    """Whoever sits down at this browser next goes back to no page or table of the one before."""
    if "Cache-Control" not in answer:
        answer["Cache-Control"] = "private, no-store"
    return answer


def why_not_go_on(device: Device, now: datetime) -> str | None:
    """A session ends by idleness, or from another device."""
    if device.ended_at:
        return _("you were signed out from another device")
    if now - device.seen_at > timedelta(minutes=device.idle_minutes):
        return _("you were away for a while, so you were signed out; please sign in again")
    return None


def open_while_limited(request: HttpRequest) -> bool:
    try:
        return resolve(request.path_info).url_name in OPEN_WHILE_LIMITED
    except Resolver404:
        return True
