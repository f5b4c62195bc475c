"""A form sent twice, by two presses or over a network that swallowed the answer, is carried out once.

Every form of a page carries a key of its own beside the token against forgery. What it led to is
kept under that key, and who sends the same form again is led to the same place. The first press
and its key are not one transaction: a server killed between them loses the key alone, and then
the order's state, its version or its likeness to another say what was done, as without it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from secrets import token_urlsafe
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.errors import RuleBroken
from kepu.kernel.idempotency import actions as idempotency
from kepu.kernel.idempotency.actions import Press

FIELD = "form_key"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
OF_THEMSELVES = "kepu.kernel.accounts."  # codes and second factors: each may be asked for again
PATIENCE = 1.5  # seconds that a second press holds a thread, waiting for the first
LOOKS = 0.1  # seconds between two looks


def key_input() -> SafeString:
    """The hidden field with a key that no other form has."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, token_urlsafe(12))


class once:  # noqa: N801 (Django names middleware by what it does)
    """Carry out a form with a key once; lead whoever sends it again to where it led."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.answer(request)
        press: Press | None = getattr(request, "_press", None)
        if press is not None:
            done = 300 <= answer.status_code < 400 and not _refused(request)
            idempotency.pressed(press, answer["Location"] if done else None)
        return answer

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_arguments: Any
    ) -> HttpResponse | None:
        if request.method != "POST" or request.content_type not in FORMS:
            return None
        if view.__module__.startswith(OF_THEMSELVES) or "HX-Request" in request.headers:
            return None  # a part of a page is sent again and again under the key of its form
        if getattr(view, "unkept", False):
            return None  # how somebody votes is kept nowhere, by no digest either
        key = request.POST.get(FIELD)
        if key is None or not request.user.is_authenticated:
            return None
        press = idempotency.press(
            actor=request.user.pseudonym,
            key=key,
            request=[request.get_full_path(), _words(request)],
            now=clock.now(),
            bare=not request.FILES and set(request.POST) <= {FIELD, "csrfmiddlewaretoken"},
        )
        if press is None or press.new:
            request._press = press  # type: ignore[attr-defined]
            return None
        return _as_before(request, press)


def _refused(request: HttpRequest) -> bool:
    """Whether the page that follows will tell of a refusal alone: then the form may be sent again."""
    queued = getattr(messages.get_messages(request), "_queued_messages", [])
    levels = {told.level for told in queued}
    return messages.ERROR in levels and messages.SUCCESS not in levels


def _words(request: HttpRequest) -> list[Any]:
    """What was sent, without the token, which is drawn anew; of files, what is in them."""
    said = [(name, texts) for name, texts in request.POST.lists() if name != "csrfmiddlewaretoken"]
    files = [
        (name, one.name, _content(one)) for name, found in request.FILES.lists() for one in found
    ]
    return [said, files]


def _content(file: UploadedFile[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _as_before(request: HttpRequest, press: Press) -> HttpResponse | None:
    """Where the first press led, once it is through; None when it did nothing after all."""
    until = time.monotonic() + PATIENCE
    found: Press | None = press
    while found is not None and found.location is None and time.monotonic() < until:
        time.sleep(LOOKS)
        found = idempotency.find_press(press)
    if found is None:
        return None
    if found.location is None:
        refusal = RuleBroken(
            _("this was sent a moment ago and is being worked on; please look again")
        )
        answer = render(request, "web/refusal.html", {"refusal": refusal}, status=refusal.status)
        answer["Retry-After"] = "5"
        return answer
    messages.info(request, _("This had been sent already; nothing was done twice."))
    return HttpResponseRedirect(found.location)
