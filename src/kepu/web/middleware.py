"""A refusal raised anywhere becomes one page with its sentence; nothing was changed."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kepu.kernel.errors import Refusal

Answer = Callable[[HttpRequest], HttpResponse]


class refusals:  # noqa: N801 (Django names middleware by what it does)
    """Answer a refusal of a page with its status and its reason."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refusal):
            return None
        return render(request, "web/refusal.html", {"refusal": error}, status=error.status)
