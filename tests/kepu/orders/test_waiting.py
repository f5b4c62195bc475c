"""The waiting list: one team after the other is asked, and who cannot take the order neither joins nor
holds it up.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.facts.registry import Occasion
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import actions, lines, listeners, queries
from kepu.orders.models import Offer, Order
from kepu.orders.schemas import CLAIMS
from tests import factories
from tests.factories import NOW
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db


def leader_of(team):
    return team.memberships.get().person


def waiting(order, *names):
    """Teams of these names in line, the first one first."""
    teams = [factories.team(name) for name in names]
    for minutes, team in enumerate(teams):
        at = NOW + timedelta(minutes=minutes)
        actions.wait(order.pk, team=team, by=leader_of(team), now=at)
    return teams


def release(loop, order):
    actions.release(order.pk, reason="有事", by=loop.leader, now=NOW)


def decline(order, team, now=NOW):
    actions.decline_offer(order.pk, team=team, reason="没人", by=leader_of(team), now=now)


def asked(order) -> list[str]:
    """Teams that have not said no, in the order they were asked in."""
    pending = order.offers.filter(declined_at__isnull=True).order_by("at", "pk")
    return list(pending.values_list("team__name", flat=True))


@pytest.fixture
def silence():
    hours = rulebooks.in_force(CLAIMS, NOW).rules.line_answer_hours
    return timedelta(hours=hours)


def test_when_the_first_in_line_declines_the_second_is_asked_and_then_the_third(loop):
    order = loop.order("claimed")
    first, second, _third = waiting(order, "甲", "乙", "丙")
    release(loop, order)
    assert asked(order) == ["甲"]

    decline(order, first)
    assert asked(order) == ["乙"]
    decline(order, second)

    assert asked(order) == ["丙"]
    assert not order.waiting.exists()


def test_silence_for_the_rulebooks_time_lets_the_next_be_asked_and_no_sooner(loop, silence):
    order = loop.order("claimed")
    waiting(order, "甲", "乙")
    release(loop, order)

    actions.run_lines(NOW + silence - timedelta(minutes=1))
    assert asked(order) == ["甲"]
    actions.run_lines(NOW + silence)
    actions.run_lines(NOW + silence)

    assert asked(order) == ["甲", "乙"]


def test_the_worker_looks_after_the_lines(loop, silence):
    order = loop.order("claimed")
    waiting(order, "甲", "乙")
    release(loop, order)

    listeners.ask_next_in_lines(Occasion(1, NOW + silence))

    assert asked(order) == ["甲", "乙"]


def test_one_who_was_silent_may_still_claim_and_then_nobody_is_asked_any_more(loop, silence):
    order = loop.order("claimed")
    first, *_others = waiting(order, "甲", "乙", "丙")
    release(loop, order)

    actions.claim(order.pk, team=first, by=leader_of(first), now=NOW + silence)
    actions.run_lines(NOW + silence)

    assert Order.objects.get(pk=order.pk).team == first
    assert asked(order) == ["甲"]


def test_who_holds_enough_meanwhile_is_passed_over_and_keeps_its_place(loop):
    order = loop.order("claimed")
    full, _free = waiting(order, "满", "空")
    full.joined_at = NOW - timedelta(days=10)
    full.save()
    for _ in range(3):
        other = loop.order("open")
        actions.claim(other.pk, team=full, by=leader_of(full), now=NOW)

    release(loop, order)

    assert asked(order) == ["空"]
    assert [place.team for place in order.waiting.all()] == [full]


def test_a_team_asked_by_an_officer_does_not_hold_up_the_line(loop):
    order = loop.order("claimed")
    first, _second = waiting(order, "甲", "乙")
    release(loop, order)
    officers = factories.team("邀请的")
    actions.offer(order.pk, team=officers, reason="近", by=loop.officer, now=NOW)

    decline(order, first)

    assert set(asked(order)) == {"邀请的", "乙"}


def test_who_declines_an_officer_s_question_is_not_asked_again_by_the_list(loop):
    order = loop.order("claimed")
    first, second = waiting(order, "甲", "乙")
    release(loop, order)
    actions.offer(order.pk, team=second, reason="近", by=loop.officer, now=NOW)

    assert not order.waiting.exists()  # it is asked already
    decline(order, second)
    decline(order, first)

    assert asked(order) == []
    assert order.offers.get(team=second).answer == "没人"


def test_one_from_the_list_that_lets_go_again_does_not_hold_it_up(loop):
    order = loop.order("claimed")
    first, _second = waiting(order, "甲", "乙")
    release(loop, order)
    later = NOW + timedelta(hours=1)
    actions.claim(order.pk, team=first, by=leader_of(first), now=later)

    actions.release(order.pk, reason="有事", by=leader_of(first), now=later + timedelta(hours=1))

    assert "乙" in asked(order)
    assert not queries.offered(first).exists()  # its own question was answered long ago


def test_a_team_that_an_order_was_handed_to_waits_for_it_no_more(loop):
    order = loop.order("claimed")
    first, _second = waiting(order, "甲", "乙")

    actions.hand_over(order.pk, to=first, by=loop.leader, now=NOW)

    assert [place.team.name for place in order.waiting.all()] == ["乙"]


@pytest.mark.parametrize(
    ("traits", "reason"),
    [
        ({"path": "50.101.001.", "areas": ("50.101.",)}, "another district"),
        ({"skills": ("fraud",)}, "has not named"),
    ],
)
def test_who_could_not_claim_the_order_does_not_wait_for_it(loop, traits, reason):
    order = loop.order("claimed")
    team = factories.team(**traits)

    with pytest.raises(RuleBroken, match=reason):
        actions.wait(order.pk, team=team, by=leader_of(team), now=NOW)


def test_who_holds_as_many_as_it_may_does_not_wait(loop):
    fresh = factories.team(joined_at=NOW - timedelta(days=10))
    for _ in range(3):
        actions.claim(loop.order("open").pk, team=fresh, by=leader_of(fresh), now=NOW)
    order = loop.order("claimed")

    with pytest.raises(RuleBroken, match="a new team"):
        actions.wait(order.pk, team=fresh, by=leader_of(fresh), now=NOW)


def test_who_leaves_the_list_is_not_asked_and_may_join_again_at_its_end(loop):
    order = loop.order("claimed")
    first, _second = waiting(order, "甲", "乙")

    actions.stop_waiting(order.pk, team=first, by=leader_of(first), now=NOW)
    later = NOW + timedelta(hours=1)
    actions.wait(order.pk, team=first, by=leader_of(first), now=later)
    release(loop, order)

    assert asked(order) == ["乙"]
    assert Entry.objects.filter(verb="order.stop_waiting").count() == 1


def test_only_a_leader_of_a_waiting_team_takes_it_off_the_list(loop):
    order = loop.order("claimed")
    (first,) = waiting(order, "甲")
    other = factories.team("旁队")

    with pytest.raises(NotAllowed):
        actions.stop_waiting(order.pk, team=first, by=leader_of(other), now=NOW)
    with pytest.raises(RuleBroken, match="not on the waiting list"):
        actions.stop_waiting(order.pk, team=other, by=leader_of(other), now=NOW)

    assert list(lines.at_rest(NOW)) == []
    assert order.waiting.get().team == first


def test_a_leader_leaves_the_list_on_the_page_and_through_the_api(loop, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    order = loop.order("claimed")
    first, second = waiting(order, "甲", "乙")
    client = Client(headers={"accept-language": "en"})
    client.force_login(leader_of(first))
    address = reverse("order-stop-waiting", args=[order.pk, first.pk])

    page = client.get(f"/orders/{order.pk}/").content.decode()
    assert "Take 甲 off the waiting list" in page
    assert "Put 甲 on the waiting list" not in page
    assert client.post(reverse("order-stop-waiting", args=[order.pk, second.pk])).status_code == 404
    assert client.post(address).status_code == 302
    assert "Put 甲 on the waiting list" in client.get(f"/orders/{order.pk}/").content.decode()
    joined = client.post(
        reverse("order-claim", args=[order.pk, first.pk]), {"wait": "1"}, follow=True
    )
    assert f'action="{address}"' in joined.text.partition("button-undo")[0].rpartition("<form")[2]
    client.post(address)

    left = caller(leader_of(second)).post(f"orders/{order.pk}/stop-waiting", {"team_id": second.pk})
    again = caller(leader_of(second)).post(
        f"orders/{order.pk}/stop-waiting", {"team_id": second.pk}
    )
    assert left.json()["team_id"] == second.pk
    assert (again.status_code, Offer.objects.exists()) == (409, False)
    assert not order.waiting.exists()
