"""How much one request may carry: little from a stranger, more from who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

from kepu.kernel.errors import BadInput, Refusal

FROM_STRANGERS = 1024 * 1024  # every form that is open to strangers is a few lines
MEGABYTE = 1024 * 1024
API = "/api/"  # reads JSON only, whole in memory, and never as a form


class SignInFirst(Refusal):
    """More than is taken from a stranger: a device that was signed out keeps it, and asks to sign in."""

    code = "unauthenticated"
    status = 401


View = TypeVar("View", bound=Callable[..., Any])


class TooLarge(Refusal):
    """More than is taken in at this address."""

    code = "too_large"
    status = 413


class LengthUnknown(Refusal):
    """A body that does not say how long it is."""

    code = "length_required"
    status = 411


def takes(octets: int) -> Callable[[View], View]:
    """Mark a view that takes more than others from who is signed in."""

    def mark(view: View) -> View:
        view.most_octets = octets  # type: ignore[attr-defined]
        return view

    return mark


def why_not_read(request: HttpRequest, view: Callable[..., Any]) -> Refusal | None:
    """Asked before anything of the body is read: a body that is refused costs neither disk nor memory."""
    if "Transfer-Encoding" in request.headers:
        return LengthUnknown(_("say how long this is (Content-Length), then send it again"))
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if length <= FROM_STRANGERS:
        return None
    most = _most(request, view)
    if length <= most:
        if request.path.startswith(API) or request.user.is_authenticated:
            return None
        return SignInFirst(_("this is more than 1 MB: sign in, then send it again"))
    told = {"size": length // MEGABYTE + 1, "most": most // MEGABYTE}
    return TooLarge(_("this is %(size)s MB; at most %(most)s MB are taken here at once") % told)


def why_not_form(request: HttpRequest) -> Refusal | None:
    """Read a form that may be read: its files go to the disk piece by piece, and not too many of them."""
    if request.method != "POST" or request.content_type != "multipart/form-data":
        return None
    try:
        request.FILES  # noqa: B018 (reads it)
    except TooManyFilesSent:
        most = {"most": settings.DATA_UPLOAD_MAX_NUMBER_FILES}
        return TooLarge(_("at most %(most)s files are taken here at once") % most)
    except (TooManyFieldsSent, RequestDataTooBig):
        return TooLarge(_("this form has more fields than any form here"))
    except (MultiPartParserError, UnreadablePostError):
        return BadInput(_("this request cannot be read"))
    return None


def _most(request: HttpRequest, view: Callable[..., Any]) -> int:
    usual = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return int(usual if request.path.startswith(API) else getattr(view, "most_octets", usual))
