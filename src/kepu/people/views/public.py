"""What everybody may see: whether a certificate is valid."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from kepu.kernel.api.entrance import count_address
from kepu.people.forms import CodeForm
from kepu.people.queries import certificates
from kepu.ui import formats


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
    """Say whether a certificate is valid, with the name masked; 404 when there is none.

    Numbers cannot be tried by the thousand: an address asks no oftener than it may ask the API.
    """
    count_address(request, "c")
    found = certificates.by_code(code)
    context = {
        "form": CodeForm(initial={"code": code}),
        "certificate": found,
        "asked": code,
        "code": certificates.grouped(found.code) if found else "",
        "name": certificates.masked(found.person.name) if found else "",
        "hours": formats.hours(found.minutes) if found else "",
        "corrected": found is not None and certificates.corrected_since(found),
    }
    return render(request, "people/verify.html", context, status=200 if found else 404)
