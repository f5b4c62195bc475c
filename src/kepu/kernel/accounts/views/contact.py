"""Where one is reached: the address for mail proved, the telephone number changed."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts import actions, entrance, phones, queries, rules
from kepu.kernel.accounts.forms import CodeForm, NewPhoneForm
from kepu.kernel.accounts.models import User
from kepu.kernel.accounts.views.second import me
from kepu.kernel.errors import Refusal
from kepu.ui import toasts

_NEW = "new-phone"
_MAILED = "mail-code"


@login_required
@never_cache
def mail(request: HttpRequest) -> HttpResponse:
    """Type the code that was sent to one's address, or ask for one."""
    user, form = me(request), CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if actions.prove_mail(user, code=form.cleaned_data["code"], by=user, now=clock.now()):
            entrance.drop_sealed(request, _MAILED)
            toasts.say(request, _("Confirmed. Notices can reach you there now."))
            return redirect("account")
        form.add_error("code", _("This code is not right or too old. Ask for a new one."))
    shown = entrance.read_sealed(request, _MAILED) or {}
    context = {
        "form": form,
        "masked": queries.masked(user),
        "sent": user.mail_codes.exists(),
        "shown": shown.get("code"),
        "why_not": rules.why_not_send_mail_code(user, clock.now()),
    }
    return render(request, "accounts/mail.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def send_mail(request: HttpRequest) -> HttpResponse:
    """Send a code to one's address."""
    _kept, code = actions.send_mail_code(me(request), by=me(request), now=clock.now())
    if settings.SHOW_SIGN_IN_CODES:
        entrance.keep_sealed(request, _MAILED, {"code": code})
    toasts.say(request, _("A code is on its way to your address."))
    return redirect("account-mail")


@login_required
@never_cache
def phone(request: HttpRequest) -> HttpResponse:
    """One's own new number: a code goes to it first."""
    return _ask(request, me(request))


@login_required
@never_cache
def child_phone(request: HttpRequest, child_id: int) -> HttpResponse:
    """A guardian gives a ward a number of their own, with which they sign in themselves."""
    return _ask(request, get_object_or_404(me(request).wards, pk=child_id))


def _ask(request: HttpRequest, whose: User) -> HttpResponse:
    now, form = clock.now(), NewPhoneForm(request.POST or None)
    stale = rules.why_not_fresh(entrance.device_of(request), me(request), now)
    if request.method == "POST" and not stale and form.is_valid():
        try:
            _send(request, form.cleaned_data["phone"], whose, now)
        except Refusal as refusal:
            form.add_error("phone", refusal.reason)
        else:
            return redirect("account-phone-code")
    context = {"form": form, "stale": stale, "whose": whose, "own": whose.pk == me(request).pk}
    status = 409 if stale and request.method == "POST" else 422 if form.errors else 200
    return render(request, "accounts/phone.html", context, status=status)


def _send(request: HttpRequest, number: str, whose: User, now: datetime) -> None:
    sent = actions.send_code(number, address=entrance.address(request), now=now)
    shown = {"code": sent.code} if settings.SHOW_SIGN_IN_CODES else {}
    kept = {"id": sent.kept.pk, "phone": phones.normalise(number), "whose": whose.pk, **shown}
    entrance.keep_sealed(request, _NEW, kept)


@login_required
@never_cache
def phone_code(request: HttpRequest) -> HttpResponse:
    """Type the code that reached the new number; then it is the number."""
    sent = entrance.read_sealed(request, _NEW)
    if sent is None:
        return redirect("account-phone")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if _changed(request, sent, form.cleaned_data["code"]):
                return redirect("account")
            form.add_error("code", _("This code is not right or too old. Ask for a new one."))
        except Refusal as refusal:
            form.add_error("code", refusal.reason)
    context = {"form": form, "phone": phones.mask(sent["phone"]), "shown": sent.get("code")}
    status = 422 if form.errors else 200
    return render(request, "accounts/phone_code.html", context, status=status)


def _changed(request: HttpRequest, sent: dict[str, int], code: str) -> bool:
    now = clock.now()
    proved = actions.prove_code(sent["id"], code=code, now=now)
    if proved is None:
        return False
    entrance.drop_sealed(request, _NEW)
    whose = queries.person(sent["whose"])
    actions.change_phone(whose, proved, device=entrance.device_of(request), by=me(request), now=now)
    toasts.say(request, _("The number is changed; other browsers are signed out."))
    return True
