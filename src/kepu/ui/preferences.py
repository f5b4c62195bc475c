"""Theme, type size and language as a reader chose them, kept in cookies so that no account is
needed."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from kepu.ui.shell import Preferences

THEMES = ("auto", "light", "dark")
TYPES = ("normal", "large")
A_YEAR = 365 * 24 * 3600


def read(request: HttpRequest) -> Preferences:
    """The choices a request carries; anything unknown counts as not chosen."""
    theme = request.COOKIES.get("theme", "auto")
    type_ = request.COOKIES.get("type", "normal")
    return Preferences(
        theme=theme if theme in THEMES else "auto",
        type=type_ if type_ in TYPES else "normal",
        language=translation.get_language() or settings.LANGUAGE_CODE,
    )


def write(request: HttpRequest, response: HttpResponse) -> None:
    """Keep whichever known choices the form sent."""
    languages = tuple(code for code, _name in settings.LANGUAGES)
    known = {
        "theme": ("theme", THEMES),
        "type": ("type", TYPES),
        "language": (settings.LANGUAGE_COOKIE_NAME, languages),
    }
    for name, (cookie, allowed) in known.items():
        chosen = request.POST.get(name)
        if chosen in allowed:
            response.set_cookie(
                cookie, chosen, max_age=A_YEAR, samesite="Lax", secure=request.is_secure()
            )


def remember(request: HttpRequest, response: HttpResponse, *, language: str, large: bool) -> None:
    """Take over what an account keeps, so that a new device reads the same."""
    chosen = {"type": "large" if large else "normal", settings.LANGUAGE_COOKIE_NAME: language}
    for cookie, value in chosen.items():
        response.set_cookie(
            cookie, value, max_age=A_YEAR, samesite="Lax", secure=request.is_secure()
        )


def way_back(request: HttpRequest) -> str:
    """Where to return to: only ever a page of this site."""
    wanted = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else "/"
