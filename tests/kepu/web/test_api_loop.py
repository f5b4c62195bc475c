"""One order walked through all the hands by nothing but the API."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from tests import factories
from tests.factories import NOW
from tests.kepu.web.callers import caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def wish(**traits):
    start = NOW + timedelta(days=1)
    return {
        "title": "健康讲座",
        "topic": factories.skill().key,
        "community": "50.103.001.001.",
        "place": "示例社区活动室",
        "wanted_from": start.isoformat(),
        "wanted_until": (start + timedelta(days=7)).isoformat(),
        "people": 20,
        **traits,
    }


def did(answer, status=200):
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


@pytest.mark.slow
def test_four_people_walk_an_order_through_all_hands_by_the_api_alone(loop, at_noon):
    resident, worker = caller(loop.resident), caller(loop.worker)
    officer, leader = caller(loop.officer), caller(loop.leader)

    order = did(resident.post("orders", wish()), 201)
    assert order["state"] == "placed"
    path = f"orders/{order['id']}"
    did(worker.post(f"{path}/dispatch", {"department_id": loop.department.pk}))
    did(officer.post(f"{path}/accept"))
    did(officer.post(f"{path}/open"))
    assert [row["id"] for row in did(leader.get(f"teams/{loop.team.pk}/claimable"))["items"]] == [
        order["id"]
    ]
    did(leader.post(f"{path}/claim", {"team_id": loop.team.pk}))
    did(leader.post(f"{path}/schedule", {"starts_at": order["wanted_from"]}))

    at_noon.move_to(NOW + timedelta(days=1))
    code = did(caller(loop.resident).get(path))["code"]
    leader = caller(loop.leader)
    did(leader.post(f"{path}/check-in", {"code": code}))
    at_noon.move_to(NOW + timedelta(days=1, hours=1))
    did(leader.post(f"{path}/check-out"))
    did(leader.post(f"{path}/deliver", {"attended": 18}))
    assert did(officer.post(f"{path}/hours/certify"))["count"] == 1
    resident = caller(loop.resident)
    assert did(resident.post(f"{path}/hours/confirm"))["count"] == 1
    did(resident.post(f"{path}/rate", {"stars": 5, "words": "很好"}))
    rated = did(leader.post(f"{path}/answer", {"words": "谢谢"}))

    assert rated["state"] == "rated"
    assert rated["rating"]["answer"] == "谢谢"
    assert [step["verb"] for step in rated["steps"]] == [
        "draft", "place", "dispatch", "accept", "open", "claim", "schedule", "deliver", "rate",
    ]  # fmt: skip
    assert did(leader.get("me/hours"))["minutes"] == 60


def test_a_draft_is_written_anew_sent_and_then_stays_as_it_was_said(loop):
    resident = caller(loop.resident)
    path = f"orders/{did(resident.post('orders', wish(send=False)), 201)['id']}"

    draft = did(resident.post(f"{path}/redraft", wish(title="合理用药讲座", people=35)))
    assert [draft["state"], draft["title"], draft["people"]] == ["draft", "合理用药讲座", 35]

    did(resident.post(f"{path}/place"))
    did(resident.post(f"{path}/redraft", wish(title="别的")), 409)
    assert did(resident.get(path))["title"] == "合理用药讲座"


def test_hints_name_the_verbs_where_to_send_them_and_what_stands_against_them(loop):
    order = loop.order("scheduled")

    hints = {h["verb"]: h for h in did(caller(loop.leader).get(f"orders/{order.pk}"))["hints"]}

    assert hints["deliver"]["why_not"]
    assert hints["schedule"]["why_not"] is None
    assert hints["hand_over"]["href"] == f"/api/orders/{order.pk}/hand-over"


def test_a_leader_is_told_that_an_open_order_can_be_claimed_and_nobody_else_is(loop):
    order = loop.order("open")
    claim = {"verb": "claim", "href": f"/api/orders/{order.pk}/claim", "why_not": None}

    assert claim in did(caller(loop.leader).get(f"orders/{order.pk}"))["hints"]
    listed = did(caller(loop.leader).get("orders?state=open&hints=true"))["items"]
    assert claim in next(one for one in listed if one["id"] == order.pk)["hints"]
    desk = did(caller(loop.officer).get(f"orders/{order.pk}"))["hints"]
    assert "claim" not in [hint["verb"] for hint in desk]


def test_every_hint_leads_to_an_endpoint(loop):
    from django.urls import resolve

    from kepu.orders.api.showing import _href
    from kepu.orders.hints import WHO

    order = loop.order("placed")

    assert {verb: resolve(_href(order, verb)).url_name for verb in WHO}.keys() == WHO.keys()
    assert all(resolve(_href(order, verb)).namespace == "api" for verb in WHO)


def test_who_loses_a_claim_is_told_who_won_and_can_wait(loop):
    order = loop.order("open")
    second = factories.user("另一队长")
    other = factories.team(leader=second)
    did(caller(loop.leader).post(f"orders/{order.pk}/claim", {"team_id": loop.team.pk}))

    lost = caller(second).post(f"orders/{order.pk}/claim", {"team_id": other.pk})
    waits = caller(second).post(f"orders/{order.pk}/wait", {"team_id": other.pk})

    assert lost.status_code == 409
    assert loop.team.name in lost.json()["detail"]
    assert did(waits)["team_id"] == other.pk


@pytest.mark.parametrize("who", ["resident", "worker", "officer", "leader"])
def test_contact_is_there_for_those_who_serve_the_order(loop, who):
    order = loop.order("claimed")

    body = did(caller(getattr(loop, who)).get(f"orders/{order.pk}"))

    assert body["contact"]["place"] == "示例社区活动室"
    assert (body["code"] is not None) == (who == "resident")


def test_contact_is_hidden_from_a_leader_who_could_claim(loop):
    order = loop.order("open")

    answer = caller(loop.leader).get(f"orders/{order.pk}")

    assert did(answer)["contact"] is None
    assert answer.json()["why_no_contact"]
    assert "居民示例" not in answer.content.decode()
    assert "示例社区活动室" not in answer.content.decode()


def test_a_worker_places_an_order_for_who_telephones_and_nobody_else_does(loop):
    phoned = wish(caller={"name": "来电示例", "phone": "13800000009", "of_age": True})

    made = did(caller(loop.worker).post("orders", phoned), 201)
    refused = caller(loop.resident).post("orders", phoned)

    assert made["contact"]["name"] == "来电示例"
    assert refused.status_code == 403


def test_who_says_that_a_caller_is_no_child_is_kept_and_a_child_s_guardian_orders(loop):
    from kepu.kernel.accounts.models import Consent

    child = wish(caller={"name": "来电示例", "phone": "13800000009", "of_age": False})
    grown = wish(caller={"name": "来电示例", "phone": "13800000009", "of_age": True})

    refused = caller(loop.worker).post("orders", child)
    before = Consent.objects.count()
    did(caller(loop.worker).post("orders", grown), 201)

    assert (refused.status_code, before) == (422, 0)
    said = Consent.objects.get(what="of_age")
    assert said.given_by == loop.worker
    assert said.person.personal.name == "来电示例"


def test_a_refused_order_leaves_no_draft_behind(loop):
    from kepu.orders.models import Order

    refused = caller(loop.leader).post("orders", wish(wanted_until="2026-03-01T00:00:00+08:00"))

    assert refused.status_code == 409
    assert not Order.objects.exists()


def test_merge_joins_two_orders_and_answers_with_the_one_that_ended(loop):
    first, second = loop.order("placed"), loop.order("placed")

    merged = did(caller(loop.worker).post(f"orders/{first.pk}/merge", {"into_id": second.pk}))

    assert (merged["state"], merged["merged_into_id"]) == ("cancelled", second.pk)


def test_a_team_writes_publishes_and_pauses_a_dish_and_it_is_on_the_menu_in_between(loop):
    leader = caller(loop.leader)
    dish = {
        "title": "用药安全讲座", "topic": "health", "team_id": loop.team.pk,
        "areas": ["50.103."], "first_day": "2026-03-01", "needs": "投影仪",
    }  # fmt: skip
    menu = partial(caller(None).get, "menu")
    here = {"place": "50.103.001.001."}

    made = did(leader.post("services", dish), 201)
    did(leader.post(f"services/{made['id']}/publish"))
    found = {
        words: [one["id"] for one in did(menu({**here, "q": words}))["items"]]
        for words in ("用药", loop.team.name, "讲座 投影仪", "用药 望远镜")
    }
    shown = did(caller(None).get("menu", {"place": "50.103.001.001.", "q": "用药"}))["items"]
    did(leader.post(f"services/{made['id']}/pause"))
    after = did(caller(None).get("menu", {"place": "50.103.001.001."}))["items"]

    assert [one["id"] for one in shown] == [made["id"]]
    assert list(found.values()) == [[made["id"]]] * 3 + [[]]  # the team and what it needs, too
    assert after == []


def test_a_device_hands_in_events_twice_and_they_count_once(loop, at_noon):
    order = loop.order("scheduled")
    at_noon.move_to(NOW + timedelta(days=1, hours=2))
    event = {
        "uuid": "6f1c0f52-7d6c-4e0a-9c29-0d4f1c0a1111", "kind": "check_in", "order_id": order.pk,
        "device_time": (NOW + timedelta(days=1)).isoformat(), "data": {"code": order.check_in_code},
        "schema": 1,
    }  # fmt: skip
    leader = caller(loop.leader)

    first = did(leader.post("sync", {"events": [event]}))
    second = did(leader.post("sync", {"events": [event]}))

    assert first == second
    assert first["events"][0]["outcome"] == "done"
    assert order.check_ins.count() == 1


def test_a_person_registers_joins_a_team_and_is_admitted(loop):
    person = factories.user("志愿示例", born="1990-01-01")
    volunteer = did(
        caller(person).post("volunteers", {"home": "50.103.001.001.", "consent": True}), 201
    )
    assert volunteer["state"] in ("applied", "active")
    person.volunteer.state, person.volunteer.active_at = "active", NOW
    person.volunteer.save()

    asked = did(caller(person).post(f"teams/{loop.team.pk}/join"), 201)
    leader = caller(loop.leader)
    waiting = did(leader.get(f"teams/{loop.team.pk}/asking"))["items"]
    did(leader.post(f"memberships/{asked['id']}/admit"))

    assert [one["id"] for one in waiting] == [asked["id"]]
    assert [one["id"] for one in did(caller(person).get("me/teams"))["items"]] == [loop.team.pk]
    assert caller(person).post(f"memberships/{asked['id']}/admit").status_code == 404


def test_places_are_found_and_walked_down_by_anybody(loop):
    found = did(caller(None).get("divisions", {"q": "示例50.103.001.001."}))
    children = did(caller(None).get("divisions/50.103./children"))["items"]

    assert found[0]["path"] == "50.103.001.001."
    assert [child["path"] for child in children] == ["50.103.001."]
