"""A checklist as data: what it may say, the form that writes it, and what earlier versions said."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from kepu.appraisal.forms.drafting import Known, SectionForm
from kepu.appraisal.programme import drafting
from kepu.appraisal.programme.schema import Inspection, Programme
from kepu.appraisal.queries.inspections import missed
from tests.kepu.appraisal.inspection_world import CHECKLIST, INSPECTION
from tests.kepu.appraisal.samples import RULES


def programme(**said: Any) -> Programme:
    rubric = [{"key": "safety", "title": "安全", "points": 100}]
    base = {key: one for key, one in RULES.items() if key != "rubric"} | {"rubric": rubric}
    return Programme.model_validate(
        base | {"inspection": INSPECTION, "checklist": CHECKLIST} | said
    )


def row(**said: Any) -> list[dict[str, Any]]:
    return [{"key": "one", "title": "一项", "kind": "yes_no"} | said]


def test_a_checklist_says_what_is_looked_at():
    found = programme()

    assert found.inspection == Inspection(inspectors=2)
    assert [one.key for one in found.checks()] == ["exits", "area", "signs", "seen"]


@pytest.mark.parametrize(
    "said",
    [
        {"checklist": row(kind="choice")},
        {"checklist": row(choices=["甲"])},
        {"checklist": row(kind="text", must=True)},
        {"checklist": row(kind="number", must=True)},
        {"checklist": row(reach=3)},
        {"checklist": row(criterion="unknown")},
        {"checklist": row(classes=["unknown"])},
        {"checklist": row() + row()},
        {"inspection": None},
        {"inspection": {"inspectors": 1}},
        {"inspection": {"percent": 0}},
    ],
)
def test_a_checklist_that_nobody_could_fill_in_is_refused(said):
    with pytest.raises(ValidationError):
        programme(**said)


def test_a_version_that_only_said_inspected_asks_for_two_inspectors():
    kept = {key: one for key, one in RULES.items() if key != "inspected"}

    assert Programme.model_validate(kept | {"inspected": False}).inspection is None
    found = Programme.model_validate(kept | {"inspected": True})
    assert found.inspection == Inspection(inspectors=2)
    assert found.checklist == []


@pytest.mark.parametrize(
    ("kind", "value", "fails"),
    [("yes_no", True, False), ("yes_no", False, True), ("number", 2, True), ("number", 3, False),
     ("yes_no", None, False)],
)  # fmt: skip
def test_a_must_is_missed_by_a_no_or_by_too_little(kind, value, fails):
    reach = {"reach": 3} if kind == "number" else {}
    (check,) = programme(checklist=row(kind=kind, must=True, **reach)).checks()

    assert missed(check, value) is fails


def test_a_row_of_the_checklist_is_written_in_a_form():
    rules = drafting.plain(programme())
    section = drafting.SECTIONS["checklist"]
    said = {
        "title": "灭火器", "kind": "number", "unit": "个", "least": "0", "most": "50", "must": "on",
        "reach": "4", "photo": "on", "needed": "on", "criterion": "safety",
    }  # fmt: skip
    form = SectionForm(section, Known(rules), None, said)

    assert form.is_valid(), form.errors
    written = drafting.with_row(rules, "checklist", None, form.said() or {})
    last = Programme.model_validate(written).checks()[-1]
    assert (last.key, last.reach, last.must, last.photo) == ("i1", 4, True, True)


def test_a_criterion_that_an_item_supports_is_not_removed():
    rules = drafting.plain(programme())

    assert "实测面积" in (drafting.why_not_remove(rules, "rubric", 0) or "")
