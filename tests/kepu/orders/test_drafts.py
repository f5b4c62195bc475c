"""Whoever does not want to send yet keeps a draft, goes on with it another day, or deletes it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.orders import actions, queries, rules
from kepu.orders.models import Order
from kepu.orders.states import Audience
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
PLACE = "50.103.001.001."


@pytest.fixture(autouse=True)
def in_english_at_noon(settings, monkeypatch):
    settings.LANGUAGE_CODE = "en"
    monkeypatch.setattr(clock, "now", lambda: NOW)


def reader(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def typed(loop, **also) -> dict[str, object]:
    begins = (NOW + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    ends = (NOW + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    return {
        "title": "合理用药讲座", "topic": factories.skill().pk, "community": loop.community.pk,
        "place": "三楼活动室", "wanted_from": begins, "wanted_until": ends, "people": 20,
        "audience": "older", **also,
    }  # fmt: skip


def kept(loop, person=None, **also) -> Order:
    reader(person or loop.resident).post(
        f"{reverse('new-order')}?place={PLACE}", typed(loop, do="keep", **also)
    )
    return Order.objects.get()


def wish(loop, **also) -> actions.Wish:
    said = {
        "title": "改过的讲座", "topic": factories.skill(), "division": loop.community,
        "wanted_from": NOW + timedelta(days=3), "wanted_until": NOW + timedelta(days=5), **also,
    }  # fmt: skip
    return actions.Wish(**said)


def test_what_is_kept_stands_under_my_orders_and_with_no_desk(loop):
    draft = kept(loop)

    mine = reader(loop.resident).get(reverse("my-orders")).text
    desk = reader(loop.worker).get(reverse("desk")).text

    assert draft.state == "draft"
    assert f"{reverse('new-order')}?draft={draft.pk}" in mine
    assert "合理用药讲座" in mine
    assert "合理用药讲座" not in desk


def test_one_goes_on_where_one_left_off_and_sends_what_one_says_now(loop):
    draft = kept(loop)
    client, address = reader(loop.resident), f"{reverse('new-order')}?draft={draft.pk}"

    form = client.get(address).text
    sent = client.post(address, typed(loop, title="安全用药讲座", people=35))

    assert 'value="合理用药讲座"' in form
    assert 'value="三楼活动室"' in form
    draft.refresh_from_db()
    assert sent["Location"] == reverse("order", args=[draft.pk])
    assert (draft.state, draft.title, draft.people) == ("placed", "安全用药讲座", 35)
    assert [step.verb for step in draft.steps.order_by("pk")] == ["draft", "redraft", "place"]
    assert Order.objects.count() == 1
    assert client.get(address).status_code == 404  # it is no draft any more


def test_a_draft_is_kept_again_as_it_is_now(loop):
    draft = kept(loop)

    reader(loop.resident).post(
        f"{reverse('new-order')}?draft={draft.pk}", typed(loop, do="keep", audience="youth")
    )

    draft.refresh_from_db()
    assert (draft.state, draft.audience) == ("draft", Audience.YOUTH)
    assert Order.objects.count() == 1


def test_a_deleted_draft_is_gone_from_my_orders_at_one_press(loop):
    draft, client = kept(loop), reader(loop.resident)

    answer = client.post(reverse("order-act", args=[draft.pk, "withdraw"]))

    draft.refresh_from_db()
    assert draft.state == "withdrawn"
    assert answer["Location"] == reverse("my-orders")
    page = client.get(reverse("my-orders")).text
    assert "You have not ordered anything yet" in page
    assert "合理用药讲座" not in page


def test_an_order_that_was_sent_and_withdrawn_stays_among_my_orders(loop):
    order = loop.order("placed", title="撤回的讲座")
    actions.withdraw(order.pk, reason="不需要了", by=loop.resident, now=NOW)

    assert "撤回的讲座" in reader(loop.resident).get(reverse("my-orders")).text


@pytest.mark.parametrize("who", ["leader", "officer", "worker"])
def test_nobody_goes_on_with_the_draft_of_another(loop, who):
    draft = kept(loop)

    assert (
        reader(getattr(loop, who)).get(f"{reverse('new-order')}?draft={draft.pk}").status_code
        == 404
    )


def test_a_worker_keeps_a_draft_for_a_caller_as_long_as_the_role_lasts(loop):
    call = {"caller_name": "周示例", "caller_phone": "13800009999", "of_age": "on"}
    client = reader(loop.worker)
    client.post(f"{reverse('new-order')}?place={PLACE}&for=caller", typed(loop, do="keep", **call))
    draft = Order.objects.get()

    assert f"?draft={draft.pk}" in client.get(reverse("my-orders")).text
    loop.worker.grants.update(valid_to=NOW)
    assert f"?draft={draft.pk}" not in client.get(reverse("my-orders")).text


def test_a_draft_that_was_deleted_is_still_nobody_else_s(loop):
    draft = kept(loop)
    actions.withdraw(draft.pk, reason="不需要了", by=loop.resident, now=NOW)
    draft.refresh_from_db()

    for who in (loop.worker, loop.officer):
        assert not queries.visible_to(who, NOW).filter(pk=draft.pk).exists()
        assert rules.why_not_see_contact(who, draft, NOW)
    assert rules.why_not_see_contact(loop.resident, draft, NOW) is None
    assert not queries.orders_within("50.103.").exists()


def test_a_dish_is_ordered_in_the_month_in_which_its_draft_is_sent(loop):
    order = loop.order("draft")
    later = NOW + timedelta(days=1)
    actions.place(order.pk, by=loop.resident, now=later)

    order.refresh_from_db()
    assert order.created_at == later


def test_only_who_speaks_for_the_resident_says_a_draft_anew(loop):
    draft = loop.order("draft")

    with pytest.raises(NotAllowed):
        actions.redraft(draft.pk, wish(loop), by=loop.leader, now=NOW)


@pytest.mark.parametrize(
    ("state", "also", "reason"),
    [
        ("placed", {}, "was sent already"),
        ("draft", {"wanted_until": NOW - timedelta(days=1)}, "must come after the earliest"),
    ],
)
def test_a_draft_is_not_said_anew_once_sent_nor_for_a_time_gone_by(loop, state, also, reason):
    order = loop.order(state)

    with pytest.raises(RuleBroken, match=reason):
        actions.redraft(order.pk, wish(loop, **also), by=loop.resident, now=NOW)


def test_a_draft_is_found_by_its_new_words(loop):
    draft = loop.order("draft")

    actions.redraft(draft.pk, wish(loop), by=loop.resident, now=NOW)

    page = reader(loop.resident).get(f"{reverse('order-list')}?q=改过").text
    assert "改过的讲座" in page
