"""The methods report in two languages: the same numbers, and no word of the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from kepu.literacy.run import drawing, drawing_years, reporting, running
from kepu.literacy.run.handing import Agreement
from kepu.literacy.run.plan import load
from kepu.literacy.run.reading import gather
from kepu_engines.core.errors import EngineError
from tests.kepu.literacy.run.test_running import copied

CHINESE = re.compile("[\u4e00-\u9fff]")
NUMBER = re.compile(r"\d[\d.,]*\d|\d")


@pytest.fixture(scope="module")
def both(survey):
    """The same results, to be told in Chinese and in English."""
    plan = load(survey / "plan.yaml")
    found = running.computed(gather(plan, survey), running.published_before(plan, survey))
    english = plan.model_copy(update={"language": "en"})
    return found, replace(found, read=replace(found.read, plan=english))


def words(told: Any) -> Iterator[str]:
    """Every text in a report's values."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        for value in told.values():
            yield from words(value)
    elif isinstance(told, list):
        for value in told:
            yield from words(value)


def test_the_english_report_has_no_chinese_but_names(both):
    chinese, english = both
    told = reporting.values(english)
    names = {area.name for area in english.read.areas} | {english.plan.title}
    agreement = Agreement(63, 1e-15, 1e-14)

    left = [text for text in words(told) if CHINESE.search(text) and text not in names]
    assert left == []
    assert not any(CHINESE.search(text) for text in reporting.method(english, agreement))
    assert all(CHINESE.search(text) for text in reporting.method(chinese, agreement))


@pytest.mark.parametrize(
    ("language", "words"), [(0, "没有与 R survey 核对"), (1, "Not held against R survey")]
)
def test_a_report_says_when_r_was_not_asked(both, language, words):
    asked = list(reporting.method(both[language], Agreement(63, 1e-15, 1e-14)))
    alone = list(reporting.method(both[language], None))

    assert any(words in text for text in alone)
    assert not any(words in text for text in asked)
    assert len(alone) == len(asked)


def test_both_languages_tell_the_same_numbers(both):
    chinese, english = both
    one, other = map(reporting.values, both)

    def paragraphs(results, told):
        method = reporting.method(results, Agreement(63, 1e-15, 1e-14))
        parts = ("modes-words", "years-words", "dif-words")
        return [*method, *(one for part in parts for one in told[part]), told["areas-words"]]

    pairs = list(zip(paragraphs(chinese, one), paragraphs(english, other), strict=True))
    assert len(pairs) >= 12
    for here, there in pairs:
        assert sorted(NUMBER.findall(here)) == sorted(NUMBER.findall(there)), (here, there)


def test_pictures_speak_the_language_too(both):
    _chinese, english = both
    say, level = english.plan.tongue, 0.95
    districts = english.model.districts
    years = drawing_years.years(english.series.city, english.plan.trend.target, level, say)
    names = "|".join(re.escape(one.area.name) for one in districts)
    pictures = [
        years, drawing.in_order(districts, 0.1, level, say),
        drawing.funnel(districts, 0.1, 1.2, level, say), drawing.on_the_map(districts, say),
    ]  # fmt: skip

    for picture in pictures:
        assert CHINESE.findall(re.sub(names, "", picture)) == []
    assert "Target 2028: 10%" in years


def test_a_language_that_is_not_spoken_is_refused(survey, tmp_path):
    folder = copied(survey, tmp_path, ("year: 2026", "year: 2026\nlanguage: fr"))

    with pytest.raises(EngineError, match="language: Input should be 'zh' or 'en'"):
        load(folder / "plan.yaml")


def test_a_report_in_which_no_district_may_be_shown_is_drawn_all_the_same(both, tmp_path):
    found, _english = both
    hidden = tuple(replace(one, direct=None) for one in found.model.districts)
    none = replace(found, model=replace(found.model, districts=hidden))

    reporting.write(tmp_path / "report.pdf", none, "record 0123456789abcdef", None)

    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_names_in_the_funnel_do_not_lie_on_each_other_and_its_axis_has_numbers():
    close = [
        (100.0, 50.0, "渝中区", "start"),
        (110.0, 52.0, "江北区", "start"),
        (400.0, 51.0, "忠县", "start"),
    ]

    placed = {name: y for _x, y, name, _anchor in drawing.apart(close)}

    assert placed["江北区"] - placed["渝中区"] >= drawing.LETTERS
    assert (placed["渝中区"], placed["忠县"]) == (50, 51)  # where there is room nothing moves
    assert drawing.round_numbers(259) == [0, 50, 100, 150, 200, 250]
    assert drawing.round_numbers(43) == [0, 10, 20, 30, 40]
