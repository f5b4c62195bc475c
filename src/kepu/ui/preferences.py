"""Theme, type size and language as a reader chose them, kept in cookies so that no account is
needed.

A choice of letters or language made before signing in is marked as such by one more cookie, and the
account takes it over at sign-in: who made the letters large to find the way in keeps them large.
Without that mark the cookies are an earlier reader's, and the account's own choice wins.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from kepu.ui.shell import Preferences

THEMES = ("auto", "light", "dark")
TYPES = ("normal", "large")
A_YEAR = 365 * 24 * 3600
CHOSEN = "chosen"
OF_THE_ACCOUNT = {"language", "type"}


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
    """Keep whichever known choices the form sent, for an account to take over."""
    languages = tuple(code for code, _name in settings.LANGUAGES)
    known = {
        "theme": ("theme", THEMES),
        "type": ("type", TYPES),
        "language": (settings.LANGUAGE_COOKIE_NAME, languages),
    }
    sent = {name: request.POST.get(name) for name in known}
    kept = {cookie: sent[name] or "" for name, (cookie, allowed) in known.items()
            if sent[name] in allowed}  # fmt: skip
    marked = _marked(request) | {name for name in OF_THE_ACCOUNT if sent[name] in known[name][1]}
    if marked:
        kept[CHOSEN] = "-".join(sorted(marked))
    _keep(request, response, kept)


def chosen_before(request: HttpRequest) -> dict[str, str]:
    """Letters and language as far as the reader of this browser chose them before signing in."""
    wants = read(request)
    return {name: getattr(wants, name) for name in _marked(request)}


def _marked(request: HttpRequest) -> set[str]:
    return OF_THE_ACCOUNT & set(request.COOKIES.get(CHOSEN, "").split("-"))


def remember(request: HttpRequest, response: HttpResponse, *, language: str, large: bool) -> None:
    """Take over what an account keeps, so that a new device reads the same."""
    letters = "large" if large else "normal"
    _keep(request, response, {"type": letters, settings.LANGUAGE_COOKIE_NAME: language})
    response.delete_cookie(CHOSEN, samesite="Lax")


def _keep(request: HttpRequest, response: HttpResponse, kept: dict[str, str]) -> None:
    for cookie, value in kept.items():
        response.set_cookie(
            cookie, value, max_age=A_YEAR, samesite="Lax", secure=request.is_secure()
        )


def answer(request: HttpRequest) -> HttpResponse:
    """A script gets an empty answer; a form leads back to its page."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({})
    return HttpResponseRedirect(way_back(request))


def way_back(request: HttpRequest) -> str:
    """Where to return to: only ever a page of this site."""
    wanted = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else "/"
