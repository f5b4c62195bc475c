"""What engines refuse is told in the reader's language, and no sentence of ours outlives the engine's."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from kepu.literacy import refusals

SOURCES = Path(refusals.__file__).parents[2]
PLACES = ("kepu/literacy/run", "kepu_engines/survey")
FOREIGN = refusals.WHOLE[refusals.WHOLE.index("Field required") :]  # pydantic's

# Put together by the engine of two pieces.
BUILT = (
    "nobody in the overlap was asked at home", "nobody in the overlap was asked online",
    "%(year)s comes twice of %(cell)s", "this person answered, but no item was asked",
    "this person was asked %(many)s items, and a form of %(name)s has %(wanted)s",
)  # fmt: skip


def texts() -> Iterator[str]:
    """Every string of the sources; what is filled in stands as a hole."""
    for place in PLACES:
        for file in sorted((SOURCES / place).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value
                elif isinstance(node, ast.JoinedStr):
                    parts = (
                        one.value if isinstance(one, ast.Constant) else "\0" for one in node.values
                    )
                    yield "".join(map(str, parts))


@pytest.fixture(scope="module")
def said() -> str:
    return "\n".join(texts())


@pytest.fixture
def chinese():
    with translation.override("zh-hans"):
        yield


def test_engines_still_say_so(said):
    """No text of ours outlives the engine's sentence."""
    own = [one for one in refusals.WHOLE if one not in (*FOREIGN, *BUILT) and "%(rest)s" not in one]
    pieces = {one: [part.strip(" ,:;'") for part in refusals.HOLE.split(one)[::2]] for one in own}

    assert [text for text, parts in pieces.items() if max(parts, key=len) not in said] == []
    assert len(own) > 70


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("answers.csv, row 3, column weight: 0 is not a weight above 0",
         "answers.csv 第 3 行 weight 列：0 不是大于 0 的权重"),
        ("items.csv, row 2, column dimension: ethics is none of knowledge, method",
         "items.csv 第 2 行 dimension 列：ethics 不在可用的值之中（knowledge, method）"),
        ("in replicate 7: nobody in class 500101 answered: merge it with a neighbour",
         "第 7 次重抽：类别 500101 无人应答：请与相邻类别合并"),
        ("plan.yaml: year: Input should be a valid integer, unable to parse string as an integer; "
         "the plan: modes need margins: what is known of the population",
         "plan.yaml：year：应为整数；计划：modes 需要 margins，即总体的已知人数"),
        ("plan.yaml: heading: Extra inputs are not permitted; title: Field required",
         "plan.yaml：heading：没有这个项目；title：缺少这一项"),
    ],
)  # fmt: skip
def test_what_was_refused_is_told_in_chinese(chinese, sentence, told):
    assert refusals.told(sentence) == told


def test_whoever_reads_english_gets_the_engines_own_words():
    with translation.override("en"):
        assert refusals.told("stratum x has one cluster: …") == "stratum x has one cluster: …"


def test_a_sentence_that_nobody_put_otherwise_is_said_to_be_the_programs(chinese):
    assert refusals.told("The moon is full.") == "The moon is full.（程序原文）"


def test_every_sentence_is_written_in_chinese_with_the_same_holes(chinese):
    for text in refusals.WHOLE:
        put = translation.gettext(text)
        assert re.search("[\u4e00-\u9fff]", put), text
        assert set(refusals.HOLE.findall(put)) <= set(refusals.HOLE.findall(text)), text
