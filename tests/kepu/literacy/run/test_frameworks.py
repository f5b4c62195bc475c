"""By which framework answers are scored: named, or written out, and recorded either way."""

from __future__ import annotations

import re

import pytest

from kepu.literacy.run.estimating import points_of
from kepu.literacy.run.frameworks import Scored, scored_otherwise
from kepu.literacy.run.plan import load
from kepu.literacy.run.reading import gather
from kepu_engines.core.errors import EngineError
from kepu_engines.survey.literacy import CAST_2024
from tests.kepu.literacy.run.test_running import copied

# Three parts and one cut, as older surveys had; the points are an example.
OLDER = """framework:
  name: older-example
  source: an example
  dimensions: {knowledge: {points: 50}, method: {points: 30, zh: 方法}, spirit: {points: 20}}
  levels: {literate: {cut: 60}}"""
OTHERS = ("knowledge", "method", "spirit")


@pytest.fixture
def older(survey, tmp_path):
    folder = copied(survey, tmp_path, ("framework: cast-2024", OLDER))
    items = (folder / "items.csv").read_text("utf-8").splitlines()
    kept = [row for row in items if "application" not in row]
    (folder / "items.csv").write_text("\n".join(kept) + "\n", "utf-8")
    return gather(load(folder / "plan.yaml"), folder)


def test_answers_are_scored_by_the_framework_that_the_plan_writes_out(older):
    points, parts = points_of(older, older.right)

    assert list(parts) == list(OTHERS)
    assert points.max() == pytest.approx(100)
    place = [n for n, item in enumerate(older.items) if item.dimension == "method"]
    assert parts["method"] == pytest.approx(30 * older.right[:, place].mean(axis=1))
    assert older.plan.rule.cuts == {"literate": 60}
    assert older.plan.framework.model_dump(exclude_defaults=True)["source"] == "an example"


def test_titles_of_an_own_framework_are_said_where_the_vocabulary_has_none():
    own = Scored.model_validate(
        {"name": "x", "dimensions": {"ethos": {"points": 100, "zh": "风貌", "en": "Ethos"}},
         "levels": {"literate": {"cut": 60, "zh": "别的"}}}
    )  # fmt: skip

    assert own.titles("zh") == {"ethos": "风貌", "literate": "别的"}
    assert own.titles("en") == {"ethos": "Ethos"}


def test_a_name_is_short_for_what_was_published_under_it(survey):
    plan = load(survey / "plan.yaml")

    assert plan.framework.rule == plan.rule == CAST_2024
    told = plan.framework.model_dump()
    assert not scored_otherwise(told)
    told["levels"]["literate"]["cut"] = 65
    assert scored_otherwise(told)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("framework: cast-2024", "framework: cast-1990", "cast-1990 is none of cast-2024, jizhun;"),
        ("framework: cast-2024", OLDER.replace("cut: 60", "cut: 160"), "every cut must lie above 0"),
        ("framework: cast-2024", OLDER.replace("older-example", "cast-2024"),
         "these are not the points and cuts of cast-2024"),
        ("framework: cast-2024", OLDER.replace("literate:", "wise:"), "level must be one of wise"),
        ("framework: cast-2024", OLDER.replace("{knowledge:", '{"a = q()":'), "String should match"),
        ("framework: cast-2024", OLDER.replace("literate:", f"{'wise' * 5}s:"),
         "String should have at most 20 characters"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_framework_is_said(survey, tmp_path, old, new, sentence):
    folder = copied(survey, tmp_path, (old, new))

    with pytest.raises(EngineError, match=re.escape(sentence)):
        load(folder / "plan.yaml")
