"""What the boards offer to those who serve more than one side."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.orders import actions
from kepu.orders.views import boards, residents
from tests import factories

pytestmark = pytest.mark.django_db


def test_an_officer_of_two_departments_plans_for_each(loop):
    second = factories.organisation("示例教委")
    factories.grant(loop.officer, "department_officer", second)
    client = Client()
    client.force_login(loop.officer)

    page = client.get(reverse("department")).content.decode()

    for department in (loop.department, second):
        assert f'action="{reverse("make-plan", args=[department.pk])}"' in page
    assert page.count("示例教委") > 1


def test_a_team_is_told_that_more_can_be_claimed_than_is_shown(loop, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: factories.NOW)
    client = Client(headers={"accept-language": "en"})
    client.cookies["language"] = "en"
    client.force_login(loop.leader)
    first, second = loop.order("open"), loop.order("open")
    rest = f"{reverse('order-list')}?state=open"

    whole = client.get(reverse("team-board")).content.decode()
    monkeypatch.setattr(boards, "TEAM_SHOWN", 1)
    cut = client.get(reverse("team-board")).content.decode()

    assert first.number in whole
    assert second.number in whole
    assert rest not in whole
    assert "Only the first 1 are shown." in cut
    assert f'href="{rest}"' in cut


def _board_of(leader) -> str:
    client = Client(headers={"accept-language": "en"})
    client.force_login(leader)
    return client.get(reverse("team-board")).text


def test_a_rating_waits_on_the_leaders_board_until_it_is_answered(loop, monkeypatch):
    order = loop.order("rated")
    at = order.wanted_from + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: at)
    other, link = factories.team(), reverse("order-act", args=[order.pk, "answer"])

    before, of_others = _board_of(loop.leader), _board_of(other.applied_by)
    actions.answer(order.pk, words="谢谢。", by=loop.leader, now=at)

    assert f'href="{link}"' in before
    assert "5 of 5 stars" in before
    assert before.index("Ratings to answer") < before.index("Taken on")
    assert link not in of_others
    assert link not in _board_of(loop.leader)


def test_an_order_that_several_teams_could_take_stands_once_with_their_names(loop, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: factories.NOW)
    second = factories.team("第二示例队", leader=loop.leader)
    factories.team("天文示例队", leader=loop.leader, skills=("astronomy",))
    order = loop.order("open")

    page = _board_of(loop.leader)

    assert page.count(f'href="{reverse("order", args=[order.pk])}"') == 1
    assert f"{loop.team.name}, {second.name}" in page
    assert f"{second.name}, 天文示例队" not in page


def test_who_leads_several_teams_is_given_one_choice_among_those_that_can_claim(loop, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: factories.NOW)
    order = loop.order("open")
    client, page = Client(headers={"accept-language": "en"}), reverse("order", args=[order.pk])
    client.force_login(loop.leader)
    alone = client.get(page).text
    second = factories.team("第二示例队", leader=loop.leader)
    factories.team("天文示例队", leader=loop.leader, skills=("astronomy",))

    among = client.get(page).text

    assert "Claim for one of my teams" not in alone
    assert f"Claim for {loop.team.name}" in alone
    choice = among[among.index("Claim for one of my teams") :].split("</details>")[0]
    assert [name in choice for name in (loop.team.name, second.name)] == [True, True]
    assert "天文示例队" not in choice
    assert "Claim for 天文示例队" in among
    assert among.count(reverse("order-claim", args=[order.pk, second.pk])) == 1


def test_an_order_that_a_team_was_asked_to_take_stands_first_with_a_mark(loop, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: factories.NOW)
    plain, asked = loop.order("open"), loop.order("open")
    before = _board_of(loop.leader)
    actions.offer(asked.pk, team=loop.team, reason="最近", by=loop.officer, now=factories.NOW)

    page = _board_of(loop.leader)

    assert ">Asked<" not in before
    assert page.count(">Asked<") == 1
    assert page.index(asked.number) < page.index(">Taken on<") < page.index(plain.number)


def test_ones_own_orders_beyond_a_page_are_in_the_list(loop, monkeypatch):
    client = Client()
    client.force_login(loop.resident)
    for _one in range(2):
        loop.order("placed")

    assert reverse("order-list") + '"' not in client.get(reverse("my-orders")).content.decode()
    monkeypatch.setattr(residents, "SHOWN", 1)

    assert f'href="{reverse("order-list")}"' in client.get(reverse("my-orders")).content.decode()
    assert client.get(reverse("order-list")).content.decode().count('class="table-lead"') == 2


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"first": "0001-01-01"}, 422),
        ({"last": "9999-12-31"}, 422),
        ({"last": "2026-12-31"}, 200),
        ({"sort": "due", "after": "1~0001-01-01T00:00:00+08:00"}, 422),
        ({"sort": "wanted", "after": "1~9999-12-31T23:59:59-08:00"}, 422),
        ({"sort": "-wanted", "before": "1~2026-03-05T10:00:00+00:00"}, 200),
    ],
)
def test_the_list_takes_days_and_pages_of_our_time_only(loop, query, status):
    client = Client()
    client.force_login(loop.officer)

    assert client.get(reverse("order-list"), query).status_code == status
