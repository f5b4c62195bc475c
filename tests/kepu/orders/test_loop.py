"""The way of an order through all hands, and what each of them may not do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import BadInput, NotAllowed, RuleBroken
from kepu.kernel.facts.models import Happening
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import actions, queries, reliability
from kepu.orders.hints import hints
from kepu.orders.models import Offer, Order
from kepu.orders.schemas import CLAIMS
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_an_order_goes_through_all_hands_and_each_leaves_a_step_and_an_audit_entry(loop):
    order = loop.order("rated")

    verbs = list(order.steps.values_list("verb", flat=True))
    audited = Entry.objects.filter(object_type="orders.order", object_id=str(order.pk))

    assert verbs == [
        "draft", "place", "dispatch", "accept", "open", "claim", "schedule", "deliver", "rate",
    ]  # fmt: skip
    assert {f"order.{verb}" for verb in verbs} <= set(audited.values_list("verb", flat=True))
    assert Happening.objects.filter(name="OrderMoved").count() == len(verbs) - 1
    assert order.version == len(verbs) - 1


def test_the_audit_never_holds_what_was_said_or_who_by_name(loop):
    loop.order("declined")

    said = " ".join(
        str(entry.detail) + entry.actor + entry.for_whom for entry in Entry.objects.all()
    )

    assert "没有人手" not in said
    assert "示例" not in said


def test_a_worker_places_an_order_for_a_caller_and_the_record_names_both(loop):
    wish = actions.Wish(
        title="用药安全", topic=factories.skill(), division=loop.community,
        wanted_from=NOW + timedelta(days=1), wanted_until=NOW + timedelta(days=2),
    )  # fmt: skip

    order = actions.draft(wish, for_whom=loop.resident, by=loop.worker, now=NOW)
    actions.place(order.pk, by=loop.worker, now=NOW)

    step = order.steps.get(verb="place")
    assert (step.by, step.for_whom) == (loop.worker, loop.resident)
    entry = Entry.objects.get(verb="order.place")
    assert (entry.actor, entry.for_whom) == (loop.worker.pseudonym, loop.resident.pseudonym)


def test_nobody_else_places_an_order_for_a_resident(loop):
    order = loop.drafted()

    with pytest.raises(NotAllowed, match="somebody else"):
        actions.place(order.pk, by=loop.leader, now=NOW)


@pytest.mark.parametrize(
    ("wish", "error", "reason"),
    [
        ({"title": "  "}, BadInput, "what you need"),
        ({"people": 0}, BadInput, "number of people"),
        ({"minutes": 5}, BadInput, "10 to 600"),
        ({"wanted_until": NOW}, RuleBroken, "after the earliest"),
        (
            {"wanted_from": NOW - timedelta(days=3), "wanted_until": NOW - timedelta(days=2)},
            RuleBroken,
            "has passed",
        ),
        (
            {"wanted_from": NOW + timedelta(days=400), "wanted_until": NOW + timedelta(days=401)},
            RuleBroken,
            "within a year",
        ),
    ],
)
def test_a_wish_that_cannot_be_is_refused_in_words_and_leaves_nothing(loop, wish, error, reason):
    with pytest.raises(error, match=reason):
        loop.drafted(**wish)

    assert not Order.objects.exists()


# verb -> the state it starts from, and who may do it
WHO_MAY = {
    "place": ("draft", {"resident"}),
    "dispatch": ("placed", {"worker"}),
    "accept": ("dispatched", {"officer"}),
    "decline": ("dispatched", {"officer"}),
    "open": ("accepted", {"officer"}),
    "claim": ("open", {"leader"}),
    "schedule": ("claimed", {"leader"}),
    "release": ("claimed", {"leader"}),
    "rate": ("delivered", {"resident"}),
    "withdraw": ("placed", {"resident"}),
    "cancel": ("placed", {"worker"}),
}


def do(verb: str, order: Order, loop: factories.Loop, by) -> None:
    late = order.wanted_from + timedelta(days=1)
    doing = {
        "place": lambda: actions.place(order.pk, by=by, now=NOW),
        "dispatch": lambda: actions.dispatch(order.pk, department=loop.department, by=by, now=NOW),
        "accept": lambda: actions.accept(order.pk, by=by, now=NOW),
        "decline": lambda: actions.decline(order.pk, reason="x", by=by, now=NOW),
        "open": lambda: actions.open_to_teams(order.pk, by=by, now=NOW),
        "claim": lambda: actions.claim(order.pk, team=loop.team, by=by, now=NOW),
        "schedule": lambda: actions.schedule(order.pk, starts_at=order.wanted_from, by=by, now=NOW),
        "release": lambda: actions.release(order.pk, reason="x", by=by, now=NOW),
        "rate": lambda: actions.rate(order.pk, stars=4, by=by, now=late),
        "withdraw": lambda: actions.withdraw(order.pk, reason="x", by=by, now=NOW),
        "cancel": lambda: actions.cancel(order.pk, reason="x", by=by, now=NOW),
    }
    doing[verb]()


def colleague_of(kind: str, loop: factories.Loop):
    """The same duty, in another district."""
    if kind in ("resident", "stranger"):
        return factories.user("别人示例")
    if kind == "worker":
        return factories.officer("community_worker", factories.division("50.101.001.001.").path)
    if kind == "officer":
        return factories.officer("department_officer", factories.organisation("外区", "50.101."))
    return factories.team(path="50.101.001.", areas=("50.101.",)).memberships.get().person


@pytest.mark.parametrize("verb", WHO_MAY)
@pytest.mark.parametrize("who", ["resident", "worker", "officer", "leader"])
@pytest.mark.parametrize("own", [True, False], ids=["own", "elsewhere"])
def test_each_verb_belongs_to_one_hand_of_the_place(loop, verb, who, own):
    state, allowed = WHO_MAY[verb]
    order = loop.order(state)
    by = getattr(loop, who) if own else colleague_of(who, loop)
    before = Order.objects.values().get(pk=order.pk)

    if own and who in allowed:
        do(verb, order, loop, by)
        assert Order.objects.get(pk=order.pk).version == before["version"] + 1
    else:
        with pytest.raises(NotAllowed):
            do(verb, order, loop, by)
        assert Order.objects.values().get(pk=order.pk) == before


@pytest.mark.parametrize("verb", ["place", "rate", "withdraw"])
@pytest.mark.parametrize("who", ["resident", "worker", "colleague"])
def test_for_who_ordered_by_telephone_any_worker_of_the_place_may_speak(loop, verb, who):
    order = loop.order(WHO_MAY[verb][0], by=loop.worker)
    colleague = factories.officer("community_worker", loop.community.path)

    do(verb, order, loop, colleague if who == "colleague" else getattr(loop, who))

    assert order.steps.last().for_whom == loop.resident


def test_a_worker_neither_rates_nor_reports_for_who_ordered_alone(loop):
    order = loop.order("scheduled")
    late = order.ends_at

    with pytest.raises(NotAllowed, match="only the resident"):
        actions.report_no_show(order.pk, by=loop.worker, now=late)

    offered = {hint.verb for hint in hints(order, loop.worker, late)}
    assert not {"report_no_show", "withdraw", "rate"} & offered
    assert "cancel" in offered


def test_what_a_guardian_ordered_stays_the_residents_own_when_the_guardianship_has_ended(loop):
    loop.resident.guardian = guardian = factories.user("监护示例")
    loop.resident.save(update_fields=["guardian"])
    order = loop.order("placed", by=guardian)
    loop.resident.guardian = None
    loop.resident.save(update_fields=["guardian"])

    with pytest.raises(NotAllowed, match="only the resident"):
        actions.withdraw(order.pk, reason="不用了", by=loop.worker, now=NOW)

    assert (
        actions.withdraw(order.pk, reason="不用了", by=loop.resident, now=NOW).state == "withdrawn"
    )


def test_a_worker_of_the_place_confirms_hours_where_the_resident_does_not(loop):
    order = loop.order("delivered")
    actions.certify_hours(order.pk, by=loop.officer, now=order.delivered_at)

    assert actions.confirm_hours(order.pk, by=loop.worker, now=order.delivered_at) == 1


def test_a_declined_order_returns_to_the_dispatcher_with_its_reason(loop):
    order = loop.order("declined")
    reach = queries.roles.reach(loop.worker, queries.Verb.ORDER_DISPATCH, NOW)

    assert list(queries.desk(reach)) == [order]
    assert order.steps.last().note == "没有人手"


def test_a_reason_must_be_given_to_decline(loop):
    order = loop.order("dispatched")

    with pytest.raises(BadInput, match="give a reason"):
        actions.decline(order.pk, reason=" ", by=loop.officer, now=NOW)


def test_a_second_team_is_told_who_has_the_order_and_can_wait_for_it(loop):
    order = loop.order("claimed")
    other = factories.team("后来服务队")
    leader = other.memberships.get().person

    with pytest.raises(RuleBroken, match=loop.team.name):
        actions.claim(order.pk, team=other, by=leader, now=NOW)
    actions.wait(order.pk, team=other, by=leader, now=NOW)
    actions.release(order.pk, reason="有事", by=loop.leader, now=NOW)

    assert Offer.objects.get(order=order).team == other
    assert Order.objects.get(pk=order.pk).state == "open"
    assert not order.waiting.exists()


def test_a_team_of_another_district_claims_only_what_was_offered_widely(loop):
    order = loop.order("open")
    neighbour = factories.team(path="50.101.001.", areas=("50.101.",))
    leader = neighbour.memberships.get().person
    with pytest.raises(RuleBroken, match="another district"):
        actions.claim(order.pk, team=neighbour, by=leader, now=NOW)

    actions.widen(order.pk, by=loop.officer, now=order.due_at)
    actions.claim(order.pk, team=neighbour, by=leader, now=order.due_at)

    assert Order.objects.get(pk=order.pk).team == neighbour


def test_a_new_team_holds_three_orders_and_no_fourth(loop):
    fresh = factories.team(joined_at=NOW - timedelta(days=10))
    leader = fresh.memberships.get().person
    orders = [loop.order("open") for _ in range(4)]
    for order in orders[:3]:
        actions.claim(order.pk, team=fresh, by=leader, now=NOW)

    with pytest.raises(RuleBroken, match="a new team"):
        actions.claim(orders[3].pk, team=fresh, by=leader, now=NOW)


def test_a_team_that_did_not_come_holds_fewer_orders(loop):
    for _ in range(5):
        loop.order("no_show")
    orders = [loop.order("open") for _ in range(3)]
    for order in orders[:2]:
        loop.claim(order)

    with pytest.raises(RuleBroken, match="late or absent"):
        loop.claim(orders[2])


@pytest.mark.parametrize(("minutes", "allowed"), [(15, True), (16, False)])
def test_a_team_that_came_late_holds_fewer_orders(loop, minutes, allowed):
    for _ in range(5):
        order = loop.order("scheduled")
        late = order.starts_at + timedelta(minutes=minutes)
        actions.check_in(order.pk, code=order.check_in_code, by=loop.leader, now=late)
        actions.deliver(order.pk, attended=9, by=loop.leader, now=late)
    orders = [loop.order("open") for _ in range(3)]
    for order in orders[:2]:
        loop.claim(order)
    rules = rulebooks.in_force(CLAIMS, NOW).rules
    loop.team.refresh_from_db()

    room = queries.room_of([loop.team], rules, NOW)[loop.team.pk]

    assert reliability.late_share(loop.team, rules) == (0 if allowed else 1)
    assert (room > 0) == allowed
    if allowed:
        loop.claim(orders[2])
    else:
        with pytest.raises(RuleBroken, match="late or absent"):
            loop.claim(orders[2])


def test_a_visit_is_set_within_what_the_resident_wanted(loop):
    order = loop.order("claimed")

    with pytest.raises(RuleBroken, match="within what the resident wanted"):
        actions.schedule(
            order.pk, starts_at=order.wanted_until - timedelta(minutes=1), by=loop.leader, now=NOW
        )


def test_the_code_of_another_order_opens_nothing(loop):
    order = loop.order("scheduled")

    with pytest.raises(RuleBroken, match="not the code"):
        actions.check_in(order.pk, code="WRONG1", by=loop.leader, now=order.starts_at)
    assert not order.check_ins.exists()


def test_a_visit_nobody_checked_in_to_cannot_be_reported(loop):
    order = loop.order("scheduled")

    with pytest.raises(RuleBroken, match="nobody has checked in"):
        actions.deliver(order.pk, attended=3, by=loop.leader, now=order.ends_at)


def test_hours_count_only_after_both_sides_agreed(loop):
    from kepu.people import queries as people

    order = loop.order("delivered")
    assert people.minutes_of(loop.leader) == 0

    actions.certify_hours(order.pk, by=loop.officer, now=order.delivered_at)
    assert people.minutes_of(loop.leader) == 0
    actions.confirm_hours(order.pk, by=loop.resident, now=order.delivered_at)

    assert people.minutes_of(loop.leader) == 60


def test_a_low_rating_reopens_and_a_good_one_does_not(loop):
    good, bad = loop.order("delivered"), loop.order("no_show")
    later = good.wanted_from + timedelta(days=2)
    actions.rate(good.pk, stars=5, by=loop.resident, now=later)

    with pytest.raises(RuleBroken, match="2 stars or fewer"):
        actions.reopen(good.pk, reason="x", by=loop.worker, now=later)
    actions.reopen(bad.pk, reason="没有人来", by=loop.worker, now=later)

    assert Order.objects.get(pk=bad.pk).team is None


def test_merging_adds_the_people_and_tells_where_the_order_went(loop):
    first, second = loop.order("placed"), loop.order("placed")

    actions.merge(second.pk, into_id=first.pk, by=loop.worker, now=NOW)

    first.refresh_from_db()
    second.refresh_from_db()
    assert first.people == 40
    assert (second.state, second.merged_into) == ("cancelled", first)
    assert first.number in second.steps.last().note


def test_ratings_shrink_toward_the_mean_when_there_are_few(loop):
    from kepu.kernel.rulebooks.queries import shipped
    from kepu.orders.schemas import CLAIMS

    rules = shipped(CLAIMS)

    assert queries.shrink(1.0, 0, rules) == 4.0
    assert queries.shrink(1.0, 5, rules) == pytest.approx(2.5)
    assert queries.shrink(5.0, 45, rules) == pytest.approx(4.9)
