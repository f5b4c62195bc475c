"""The self-test: one question at a time, in large letters, and a result that says how sure it is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kepu.kernel import clock
from kepu.kernel.api.entrance import count_address
from kepu.kernel.divisions.here import place_of
from kepu.kernel.errors import Outside, Refusal
from kepu.literacy import pictures, schemas
from kepu.literacy.actions import self_tests
from kepu.literacy.forms import AnswerForm
from kepu.literacy.models import SelfTest
from kepu.literacy.queries import self_tests as queries
from kepu.literacy.rules import self_tests as rules
from kepu.ui import toasts


@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """What the self-test is and what becomes of the answers; and the button that begins it."""
    now, place = clock.now(), place_of(request)
    framework, language = schemas.framework(now), language_of()
    bank = queries.bank_for(place.path if place else "")
    refused = rules.why_not_begin(queries.pool(bank, language) if bank else [], framework)
    if request.method == "POST" and bank is not None and refused is None:
        count_address(request, "s")
        begun = self_tests.begin(bank=bank, language=language, now=now)
        return redirect("self-test-walk", begun.key)
    context = {"rules": framework.self_test, "framework": framework, "refused": refused}
    status = 409 if request.method == "POST" else 200
    return render(request, "literacy/self_test.html", context, status=status)


def language_of() -> str:
    """The language the page is read in, as items are written in it."""
    return "en" if (get_language() or "").startswith("en") else "zh-hans"


@never_cache
def walk(request: HttpRequest, key: UUID) -> HttpResponse:
    """The question that stands open, or the result."""
    test = queries.by_key(key)
    if test.finished_at is not None:
        return _result(request, test)
    question = test.answers.select_related("item").filter(answered=False).first()
    if question is None:
        raise Outside(_("this self-test is not kept any more; you can begin another one"))
    wording = question.item.wordings.get(language=test.language)
    form = AnswerForm(request.POST or None, options=wording.lettered)
    if request.method == "POST" and form.is_valid():
        return _answer(request, test, form)
    framework = schemas.framework_of(test.rules_version)
    most = framework.self_test.longest(len(queries.pool(test.bank, test.language)))
    return render(request, "literacy/self_test_question.html", {
        "test": test, "question": question, "wording": wording, "form": form, "most": most,
    }, status=422 if form.errors else 200)  # fmt: skip


def _answer(request: HttpRequest, test: SelfTest, form: forms.Form) -> HttpResponse:
    """A question that was answered already, by a second press, leads on all the same."""
    try:
        self_tests.answer(test.key, **form.cleaned_data, now=clock.now())
    except Refusal as refusal:
        toasts.say(request, refusal.reason)
    return redirect("self-test-walk", test.key)


def _result(request: HttpRequest, test: SelfTest) -> HttpResponse:
    framework = schemas.framework_of(test.rules_version)
    context: dict[str, Any] = {
        "test": test,
        "framework": framework,
        "rules": framework.self_test,
        "result": test.result,
        "example": test.answers.filter(item__example=True).exists(),
        "asked": test.answers.count(),
        "right": test.answers.filter(right=True).count(),
        "picture": pictures.of_result(test.result, framework),
        "levels": pictures.chances(test.result, framework),
        "parts": pictures.parts(test.result, framework),
        "name": pictures.level_name(test.result, framework),
    }
    return render(request, "literacy/self_test_result.html", context)
