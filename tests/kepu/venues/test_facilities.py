"""Plans of facilities and their projects: who states them, who reports, and what is late goes up."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image

from kepu.kernel import clock
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import BadInput, NotAllowed, Outside, RuleBroken
from kepu.kernel.notices.models import Notice
from kepu.venues import actions, facilities
from kepu.venues.models import FacilityPlan, Milestone, Progress, Project
from tests.factories import NOW, division, officer, user
from tests.kepu.venues.factories import (
    HERE,
    PLAN,
    THERE,
    WORKS,
    facility_plan,
    judge,
    manager,
    milestone,
    unit,
    venue,
    works,
)
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
DAY = timedelta(days=1)
CITY = "50."


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    division(HERE, "示例区")
    division(THERE, "别处区")


def browser(person=None) -> Client:
    made = Client(headers={"accept-language": "en"})
    if person is not None:
        made.force_login(person)
    return made


def verbs_written() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("verb", flat=True))


def told(person) -> list[str]:
    rows = Notice.objects.filter(person=person).order_by("pk")
    return [one.template for one in rows if one.template.startswith("venues.")]


# --- plans ----------------------------------------------------------------------------------------


def test_a_plan_is_stated_by_its_place_and_published_with_its_document_and_a_project():
    by = judge()
    plan = actions.state_plan(division(HERE), by=by, now=NOW, **PLAN | {"document": ""})

    with pytest.raises(RuleBroken, match="name the document"):
        actions.move_plan(plan.pk, "publish", by=by, now=NOW)
    actions.change_plan(plan.pk, by=by, now=NOW, **PLAN)
    with pytest.raises(RuleBroken, match="one project at least"):
        actions.move_plan(plan.pk, "publish", by=by, now=NOW)
    actions.add_project(plan.pk, place=division(HERE), organisation=unit(), by=by, now=NOW, **WORKS)
    actions.move_plan(plan.pk, "publish", by=by, now=NOW)

    assert list(facilities.published()) == [plan]
    assert verbs_written()[-4:] == [
        "facility_plan.state", "facility_plan.change", "project.add", "facility_plan.publish",
    ]  # fmt: skip
    with pytest.raises(RuleBroken, match="take the plan back"):
        actions.change_plan(plan.pk, by=by, now=NOW, **PLAN)


@pytest.mark.parametrize("who", ["neighbour", "manager", "stranger"])
def test_nobody_else_states_a_plan_or_adds_to_it(who):
    person = {"neighbour": lambda: judge(THERE), "manager": manager, "stranger": user}[who]()
    plan = facility_plan(published=False)

    with pytest.raises(NotAllowed):
        actions.state_plan(division(HERE), by=person, now=NOW, **PLAN | {"title": "另一项"})
    with pytest.raises(NotAllowed):
        actions.move_plan(plan.pk, "publish", by=person, now=NOW)
    with pytest.raises(NotAllowed):
        actions.add_project(
            plan.pk, place=division(HERE), organisation=unit(), by=person, now=NOW,
            **WORKS | {"name": "另一个"},
        )  # fmt: skip
    with pytest.raises(NotAllowed):
        milestone_by(person, works(plan))


def milestone_by(person, one: Project) -> Milestone:
    return actions.add_milestone(one.pk, title="开工", due=TODAY, by=person, now=NOW)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"last_year": 2025}, "a term"),
        ({"last_year": 2060}, "a term"),
        ({}, "of this title"),
    ],
)
def test_a_plan_has_a_term_and_a_title_of_its_own(changed, reason):
    facility_plan(published=False)
    title = {} if not changed else {"title": "别的规划"}

    with pytest.raises(RuleBroken, match=reason):
        actions.state_plan(division(HERE), by=judge(), now=NOW, **PLAN | title | changed)


def test_a_township_has_no_plan_of_its_own():
    with pytest.raises(RuleBroken, match="a city or a district"):
        actions.state_plan(division("50.103.001."), by=judge(), now=NOW, **PLAN)


def test_a_draft_is_read_by_officers_of_its_place_alone():
    plan = facility_plan(published=False)

    assert facilities.seen(plan.pk, judge(), NOW) == plan
    for person in (None, user(), judge(THERE)):
        with pytest.raises(Outside):
            facilities.seen(plan.pk, person, NOW)
    assert not facilities.published().exists()


def test_the_database_publishes_no_plan_without_its_document():
    plan = facility_plan(published=False)

    with pytest.raises(IntegrityError), transaction.atomic():
        FacilityPlan.objects.filter(pk=plan.pk).update(
            state="published", document="", published_at=NOW
        )


# --- projects -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "place", "reason"),
    [
        ({"name": "远处项目"}, THERE, "in the place of its plan"),
        ({}, HERE, "in the plan already"),
        ({"name": "旧厂项目", "former": " "}, HERE, "works or plant that is reused"),
    ],
)
def test_a_project_lies_in_its_plan_once_and_reuse_names_what_was_there(changed, place, reason):
    plan = facility_plan()

    with pytest.raises(RuleBroken, match=reason):
        actions.add_project(
            plan.pk, place=division(place), organisation=unit(), by=judge(), now=NOW,
            **WORKS | changed,
        )  # fmt: skip


def test_the_unit_hears_that_a_project_is_its_own():
    person = manager()
    facility_plan()

    assert told(person) == ["venues.project_given"]


def test_a_project_goes_from_plan_to_register():
    one, by = works(), judge()
    step = milestone(one, TODAY)
    actions.step_project(one.pk, "begin", by=by, now=NOW)

    with pytest.raises(RuleBroken, match="a milestone is open"):
        actions.step_project(one.pk, "finish", by=by, now=NOW)
    actions.reach_milestone(step.pk, day=TODAY, by=manager(), now=NOW)
    with pytest.raises(RuleBroken, match="only a finished project"):
        actions.become_venue(one.pk, venue=venue(), by=by, now=NOW)
    actions.step_project(one.pk, "finish", by=by, now=NOW)
    house = venue(name="示例工业博物馆")
    actions.become_venue(one.pk, venue=house, by=by, now=NOW)

    page = browser().get(reverse("venue", args=[house.pk])).content.decode()
    assert reverse("project", args=[one.pk]) in page
    assert verbs_written()[-1] == "project.become_venue"
    with pytest.raises(RuleBroken, match="is a registered venue already"):
        actions.become_venue(one.pk, venue=house, by=by, now=NOW)


def test_a_stop_says_why_and_is_taken_up_again():
    one, by = works(), judge()

    with pytest.raises(RuleBroken, match="give a reason"):
        actions.step_project(one.pk, "stop", by=by, now=NOW)
    stopped = actions.step_project(one.pk, "stop", reason="资金未到位", by=by, now=NOW)
    with pytest.raises(RuleBroken, match="cannot finish while stopped"):
        actions.step_project(one.pk, "finish", by=by, now=NOW)
    again = actions.step_project(one.pk, "take_up", reason="资金到位", by=by, now=NOW)

    assert (stopped.state, again.state, again.reason) == ("stopped", "planned", "")


def test_nobody_overwrites_a_project_unseen_and_one_that_ended_does_not_change():
    one, by = works(), judge()
    said = {"place": division(HERE), "organisation": unit(), "by": by, "now": NOW}

    actions.change_project(one.pk, seen=1, **said, **WORKS | {"floor_area": 7000})
    with pytest.raises(RuleBroken, match="meanwhile"):
        actions.change_project(one.pk, seen=1, **said, **WORKS)
    actions.step_project(one.pk, "stop", reason="停建", by=by, now=NOW)
    with pytest.raises(RuleBroken, match="under way changes"):
        actions.change_project(one.pk, seen=3, **said, **WORKS)
    assert Project.objects.get().floor_area == 7000


# --- milestones and progress ----------------------------------------------------------------------


def test_a_milestone_lies_in_the_term_and_is_reached_once_on_a_day_that_has_come():
    one = works()
    row = milestone(one, TODAY + DAY)

    for due, title, reason in (
        (TODAY.replace(year=2040), "开放", "within the term"),
        (TODAY, "封顶", "of this name"),
    ):
        with pytest.raises(RuleBroken, match=reason):
            milestone(one, due, title)
    with pytest.raises(NotAllowed):
        actions.reach_milestone(row.pk, day=TODAY, by=judge(THERE), now=NOW)
    with pytest.raises(RuleBroken, match="not begun yet"):
        actions.reach_milestone(row.pk, day=TODAY + DAY, by=manager(), now=NOW)
    actions.reach_milestone(row.pk, day=TODAY, by=manager(), now=NOW)
    with pytest.raises(RuleBroken, match="reached already"):
        actions.reach_milestone(row.pk, day=TODAY, by=judge(), now=NOW)
    with pytest.raises(RuleBroken, match="reached already"):
        actions.remove_milestone(row.pk, by=judge(), now=NOW)


def test_a_milestone_that_is_not_reached_is_removed_and_the_audit_keeps_its_day():
    one = works()
    row = milestone(one, TODAY)

    actions.remove_milestone(row.pk, by=judge(), now=NOW)

    assert not one.milestones.exists()
    assert Entry.objects.latest("pk").detail["due"] == TODAY.isoformat()


def test_what_is_late_goes_one_level_up_and_is_told_once():
    keeper, district, city = manager(), judge(), officer("city_officer", CITY)
    one = works(facility_plan())
    milestone(one, TODAY)

    for days in (-20, -14, 0, 1, 29, 30, 31):
        actions.tell_milestones(NOW + days * DAY)

    late = ["venues.milestone_soon", "venues.milestone_late"]
    assert told(keeper)[1:] == late
    assert told(district) == late[1:]
    assert told(city) == ["venues.milestone_up"]


@pytest.mark.parametrize("way", ["reached", "stopped", "draft"])
def test_nothing_is_told_of_what_is_over_or_not_public(way):
    one = works()
    row = milestone(one, TODAY)
    if way == "reached":
        actions.reach_milestone(row.pk, day=TODAY, by=judge(), now=NOW)
    elif way == "stopped":
        actions.step_project(one.pk, "stop", reason="停建", by=judge(), now=NOW)
    else:
        actions.move_plan(one.plan_id, "take_back", by=judge(), now=NOW)

    assert actions.tell_milestones(NOW + 60 * DAY) == 0


def picture() -> io.BytesIO:
    drawn = io.BytesIO()
    Image.new("RGB", (320, 240), "gray").save(drawn, "JPEG")
    drawn.seek(0)
    return drawn


def test_the_unit_reports_with_a_photograph_that_is_told_in_words():
    one = works()
    said = {"words": "主体封顶", "share": 60, "by": manager(), "now": NOW}

    with pytest.raises(BadInput, match="in words"):
        actions.report_progress(one.pk, photo=picture(), **said)
    with pytest.raises(NotAllowed):
        actions.report_progress(one.pk, **said | {"by": judge(THERE)})
    made = actions.report_progress(one.pk, photo=picture(), photo_words="塔吊旁的屋面", **said)

    address = reverse("progress-photo", args=[made.pk])
    assert browser().get(address)["Content-Type"] == "image/jpeg"
    assert "塔吊旁的屋面" in browser().get(reverse("project", args=[one.pk])).content.decode()
    actions.move_plan(one.plan_id, "take_back", by=judge(), now=NOW)
    assert browser().get(address).status_code == 404


def test_a_project_that_ended_is_not_reported_on():
    one = works(state="finished")

    with pytest.raises(RuleBroken, match="under way"):
        actions.report_progress(one.pk, words="完", share=100, by=manager(), now=NOW)
    assert not Progress.objects.exists()


# --- pages and API --------------------------------------------------------------------------------


def test_a_plan_is_stated_filled_and_published_in_a_browser():
    keeper, house = judge(), unit()
    page = {
        "title": "示例区规划", "place": "示例区", "first_year": 2026, "last_year": 2030,
        "document": "示例区发展规划",
    }  # fmt: skip
    browser(keeper).post(reverse("facility-plan-new"), page)
    plan = FacilityPlan.objects.get()
    project = {
        "name": "示例安全体验馆", "works": "new", "goal": "safety", "place": "示例区",
        "organisation": house.pk, "needed": "500000", "flagship": "on",
    }  # fmt: skip
    browser(keeper).post(reverse("project-new", args=[plan.pk]), project)
    one = plan.projects.get()
    add = reverse("milestone-new", args=[one.pk])
    browser(keeper).post(add, {"title": "开工", "due": "2026-03-01"})
    browser(keeper).post(reverse("facility-plan-move", args=[plan.pk, "publish"]))
    browser(manager()).post(
        reverse("project-report", args=[one.pk]), {"words": "打桩", "share": 10}
    )

    public = browser().get(reverse("facility-plan", args=[plan.pk])).content.decode()
    assert "示例安全体验馆" in public
    assert "Flagship" in public
    assert "late" in public
    assert "打桩" in browser().get(reverse("project", args=[one.pk])).content.decode()
    assert "示例区规划" in browser().get(reverse("facility-plans")).content.decode()
    stopped = browser(keeper).post(reverse("project-step", args=[one.pk, "stop"]), {"reason": ""})
    assert stopped.status_code == 422


def test_the_same_over_the_api():
    keeper, house = judge(), unit()
    talk = caller(keeper, NOW)
    plan = talk.post("facility-plans", PLAN | {"place": HERE}).json()
    body = WORKS | {"place": HERE, "organisation_id": house.pk, "needed": "8000000"}
    one = talk.post(f"facility-plans/{plan['id']}/projects", body).json()
    row = talk.post(
        f"facility-projects/{one['id']}/milestones", {"title": "开工", "due": "2026-03-01"}
    ).json()
    hidden = caller(None).get(f"facility-plans/{plan['id']}").status_code
    talk.post(f"facility-plans/{plan['id']}/publish")
    talk.post(f"facility-milestones/{row['id']}/reach", {"day": "2026-03-02"})
    begun = talk.post(f"facility-projects/{one['id']}/steps/begin", {})
    refused = caller(judge(THERE), NOW).post(f"facility-projects/{one['id']}/steps/finish", {})
    talk.post(f"facility-projects/{one['id']}/progress", {"words": "打桩", "share": 10})

    read = caller(None).get(f"facility-plans/{plan['id']}").json()
    assert (hidden, begun.status_code, refused.status_code) == (404, 200, 403)
    assert read["projects"][0]["milestones"][0]["done_on"] == "2026-03-02"
    assert Decimal(read["projects"][0]["needed"]) == WORKS["needed"]
    whole = caller(None).get(f"facility-projects/{one['id']}").json()
    assert whole["progress"][0]["share"] == 10
