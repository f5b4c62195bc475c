"""Rulebooks in the words of their readers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import pytest
import yaml
from django.utils import translation
from pydantic import BaseModel

from kepu.kernel.errors import BadInput
from kepu.kernel.rulebooks import queries, reading, rows
from kepu.kernel.rulebooks.registry import KINDS

CLOCKS = "orders.clocks"


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


def models_of(kind, above=()) -> Iterator[type[BaseModel]]:
    """The schema and every schema inside it; one that holds itself is looked into once."""
    if kind in above:
        return
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        for field in kind.model_fields.values():
            yield from models_of(field.annotation, (*above, kind))
    for inner in get_args(kind):
        yield from models_of(inner, above)


def is_chinese(words: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in words)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_field_of_every_rulebook_has_a_chinese_label(kind):
    nameless = [
        f"{model.__name__}.{name}"
        for model in models_of(KINDS[kind].schema)
        for name in model.model_fields
        if not is_chinese(str(rows.told(model, name).label))
    ]

    assert nameless == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_rule_that_ships_is_told_under_a_chinese_label(kind):
    told = rows.rows_of(queries.shipped(kind))

    assert told
    assert [row for row in told if not is_chinese(row.label + row.section)] == []


def test_a_stage_is_told_with_its_unit_and_what_happens_at_its_end():
    told = {row.label: row.value for row in rows.rows_of(queries.shipped(CLOCKS))}

    assert "7 天，到期关闭" in told.values()


def test_what_a_version_changes_is_told_in_labels():
    text = KINDS[CLOCKS].shipped()
    new = reading.read(CLOCKS, text.replace("similar_days: 7", "similar_days: 9"))

    found = rows.changes(queries.shipped(CLOCKS), new)

    assert [(one.label, one.old, one.new) for one in found] == [("相似订单提示期", "7 天", "9 天")]


def test_a_fault_is_told_by_its_label_its_place_and_a_chinese_sentence():
    rules = yaml.safe_load(KINDS[CLOCKS].shipped())
    rules["stages"]["placed"]["limit"] = "soon"

    with pytest.raises(BadInput) as refused:
        reading.read(CLOCKS, yaml.safe_dump(rules))

    assert "时限 (stages.placed.limit)" in refused.value.reason.replace("（", " (").replace(
        "）", ")"
    )
    assert refused.value.reason.endswith("应为整数")
