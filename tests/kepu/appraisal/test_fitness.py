"""Eligibility with its reasons, what is missing, and what cannot be an answer."""

from __future__ import annotations

import re

import pytest

from kepu.appraisal.programme import fitness
from kepu.appraisal.programme.schema import Question
from tests.kepu.appraisal.samples import ANSWERS, programme


def question(kind: str, **said) -> Question:
    return Question.model_validate({"key": "q", "title": "问", "kind": kind} | said)


def test_who_meets_every_requirement_is_told_nothing():
    answers = ANSWERS | {"budget": "印刷 20000\n车 29999.99"}

    assert fitness.why_not_eligible(programme(), "hall", answers, ()) == []


def test_each_requirement_not_met_says_its_own_words():
    answers = {"open_days": 249.5, "hall_area": 499, "budget": "印刷 50000.01"}

    told = fitness.why_not_eligible(programme(), "hall", answers, ["base"])

    assert told == [
        "每年开放不少于250天",
        "展厅面积不少于500平方米",
        "经费不超过5万元，或者已有区县称号",
    ]


def test_a_requirement_of_another_class_shuts_nobody_out_and_a_title_held_counts():
    assert (
        fitness.why_not_eligible(programme(), "media", {"open_days": 250}, ["district_base"]) == []
    )


def test_what_is_missing_is_named_question_by_question_and_file_by_file():
    assert fitness.missing(programme(), "hall", {"open_days": 367, "free": False}, []) == [
        "开放天数: at most 366",
        "展厅面积: an answer is missing",
        "特色: an answer is missing",
        "管理制度: no file yet",
    ]
    assert fitness.missing(programme(), "hall", ANSWERS, ["rules"]) == []


@pytest.mark.parametrize(
    ("asked", "raw", "kept"),
    [
        (question("number"), " 1,200 ", 1200),
        (question("number"), "12.50", 12.5),
        (question("number"), "", None),
        (question("number"), "many", "many"),
        (question("number"), "nan", "nan"),
        (question("number"), "inf", "inf"),
        (question("yes_no"), "yes", True),
        (question("yes_no"), "no", False),
        (question("lines"), " 一 \r\n\r\n 二", "一\n二"),
        (question("text"), " 一\r\n二 ", "一\n二"),
        (question("day"), "2026-03-05", "2026-03-05"),
    ],
)
def test_an_answer_is_read_from_what_a_form_sends(asked, raw, kept):
    found = fitness.parse(asked, raw)

    assert found == kept
    assert type(found) is type(kept)


@pytest.mark.parametrize(
    ("asked", "value", "reason"),
    [
        (question("number"), "many", "a number is needed"),
        (question("number"), True, "a number is needed"),
        (question("number"), -0.5, "at least 0"),
        (question("number", most=366), 367, "at most 366"),
        (question("yes_no"), "yes", "yes or no"),
        (question("text"), 3, "words are needed"),
        (question("text", longest=3), "一二三四", "at most 3 characters"),
        (question("choice", choices=["4A"]), "3A", "one of the choices"),
        (question("day"), "2026-02-30", "a day such as"),
        (question("day"), "1999-12-31", "a day such as"),
        (question("lines", entries=1), "一\n二", "at most 1 lines"),
        (question("amounts"), "印刷 300\n车费", "车费.* does not end with an amount"),
        (question("text"), "", "missing"),
    ],
)
def test_what_cannot_be_an_answer_says_why(asked, value, reason):
    assert re.search(reason, fitness.why_not_answer(asked, value) or "")


def test_what_may_be_left_out_may_be_left_out():
    assert fitness.why_not_answer(question("number", required=False), None) is None


@pytest.mark.parametrize(
    ("line", "pair"),
    [
        ("印刷 1,200.50元", ("印刷", 1200.5)),
        ("车费：300", ("车费", 300)),
        ("第2次活动 80", ("第2次活动", 80)),
    ],
)
def test_a_line_of_a_budget_ends_with_its_amount(line, pair):
    assert fitness.amounts(line) == [pair]
