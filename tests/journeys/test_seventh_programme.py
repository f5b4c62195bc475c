"""A programme of one's own, made in the browser by a secretary who types no line of code.

From the first page by clicks alone: copied from the nearest one, changed row by row, looked at as its
applicants and reviewers will see it, tried on dossiers, issued by a city officer, and called for on the
day it takes effect.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine

from kepu.appraisal import policy
from kepu.appraisal.models import Call
from kepu.kernel.clock import BEIJING
from kepu.kernel.divisions.models import Division
from tests import factories
from tests.journeys.test_base_programme import Clerk
from tests.journeys.test_order_loop import DESK

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=BEIJING)
NAME = "青年科普创意资助（示例）"
RULE = "团队平均年龄不超过35岁"


@pytest.fixture
def office(browser, live_server):
    """A secretary and an officer of the city at their desks, and a resident at home."""
    city = factories.division("50.")
    Division.objects.filter(pk=city.pk).update(name="示例市")
    people = {
        "secretary": factories.officer("appraisal_secretary", "50.", "秘书示例"),
        "officer": factories.officer("city_officer", "50.", "市科协示例"),
        "resident": factories.user("居民示例"),
    }
    return {name: Clerk(browser, one, live_server.url, **DESK) for name, one in people.items()}


def test_a_secretary_makes_a_programme_and_calls_for_it_the_next_day(office):
    with time_machine.travel(MONDAY, tick=True) as traveller:
        secretary, officer = office["secretary"], office["officer"]
        _copies_the_nearest(secretary)
        _asks_for_the_age(secretary)
        _shuts_out_who_is_too_old(secretary)
        _judges_what_was_not_judged_before(secretary)
        _looks_and_tries(secretary)
        _issues(officer)

        traveller.move_to(MONDAY + timedelta(days=1))
        for hand in office.values():
            hand.signs_in_again()
        _calls_for_it(secretary)
        _is_read_by_everybody(office["resident"])

    issued = policy.newest("youth_grant")
    assert (issued.version, issued.programme.title) == (1, NAME)
    assert Call.objects.get().programme == "youth_grant"


def _copies_the_nearest(secretary: Clerk) -> None:
    secretary.opens("/")
    secretary.presses("评审方案")
    secretary.presses("编写方案")
    secretary.fills(copied_from="科普项目以奖代补", title=NAME, code="youth_grant")
    secretary.presses("开始编写")
    secretary.sees(f"草稿：{NAME}")


def _asks_for_the_age(secretary: Clerk) -> None:
    secretary.presses("申报表")
    secretary.presses("添加一行")
    secretary.fills(title="团队平均年龄", kind="数字", most="60", unit="岁")
    secretary.page.locator("[name=required]").check()
    secretary.presses("保存")
    secretary.sees("团队平均年龄")
    secretary.presses("返回草稿")


def _shuts_out_who_is_too_old(secretary: Clerk) -> None:
    secretary.presses("申报条件")
    secretary.presses("添加一行")
    secretary.fills(text=RULE, what1="团队平均年龄", how1="不多于", value1="三十五")
    secretary.presses("保存")
    secretary.sees("有 1 处需要修改")
    secretary.fills(value1="35")
    secretary.presses("保存")
    secretary.sees(RULE)
    secretary.presses("返回草稿")


def _judges_what_was_not_judged_before(secretary: Clerk) -> None:
    secretary.presses("评分标准")
    secretary.presses("添加一行")
    secretary.fills(title="创意", points="20")
    secretary.presses("保存")
    secretary.sees("创意")
    secretary.presses("返回草稿")


def _looks_and_tries(secretary: Clerk) -> None:
    secretary.presses("预览表单")
    secretary.sees("团队平均年龄（岁）")
    secretary.sees("创意")
    secretary.presses("返回草稿")
    secretary.presses("用往年申报试算")
    secretary.sees(RULE)  # nobody was asked for an age then
    secretary.presses("返回草稿")
    assert secretary.page.get_by_role("button", name="发布这份草稿").is_disabled()


def _issues(officer: Clerk) -> None:
    officer.opens("/")
    officer.presses("评审方案")
    officer.presses(NAME)
    officer.presses("发布这份草稿")
    officer.presses("发布此版本")
    officer.sees(NAME)


def _calls_for_it(secretary: Clerk) -> None:
    secretary.opens("/")
    secretary.presses("申报管理")
    secretary.does("Prepare a call")
    secretary.fills(
        programme=NAME, place="示例市", title="2026 年青年科普创意资助", first="2026-03-03",
        last="2026-03-31",
    )  # fmt: skip
    secretary.does("Keep the draft")
    secretary.does("Open the call")
    secretary.reads("The call is public. It takes applications from its first day on.")


def _is_read_by_everybody(resident: Clerk) -> None:
    resident.opens("/programmes/")
    resident.presses(NAME)
    resident.sees(RULE)
