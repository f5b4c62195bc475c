"""Somebody leaves: what they held goes over in one step, or is named. Rooms together, so it stands here."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from kepu.kernel.accounts.models import User
from kepu.kernel.audit.models import Entry
from kepu.kernel.clock import BEIJING
from kepu.kernel.errors import NotAllowed
from kepu.kernel.roles import actions, holdings, queries
from kepu.kernel.roles.models import Leave
from kepu.kernel.roles.verbs import Verb
from kepu.literacy.actions import interviewing
from kepu.literacy.actions import reviews as reviewing
from kepu.literacy.models import Case, Fieldwork
from kepu.literacy.queries import interviewing as interviews
from kepu.orders import actions as orders
from kepu.orders.actions.syncing import Sent
from kepu.orders.models import AutoPlan, Order
from kepu.orders.queries import desk, of_department
from kepu.people import queries as of_people
from kepu.people.actions import absences
from kepu.people.models import Nomination, Objection, Post, PostKind, Volunteer
from tests.factories import (
    NOW,
    division,
    grant,
    loop,
    member,
    officer,
    user,
    volunteer,
    worked_on,
)
from tests.kepu.literacy import doors, field_factories
from tests.kepu.literacy import factories as literacy
from tests.kepu.people.factories import service

pytestmark = pytest.mark.django_db


@pytest.fixture
def guard():
    return officer("security_administrator", "50.")


@pytest.fixture
def city():
    return loop()


def numbers(person, now=NOW) -> dict[str, tuple[int, int, str]]:
    return {
        str(work.title): (work.count, work.late, work.goes.value)
        for work in holdings.of_person(person, now)
    }


def post(person, township: str = "50.103.001.") -> Post:
    kind = PostKind.objects.first() or PostKind.objects.create(
        key="hospital", title_zh="院长", title_en="head", one_of_three_heads=True
    )
    made = Post(
        kind=kind, person=person, first=date(2026, 1, 1), last=date(2027, 12, 31),
        appointed_by=person, appointed_at=NOW,
    )  # fmt: skip
    made.place(division(township))
    made.save()
    return made


def test_orders_at_the_desk_go_to_the_successor_with_their_clocks_running(city, guard):
    order = city.order("placed")
    due, taker = order.due_at, user()
    late = due + timedelta(minutes=1)
    before = numbers(city.worker, late)

    actions.hand_over(city.worker.pk, to_id=taker.pk, by=guard, now=NOW)

    assert before == {"orders that wait to be dispatched": (1, 1, "with_the_role")}
    assert numbers(taker, late) == before
    assert numbers(city.worker, late) == {}
    assert Order.objects.get(pk=order.pk).due_at == due
    assert list(desk(queries.reach(taker, Verb.ORDER_DISPATCH, NOW))) == [order]
    orders.dispatch(order.pk, department=city.department, by=taker, now=NOW)


def test_a_clock_that_runs_out_afterwards_escalates_past_the_successor_not_the_giver(city, guard):
    taker = user()
    actions.hand_over(city.worker.pk, to_id=taker.pk, by=guard, now=NOW)

    asked = queries.nearest_holders(Verb.ORDER_DISPATCH, now=NOW, path=city.community.path)

    assert asked == [taker]


def test_a_departments_orders_and_its_undecided_plan_go_to_the_successor(city, guard):
    order = city.order("open")
    plan = city.plan()
    taker = user()

    actions.hand_over(city.officer.pk, to_id=taker.pk, by=guard, now=NOW)

    found = numbers(taker)
    assert found["orders at the department"][0] == 1
    assert found["plans to decide on"][0] == 1
    assert order in of_department([city.department.pk], ["open"])
    asked = orders.apply_plan(plan.pk, by=taker, now=NOW)
    assert worked_on(asked).state == "applied"
    assert AutoPlan.objects.get().made_by == city.officer


def test_hours_nobody_certified_yet_are_certified_by_the_successor(guard, city):
    helper = member(city.team)
    served = service(helper, team=city.team)
    giver, taker = officer("district_officer", "50.103."), user()
    assert numbers(giver)["hours to certify"][0] == 1

    actions.hand_over(giver.pk, to_id=taker.pk, by=guard, now=NOW)

    assert list(of_people.to_certify(taker, NOW)) == [served]
    assert not of_people.to_certify(giver, NOW).exists()


def test_what_a_device_sent_and_nobody_settled_is_counted_as_the_desk_shows_it(city):
    order = city.order("scheduled")
    wrong = Sent(uuid4(), "check_in", order.pk, order.starts_at, {"code": "WRONG1"})
    orders.receive(wrong, by=member(city.team), now=order.starts_at)

    assert numbers(city.worker)["events from devices that need a person"][0] == 1


def test_whatever_waits_for_an_officers_word_is_counted(city):
    giver, helper = officer("district_officer", "50.103."), member(city.team)
    signed_up = volunteer(user())
    Volunteer.objects.filter(pk=signed_up.pk).update(state="applied")
    service(helper, team=city.team, state="disputed")
    missed = absences.state_absence(
        person=helper, team=city.team, source="orders.order", source_id=1, title="讲座",
        expected_at=NOW, excused=False, by=city.leader, now=NOW,
    )  # fmt: skip
    absences.object_to(missed.pk, reason="当天到场", by=helper, now=NOW)
    nominated = Nomination(
        year=2026, person=helper, nominated_by=user(), nominated_at=NOW, deeds="示例", state="notice",
        notice_from=NOW, notice_until=NOW + timedelta(days=7),
    )  # fmt: skip
    nominated.place(division("50.103.001."))
    nominated.save()
    Objection.objects.create(nomination=nominated, person=user(), reason="不实", made_at=NOW)

    found = numbers(giver)

    for work in ("volunteers that ask to be approved", "hours objected to", "absences objected to",
                 "objections to nominations"):  # fmt: skip
        assert found[work][0] == 1, work


def test_a_nomination_stays_visible_to_the_successor_and_keeps_who_made_it(guard):
    giver, taker, candidate = officer("district_officer", "50.103."), user(), user()
    volunteer(candidate)
    nominated = Nomination(
        year=2026, person=candidate, nominated_by=giver, nominated_at=NOW, deeds="示例",
    )  # fmt: skip
    nominated.place(division("50.103.001."))
    nominated.save()

    actions.hand_over(giver.pk, to_id=taker.pk, by=guard, now=NOW)

    assert numbers(taker)["nominations to decide on"][0] == 1
    assert Nomination.objects.get().nominated_by == giver


def test_posts_move_for_the_rest_of_their_term_in_the_same_audited_step(guard):
    giver, taker = officer("district_officer", "50.103."), user()
    held = post(giver)

    actions.hand_over(giver.pk, to_id=taker.pk, by=guard, now=NOW)

    held.refresh_from_db()
    new = Post.objects.get(person=taker)
    today = NOW.astimezone(BEIJING).date()
    assert (held.ended_on, new.first, new.last) == (today, today, held.last)
    assert Entry.objects.get(verb="post.hand_over").detail["moved"]["people"] == 1


def test_a_post_the_successor_holds_already_is_not_doubled(guard):
    giver, taker = officer("district_officer", "50.103."), user()
    post(giver)
    own = post(taker)

    actions.hand_over(giver.pk, to_id=taker.pk, by=guard, now=NOW)

    assert list(Post.objects.filter(person=taker)) == [own]


def test_when_a_move_fails_nothing_at_all_is_handed_over(guard, monkeypatch):
    giver, taker = officer("district_officer", "50.103."), user()
    held = post(giver)

    def broken(*_who, **_when):
        raise RuntimeError("the power fails here")

    monkeypatch.setitem(holdings._moves, "zz-last", broken)
    with pytest.raises(RuntimeError):
        actions.hand_over(giver.pk, to_id=taker.pk, by=guard, now=NOW)

    held.refresh_from_db()
    assert held.ended_on is None
    assert queries.open_grants(NOW).filter(person=giver).exists()
    assert not Entry.objects.filter(verb__in=["post.hand_over", "post.appoint"]).exists()


def test_a_team_that_is_led_is_named_and_not_moved(city, guard):
    assert numbers(city.leader) == {"teams led; the team chooses who leads it": (1, 0, "not")}


def test_the_page_shows_roles_with_their_deputies_leave_and_work(city, guard):
    city.order("placed")
    deputy = user("副手示例")
    grant(deputy, "community_worker", city.community.path, post="B")
    Leave.objects.create(person=city.worker, first=date(2099, 5, 1), last=date(2099, 5, 3))
    client = Client()
    client.force_login(guard)
    held = city.worker.grants.get()

    page = client.get(reverse("role-deed", args=[held.pk, "hand-over"])).content.decode()

    for words in ("community worker", "副手示例 (B)", "2099-05-01", "wait to be dispatched"):
        assert words in page


def test_the_page_warns_that_the_successor_is_on_leave(city, guard):
    taker = user("接手示例")
    Leave.objects.create(person=taker, first=date(2026, 1, 1), last=date(2099, 5, 3))
    client = Client()
    client.force_login(guard)
    held = city.worker.grants.get()

    answer = client.post(
        reverse("role-deed", args=[held.pk, "hand-over"]), {"to": taker.pseudonym}, follow=True
    )

    assert "接手示例 is on leave" in answer.content.decode()


def test_a_post_outside_the_area_of_who_hands_over_stops_the_handover():
    giver, taker = officer("analyst", division("50.103.").path), user()
    held = post(giver, "50.107.001.")

    with pytest.raises(NotAllowed, match="outside your area"):
        actions.hand_over(
            giver.pk, to_id=taker.pk, by=officer("security_administrator", "50.103."), now=NOW
        )

    held.refresh_from_db()
    assert held.ended_on is None
    assert not taker.grants.exists()


@pytest.mark.parametrize(
    ("gives", "has", "becomes"),
    [("head", "deputy", "head"), ("head", "head", "head"), ("deputy", "head", "head"),
     ("deputy", "deputy", "deputy")],
)  # fmt: skip
def test_who_stood_in_for_a_post_and_receives_it_holds_it(guard, gives, has, becomes):
    giver, taker = officer("analyst", "50.103."), user()
    for person, rank in ((giver, gives), (taker, has)):
        held = post(person)
        held.deputy = rank == "deputy"
        held.save(update_fields=["deputy"])

    actions.hand_over(giver.pk, to_id=taker.pk, by=guard, now=NOW)

    open_posts = Post.objects.filter(person=taker, ended_on__isnull=True)
    assert [one.deputy for one in open_posts] == [becomes == "deputy"]


def test_a_term_of_the_successor_that_ran_out_makes_room(guard):
    giver, taker = officer("analyst", "50.103."), user()
    post(giver)
    old = post(taker)
    Post.objects.filter(pk=old.pk).update(first=date(2025, 1, 1), last=date(2025, 12, 31))

    actions.hand_over(giver.pk, to_id=taker.pk, by=guard, now=NOW)

    old.refresh_from_db()
    assert old.ended_on == date(2026, 1, 1)
    assert Post.objects.filter(person=taker, ended_on__isnull=True).count() == 1


# --- surveys and statistics -----------------------------------------------------------------------


def holder_of(cases) -> list[User | None]:
    return [Case.objects.get(pk=one.pk).interviewer for one in cases]


def test_doors_that_are_not_finished_go_to_the_successor_with_their_addresses(guard):
    giver, taker = doors.interviewer(), user()
    of = doors.fieldwork()
    knocked, done = (doors.case(of, giver, number) for number in (1, 2))
    field_factories.attempt(done, "1.1")
    assert numbers(giver) == {"doors of a survey not finished": (1, 0, "by_this_step")}

    actions.hand_over(giver.pk, to_id=taker.pk, by=guard, now=NOW)

    assert holder_of([knocked, done]) == [taker, giver]
    assert numbers(taker) == {"doors of a survey not finished": (1, 0, "by_this_step")}
    assert numbers(giver) == {}
    entry = Entry.objects.get(verb="fieldwork.hand_out")
    assert (entry.detail["doors"], entry.for_whom) == (1, taker.pseudonym)
    assert Entry.objects.get(verb="post.hand_over").detail["moved"] == {
        "people": 0, "literacy": 1, "orders": 0,
    }  # fmt: skip


@pytest.mark.parametrize("knocks_elsewhere", [False, True])
def test_an_interview_not_sent_before_the_handover_is_kept_and_settled(guard, knocks_elsewhere):
    giver, taker, supervisor = doors.interviewer(), user(), doors.supervisor()
    case = doors.case(doors.fieldwork(), giver)
    actions.hand_over(giver.pk, to_id=taker.pk, by=guard, now=NOW)
    if knocks_elsewhere:
        grant(giver, "interviewer", division("51.101.").path)

    event = interviewing.receive(
        doors.sent(case, "interview", doors.told(case)), by=giver, now=NOW + timedelta(hours=1)
    )

    assert (event.taking, "given to somebody else" in event.reason) == ("refused", True)
    assert list(interviews.needing_a_person(supervisor, NOW)) == [event]
    interviewing.take_anyway(event.pk, by=supervisor, now=NOW + timedelta(hours=2))
    assert Case.objects.get(pk=case.pk).outcome == "1.1"


def test_who_handed_the_doors_over_still_opens_the_page_that_hands_records_in(guard):
    giver, taker = doors.interviewer(), user()
    doors.case(doors.fieldwork(), giver)
    actions.hand_over(giver.pk, to_id=taker.pk, by=guard, now=NOW)
    client, stranger = Client(), Client()
    client.force_login(giver)
    stranger.force_login(user())

    assert client.get(reverse("interviews")).status_code == 200
    assert client.get(reverse("interviews-pack")).json()["cases"] == []
    assert stranger.get(reverse("interviews")).status_code == 404


def test_doors_where_the_successor_is_no_interviewer_are_taken_back(guard):
    giver, taker = doors.interviewer("50.103."), user()
    of = doors.fieldwork()
    near, far = doors.case(of, giver), doors.case(of, giver, 2, path="50.107.001.001.")

    actions.hand_over(giver.pk, to_id=taker.pk, by=guard, now=NOW)

    assert holder_of([near, far]) == [taker, None]
    assert Entry.objects.get(verb="fieldwork.take_back").detail["doors"] == 1


def test_doors_of_a_fieldwork_that_is_over_stay_where_they_are(guard):
    giver, taker = doors.interviewer(), user()
    case = doors.case(doors.fieldwork(), giver)
    Fieldwork.objects.update(state="closed", key=None)

    actions.hand_over(giver.pk, to_id=taker.pk, by=guard, now=NOW)

    assert holder_of([case]) == [giver]


def test_doors_outside_the_area_of_who_hands_over_stop_the_handover():
    giver, taker = doors.interviewer(), user()
    case = doors.case(doors.fieldwork(), giver, path="50.107.001.001.")

    with pytest.raises(NotAllowed, match="doors of a survey outside your area"):
        actions.hand_over(
            giver.pk, to_id=taker.pk, by=officer("security_administrator", "50.103."), now=NOW
        )

    assert holder_of([case]) == [giver]
    assert not taker.grants.exists()


def test_fieldwork_and_what_devices_could_not_settle_go_with_the_supervisor(guard):
    giver, taker, asks = doors.supervisor(), user(), doors.interviewer()
    case = doors.case(doors.fieldwork(), asks)
    field_factories.event(case, "attempt", asks, taking="refused", reason="示例")

    actions.hand_over(giver.pk, to_id=taker.pk, by=guard, now=NOW)

    assert numbers(taker) == {
        "fieldwork to follow": (1, 0, "with_the_role"),
        "records from devices that need a person": (1, 0, "with_the_role"),
    }
    assert numbers(giver) == {}


def test_returns_of_a_unit_are_filled_and_checked_by_the_successor(guard):
    unit, giver = literacy.unit()
    checker, taker, next_checker = officer("district_officer", "50.103."), user(), user()
    made = literacy.statistics_round()
    filling = literacy.return_of(made, unit)
    late = made.deadline + timedelta(days=1)
    assert numbers(giver, late) == {"statistical returns to fill": (1, 1, "with_the_role")}

    actions.hand_over(giver.pk, to_id=taker.pk, by=guard, now=NOW)
    literacy.handed_in(filling, taker)
    actions.hand_over(checker.pk, to_id=next_checker.pk, by=guard, now=NOW)

    assert numbers(taker) == {}
    assert numbers(next_checker)["statistical returns to check"][0] == 1


def test_drafts_of_items_and_reviews_are_named_and_stay(guard):
    draft = literacy.item()
    keeper = literacy.keeper()
    submitted = literacy.item("in_review")
    asked = reviewing.ask_review(submitted.pk, literacy.expert(), by=keeper, now=NOW)

    assert set(numbers(draft.written_by).values()) == {(1, 0, "not")}
    assert set(numbers(asked.expert.person).values()) == {(1, 0, "not")}


# What hangs on a person by a column of its own. Who once did something ("..._by") is history. A new
# column stands here too: with the room that shows it in a handover, or with why it stays.
STAYS_WITH_THE_PERSON = {
    "orders.CheckIn.person", "orders.RosterPlace.person", "orders.Order.resident",
    "orders.Step.for_whom", "people.Absence.person", "people.Nomination.person",
    "people.Answer.person", "people.Certificate.person", "people.Conflict.person",
    "people.Service.person", "people.Service.receiver", "people.Entry.person",
    "people.Objection.person", "people.Enrolment.person", "people.Volunteer.person",
    "people.Expert.person", "people.Training.person", "people.Honour.person",
    "people.Worker.person", "venues.HeldPass.holder",
}  # fmt: skip
SHOWN_IN_A_HANDOVER = {
    "people.Post.person": "people",
    "people.Membership.person": "people",
    "literacy.Case.interviewer": "literacy",
    "orders.Rehoming.officer": "orders",
}


def test_every_column_that_holds_work_for_a_person_is_shown_in_a_handover():
    rooms = ("people", "venues", "literacy", "orders")
    held = {
        f"{model._meta.label}.{column.name}"
        for model in apps.get_models()
        if model._meta.app_label in rooms
        for column in model._meta.fields
        if column.is_relation and column.related_model is User
        if column.name != "by" and not column.name.endswith("_by")
    }

    assert held == STAYS_WITH_THE_PERSON | SHOWN_IN_A_HANDOVER.keys()
    assert set(SHOWN_IN_A_HANDOVER.values()) <= set(holdings._looks)
    assert set(rooms) == set(holdings._looks)
