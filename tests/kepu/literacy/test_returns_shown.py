"""Figures of a year in words: what is a lower bound stands beside no other place."""

from __future__ import annotations

import pytest

from kepu.kernel.clock import now
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

    assert [one.name for one in found] == ["units of the city itself", "重庆市"]
