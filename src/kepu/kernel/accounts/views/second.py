"""Pages of the second factor: proving it at sign-in, setting it up, removing it."""

from __future__ import annotations

import io
import json
from typing import Any

import segno
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts import actions, entrance, queries, rules, totp
from kepu.kernel.accounts.actions.factors import passkeys
from kepu.kernel.accounts.entrance import Outcome
from kepu.kernel.accounts.forms import CodeForm, PasskeyForm
from kepu.kernel.accounts.models import FactorKind, User
from kepu.kernel.accounts.passkeys import Site
from kepu.kernel.accounts.views.entry import _go_on
from kepu.kernel.errors import Refusal
from kepu.ui import toasts

_NEW_TOTP = "new-totp"
_NEW_KEY = "new-passkey"
_PROOF = "passkey-proof"


def site(request: HttpRequest) -> Site:
    return Site(request.get_host().partition(":")[0])


def me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 (login_required stands before)
    return request.user


@never_cache
def prove(request: HttpRequest) -> HttpResponse:
    """The second proof: a code of the app, a recovery code, or a passkey."""
    user = entrance.waiting(request, clock.now())
    if user is None:
        return redirect("sign-in")
    form, status = CodeForm(), 200
    if request.method == "POST":
        outcome, form = _try(request, user)
        if outcome is Outcome.IN:
            return _go_on(request, outcome)
        form.add_error("code", _words(outcome))
        status = 429 if outcome is Outcome.LOCKED else 422
    kinds = set(queries.factors(user).values_list("kind", flat=True))
    context = {"form": form, "app": "totp" in kinds, "passkey": "passkey" in kinds}
    return render(request, "accounts/second.html", context, status=status)


def _try(request: HttpRequest, user: User) -> tuple[Outcome, CodeForm]:
    form = CodeForm(request.POST)
    form.full_clean()
    if entrance.second_locked(request, user):
        return Outcome.LOCKED, form
    now = clock.now()
    if answer := request.POST.get("answer"):
        form = CodeForm({"code": "-"})
        right = _passkey_right(request, user, answer)
    else:
        right = actions.prove_by_code(user, code=str(form.cleaned_data.get("code", "")), now=now)
    return entrance.try_second(request, user, right, now), form


def _passkey_right(request: HttpRequest, user: User, answer: str) -> bool:
    state = entrance.read_sealed(request, _PROOF)
    entrance.drop_sealed(request, _PROOF)
    read = _read_json(answer)
    if state is None or read is None:
        return False
    return actions.prove_by_passkey(
        user, site=site(request), state=state, answer=read, now=clock.now()
    )


def _read_json(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _words(outcome: Outcome) -> str:
    if outcome is Outcome.LOCKED:
        return _("Too many failed attempts. Please wait 15 minutes.")
    return _("This proof is not right, or was used before. Please try again.")


@require_POST
def passkey_question(request: HttpRequest) -> HttpResponse:
    """What the browser has to sign with a passkey."""
    user = entrance.waiting(request, clock.now())
    if user is None:
        raise Http404
    place = site(request)
    known = [credential for _factor, credential in passkeys(user, place.host)]
    options, state = place.ask_for_proof(known)
    entrance.keep_sealed(request, _PROOF, state)
    return JsonResponse(options)


@login_required
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """The second factors one has, and how to add one."""
    user = me(request)
    now = clock.now()
    context = {
        "factors": [
            (factor, rules.why_not_remove_factor(factor, now)) for factor in queries.factors(user)
        ],
        "now": now,
        "needed": rules.must_set_up_second_factor(user, now),
        "why_not_totp": rules.why_not_add_totp(user),
        "why_not_recovery": rules.why_not_make_recovery_codes(user),
        "recovery": user.factors.filter(kind=FactorKind.RECOVERY).first(),
        "passkey_form": PasskeyForm(),
    }
    return render(request, "accounts/second_factor.html", context)


@login_required
@never_cache
def add_totp(request: HttpRequest) -> HttpResponse:
    """Scan the QR code with an authenticator app, and type the code it shows."""
    kept = entrance.read_sealed(request, _NEW_TOTP)
    if kept is None:
        kept = {"secret": totp.new_secret()}
        entrance.keep_sealed(request, _NEW_TOTP, kept)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            code = form.cleaned_data["code"]
            actions.add_totp(
                me(request), secret=kept["secret"], code=code, by=me(request), now=clock.now()
            )
        except Refusal as refusal:
            form.add_error("code", refusal.reason)
        else:
            entrance.drop_sealed(request, _NEW_TOTP)
            return _set_up(request)
    spaced = " ".join(kept["secret"][i : i + 4] for i in range(0, 32, 4))
    context = {"form": form, "secret": spaced}
    return render(request, "accounts/totp.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
def totp_qr(request: HttpRequest) -> HttpResponse:
    """The QR code of the app that is being set up."""
    kept = entrance.read_sealed(request, _NEW_TOTP)
    if kept is None:
        raise Http404
    account = me(request).login or queries.masked_phone(me(request))
    address = totp.address(kept["secret"], account=account, issuer="Kepu")
    buffer = io.BytesIO()
    segno.make(address).save(buffer, kind="png", scale=5, border=2)
    return HttpResponse(buffer.getvalue(), content_type="image/png")


@login_required
@never_cache
@require_POST
def new_passkey(request: HttpRequest) -> HttpResponse:
    """Without an answer: what to ask the browser. With one: take the passkey into use."""
    user, place = me(request), site(request)
    if "answer" not in request.POST:
        known = [credential for _factor, credential in passkeys(user, place.host)]
        options, state = place.ask_for_new(user.pseudonym, user.login or user.pseudonym, known)
        entrance.keep_sealed(request, _NEW_KEY, state)
        return JsonResponse(options)
    form = PasskeyForm(request.POST)
    state = entrance.read_sealed(request, _NEW_KEY)
    entrance.drop_sealed(request, _NEW_KEY)
    if state is None or not form.is_valid():
        toasts.say(request, _("The passkey was not kept; please try again."))
        return redirect("second-factor")
    title = form.cleaned_data["title"] or _("passkey")
    answer = form.cleaned_data["answer"]
    actions.add_passkey(
        user, site=place, state=state, answer=answer, title=title, by=user, now=clock.now()
    )
    return _set_up(request)


def _set_up(request: HttpRequest) -> HttpResponse:
    """A second factor stands: the session is free, and recovery codes are made with the first one."""
    now = clock.now()
    if device := entrance.device_of(request):
        actions.free_device(device, now=now)
    if me(request).factors.filter(kind=FactorKind.RECOVERY).exists():
        return redirect("second-factor")
    return _show_codes(request, actions.make_recovery_codes(me(request), by=me(request), now=now))


def _show_codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return render(request, "accounts/recovery.html", {"codes": codes})


@login_required
@never_cache
@require_POST
def recovery(request: HttpRequest) -> HttpResponse:
    """Fresh recovery codes, shown this once."""
    codes = actions.make_recovery_codes(me(request), by=me(request), now=clock.now())
    return _show_codes(request, codes)


@login_required
@require_POST
def remove(request: HttpRequest, factor_id: int) -> HttpResponse:
    """Stop using a second factor."""
    factor = get_object_or_404(me(request).factors, pk=factor_id)
    actions.remove_factor(factor.pk, by=me(request), now=clock.now())
    toasts.say(request, _("Removed."))
    return redirect("second-factor")
