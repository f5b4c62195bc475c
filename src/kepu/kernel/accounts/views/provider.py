"""Signing in through the city's own sign-in: out to it, and back."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kepu.kernel import clock
from kepu.kernel.accounts import actions, entrance, keys, oidc, queries
from kepu.kernel.accounts.forms import StaffForm
from kepu.kernel.accounts.oidc import Errand, Provider, SignInFailed
from kepu.kernel.accounts.views.entry import _go_on, _show_sign_in
from kepu.kernel.api import limits

_ERRAND = "oidc-errand"
STARTS_PER_MINUTE = 60  # from one address: a whole office may sit behind it


def _trusted() -> Provider:
    found = oidc.offered()
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """Send the browser to the city's sign-in, with what it has to bring back."""
    whom = _trusted()
    errand = Errand.new(_way_back(request), clock.now())
    try:
        limits.spend(f"s:{_place(request)}", STARTS_PER_MINUTE, clock.now())
        there = oidc.address(whom, errand)
    except (SignInFailed, limits.TooMany) as failure:
        return _refused(request, failure)
    request.session["next"] = entrance.way_on(request)
    entrance.keep_sealed(request, _ERRAND, errand.kept())
    return redirect(there)


def _place(request: HttpRequest) -> str:
    return keys.digest("address", entrance.address(request))[:40]


def _way_back(request: HttpRequest) -> str:
    """Registered with the provider letter by letter; behind a proxy only HTTPS=1 tells the scheme."""
    scheme = "https" if settings.SESSION_COOKIE_SECURE else request.scheme
    return f"{scheme}://{request.get_host()}{reverse('sign-in-provider-back')}"


@never_cache
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """The browser returns: check the proof, and let in whom it was bound to beforehand."""
    whom, kept = _trusted(), entrance.read_sealed(request, _ERRAND)
    entrance.drop_sealed(request, _ERRAND)  # one errand, one answer
    try:
        return _admit(request, whom, _errand(kept))
    except SignInFailed as failure:
        return _refused(request, failure)


def _errand(kept: dict[str, str] | None) -> Errand:
    errand = Errand(**kept) if kept else None
    if errand is None or clock.now() - datetime.fromisoformat(errand.at) > entrance.PATIENCE:
        raise SignInFailed("stale", _("this attempt is over; please begin again"))
    return errand


def _admit(request: HttpRequest, whom: Provider, errand: Errand) -> HttpResponse:
    now = clock.now()
    subject = oidc.subject(whom, errand, request.GET.dict(), now)
    identity = queries.identity(whom.issuer, subject)
    if identity is None:
        raise SignInFailed(
            "unbound",
            _("your account there is not bound to one here; ask a security administrator"),
        )
    if not identity.user.is_active:
        raise SignInFailed("closed", _("this account is closed"))
    person = actions.recognise(identity, now=now)
    return _go_on(request, entrance.admit(request, person, now))


def _refused(request: HttpRequest, failure: SignInFailed | limits.TooMany) -> HttpResponse:
    """The sentence, above the other ways in; the audit keeps what no stranger brings about at will."""
    if isinstance(failure, SignInFailed) and failure.why in ("token", "unbound", "closed"):
        actions.note_failed_proof(failure.why, by=None, now=clock.now())
    return _show_sign_in(
        request, StaffForm(), staff=True, status=failure.status, refused=failure.reason
    )
