"""The programmes that ship: each is whole, adds up, and says what in it is an example."""

from __future__ import annotations

import pytest

from kepu.appraisal import policy
from kepu.appraisal.forms.programmes import answers_form
from kepu.appraisal.programme import fitness, scoring
from kepu.appraisal.programme.schema import Programme
from kepu.kernel.rulebooks import queries
from kepu.people import vocabularies
from kepu.people.states import Track
from kepu.venues.states import BaseCategory

CODES = [kind.key.removeprefix("appraisal.") for kind in policy.KINDS]


def shipped(code: str) -> Programme:
    return queries.shipped(f"appraisal.{code}")  # type: ignore[return-value]


def classes(programme: Programme) -> list[str]:
    return [one.key for one in programme.classes] or [""]


@pytest.mark.parametrize("code", CODES)
def test_each_class_can_reach_a_hundred_points_and_every_level(code):
    rules = shipped(code)

    assert {scoring.most(rules, klass) for klass in classes(rules)} == {100}
    assert all(one.cut <= 100 for one in rules.levels)


@pytest.mark.parametrize("code", CODES)
def test_what_is_an_example_says_so_and_every_name_has_its_english(code):
    rules = shipped(code)
    named = [*rules.classes, *rules.levels, *rules.form, *rules.evidence, *rules.rubric, rules]

    assert rules.text.startswith("示例")
    assert [one.title for one in named if not one.title_en] == []


@pytest.mark.parametrize("code", CODES)
def test_each_class_has_a_form(code):
    rules = shipped(code)

    for klass in classes(rules):
        form = answers_form(rules, klass)
        assert len(form.fields) == len(rules.of_class(rules.form, klass)) > 3
        assert "<" in str(form)


@pytest.mark.parametrize("code", CODES)
def test_reviewers_are_of_fields_there_are(code):
    rules = shipped(code)
    of_all = rules.reviewing.fields if rules.reviewing else []
    named = {*of_all, *(field for one in rules.classes for field in one.fields)}

    assert named <= {one["key"] for one in vocabularies.shipped("fields")}


def test_every_track_of_the_title_has_reviewers_who_fit_it():
    fitting = {track for one in shipped("science_title").classes for track in one.tracks}

    assert fitting == set(Track) - {Track.OTHER}


def test_titles_that_are_asked_for_are_titles_there_are():
    held = {
        one.needs.holds for code in CODES for one in shipped(code).eligibility if one.needs.holds
    }

    assert held == {"district_base", "base"}
    assert held <= set(CODES)


def test_a_municipal_base_is_of_one_of_the_five_categories_of_the_register():
    keys = {one.key for one in shipped("base").classes}

    assert keys == set(BaseCategory.values) == {one.key for one in shipped("district_base").classes}


@pytest.mark.parametrize(
    ("said", "reasons"),
    [
        ({}, []),
        ({"open_days": 249}, ["每年向公众开放不少于250天"]),
        ({"scenic_grade": 3, "guides": 3}, ["旅游景区类须为4A级以上景区"]),
        ({"guides": 2}, ["旅游景区类须配备3名以上专职科普导游"]),
    ],
)  # fmt: skip
def test_the_published_conditions_of_a_scenic_base_shut_out_who_misses_them(said, reasons):
    answers = {"legal_person": True, "rules": True, "budgeted": True, "open_days": 250,
               "scenic_grade": 4, "guides": 3}  # fmt: skip

    told = fitness.why_not_eligible(shipped("base"), "scenic", answers | said, ["district_base"])

    assert told == reasons


def test_a_municipal_base_needs_the_district_title_first():
    answers = {"legal_person": True, "rules": True, "budgeted": True, "open_days": 250}

    assert fitness.why_not_eligible(shipped("base"), "media", answers, []) == [
        "已获区县科普基地称号"
    ]


def test_no_level_above_the_one_asked_for_is_given():
    rules = shipped("science_title")
    given = {
        key: [points * 100] for key, points in (("works", 40), ("craft", 30), ("influence", 20))
    }

    asked = scoring.total(rules, "content", {"level": "中级", "hours": 400}, given)
    highest = scoring.total(rules, "content", {"level": "正高级", "hours": 400}, given)

    assert (asked.total, asked.level) == (100, "middle")
    assert highest.level == "senior"


def test_the_public_does_not_vote_unless_a_city_says_so():
    assert shipped("communicator").ballot.public is False
