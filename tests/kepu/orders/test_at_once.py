"""Several people at the same moment: what there is is given out once, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection

from kepu.kernel.errors import Refusal, RuleBroken
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import actions, queries
from kepu.orders.models import Contract, Order, Rating, Service
from kepu.orders.schemas import CLAIMS
from kepu.people import queries as people
from kepu.people.models import Team
from tests import factories
from tests.factories import BEFORE, NOW
from tests.kepu.web.callers import caller

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def loop(transactional_db) -> factories.Loop:
    return factories.loop()


def at_once(*works: Callable[[], object]) -> list[object]:
    """What each of the works returned, or the refusal or error it ended with."""
    start, ends = threading.Barrier(len(works)), list[object]([None] * len(works))

    def run(number: int, work: Callable[[], object]) -> None:
        start.wait()
        try:
            ends[number] = work()
        except Exception as error:
            ends[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def only_refusals(ends: list[object]) -> bool:
    return all(isinstance(end, Refusal) for end in ends if isinstance(end, Exception))


def _cap(team: Team) -> int:
    return queries.claim_cap(team, rulebooks.in_force(CLAIMS, NOW).rules, NOW)[0]


def test_a_team_that_claims_many_orders_at_once_stays_within_its_limit(loop):
    loop.team.joined_at = NOW
    loop.team.save(update_fields=["joined_at"])
    orders = [loop.order("open") for _ in range(8)]
    cap = _cap(loop.team)

    ends = at_once(*(
        lambda pk=order.pk: actions.claim(pk, team=loop.team, by=loop.leader, now=NOW)
        for order in orders
    ))  # fmt: skip

    assert queries.held(loop.team) == cap
    assert only_refusals(ends)


def test_two_teams_that_hand_over_to_a_third_do_not_load_it_beyond_its_limit(loop):
    third = factories.team(joined_at=NOW)
    cap = _cap(third)
    for _ in range(cap - 1):
        held = loop.order("open")
        leader = people.leaders(third).get()
        actions.claim(held.pk, team=third, by=leader, now=NOW)
    first, second = loop.order("claimed"), loop.order("claimed")

    ends = at_once(*(
        lambda pk=pk: actions.hand_over(pk, to=third, by=loop.leader, now=NOW)
        for pk in (first.pk, second.pk)
    ))  # fmt: skip

    assert queries.held(third) == cap
    assert only_refusals(ends)


def wished(loop: factories.Loop, service) -> Order:
    """An order of the dish, written down and not sent: drafts take nothing off the capacity."""
    start = NOW + timedelta(days=1)
    wish = actions.Wish(
        title="讲座", topic=factories.skill(), division=loop.community, service=service,
        wanted_from=start, wanted_until=start + timedelta(days=2),
    )  # fmt: skip
    return actions.draft(wish, for_whom=loop.resident, by=loop.resident, now=NOW)


def dish(loop: factories.Loop, **also):
    made = actions.write_service(
        actions.Dish(
            title="示例讲座", topic=factories.skill(), division=loop.community,
            areas=("50.103.",), first_day=BEFORE.date(), department=loop.department, **also,
        ),
        by=loop.officer, now=NOW,
    )  # fmt: skip
    return actions.move_service(made.pk, "publish", by=loop.officer, now=NOW)


def send_all(loop: factories.Loop, drafts: list[Order]) -> list[object]:
    return at_once(*(
        lambda pk=draft.pk: actions.place(pk, by=loop.resident, now=NOW) for draft in drafts
    ))  # fmt: skip


def test_the_last_place_of_a_dish_is_sold_once(loop):
    last = dish(loop, month_capacity=1)

    ends = send_all(loop, [wished(loop, last) for _ in range(4)])

    assert Order.objects.filter(state="placed").count() == 1
    assert only_refusals(ends)


def test_two_dishes_of_one_contract_sell_its_last_service_once(loop):
    deal = actions.sign_contract(
        number="示例-1", buyer=loop.department, seller=factories.organisation("示例公司"),
        yuan=Decimal(100), services=1, first_day=BEFORE.date(),
        last_day=(NOW + timedelta(days=90)).date(), by=loop.officer, now=NOW,
    )  # fmt: skip
    dishes = [dish(loop, contract=deal, month_capacity=9) for _ in range(2)]

    ends = send_all(loop, [wished(loop, one) for one in dishes for _ in range(2)])

    assert Order.objects.filter(state="placed").count() == 1
    assert only_refusals(ends)


def test_a_contract_put_off_while_its_dish_is_ordered_sells_nothing_before_it_begins(loop):
    deal = actions.sign_contract(
        number="示例-2", buyer=loop.department, seller=factories.organisation("示例公司"),
        yuan=Decimal(100), services=9, first_day=BEFORE.date(),
        last_day=(NOW + timedelta(days=90)).date(), by=loop.officer, now=NOW,
    )  # fmt: skip
    drafts = [wished(loop, dish(loop, contract=deal)) for _ in range(2)]
    Contract.objects.update(first_day=(NOW + timedelta(days=9)).date())

    ends = send_all(loop, drafts)

    assert not Order.objects.filter(state="placed").exists()
    assert [type(end) for end in ends] == [RuleBroken, RuleBroken]


def test_a_table_of_dishes_handed_in_twice_at_once_is_written_once(loop):
    table = [
        actions.Dish(
            title=title, topic=factories.skill(), division=loop.community, areas=("50.103.",),
            first_day=BEFORE.date(), department=loop.department,
        )
        for title in ("一", "二", "三")
    ]  # fmt: skip

    ends = at_once(*[lambda: actions.write_services(table, by=loop.officer, now=NOW)] * 4)

    assert sorted(Service.objects.values_list("title", flat=True)) == ["一", "三", "二"]
    assert sum(not isinstance(end, Exception) for end in ends) == 1
    assert only_refusals(ends)


def test_a_visit_is_rated_once_however_often_the_button_is_pressed(loop):
    order = loop.order("delivered")

    ends = at_once(*(
        lambda: actions.rate(order.pk, stars=5, by=loop.resident, now=NOW + timedelta(days=2))
        for _ in range(4)
    ))  # fmt: skip

    assert Rating.objects.count() == 1
    assert only_refusals(ends)


def test_a_team_waits_once_however_often_the_button_is_pressed(loop):
    order, other = loop.order("claimed"), factories.team()
    leader = people.leaders(other).get()

    ends = at_once(*(
        lambda: actions.wait(order.pk, team=other, by=leader, now=NOW) for _ in range(4)
    ))  # fmt: skip

    assert order.waiting.count() == 1
    assert only_refusals(ends)


def test_two_leaders_who_hand_the_same_order_over_at_once_move_it_once(loop):
    order, second = loop.order("claimed"), factories.member(loop.team, role="leader")
    teams = [factories.team(), factories.team()]

    ends = at_once(*(
        lambda by=by, to=to: actions.hand_over(order.pk, to=to, by=by, now=NOW)
        for by, to in zip((loop.leader, second), teams, strict=True)
    ))  # fmt: skip

    moved = Order.objects.get(pk=order.pk)
    assert moved.team in teams
    assert sum(isinstance(end, Exception) for end in ends) == 1
    assert only_refusals(ends)
    assert moved.steps.filter(verb="hand_over").count() == 1


def ordered(loop, key: str, people: int):
    """Something to do at the same moment: the same order sent to the API under this key."""
    api, start = caller(loop.resident, NOW), NOW + timedelta(days=1)
    body = {
        "title": "健康讲座", "topic": factories.skill().key, "community": loop.community.path,
        "wanted_from": start.isoformat(), "people": people,
        "wanted_until": (start + timedelta(days=7)).isoformat(),
    }  # fmt: skip
    return lambda: api.post("orders", body, Idempotency_Key=key)


def test_one_key_sent_many_times_at_once_orders_once_and_answers_all_alike(loop):
    with time_machine.travel(NOW, tick=False):
        answers = at_once(*(ordered(loop, "k", 20) for _ in range(6)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer for answer in answers) == 5
    assert Order.objects.count() == 1


def test_one_key_with_two_bodies_at_once_does_the_one_and_refuses_the_other(loop):
    with time_machine.travel(NOW, tick=False):
        answers = at_once(ordered(loop, "k", 20), ordered(loop, "k", 21))

    assert sorted(answer.status_code for answer in answers) == [201, 422]
    assert [a.json()["code"] for a in answers if a.status_code == 422] == ["key_reused"]
    assert Order.objects.count() == 1


def test_a_refused_request_and_its_repetition_at_once_leave_the_key_free(loop):
    order, other = loop.order("claimed"), factories.team()
    api, key = caller(factories.user(), NOW), "k"
    path = f"orders/{order.pk}/hand-over"

    with time_machine.travel(NOW, tick=False):
        refused = at_once(*(
            lambda: api.post(path, {"team_id": other.pk}, Idempotency_Key=key) for _ in range(3)
        ))  # fmt: skip
        leader = caller(loop.leader, NOW).post(path, {"team_id": other.pk}, Idempotency_Key=key)

    assert {answer.status_code for answer in refused} == {404}
    assert leader.status_code == 200
