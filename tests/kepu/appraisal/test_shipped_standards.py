"""Standards as they ship: those that others made, the rules of procedure, and the demo city's own."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest
import yaml
from pydantic import ValidationError

from kepu.appraisal import shipped_standards
from kepu.appraisal.actions import standards as actions
from kepu.appraisal.models import Comment, Standard
from kepu.appraisal.models.standards import key_of
from kepu.appraisal.queries import standards as queries
from kepu.appraisal.standards_policy import KIND, Procedure
from kepu.appraisal.standards_states import StandardKind, StandardLevel
from kepu.kernel.errors import NotAllowed
from kepu.kernel.rulebooks.rows import rows_of
from kepu.web import demo_standards
from tests.factories import NOW, division, user
from tests.kepu.appraisal import standard_factories as make

DAY = make.DAY


def test_each_known_standard_is_named_once_with_its_source_and_how_sure_it_is():
    found = list(shipped_standards.rows())

    assert len({key_of(row["number"]) for row in found}) == len(found) == 26
    assert {row["level"] for row in found} <= set(StandardLevel.values)
    assert {row["kind"] for row in found} <= set(StandardKind.values)
    assert all(row["source"] and row["known"] for row in found)
    for column in ("number", "title", "title_en", "source", "known"):
        most = Standard._meta.get_field(column).max_length
        assert max(len(row[column]) for row in found) <= most


def test_a_day_in_force_stands_only_where_a_source_says_it():
    dated = {row["number"] for row in shipped_standards.rows() if row["in_force_on"]}

    assert {"GB/T 45952-2025", "GB/T 47179-2026"} <= dated
    assert not {row["number"] for row in shipped_standards.rows() if "未知" in row["known"]} & dated


@pytest.mark.django_db
def test_they_are_listed_once_and_by_nobody_but_kepu():
    place = division("50.")

    assert actions.list_shipped(place, by=None, now=NOW) == 26
    assert actions.list_shipped(place, by=None, now=NOW) == 0
    assert Counter(Standard.objects.values_list("state", flat=True)) == {"listed": 26}
    assert queries.clause("GB/T 47179-2026 6").standard.title == "科普教育基地服务基本要求"
    with pytest.raises(NotAllowed):
        actions.list_known(
            number="GB/T 1-2026", title="示例", place=place, source="示例", level="national",
            kind="general", by=user(), now=NOW,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("section", "changed"),
    [
        ("voting", {"quorum": "0.66"}),
        ("voting", {"majority": "4/3"}),
        ("drafting", {"ways": [{"level": "group", "comment_days": 30, "vote": True}]}),
        ("drafting", {"ways": [{"level": "national", "comment_days": 60, "vote": False}]}),
    ],
)
def test_a_rulebook_that_cannot_be_carried_out_is_not_taken(section, changed):
    text = yaml.safe_load(KIND.shipped())
    Procedure.model_validate(text)

    with pytest.raises(ValidationError):
        Procedure.model_validate(text | {section: text[section] | changed})


def test_the_rules_are_told_level_by_level():
    told = [
        (row.section, row.value)
        for row in rows_of(Procedure.model_validate(yaml.safe_load(KIND.shipped())))
    ]

    assert [value for section, value in told if "Level by level" in section][:3]
    assert "3/4" in [value for _section, value in told]


@pytest.mark.django_db
@pytest.mark.slow
def test_the_demo_city_has_a_standard_in_each_state_that_is_worth_a_look():
    division("50.")
    for name in ("甲", "乙", "丙"):
        make.expert(f"{name}示例")
    city = SimpleNamespace(
        begun=NOW, now=NOW + 60 * DAY,
        people={
            "drafter50": user(), "secretary": make.secretary(), "resident": user(),
            "city": make.decider(),
        },
    )  # fmt: skip

    demo_standards.build(city)

    states = Counter(Standard.objects.values_list("state", flat=True))
    assert states == {"proposed": 1, "comments": 1, "vote": 1, "published": 1}
    assert Comment.objects.filter(verdict="").count() == 3
    assert queries.holds(Standard.objects.get(state="published"), city.now.date())
