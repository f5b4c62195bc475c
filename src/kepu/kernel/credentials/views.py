"""What verifiers fetch and keep: the issuer's keys, and lists of what is revoked or suspended."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from kepu.kernel import clock
from kepu.kernel.credentials import keys, proofs, status
from kepu.kernel.errors import RuleBroken

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
    return whole(request, keys.ADDRESS)


def list_address(request: HttpRequest, name: str, purpose: str, number: int) -> str:
    """Where a list of status is told."""
    return whole(request, reverse("credential-status", args=[name, purpose, number]))


def whole(request: HttpRequest, path: str) -> str:
    """The address of `path` as it is signed: never by the name or port that somebody asked under.

    Only a demonstration goes by the request. Raises RuleBroken where nobody has said the address.
    """
    if settings.PUBLIC_ADDRESS:
        return str(settings.PUBLIC_ADDRESS + path)
    if settings.DEBUG or settings.SHOW_SIGN_IN_CODES:
        return request.build_absolute_uri(path)
    raise RuleBroken(
        _("nothing is signed before who runs this site has set its address, PUBLIC_ADDRESS")
    )
