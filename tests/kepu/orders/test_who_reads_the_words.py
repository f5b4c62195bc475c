"""The need and the notes are free words: who reads them whole, without numbers, or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel.accounts import masks
from kepu.kernel.errors import BadInput
from kepu.orders import actions, privacy
from kepu.orders.models import Order
from tests import factories
from tests.factories import NOW
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db

NEED = "请打 138-0000-7777 找王示例，身份证 11010519491231002X"
CUT = "请打 [number left out] 找王示例，身份证 [number left out]"

READS = {
    # who: as written in these states, without numbers in those; nothing in the others they see
    "resident": ({"open", "claimed", "delivered"}, set()),
    "worker": ({"open", "claimed", "delivered"}, set()),
    "officer": ({"open", "claimed", "delivered"}, set()),
    "leader": ({"claimed", "delivered"}, {"open"}),
    "member": (set(), {"open", "claimed", "delivered"}),
    "rival": (set(), {"open"}),
    "district": (set(), {"open", "claimed", "delivered"}),
}


@pytest.mark.slow
@pytest.mark.parametrize("state", ["open", "claimed", "delivered"])
def test_the_words_are_read_by_who_has_work_with_the_order(loop, state):
    order = loop.order(state, need=NEED)
    people = {
        "resident": loop.resident, "worker": loop.worker, "officer": loop.officer,
        "leader": loop.leader, "member": factories.member(loop.team),
        "rival": factories.team().applied_by,
        "district": factories.officer("city_officer", "50."),
    }  # fmt: skip

    found = {who: privacy.reading(person, order, NOW)(order.need) for who, person in people.items()}

    expected = {
        who: NEED if state in whole else CUT if state in cut else ""
        for who, (whole, cut) in READS.items()
    }
    if found["district"] == NEED:  # a city officer dispatches as well
        expected["district"] = NEED
    assert found == expected


def test_a_leader_of_another_team_reads_neither_need_nor_notes_of_a_claimed_order(loop):
    order = loop.order("open", need=NEED)
    rival = caller(factories.team().applied_by)
    before = rival.get(f"orders/{order.pk}").json()
    loop.claim(order)
    actions.release(order.pk, reason="王示例 13800007777 说不要了", by=loop.leader, now=NOW)
    loop.claim(order)

    after = rival.get(f"orders/{order.pk}").json()

    assert before["need"] == CUT
    assert after["need"] == ""
    assert [step["note"] for step in after["steps"] if step["note"]] == []


def test_the_page_cuts_numbers_out_of_notes_for_who_may_claim(loop):
    order = loop.order("claimed", need=NEED)
    actions.release(order.pk, reason="联系 13800007777", by=loop.leader, now=NOW)
    client = Client()
    client.force_login(factories.team().applied_by)

    page = client.get(f"/orders/{order.pk}/").content.decode()

    assert "13800007777" not in page
    assert "0000-7777" not in page
    assert "联系" in page


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("打１３８００００７７７７", "打[number left out]"),
        ("+86 138 0000 7777", "[number left out]"),
        ("座机 023-61234567", "座机 [number left out]"),
        ("20 人，2026-03-05 上午 9:00，3 楼 302", "20 人，2026-03-05 上午 9:00，3 楼 302"),
        ("预算 16000 元", "预算 16000 元"),
    ],
)
def test_numbers_are_found_however_they_are_written(text, shown):
    assert masks.numbers(text) == shown


def written_for_a_caller(loop) -> Order:
    start = NOW + timedelta(days=1)
    wish = actions.Wish(
        title="用药安全", topic=factories.skill(), division=loop.community, wanted_from=start,
        wanted_until=start + timedelta(days=1),
    )  # fmt: skip
    return actions.draft(wish, for_whom=loop.resident, by=loop.worker, now=NOW)


def test_a_worker_reads_the_registered_name_only_once_the_order_is_placed(loop):
    loop.resident.home = loop.community
    loop.resident.save(update_fields=["home"])
    order, api = written_for_a_caller(loop), caller(loop.worker)
    draft = api.get(f"orders/{order.pk}")
    client = Client()
    client.force_login(loop.worker)
    page = client.get(f"/orders/{order.pk}/").content.decode()

    actions.place(order.pk, by=loop.worker, now=NOW)
    placed = api.get(f"orders/{order.pk}").json()

    assert draft.json()["contact"]["name"] == "居**"
    assert "居民示例" not in page
    assert "居民示例" not in draft.content.decode()
    assert placed["contact"]["name"] == "居民示例"
    assert caller(loop.resident).get(f"orders/{order.pk}").json()["contact"]["name"] == "居民示例"


@pytest.mark.parametrize(
    "title",
    ["请打13800000001", "健康讲座 138 0000 0001", "张示例11010119900101001X", "023-67890123找我"],
)
def test_no_number_stands_in_a_title_that_everybody_reads(loop, title):
    with pytest.raises(BadInput, match="out of the title"):
        loop.drafted(title=title)


def test_figures_that_are_no_numbers_of_people_stand_in_a_title(loop):
    assert loop.drafted(title="2026年春季3场讲座，60人").title == "2026年春季3场讲座，60人"


def test_who_writes_the_note_of_a_dispatch_is_told_who_reads_it(loop):
    order = loop.order("placed")
    client = Client()
    client.force_login(loop.worker)
    form = client.get(
        reverse("order-act", args=[order.pk, "dispatch"]), headers={"Accept-Language": "en"}
    )
    actions.dispatch(
        order.pk, department=loop.department, by=loop.worker, now=NOW, note="请带投影仪"
    )
    client.force_login(loop.resident)

    assert "The resident and the team that takes the order read it too" in form.text
    assert "请带投影仪" in client.get(reverse("order", args=[order.pk])).text
