"""The self-test for programs. Nobody signs in; who knows the key goes on with it."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Router, Schema, Status
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.shapes import Given, Path
from kepu.kernel.errors import RuleBroken
from kepu.literacy.actions import self_tests
from kepu.literacy.models import SelfTest
from kepu.literacy.queries import self_tests as queries

router = Router(tags=[n_("Self-test")])


class SelfTestIn(Given):
    """Where the person is, if it is to be said, and the language."""

    language: Literal["zh-hans", "en"] = "zh-hans"
    place: Path | None = None


class QuestionOut(Schema):
    """The question that stands open."""

    position: int
    stem: str
    options: list[str]
    example: bool


class ResultOut(Schema):
    """Score of 100 points with its range, and the chance of having reached each level."""

    score: float
    low: float
    high: float
    level: str
    chances: dict[str, float]
    error: float
    dimensions: dict[str, list[int]]


class SelfTestOut(Schema):
    """A self-test: the open question, or the result."""

    key: UUID
    question: QuestionOut | None
    result: ResultOut | None


class SelfTestAnswerIn(Given):
    """The position of the chosen option, from 0; null says that one does not know."""

    position: int = Field(ge=1, le=100)
    chosen: int | None = Field(None, ge=0, le=7)


@router.post("/self-tests", auth=None, response={201: SelfTestOut}, summary=n_("Begin a self-test"))
def begin_self_test(request: HttpRequest, body: SelfTestIn) -> Status[dict[str, Any]]:
    """Open to everybody; 409 rule_broken while there are not enough questions."""
    bank = queries.bank_for(body.place or "")
    if bank is None:
        raise RuleBroken(
            _("there are not enough questions for a self-test yet; please come again later")
        )
    begun = self_tests.begin(bank=bank, language=body.language, now=clock.now())
    return Status(201, _test(begun))


@router.get("/self-tests/{key}", auth=None, response=SelfTestOut, summary=n_("Where it stands"))
def read_self_test(request: HttpRequest, key: UUID) -> dict[str, Any]:
    """404 not_found."""
    return _test(queries.by_key(key))


@router.post(
    "/self-tests/{key}/answers", auth=None, response=SelfTestOut, summary=n_("Answer a question")
)
def answer_self_test(request: HttpRequest, key: UUID, body: SelfTestAnswerIn) -> dict[str, Any]:
    """Gives the next question, or the result; 404 not_found, 409 rule_broken."""
    queries.by_key(key)
    self_tests.answer(key, position=body.position, chosen=body.chosen, now=clock.now())
    return _test(queries.by_key(key))


def _test(test: SelfTest) -> dict[str, Any]:
    return {
        "key": test.key,
        "question": _question(test) if test.finished_at is None else None,
        "result": test.result or None,
    }


def _question(test: SelfTest) -> dict[str, Any]:
    answer = test.answers.select_related("item").get(answered=False)
    wording = answer.item.wordings.get(language=test.language)
    return {
        "position": answer.position,
        "stem": wording.stem,
        "options": wording.options,
        "example": answer.item.example,
    }
