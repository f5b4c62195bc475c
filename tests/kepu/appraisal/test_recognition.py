"""Titles that are recognised from another programme, and the board of what is to be done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from kepu.appraisal.actions import terms as actions
from kepu.appraisal.actions import timing, titles
from kepu.appraisal.models import Call, Title
from kepu.appraisal.queries import terms
from kepu.kernel.errors import RuleBroken
from tests.factories import NOW, officer, user
from tests.kepu.appraisal import titles_world as world
from tests.kepu.appraisal.test_terms import at, decide, fresh, hand_in, report
from tests.kepu.appraisal.titles_world import SIGNED

pytestmark = pytest.mark.django_db


# --- recognition ----------------------------------------------------------------------------------

DISTRICT = """
title: 区县级科普基地
text: 示例
subject: venue
levels: [{key: named, title: 区县级, cut: 60}]
rubric: [{key: all, title: 全部, points: 100}]
notice: {workdays: 5, reply: 5}
"""


def lower() -> Title:
    world.programme("district_base", DISTRICT)
    world.programme()
    call = Call.objects.filter(programme="district_base").first() or world.call("district_base")
    of = world.application(call, klass="")
    return world.title(of, grade="named")


def recognise(of: Title, programme: str = "base", **said: Any) -> Title:
    usual = SIGNED | {"klass": "hall", "grade": "silver", "by": world.decider(), "now": NOW}
    return titles.recognise(of.pk, programme, **usual | said)


def test_a_title_that_the_programme_recognises_becomes_one_of_its_own_beside_it():
    below = lower()

    above = recognise(below)

    assert (above.recognises, above.number, above.state) == (below, "KP-BASE-2026-0001", "active")
    assert fresh(below).state == "active"
    assert above.holder_name == below.holder_name


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"programme": "district_base"}, "does not recognise"),
        ({"klass": "nothing"}, "class"),
        ({"grade": "nothing"}, "no such level"),
        ({"reference": ""}, "number of the signed"),
    ],
)
def test_recognition_is_what_the_programme_says_and_signed(said, reason):
    with pytest.raises(RuleBroken, match=reason):
        recognise(lower(), **said)


def test_a_title_is_recognised_once_and_only_in_force():
    below = lower()
    recognise(below)
    with pytest.raises(RuleBroken, match="already"):
        recognise(below)

    other = lower()
    decide(other, "suspend")
    with pytest.raises(RuleBroken, match="in force"):
        recognise(other)


# --- the board ------------------------------------------------------------------------------------


def board(now: datetime, year: int = 2027) -> dict[str, str]:
    reach = terms.officer_reach(world.decider(), now)
    return dict(terms.board(reach, "base", year, now).values_list("pk", "standing"))


def test_the_board_tells_of_each_title_the_gravest_that_is_true():
    made = {key: world.title() for key in ("due", "late", "check", "failed", "warned", "taken")}
    timing.open_reports(now=at(2027, 1, 2))
    hand_in(made["check"].reports.get())
    actions.check(
        made["failed"].reports.get().pk, "fail", reason="虚报", seen=hand_in(
            made["failed"].reports.get()).version, by=world.decider(), now=at(2027, 12, 2),
    )  # fmt: skip
    actions.warn(made["warned"].pk, reason="x", seen=1, by=world.decider(), now=at(2027, 6, 1))
    decide(made["taken"], "suspend")

    early, near, late = board(at(2027, 6, 2)), board(at(2027, 11, 20)), board(at(2027, 12, 16))

    assert early[made["due"].pk] == "due"
    assert near[made["due"].pk] == "at_risk"
    assert {key: late[title.pk] for key, title in made.items()} == {
        "due": "late",
        "late": "late",
        "check": "check",
        "failed": "failed",
        "warned": "rectify_over",
        "taken": "suspended",
    }
    assert early[made["warned"].pk] == "rectify"


def test_the_board_tells_whose_renewal_is_open():
    title = (
        world.title()
    )  # until 4 March 2029; its renewal opens 180 days before, on 5 September 2028

    assert board(at(2028, 9, 4), 2028)[title.pk] == "clear"
    assert board(at(2028, 9, 5), 2028)[title.pk] == "renewal"


def test_what_a_warned_holder_hands_in_is_to_be_read_first():
    title = world.title()
    one = report(title)
    timing.warn_late(now=at(2027, 12, 23))

    hand_in(one, now=at(2028, 1, 5))

    assert board(at(2028, 1, 6))[title.pk] == "check"


def test_the_board_opens_on_the_year_of_which_something_is_late():
    title = world.title()
    report(title)

    assert terms.pressing_year("base", at(2027, 6, 1)) == 2027
    assert terms.pressing_year("base", at(2028, 1, 10)) == 2027
    hand_in(title.reports.get(), now=at(2028, 1, 11))
    done = title.reports.get()
    actions.check(
        done.pk, "pass", reason="", seen=done.version, by=world.decider(),
        now=at(2028, 1, 12),
    )  # fmt: skip
    assert terms.pressing_year("base", at(2028, 1, 13)) == 2028


def test_figures_by_district_add_up_to_the_board(django_assert_max_num_queries):
    world.title()
    world.title()
    found = terms.board(terms.officer_reach(world.decider(), NOW), "base", 2026, NOW)

    with django_assert_max_num_queries(6):
        rows = terms.by_district(found)

    assert [(row.path, row.counts, row.total) for row in rows] == [("50.103.", {"clear": 2}, 2)]


def test_an_officer_sees_his_own_district_on_the_board():
    world.title()

    there = terms.officer_reach(officer("district_officer", "50.107."), NOW)
    here = terms.officer_reach(officer("district_officer", "50.103."), NOW)

    assert terms.board(there, "base", 2026, NOW).count() == 0
    assert terms.board(here, "base", 2026, NOW).count() == 1
    assert not terms.officer_reach(user(), NOW)


def test_time_passes_through_all_of_it():
    title = world.title()

    for days in range(0, 1200, 40):
        timing.run_terms(NOW + timedelta(days=days))

    assert fresh(title).state == "expired"
    assert list(title.steps.values_list("verb", flat=True)) == ["grant", "warn", "expire"]
