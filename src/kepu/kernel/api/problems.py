"""A refusal as a machine reads it: RFC 9457, with a stable code and a sentence for the reader."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from ninja import Schema
from pydantic import Field

from kepu.kernel import faults
from kepu.kernel.errors import Refusal

MEDIA_TYPE = "application/problem+json"

# Every code the API answers with: its status, and its title for people.
CODES = {
    "bad_request": (400, lazy("The request cannot be read")),
    "unauthenticated": (401, lazy("Say who you are")),
    "not_allowed": (403, lazy("You may not do this")),
    "csrf_failed": (403, lazy("The page is too old")),
    "not_found": (404, lazy("There is nothing here for you")),
    "method_not_allowed": (405, lazy("This cannot be done here")),
    "rule_broken": (409, lazy("This cannot be done now")),
    "alike": (409, lazy("There is something like it already")),
    "conflict": (409, lazy("Somebody else was faster")),
    "length_required": (411, lazy("Say how long it is")),
    "version_differs": (412, lazy("It has changed since you looked")),
    "too_large": (413, lazy("This is too large")),
    "unsupported_media_type": (415, lazy("Only JSON is read here")),
    "bad_input": (422, lazy("What was sent is not right")),
    "key_reused": (422, lazy("This key was used before")),
    "too_many_requests": (429, lazy("Too many requests")),
    "server_error": (500, lazy("Something went wrong on our side")),
    "unavailable": (503, lazy("Not available at the moment")),
}
_BY_STATUS = {status: code for code, (status, _title) in reversed(CODES.items())}


class FieldProblem(Schema):
    """What is wrong with one field."""

    field: str = Field(description="Where it stands, such as body.wanted_from")
    detail: str


class OtherProblem(Schema):
    """Something that stands in the way, with its address where the asker may look at it."""

    title: str
    detail: str
    href: str | None


class Problem(Schema):
    """A refusal (RFC 9457). Decide by `code`; show `detail`."""

    type: str = Field(description="Where this kind of refusal is explained")
    title: str
    status: int
    code: str
    detail: str
    instance: str
    errors: list[FieldProblem] = []
    others: list[OtherProblem] = Field([], description="What is like it already")


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The answer to a refusal."""
    field = getattr(refusal, "field", "")
    wrong = [{"field": f"body.{field}", "detail": refusal.reason}] if field else []
    others = [vars(other) for other in getattr(refusal, "others", [])]
    answer = problem(request, refusal.status, refusal.code, refusal.reason, wrong, others)
    wait = getattr(refusal, "retry_after", None)
    if wait is not None:
        answer["Retry-After"] = str(wait)
    return answer


def problem(
    request: HttpRequest,
    status: int,
    code: str,
    detail: str,
    errors: list[dict[str, str]] | None = None,
    others: list[dict[str, str | None]] | None = None,
) -> HttpResponse:
    """An answer with a problem body."""
    title = CODES[code][1] if code in CODES else HTTPStatus(status).phrase
    body: dict[str, Any] = {
        "type": f"{reverse('api-docs')}#{code}",
        "title": str(title),
        "status": status,
        "code": code,
        "detail": detail,
        "instance": request.path,
        "errors": errors or [],
    }
    if others:
        body["others"] = others
    letters = {"ensure_ascii": False}
    answer = JsonResponse(body, status=status, content_type=MEDIA_TYPE, json_dumps_params=letters)
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def of_status(request: HttpRequest, status: int) -> HttpResponse:
    """The problem body for an answer that says nothing but its status."""
    code = _BY_STATUS.get(status, "server_error" if status >= 500 else "bad_request")
    return problem(request, status, code, sentence(code))


def sentence(code: str) -> str:
    """What to say when there is nothing more to say than the code."""
    sentences = {
        "bad_request": _("this request cannot be read"),
        "unauthenticated": _("send a key as Authorization: Bearer, or sign in"),
        "not_found": _("there is nothing at this address, or it lies outside your area"),
        "method_not_allowed": _("this method is not known at this address"),
        "conflict": _("somebody else did something at the same moment; look again"),
        "too_large": _("this is more than can be taken in at once"),
        "unavailable": _("please try again in a moment"),
    }
    return sentences.get(code, _("something went wrong on our side; nothing was changed"))


def wrong_fields(errors: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What is wrong with which field, in the reader's language."""
    return [{"field": _where(error["loc"]), "detail": faults.sentence(error)} for error in errors]


def _where(parts: Sequence[str | int]) -> str:
    """The field as the sender wrote it: the parameter that holds the whole body is a name of ours."""
    sent = parts[1:] if parts[:2] == ("body", "body") else parts
    return ".".join(str(part) for part in sent)
