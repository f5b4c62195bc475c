"""Figures of a year in words: what is a lower bound stands beside no other place."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.utils import translation

from kepu.kernel.clock import now
from kepu.kernel.crosswalk.queries import Unknown
from kepu.literacy import returns_shown as shown
from kepu.literacy import statistics

pytestmark = pytest.mark.django_db


def told(counted: int) -> dict[str, object]:
    total = {
        "per_head": "0.60", "counted": counted, "asked": 40, "growth": None, "compared": 0,
    }  # fmt: skip
    return {"total": total}


def test_funds_of_some_units_are_a_lower_bound_and_not_beside_the_country():
    _version, rules = statistics.in_force(now())

    some, all_of_them = (shown.tiles(told(many), rules, 2025)[0] for many in (3, 40))

    assert some.value == "at least 0.60 yuan"
    assert "3 of 40" in some.note
    assert "the country in" not in some.note
    assert all_of_them.value == "0.60 yuan"
    assert "the country in" in all_of_them.note


def test_units_of_the_city_itself_are_called_so_in_the_reader_s_language():
    row = {
        "path": "50.", "name": "市本级单位", "asked": 2, "counted": 2, "per_head": None,
        "people": 1, "growth": None, "verdict": "unknown",
    }  # fmt: skip
    total = row | {"name": "重庆市"}

    found = shown.districts({"rows": [row], "total": total})

    assert [one.name for one in found] == ["units of the city itself", "Chongqing"]


def test_why_residents_are_not_known_is_told_in_the_reader_s_language():
    row = {"name": "渝北区", "counted": 2, "people": None}
    cut = {"why_no_people": Unknown(date(2026, 11, 30), ("渝北区", "北碚区")).kept()}
    before = {"why_no_people": "渝北区的一部分没有公布过人口数"}  # kept as a sentence, once

    words = shown.without_people({"rows": [row | json.loads(json.dumps(cut))]})
    with translation.override("zh-hans"):
        chinese = shown.without_people({"rows": [row | cut, row | before]})

    assert words == [
        "Yubei District: no figure was published for a part of Yubei District, Beibei District"
    ]
    assert [one.endswith("一部分没有公布过人口数") for one in chinese] == [True, True]
    assert shown.without_people({"rows": [row | {"why_no_people": ""}]}) == []
