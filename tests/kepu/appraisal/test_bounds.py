"""Numbers of a programme stand within bounds, and are numbers."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from kepu.appraisal.programme.schema import Programme
from tests.kepu.appraisal.titles_world import BASE

ROWS: dict[str, Any] = {
    "form": [{"key": "area", "title": "面积", "kind": "number"}],
    "panel": {"quorum": 0.5, "majority": 0.5},
    "eligibility": [{"text": "示例", "needs": {"any": [{"answer": "area", "at_least": 1}]}}],
    "quota": {"each_class": {"hall": 0}},
}


def changed(place: str, value: object) -> dict[str, Any]:
    """The programme with `value` at `place`, a path with dots; its last part may be new."""
    text = copy.deepcopy(yaml.safe_load(BASE) | ROWS)
    *way, last = [int(one) if one.isdecimal() else one for one in place.split(".")]
    row: Any = text
    for one in way:
        row = row[one]
    row[last] = value
    return text


@pytest.mark.parametrize(
    ("place", "value"),
    [("term.renew", 3650), ("term.at_risk", 3650), ("quota.each_class.hall", 0)],
)
def test_what_is_within_bounds_is_taken(place, value):
    Programme.model_validate(changed(place, value))


@pytest.mark.parametrize(
    ("place", "value"),
    [("term.renew", 3651), ("term.at_risk", 3651), ("quota.each_class.hall", -1)],
)
def test_what_is_beyond_bounds_is_refused(place, value):
    with pytest.raises(ValidationError, match=r"(less|greater) than or equal"):
        Programme.model_validate(changed(place, value))


@pytest.mark.parametrize("text", [".nan", ".inf", "-.inf"])
@pytest.mark.parametrize(
    "place",
    [
        "levels.1.cut", "form.0.least", "form.0.most", "rubric.0.points", "rubric.0.least",
        "panel.quorum", "panel.majority", "eligibility.0.needs.any.0.at_least",
        "eligibility.0.needs.any.0.at_most",
    ],
)  # fmt: skip
def test_what_is_no_finite_number_is_refused(place, text):
    with pytest.raises(ValidationError, match="finite number"):
        Programme.model_validate(changed(place, yaml.safe_load(text)))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["least", "points"])
def test_a_band_is_of_finite_numbers(name, value):
    band = {"least": 1, "points": 1} | {name: value}
    row = {"key": "all", "title": "全部", "points": 100, "measure": "area", "bands": [band]}

    with pytest.raises(ValidationError, match="finite number"):
        Programme.model_validate(changed("rubric.0", row))
