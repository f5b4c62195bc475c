"""Change documents that do not fit are refused with the row named, and nothing changes."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from kepu.kernel.clock import BEIJING
from kepu.kernel.crosswalk import actions, queries, reading
from kepu.kernel.crosswalk.models import Change
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import BadInput, RuleBroken
from kepu.people.models import Team, TeamArea
from tests.factories import NOW, division, user

pytestmark = pytest.mark.django_db

GOOD = """
key: test
title: 示例调整
effective: 2026-03-01
source: 示例
opened:
  - {path: 50.new., name: 新示例区, level: district}
ended:
  - {path: 50.201., name: 甲示例区, successor: 50.new.}
moved:
  - {path: 50.201.001., name: 一示例镇, to: 50.new.}
  - {path: 50.201.002., name: 二示例镇, to: 50.new.}
  - {path: 50.202.001., name: 三示例镇, to: 50.new.}
"""


@pytest.fixture(autouse=True)
def places():
    division("50.201.", name="甲示例区")
    division("50.201.001.", name="一示例镇")
    division("50.201.002.", name="二示例镇")
    division("50.202.001.", name="三示例镇")
    division("50.202.001.001.", name="示例村")
    division("50.203.", name="丙示例区")


def snapshot() -> list[tuple]:
    return list(Division.objects.order_by("pk").values_list("path", "valid_to", "population"))


def test_the_good_document_is_applied():
    change = actions.apply(GOOD, by=None, now=NOW)

    assert Division.objects.get(path="50.new.202001.001.").name == "示例村"
    assert change.outcome["divisions"] == 5  # three towns, a village, and the successor


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("key: test", "key: [", "line"),
        ("key: test", "", "key: this is needed"),
        ("effective: 2026-03-01", "effective: soon", "effective"),
        ("effective: 2026-03-01", "effective: 2026-03-01\nsecret: 1", "secret"),
        ("50.201.002., name: 二示例镇", "50.201.002, name: 二示例镇", "row 2 of moved path"),
        ("50.201.002., name: 二示例镇", "50..002., name: 二示例镇", "row 2 of moved path"),
        (", name: 三示例镇", "", "row 3 of moved name: this is needed"),
        ("level: district", "level: galaxy", "row 1 of opened level"),
        ("name: 三示例镇", "name: 三示例镇, code: abc", "row 3 of moved code"),
    ],
)
def test_a_document_that_cannot_be_read_is_refused(old, new, reason):
    before = snapshot()

    with pytest.raises(BadInput, match=reason):
        actions.apply(GOOD.replace(old, new), by=None, now=NOW)

    assert snapshot() == before


@pytest.mark.parametrize("text", ["", "[]", "42", "a: {b", "\x00", "&a [*a]", "x" * 1_000_001])
def test_what_is_no_document_at_all_is_refused(text):
    with pytest.raises(BadInput):
        actions.apply(text, by=None, now=NOW)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            "50.201.002., name: 二示例镇",
            "50.201.009., name: 二示例镇",
            "row 2 of moved: nothing stands",
        ),
        (
            "name: 二示例镇",
            "name: 两示例镇",
            "row 2 of moved: 50.201.002. is 二示例镇, not 两示例镇",
        ),
        (
            "三示例镇, to: 50.new.",
            "三示例镇, to: 50.999.",
            "row 3 of moved: nothing stands at 50.999.",
        ),
        (
            "三示例镇, to: 50.new.",
            "三示例镇, to: 50.201.",
            "row 3 of moved: nothing stands at 50.201.",
        ),
        ("三示例镇, to: 50.new.", "三示例镇, to: 50.202.001.", "row 3 of moved"),
        ("三示例镇, to: 50.new.", "三示例镇, to: '50.'", "row 3 of moved: it cannot lie directly"),
        ("  - {path: 50.201.002., name: 二示例镇, to: 50.new.}\n", "", "row 1 of ended: 二示例镇"),
        ("path: 50.new.,", "path: 50.203.,", "row 1 of opened: 50.203. is already taken"),
        ("path: 50.new.,", "path: 77.new.,", "row 1 of opened: nothing stands at 77."),
        ("successor: 50.new.", "successor: 50.404.", "row 1 of ended: nothing stands at 50.404."),
        ("name: 三示例镇,", "name: 三示例镇, segment: '201001',", "named more than once"),
        ("50.202.001., name: 三示例镇", "50.201.001., name: 一示例镇", "named more than once"),
        (
            "  - {path: 50.202.001.",
            "  - {path: 50.202.001.001., name: 示例村, to: 50.203.}\n  - {path: 50.202.001.",
            "cannot lie directly",
        ),
    ],
)
def test_a_row_that_does_not_fit_what_stands_is_named(old, new, reason):
    before = snapshot()
    assert old in GOOD

    with pytest.raises(RuleBroken, match=reason):
        actions.apply(GOOD.replace(old, new), by=None, now=NOW)

    assert snapshot() == before
    assert not Change.objects.exists()


def test_a_place_moves_with_what_holds_it_and_is_not_named_again():
    inner = "  - {path: 50.202.001.001., name: 示例村, to: 50.201.001.}\n"
    text = GOOD.replace("  - {path: 50.202.001.,", inner + "  - {path: 50.202.001.,")
    text = text.replace("to: 50.201.001.", "to: 50.203.001.")
    division("50.203.001.", name="四示例镇")

    with pytest.raises(RuleBroken, match="示例村 moves with 三示例镇"):
        actions.apply(text, by=None, now=NOW)


def test_a_place_cannot_end_before_it_began():
    Division.objects.filter(path="50.202.001.").update(valid_from=date(2026, 3, 1))

    with pytest.raises(RuleBroken, match="row 3 of moved: 三示例镇 began only on 2026-03-01"):
        actions.apply(GOOD, by=None, now=NOW)


def test_a_known_code_is_kept():
    text = GOOD.replace("name: 三示例镇,", "name: 三示例镇, code: '500299001',")

    actions.apply(text, by=None, now=NOW)

    assert Division.objects.get(path="50.new.202001.").official_code == "500299001"
    assert Division.objects.get(path="50.new.202001.001.").official_code is None


def test_a_place_may_move_twice_and_is_found_through_both():
    first = Division.objects.get(path="50.202.001.")
    actions.apply(GOOD, by=None, now=NOW)
    again = """
key: again
title: 示例再调整
effective: 2026-04-01
source: 示例
moved:
  - {path: 50.new.202001., name: 三示例镇, to: 50.203.}
"""
    actions.apply(again, by=None, now=datetime(2026, 4, 2, 9, tzinfo=BEIJING))

    assert queries.now_of(first).path == "50.203.new202001."
    for day, path in (
        (date(2026, 2, 28), "50.202.001."),
        (date(2026, 3, 31), "50.new.202001."),
        (date(2026, 4, 1), "50.203.new202001."),
    ):
        assert queries.on_day(queries.now_of(first), day).path == path


def team_serving(*paths: str) -> Team:
    team = Team(name="示例队", applied_by=user(), applied_at=NOW)
    team.place(division(paths[0]))
    team.save()
    TeamArea.objects.bulk_create(TeamArea(team=team, path=path) for path in paths)
    return team


def areas(team: Team) -> list[str]:
    return sorted(team.areas.values_list("path", flat=True))


def test_every_column_that_says_where_something_is_now_follows():
    team = team_serving("50.201.001.", "50.201.", "50.203.")

    change = actions.apply(GOOD, by=None, now=NOW)

    assert areas(team) == ["50.203.", "50.new.", "50.new.201001."]
    assert change.outcome["columns"] == {"people.teamarea.path": 2}
    assert change.outcome["needs_person"] == []


def test_what_would_meet_its_like_at_the_successor_waits_for_a_person():
    Division.objects.filter(path="50.202.").update(name="乙示例区")
    text = GOOD.replace("moved:", "  - {path: 50.202., name: 乙示例区, successor: 50.new.}\nmoved:")
    team = team_serving("50.201.", "50.202.", "50.202.001.")

    change = actions.apply(text, by=None, now=NOW)

    assert areas(team) == ["50.202.", "50.new.", "50.new.202001."]
    waiting = change.outcome["needs_person"]
    assert [(need["kind"], need["path"]) for need in waiting] == [("people.teamarea", "50.202.")]


def test_what_ships_can_be_read():
    assert [reading.read(text).key for text in reading.shipped()] == ["2025-11-06"]
