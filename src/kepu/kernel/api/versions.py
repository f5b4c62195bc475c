"""Optimistic versions: do it only if nothing has changed since the caller looked."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from kepu.kernel.errors import Refusal


class VersionDiffers(Refusal):
    """The object has moved on since the caller saw it."""

    code = "version_differs"
    status = 412


def wanted(request: HttpRequest) -> str | None:
    """The version the caller has seen, or None when any will do."""
    given = request.headers.get("If-Match", "").strip()
    return None if given in ("", "*") else given


def require(version: int, seen: str) -> None:
    """Raise VersionDiffers when `version` is none of those the caller names."""
    if tag(version) not in [one.strip() for one in seen.split(",")]:
        raise VersionDiffers(_("this has changed since you looked; look again"))


def tag(version: int) -> str:
    """The version as an entity tag."""
    return f'"{version}"'


def note(request: HttpRequest, version: int) -> None:
    """Say which version the answer shows; the rim sends it as ETag."""
    request._version = version  # type: ignore[attr-defined]


def noted(request: HttpRequest) -> int | None:
    """What `note` said."""
    return getattr(request, "_version", None)
