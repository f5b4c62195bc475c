"""Whether an application may stand: what is missing, what shuts it out, and what cannot be an answer."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from datetime import date

from django.utils.translation import gettext as _

from kepu.appraisal.programme.conditions import Answer
from kepu.appraisal.programme.schema import Asked, Programme, Question

YES, NO = "yes", "no"


def why_not_eligible(
    programme: Programme, klass: str, answers: Mapping[str, Answer], titles: Collection[str]
) -> list[str]:
    """The words of every requirement that is not met.

    `titles` are codes of the programmes whose titles the applicant holds now.
    """
    compared = comparable(programme, answers)
    return [
        one.text
        for one in programme.of_class(programme.eligibility, klass)
        if not one.needs.met(compared, titles)
    ]


def missing(
    programme: Programme,
    klass: str,
    answers: Mapping[str, Answer],
    evidence_keys: Collection[str],
) -> list[str]:
    """What is asked of everybody and was not given yet, and what was given and cannot be an answer."""
    questions = programme.of_class(programme.form, klass)
    faults = {one.key: why_not_answer(one, answers.get(one.key)) for one in questions}
    told = [f"{one}{_(': ')}{faults[one.key]}" for one in questions if faults[one.key]]
    shown = programme.of_class(programme.evidence, klass)
    return told + [
        _("%(exhibit)s: no file yet") % {"exhibit": one}
        for one in shown
        if one.required and one.key not in evidence_keys
    ]


def why_not_answer(question: Question, value: Answer) -> str | None:
    """Why a stored value is no answer to the question; nothing at all answers what may be left out."""
    if value is None or value == "":
        return _("an answer is missing") if question.required else None
    if question.kind is Asked.NUMBER:
        return _why_not_number(question, value)
    if question.kind is Asked.YES:
        return None if isinstance(value, bool) else _("answer yes or no")
    if not isinstance(value, str):
        return _("words are needed")
    return _why_not_words(question, value)


def parse(question: Question, raw: object) -> Answer:
    """An answer of what a form sends: a number where one is asked, a day as 2026-03-05, or the words.

    What cannot be read stays as it was typed, and `why_not_answer` says what is wrong with it.
    """
    words = str(raw if raw is not None else "").strip()
    if not words:
        return None
    if question.kind is Asked.NUMBER:
        return _number(words)
    if question.kind is Asked.YES:
        return {YES: True, NO: False, "True": True, "False": False}.get(words, words)
    if question.kind in (Asked.LINES, Asked.AMOUNTS):
        return "\n".join(line.strip() for line in words.splitlines() if line.strip())
    return words.replace("\r\n", "\n")


def comparable(programme: Programme, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Answers as conditions and bands compare them: of a list of amounts its sum, of lines their number."""
    kinds = {one.key: one.kind for one in programme.form}
    return {key: _compared(kinds.get(key), value) for key, value in answers.items()}


def amounts(told: str) -> list[tuple[str, float]]:
    """Lines of “what, then how much” as pairs; raises ValueError with a line that has no amount."""
    found = []
    for line in told.splitlines():
        match = AMOUNT.fullmatch(line.strip())
        if match is None:
            raise ValueError(line)
        found.append((match["what"].strip(" ,，:："), float(match["much"].replace(",", ""))))
    return found


AMOUNT = re.compile(r"(?P<what>.*?[^\d.,])(?P<much>\d[\d,]*(?:\.\d{1,2})?)\s*元?")


def _compared(kind: Asked | None, value: Answer) -> Answer:
    if not isinstance(value, str):
        return value
    if kind is Asked.LINES:
        return len(value.splitlines())
    if kind is Asked.AMOUNTS:
        try:
            return round(math.fsum(much for _what, much in amounts(value)), 2)
        except ValueError:
            return None
    return value


def _number(words: str) -> Answer:
    try:
        number = float(words.replace(",", "").replace("，", ""))
    except ValueError:
        return words
    if not math.isfinite(number):
        return words
    return int(number) if number.is_integer() else number


def _why_not_number(question: Question, value: Answer) -> str | None:
    if isinstance(value, str | bool) or value is None:
        return _("a number is needed")
    if value < question.least:
        return _("at least %(bound)s") % {"bound": f"{question.least:g}"}
    if value > question.most:
        return _("at most %(bound)s") % {"bound": f"{question.most:.15g}"}
    return None


def _why_not_words(question: Question, value: str) -> str | None:
    if len(value) > question.longest:
        return _("at most %(bound)s characters") % {"bound": question.longest}
    if question.kind is Asked.CHOICE and value not in question.choices:
        return _("choose one of the choices")
    if question.kind is Asked.DAY and not _is_day(value):
        return _("a day such as 2027-01-31 is needed")
    if question.kind in (Asked.LINES, Asked.AMOUNTS):
        return _why_not_lines(question, value)
    return None


def _why_not_lines(question: Question, value: str) -> str | None:
    if len(value.splitlines()) > question.entries:
        return _("at most %(bound)s lines, one for each") % {"bound": question.entries}
    if question.kind is Asked.AMOUNTS:
        try:
            amounts(value)
        except ValueError as line:
            return _("the line “%(line)s” does not end with an amount") % {"line": line}
    return None


def _is_day(words: str) -> bool:
    try:
        return 2000 <= date.fromisoformat(words).year < 2100
    except ValueError:
        return False
