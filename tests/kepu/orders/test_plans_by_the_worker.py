"""A plan is computed and applied by the worker: watched, cancelled, begun again, and never half done."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.facts import worker
from kepu.kernel.roles.models import Grant
from kepu.kernel.working import Work
from kepu.orders import actions, bridge
from kepu.orders.actions import computing
from kepu.orders.models import AutoPlan, Offer, Order, PlanLine
from kepu.orders.planned import lines_to_show
from kepu_engines.matching import plan as engine
from tests import factories
from tests.factories import NOW, worked_on
from tests.kepu.web.callers import caller

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

LATER = NOW + timedelta(minutes=3)  # a worker that was killed at NOW is known to be gone


def asked(loop) -> AutoPlan:
    return actions.make_plan(loop.department, by=loop.officer, now=NOW)


def again(plan: AutoPlan) -> AutoPlan:
    return AutoPlan.objects.get(pk=plan.pk)


def many(loop, count: int) -> list[Order]:
    """Open orders of the department, more than the team may take."""
    loop.team.week_capacity, loop.team.day_capacity = 6, 3
    loop.team.save()
    return [loop.order("open") for _ in range(count)]


class Killed(BaseException):
    """The worker is gone, without a word."""


@contextmanager
def at_stage(monkeypatch, stage: str, deed):
    """Do something at the moment when the worker tells of a stage for the first time."""
    tell = computing.Hold.tell
    done = []

    def telling(self, at, *how_far):
        tell(self, at, *how_far)
        if at == stage and not done:
            done.append(at)
            deed()

    with monkeypatch.context() as patch:
        patch.setattr(computing.Hold, "tell", telling)
        yield
    assert done


def killed():
    raise Killed


def work_and_be_killed(plan: AutoPlan, monkeypatch, stage: str) -> None:
    AutoPlan.objects.filter(pk=plan.pk).update(begun_at=None)  # given back by the one before
    assert actions.take_up_plan(plan.pk, now=NOW)
    AutoPlan.objects.filter(pk=plan.pk).update(beat_at=NOW)
    with at_stage(monkeypatch, stage, killed), pytest.raises(Killed):
        actions.work_on_plan(plan.pk, taken=NOW)
    AutoPlan.objects.filter(pk=plan.pk).update(beat_at=NOW)  # the clock of the dead


# --- computing ------------------------------------------------------------------------------------


def test_asking_writes_a_row_at_once_and_the_worker_begins_when_that_is_committed(
    loop, monkeypatch, django_capture_on_commit_callbacks
):
    begun = []
    monkeypatch.setattr(Work, "start", lambda _work, *told: begun.append(told))
    loop.order("open")

    plan = asked(loop)
    assert (plan.state, plan.begun_at, plan.lines.count()) == ("computing", None, 0)
    with django_capture_on_commit_callbacks(execute=True):
        worker.work_off(NOW)

    assert begun == [(plan.pk, NOW)]
    assert not actions.take_up_plan(plan.pk, now=NOW)


def test_the_worker_tells_every_step_it_takes(loop, monkeypatch):
    many(loop, 3)
    plan, told = asked(loop), []
    tell = computing.Hold.tell
    monkeypatch.setattr(
        computing.Hold, "tell", lambda self, *how_far: told.append(how_far) or tell(self, *how_far)
    )

    worked_on(plan)

    stages = list(dict.fromkeys(stage for stage, _done, _total in told))
    expected = ["orders", "teams", "reach", "options", "auction", "repair", "timetable"]
    assert stages[:7] == expected
    assert stages[-3:] == ["reasons", "lines", ""]
    assert [AutoPlan(stage=stage).get_stage_display() != stage for stage in stages[:-1]]


def test_lines_are_committed_by_two_hundred_and_nobody_sees_them_before_the_end(loop, monkeypatch):
    monkeypatch.setattr(computing, "LINES", 2)
    many(loop, 5)
    plan, seen = asked(loop), []
    write = computing._write

    def look_after(*batch):
        write(*batch)
        seen.append((plan.lines.count(), lines_to_show(again(plan)).count()))

    monkeypatch.setattr(computing, "_write", look_after)

    worked_on(plan)

    assert seen == [(2, 0), (4, 0), (5, 0)]
    assert lines_to_show(again(plan)).count() == 5


@pytest.mark.parametrize("stage", ["orders", "repair", "lines"])
def test_a_plan_cancelled_while_it_is_computed_is_never_proposed(loop, monkeypatch, stage):
    loop.order("open")
    plan = asked(loop)

    with at_stage(
        monkeypatch, stage, lambda: actions.cancel_plan(plan.pk, by=loop.officer, now=NOW)
    ):
        worked_on(plan)

    assert again(plan).state == "cancelled"
    assert not PlanLine.objects.exists()
    assert list(Entry.objects.filter(verb__startswith="plan.").values_list("verb", flat=True)) == [
        "plan.make", "plan.cancel",
    ]  # fmt: skip


def test_a_plan_cancelled_before_anybody_began_is_left_alone(loop):
    loop.order("open")
    plan = asked(loop)
    actions.cancel_plan(plan.pk, by=loop.officer, now=NOW)

    assert not actions.take_up_plan(plan.pk, now=NOW)
    actions.work_on_plan(plan.pk, taken=NOW)

    assert again(plan).state == "cancelled"
    with pytest.raises(RuleBroken, match="the state of the plan is “cancelled”"):
        actions.cancel_plan(plan.pk, by=loop.officer, now=NOW)


@pytest.mark.parametrize("stage", ["orders", "timetable", "lines", ""])
def test_what_a_killed_worker_left_is_computed_anew_and_nothing_is_there_twice(
    loop, monkeypatch, stage
):
    orders = many(loop, 3)
    plan = asked(loop)
    work_and_be_killed(plan, monkeypatch, stage)
    assert again(plan).state == "computing"

    assert not actions.take_up_plan(plan.pk, now=NOW + timedelta(minutes=1))
    assert worked_on(plan, LATER).state == "proposed"

    assert sorted(plan.lines.values_list("order", flat=True)) == [one.pk for one in orders]
    assert Entry.objects.filter(verb="plan.propose").count() == 1


def test_a_plan_that_kills_every_worker_is_given_up_with_a_sentence(loop, monkeypatch):
    loop.order("open")
    plan = asked(loop)
    for _ in range(3):
        work_and_be_killed(plan, monkeypatch, "lines")

    assert worked_on(plan, LATER).state == "failed"

    assert again(plan).failure == "the worker was stopped at it 3 times; tell the administrator"
    assert not PlanLine.objects.exists()
    assert loop.plan().state == "proposed", "the next one of the department begins at nought"


def test_what_computing_cost_is_not_held_against_asking_the_teams(loop, monkeypatch):
    loop.order("open")
    plan = asked(loop)
    for _ in range(2):
        work_and_be_killed(plan, monkeypatch, "lines")
    assert worked_on(plan, LATER).state == "proposed"

    assert applied(loop, plan).tries == 0


def test_a_worker_that_was_only_slow_writes_nothing_once_another_has_the_plan(loop, monkeypatch):
    many(loop, 3)
    plan = asked(loop)
    AutoPlan.objects.filter(pk=plan.pk).update(begun_at=NOW, beat_at=NOW)

    def another_takes_over():
        AutoPlan.objects.filter(pk=plan.pk).update(beat_at=NOW)
        worked_on(plan, LATER)

    with at_stage(monkeypatch, "reasons", another_takes_over):
        actions.work_on_plan(plan.pk, taken=NOW)

    assert again(plan).begun_at == LATER
    assert plan.lines.count() == 3
    assert Entry.objects.filter(verb="plan.propose").count() == 1


def test_every_minute_plans_without_a_worker_are_taken_up_again(
    loop, monkeypatch, django_capture_on_commit_callbacks
):
    begun = []
    monkeypatch.setattr(Work, "start", lambda _work, *told: begun.append(told))
    plan = asked(loop)
    AutoPlan.objects.update(begun_at=NOW, beat_at=NOW)
    worker.plan_duties(LATER)

    with django_capture_on_commit_callbacks(execute=True):
        worker.work_off(LATER)

    assert begun == [(plan.pk, LATER)]


# --- one at a time --------------------------------------------------------------------------------


def test_asking_again_leads_to_the_plan_that_is_being_computed(loop):
    first = asked(loop)

    assert asked(loop) == first
    actions.cancel_plan(first.pk, by=loop.officer, now=NOW)
    assert asked(loop) != first


def test_the_database_holds_that_a_department_has_one_plan_at_work(loop):
    plan = asked(loop)
    plan.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        plan.save(force_insert=True)


def test_a_plan_is_not_applied_while_another_is_computed(loop):
    loop.order("open")
    plan = loop.plan()
    asked(loop)

    with pytest.raises(RuleBroken, match="another plan of this department"):
        actions.apply_plan(plan.pk, by=loop.officer, now=NOW)


# --- failing --------------------------------------------------------------------------------------


def broken(*market):
    raise ZeroDivisionError


def test_nothing_to_plan_ends_in_a_sentence(loop):
    plan = loop.plan()

    assert (plan.state, plan.failure) == (
        "failed",
        "there is no open order, or no team to plan for",
    )
    assert Entry.objects.filter(verb="plan.fail").count() == 1


def test_too_many_topics_end_in_a_sentence(loop, monkeypatch):
    monkeypatch.setattr(bridge, "_BITS", 1)
    for key in ("health", "astronomy"):
        loop.order("open", topic=factories.skill(key))

    assert "too many different topics" in loop.plan().failure


def test_an_engine_that_breaks_ends_in_a_sentence_and_leaves_the_department_free(loop, monkeypatch):
    loop.order("open")
    with monkeypatch.context() as patch:
        patch.setattr(engine, "plan", broken)
        plan = loop.plan()

    assert (plan.state, plan.lines.count()) == ("failed", 0)
    assert plan.failure == "the computation failed; tell the administrator"
    assert loop.plan().state == "proposed"


# --- applying -------------------------------------------------------------------------------------


def applied(loop, plan: AutoPlan) -> AutoPlan:
    return actions.apply_plan(plan.pk, by=loop.officer, now=NOW)


def planned(loop, monkeypatch) -> AutoPlan:
    """A plan of three orders for teams, which are asked one after the other."""
    monkeypatch.setattr(computing, "OFFERS", 1)
    many(loop, 3)
    plan = loop.plan()
    assert plan.summary["served"] == 3
    return plan


def test_pressing_apply_asks_nobody_yet_and_the_worker_asks_everybody(loop, monkeypatch):
    plan = planned(loop, monkeypatch)

    assert applied(loop, plan).state == "applying"
    assert not Offer.objects.exists()
    assert worked_on(plan).state == "applied"

    assert Offer.objects.count() == 3
    assert set(Offer.objects.values_list("by", flat=True)) == {loop.officer.pk}


def test_a_worker_killed_while_teams_are_asked_goes_on_where_it_was(loop, monkeypatch):
    plan = planned(loop, monkeypatch)
    applied(loop, plan)
    assert actions.take_up_plan(plan.pk, now=NOW)
    offer, offers = computing.offer, []

    def killed_at_the_second(*args, **kwargs):
        if len(offers) == 1:
            raise Killed
        offers.append(offer(*args, **kwargs))

    with monkeypatch.context() as patch:
        patch.setattr(computing, "offer", killed_at_the_second)
        with pytest.raises(Killed):
            actions.work_on_plan(plan.pk, taken=NOW)
    assert (again(plan).state, Offer.objects.count()) == ("applying", 1)
    AutoPlan.objects.update(beat_at=NOW)

    assert worked_on(plan, LATER).state == "applied"

    assert Offer.objects.count() == 3
    assert Entry.objects.filter(verb="order.offer").count() == 3


def test_stopped_in_between_those_who_were_asked_stay_asked(loop, monkeypatch):
    plan = planned(loop, monkeypatch)
    applied(loop, plan)
    offer_line = computing._offer_line

    def stop_after(*line):
        offer_line(*line)
        actions.cancel_plan(plan.pk, by=loop.officer, now=NOW)

    monkeypatch.setattr(computing, "_offer_line", stop_after)

    assert worked_on(plan).state == "cancelled"

    assert Offer.objects.count() == 1
    assert plan.lines.filter(handled_at__isnull=False).count() == 1


def test_who_lost_the_office_asks_nobody_any_more(loop, monkeypatch):
    plan = planned(loop, monkeypatch)
    applied(loop, plan)
    Grant.objects.filter(person=loop.officer).update(valid_to=NOW)

    plan = worked_on(plan, LATER)

    assert (plan.state, Offer.objects.count()) == ("failed", 0)
    assert "only an officer of the department" in plan.failure


def test_an_order_that_went_to_another_department_is_left_alone_and_the_rest_goes_on(
    loop, monkeypatch
):
    plan = planned(loop, monkeypatch)
    applied(loop, plan)
    gone = plan.lines.earliest("pk")
    Order.objects.filter(pk=gone.order_id).update(department=factories.organisation("别的部门"))

    assert worked_on(plan).state == "applied"

    assert Offer.objects.count() == 2
    assert "only an officer" in PlanLine.objects.get(pk=gone.pk).reason


# --- page and API ---------------------------------------------------------------------------------


@pytest.fixture
def officer(loop, monkeypatch) -> Client:
    monkeypatch.setattr("kepu.kernel.clock.now", lambda: NOW)
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(loop.officer)
    return client


def shown(client: Client, plan: AutoPlan, **also) -> str:
    return client.get(reverse("plan", args=[plan.pk]), **also).content.decode()


def test_the_page_shows_how_far_it_is_and_then_the_plan_by_itself(loop, officer):
    order = loop.order("open")
    answer = officer.post(reverse("make-plan", args=[loop.department.pk]))
    plan = AutoPlan.objects.get()
    watch = {"headers": {"HX-Request": "true"}}

    assert answer["Location"] == reverse("plan", args=[plan.pk])
    assert "Waiting for the worker" in shown(officer, plan)
    AutoPlan.objects.update(begun_at=NOW, beat_at=NOW, stage="reach", done=500, total=2000)
    for page in (shown(officer, plan), shown(officer, plan, **watch)):
        assert "Finding who can go where" in page
        assert "500 of 2,000 in this step" in page
        assert 'hx-trigger="every 1s"' in page
    assert "<html" not in shown(officer, plan, **watch)

    AutoPlan.objects.update(begun_at=None, beat_at=None)
    worked_on(plan)

    over = officer.get(reverse("plan", args=[plan.pk]), **watch)
    assert over["HX-Refresh"] == "true"
    page = shown(officer, plan)
    assert "This is the best plan for all orders together" in page
    summary = AutoPlan.objects.get().summary
    short = {**summary, "objective": 900, "bound": 1000, "gap": 0.1}
    AutoPlan.objects.update(summary=short)
    assert "this one misses 10.00% at most" in shown(officer, plan)
    AutoPlan.objects.update(summary=summary)
    assert order.title in page
    assert reverse("decide-plan", args=[plan.pk, "apply"]) in page
    assert "hx-trigger" not in page


def test_the_page_says_when_no_worker_is_there(loop, officer, monkeypatch):
    plan = asked(loop)
    assert "Nobody is working on it" not in shown(officer, plan)

    monkeypatch.setattr("kepu.kernel.clock.now", lambda: NOW + timedelta(seconds=30))
    assert "Nobody is working on it" in shown(officer, plan)

    AutoPlan.objects.update(begun_at=NOW, beat_at=NOW)
    assert "Nobody is working on it" not in shown(officer, plan)
    monkeypatch.setattr("kepu.kernel.clock.now", lambda: LATER)
    assert "Nobody is working on it" in shown(officer, plan)


def test_the_page_has_the_buttons_of_the_state_and_they_work(loop, officer):
    loop.order("open")
    plan = asked(loop)
    buttons = {
        verb: reverse("decide-plan", args=[plan.pk, verb]) for verb in ("apply", "cancel", "drop")
    }

    def offered():
        page = shown(officer, plan)
        return [verb for verb, address in buttons.items() if f'action="{address}"' in page]

    assert offered() == ["cancel"]
    worked_on(plan)
    assert offered() == ["apply", "drop"]
    officer.post(buttons["apply"])
    assert offered() == ["cancel"]
    officer.post(buttons["cancel"])
    assert offered() == []
    assert "This plan was cancelled" in shown(officer, plan)
    assert reverse("make-plan", args=[loop.department.pk]) in shown(officer, plan)


def test_the_page_says_why_a_plan_has_failed(loop, officer):
    page = shown(officer, loop.plan())

    assert "there is no open order, or no team to plan for" in page
    assert reverse("make-plan", args=[loop.department.pk]) in page


def test_the_page_names_each_order_by_its_number_and_leads_on_from_those_without_a_team(
    loop, officer
):
    served = loop.order("open")
    left = loop.order("open", topic=factories.skill("astronomy"))
    plan = worked_on(asked(loop))
    PlanLine.objects.filter(order=served).update(km=0.004)

    page = shown(officer, plan)

    assert served.number in page
    assert left.number in page
    assert "1 order has no team in this plan" in page
    assert page.count("Offer to neighbouring districts<") == 1
    assert "same place" in page
    assert "0 m" not in page.replace("same place", "")
    PlanLine.objects.filter(order=left).delete()
    assert "no team in this plan" not in shown(officer, plan)


def test_a_team_at_the_very_place_is_told_as_such_and_not_as_zero_kilometres(loop):
    order = loop.order("open")
    type(loop.team).objects.update(lon=order.lon, lat=order.lat)

    line = loop.plan().lines.get(order=order)

    assert "at the same place" in line.reason


def test_a_long_plan_is_read_page_by_page(loop, officer):
    plan = again(asked(loop))
    PlanLine.objects.bulk_create(
        PlanLine(plan=plan, order=loop.order("open"), reason="满") for _ in range(51)
    )
    AutoPlan.objects.update(state="proposed", summary={"served": 0, "objective": 0, "bound": 0})

    first = shown(officer, plan)

    assert first.count('<th scope="row"') == 50
    assert "50 shown of 51" in first
    assert "?page=2" in first


def test_the_departments_board_leads_to_its_plans(loop, officer):
    plan = asked(loop)
    address = reverse("plan", args=[plan.pk])

    assert address in officer.get(reverse("department")).content.decode()
    actions.cancel_plan(plan.pk, by=loop.officer, now=NOW)
    assert address not in officer.get(reverse("department")).content.decode()


def test_the_api_asks_for_a_plan_watches_it_and_applies_it(loop):
    loop.order("open")
    api = caller(loop.officer)

    made = api.post(f"departments/{loop.department.pk}/plans", {})
    plan = made.json()
    assert (made.status_code, plan["state"], plan["lines"]) == (202, "computing", [])
    assert plan["progress"] == {"stage": "", "done": 0, "total": 0}
    assert [hint["verb"] for hint in plan["hints"]] == ["cancel"]
    AutoPlan.objects.update(stage="lines", done=200, total=900)
    assert api.get(f"plans/{plan['id']}").json()["progress"] == {
        "stage": "lines", "done": 200, "total": 900,
    }  # fmt: skip
    worked_on(AutoPlan.objects.get())

    done = api.get(f"plans/{plan['id']}").json()
    assert (done["state"], done["progress"], len(done["lines"])) == ("proposed", None, 1)
    answer = api.post(f"plans/{plan['id']}/apply", {})
    assert (answer.status_code, answer.json()["state"]) == (202, "applying")


def test_the_api_cancels_and_tells_why_a_plan_failed(loop):
    plan, api = asked(loop), caller(loop.officer)

    assert api.post(f"plans/{plan.pk}/cancel", {}).json()["state"] == "cancelled"
    assert api.post(f"plans/{plan.pk}/cancel", {}).status_code == 409
    assert "no open order" in api.get(f"plans/{loop.plan().pk}").json()["failure"]
    assert caller(loop.leader).post(f"plans/{plan.pk}/cancel", {}).status_code == 404


def test_only_an_officer_of_the_department_cancels(loop):
    plan = asked(loop)

    with pytest.raises(NotAllowed):
        actions.cancel_plan(plan.pk, by=loop.worker, now=NOW)
    assert again(plan).state == "computing"
