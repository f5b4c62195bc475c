"""The rim of every endpoint: count the caller, read only JSON, do a thing once."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.api import entrance, limits, problems, reading, versions
from kepu.kernel.errors import Refusal
from kepu.kernel.idempotency import actions as idempotency

Run = Callable[..., HttpResponse]


class _Undone(Exception):
    """Carries a refusal out of the transaction that must not be kept."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__(answer.status_code)
        self.answer = answer


def rim(run: Run) -> Run:
    """Wrap the running of an operation; the innermost word stays with the endpoint."""

    @wraps(run)
    def answer(request: HttpRequest, **path: Any) -> HttpResponse:
        try:
            entrance.count(request)
            reading.require_json(request)
            found = _once(request, lambda: run(request, **path))
        except Refusal as refusal:
            return problems.refused(request, refusal)
        found["Cache-Control"] = "private, no-store"
        version = versions.noted(request)
        if version is not None and found.status_code < 300:
            found["ETag"] = versions.tag(version)
        return found

    return answer


def _once(request: HttpRequest, work: Callable[[], HttpResponse]) -> HttpResponse:
    """Do the work, or answer as before when the caller's Idempotency-Key was answered already."""
    person, key = entrance.caller(request), request.headers.get("Idempotency-Key")
    if request.method != "POST" or key is None or person is None:
        return work()
    try:
        with limits.kept():
            return _answer(request, person, key, work)
    except _Undone as undone:
        return undone.answer


def _answer(
    request: HttpRequest, person: User, key: str, work: Callable[[], HttpResponse]
) -> HttpResponse:
    done: list[HttpResponse] = []

    def keep() -> tuple[int, Any]:
        answer = work()
        if answer.status_code >= 300:
            raise _Undone(answer)
        done.append(answer)
        return answer.status_code, json.loads(answer.content)

    found = idempotency.once(
        keep,
        actor=person.pseudonym,
        key=key,
        request=[request.get_full_path(), request.body.hex()],
        now=clock.now(),
    )
    return done[0] if done else _replayed(request, found)


def _replayed(request: HttpRequest, found: idempotency.Answer) -> HttpResponse:
    if isinstance(found.body, dict) and isinstance(found.body.get("version"), int):
        versions.note(request, found.body["version"])
    headers = {"Idempotent-Replayed": "true"}
    return JsonResponse(found.body, status=found.status, headers=headers, safe=False)
