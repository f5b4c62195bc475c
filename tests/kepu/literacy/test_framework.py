from __future__ import annotations

import pytest
import yaml

from kepu.kernel.errors import Refusal
from kepu.kernel.rulebooks.reading import read
from kepu.literacy import schemas
from kepu_engines.survey import literacy as engine

SHIPPED = schemas.KINDS[0].shipped()


def framework(**changed):
    said = yaml.safe_load(SHIPPED)
    for key, value in changed.items():
        said[key] = value
    return read(schemas.FRAMEWORK, yaml.safe_dump(said, allow_unicode=True, sort_keys=False))


def test_the_shipped_framework_has_the_points_and_cuts_that_the_engine_scores_by():
    shipped, published = framework(), engine.CAST_2024

    assert {key: one.points for key, one in shipped.dimensions.items()} == published.points
    assert {key: one.cut for key, one in shipped.levels.items()} == published.cuts
    assert list(shipped.levels) == list(published.cuts)
    assert shipped.name == published.version


@pytest.mark.parametrize(
    ("items", "counts"), [(50, (20, 10, 10, 10)), (15, (6, 3, 3, 3)), (11, (5, 2, 2, 2))]
)
def test_a_blueprint_follows_the_points_and_leaves_no_item_over(items, counts):
    assert tuple(framework().blueprint(items).values()) == counts


@pytest.mark.parametrize(
    ("score", "level"),
    [
        (100, "advanced"),
        (85, "advanced"),
        (84.9, "literate"),
        (70, "literate"),
        (55, "basic"),
        (54, ""),
    ],
)
def test_a_cut_belongs_to_the_level_above_it(score, level):
    assert framework().level_of(score) == level


def level(cut):
    return {"zh": "级", "en": "Level", "cut": cut}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"levels": {"low": level(50), "high": level(60)}}, "cuts must fall"),
        ({"levels": {}}, "dimensions and levels"),
        ({"dimensions": {"only": {"zh": "一", "en": "One", "points": 40}}}, "above all points"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_a_framework_that_does_not_hang_together_is_refused(changed, reason):
    with pytest.raises(Refusal, match=reason):
        framework(**changed)


def test_an_older_framework_has_dimensions_and_levels_of_its_own():
    older = framework(
        name="older",
        dimensions={
            "knowledge": {"zh": "科学知识", "en": "Knowledge", "points": 60},
            "effect": {"zh": "科学影响", "en": "Effect of science", "points": 40},
        },
        levels={"literate": level(70)},
    )

    assert older.blueprint(10) == {"knowledge": 6, "effect": 4}
    assert older.level_of(84) == "literate"
