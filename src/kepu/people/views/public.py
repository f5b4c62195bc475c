"""What everybody may see: verifying a certificate, models on notice, calls."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside
from kepu.people import printing
from kepu.people.actions import campaigns
from kepu.people.forms import CodeForm
from kepu.people.models import Call
from kepu.people.queries import campaigns as queries
from kepu.people.queries import certificates
from kepu.people.rules import campaigns as rules
from kepu.ui import toasts

MOST = 200


def verify_form(request: HttpRequest) -> HttpResponse:
    """Ask for the number of a certificate."""
    form = CodeForm(request.GET or None)
    if form.is_valid():
        code = form.cleaned_data["code"].strip()
        # A stroke fits into no address; no certificate has one, and the answer says so.
        return verify(request, code) if "/" in code else redirect("verify-code", code=code)
    return render(request, "people/verify.html", {"form": form})


@never_cache
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Say whether a certificate is valid, with the name masked; 404 when there is none."""
    found = certificates.by_code(code)
    context = {
        "form": CodeForm(initial={"code": code}),
        "certificate": found,
        "asked": code,
        "code": certificates.grouped(found.code) if found else "",
        "name": certificates.masked(found.person.name) if found else "",
        "hours": printing.hours_words(found.minutes) if found else "",
        "corrected": found is not None and certificates.corrected_since(found),
    }
    return render(request, "people/verify.html", context, status=200 if found else 404)


def notice_board(request: HttpRequest) -> HttpResponse:
    """Model volunteers on public notice; anybody may object until it ends."""
    context = {"nominations": queries.on_notice()[:MOST], "now": clock.now()}
    return render(request, "people/notice_board.html", context)


def calls(request: HttpRequest) -> HttpResponse:
    """Calls for volunteers, the next deadline first."""
    now = clock.now()
    person = request.user if isinstance(request.user, User) else None
    rows = [
        {
            "call": call,
            "answered": person is not None and queries.answer_of(call, person) is not None,
            "why_not": rules.why_not_answer(call, person, now) if person else None,
        }
        for call in queries.calls(now).prefetch_related("skills")[:50]
    ]
    return render(request, "people/calls.html", {"rows": rows, "person": person, "now": now})


@login_required
@require_POST
def act_on_call(request: HttpRequest, call_id: int, verb: str) -> HttpResponse:
    """Answer a call, or take the answer back."""
    assert isinstance(request.user, User)  # noqa: S101 (login_required)
    if verb not in ("answer", "withdraw") or not Call.objects.filter(pk=call_id).exists():
        raise Outside(_("there is no such call"))
    if verb == "answer":
        campaigns.answer_call(call_id, by=request.user, now=clock.now())
        toasts.say(request, _("Thank you. You are counted in."))
    else:
        campaigns.withdraw_answer(call_id, by=request.user, now=clock.now())
        toasts.say(request, _("You are no longer counted in."))
    return redirect("calls")
