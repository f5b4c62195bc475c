"""What any address may answer with: a refusal with its sentence, "being set up", a problem of the API."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from kepu.kernel import bodies
from kepu.kernel.api import problems as problem_bodies
from kepu.kernel.errors import BadInput, Outside, Refusal, RuleBroken
from kepu.web.overtaken import is_overtaken

log = logging.getLogger(__name__)

Answer = Callable[[HttpRequest], HttpResponse]
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
UNTIL_THEN = {"Retry-After": "5", "Cache-Control": "no-store"}


class refusals:  # noqa: N801 (Django names middleware by what it does)
    """Answer a refusal of a page with its status and its reason.

    What is not there is one too, and so is a promise of the database that another had just used up.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, ObjectDoesNotExist):
            error = Outside(_("there is nothing at this address, or it lies outside your area"))
        if is_overtaken(error):
            log.warning("somebody else was faster at %s", request.path, exc_info=error)
            error = RuleBroken(
                _("somebody else was faster: nothing of this was done; please look again")
            )
        if not isinstance(error, Refusal):
            return None
        answer = render(request, "web/refusal.html", {"refusal": error}, status=error.status)
        if (wait := getattr(error, "retry_after", None)) is not None:
            answer["Retry-After"] = str(wait)
        return answer


class sizes:  # noqa: N801
    """Refuse a body that is too large for its address before anybody reads it: 413, with the sizes."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_arguments: Any
    ) -> HttpResponse | None:
        refusal = bodies.why_not_read(request, view) or bodies.why_not_form(request)
        if refusal is None:
            return None
        if request.path.startswith(bodies.API):
            return problem_bodies.refused(request, refusal)
        return render(request, "web/refusal.html", {"refusal": refusal}, status=refusal.status)


class letters:  # noqa: N801
    """Refuse letter zero, which no database keeps, wherever it is sent: in address, query or form."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        sent = [request.path_info, *_said(request.GET)]
        if request.content_type in FORMS:
            sent += _said(request.POST)
        if not any("\0" in text for text in sent):
            return None
        refusal = BadInput(_("this request cannot be read"))
        return render(request, "web/refusal.html", {"refusal": refusal}, status=refusal.status)


def _said(query: QueryDict) -> list[str]:
    return [text for name, texts in query.lists() for text in (name, *texts)]


class problems:  # noqa: N801
    """Give every failure under /api/ a problem body, also those that no endpoint saw."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.answer(request)
        if answer.status_code < 400 or not request.path.startswith("/api/"):
            return answer
        if answer.headers.get("Content-Type", "") == problem_bodies.MEDIA_TYPE:
            return answer
        told = problem_bodies.of_status(request, answer.status_code)
        for name in ("Allow", "Retry-After"):
            if name in answer:
                told[name] = answer[name]
        return told


class completeness:  # noqa: N801
    """Answer 503 and how far it is, until the city is complete; a half-made one is never served.

    Asking whether the notice stands costs two microseconds, so no flag is kept that could be wrong.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.notice = Path(settings.DATA) / "being-set-up.json"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.notice.exists() or request.path == "/health":
            return self.answer(request)
        page = render_to_string("web/being_set_up.html", how_far(self.notice))
        response = HttpResponse(page, status=503, headers=UNTIL_THEN)
        response._has_been_logged = True  # type: ignore[attr-defined]  # expected; Django would cry ERROR
        return response


def how_far(notice: Path) -> dict[str, Any]:
    """What the notice says; nothing when it was taken down meanwhile."""
    try:
        found: dict[str, Any] = json.loads(notice.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"what": "", "done": 0, "total": 1}
    return found
