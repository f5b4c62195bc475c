"""What verifiers fetch and keep: the issuer's keys, and lists of what is revoked or suspended."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from kepu.kernel import clock
from kepu.kernel.credentials import keys, proofs, status

TYPE = "application/vc"


@require_safe
@cache_control(public=True, max_age=300)
def issuer(request: HttpRequest) -> JsonResponse:
    """Every public key of this installation, as the issuer's document."""
    keys.signing(clock.now())  # the first document names a key too
    return JsonResponse(keys.issuer_document(issuer_address(request)))


@require_safe
@cache_control(public=True, max_age=60)
def status_list(request: HttpRequest, name: str, purpose: str, number: int) -> JsonResponse:
    """A list of what is revoked or suspended, signed."""
    now, issuer = clock.now(), issuer_address(request)
    address = list_address(request, name, purpose, number)
    told = status.list_credential(name, purpose, number, address=address, issuer=issuer, now=now)
    key = keys.signing(now)
    signed = proofs.sign(told, key.private, method=keys.method(issuer, key), created=now)
    return JsonResponse(signed, content_type=TYPE)


def issuer_address(request: HttpRequest) -> str:
    """Where this installation's keys are told: what it is called as an issuer."""
    return request.build_absolute_uri(keys.ADDRESS)


def list_address(request: HttpRequest, name: str, purpose: str, number: int) -> str:
    """Where a list of status is told."""
    return request.build_absolute_uri(reverse("credential-status", args=[name, purpose, number]))
