"""What takes two people takes two, whoever they are besides; and nothing is passed over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kepu.appraisal import actions, queries
from kepu.appraisal.models import ApplicationStep
from kepu.appraisal.rules.applications import Applicant
from kepu.kernel.errors import NotAllowed, RuleBroken
from tests.factories import NOW, division, grant, officer, user
from tests.kepu.appraisal import review_world as world
from tests.kepu.appraisal.factories import (
    CITY,
    PAPER,
    again,
    application,
    call,
    decider,
    district,
    secretary,
    step,
)
from tests.kepu.venues.factories import HERE, THERE, manager, unit

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)


@pytest.fixture(autouse=True)
def places():
    for path in (CITY, HERE, THERE, world.AWAY, "50.103.001."):
        division(path)


def object_to(one, person=None, now=NOW + timedelta(days=1)):
    return actions.deciding.object_to(
        one.pk, text="该馆去年停业", by=person or user("异议人"), now=now
    )


def answer(raised, verb, by=None, now=NOW + timedelta(days=2)):
    return actions.deciding.answer_objection(
        raised.pk, verb, reply="经核实", by=by or secretary(), now=now
    )


def test_upholding_one_objection_answers_the_others():
    one = application("noticed")
    first, second = object_to(one), object_to(one, user("另一人"))
    answer(first, "uphold")

    second.refresh_from_db()
    assert second.state == "upheld"
    step(one, "propose", now=NOW + timedelta(days=3))
    step(one, "notice", now=NOW + timedelta(days=3))
    raised = object_to(one, second.raised_by, now=NOW + timedelta(days=4))
    assert raised.state == "open"  # heard anew in the new notice


def test_one_person_stops_one_notice_once():
    one = application("noticed")
    person = user("异议人")
    answer(object_to(one, person), "reject")

    with pytest.raises(RuleBroken, match="answered already"):
        object_to(one, person, now=NOW + timedelta(days=3))


def test_who_proposed_does_not_answer_what_is_objected():
    one = application("reviewed")
    hand = secretary()
    actions.deciding.propose(one.pk, grade="plain", seen=one.version, by=hand, now=NOW)
    step(one, "notice")

    with pytest.raises(NotAllowed, match="you proposed"):
        answer(object_to(one), "reject", by=hand)


def test_a_long_answer_fits_on_every_database():
    one = application("noticed")
    raised = object_to(one)
    said = {"reply": "核" * 1000, "by": secretary(), "now": NOW + timedelta(days=2)}
    actions.deciding.answer_objection(raised.pk, "uphold", **said)

    raised.refresh_from_db()
    assert len(raised.reply) == 1000
    assert (
        len(ApplicationStep.objects.filter(application=one, verb="take_back").get().reason) == 600
    )


def test_an_upheld_appeal_passes_over_neither_check_nor_review():
    one = application("submitted")
    actions.applications.refuse(one.pk, reason="不符", seen=one.version, by=decider(), now=NOW)
    raised = actions.deciding.appeal(one.pk, text="材料齐全", by=manager(), now=NOW)
    actions.deciding.answer_appeal(raised.pk, "uphold", reply="属实", by=decider(), now=NOW)

    assert again(one).state == "submitted"


def test_who_refused_does_not_name_after_the_appeal():
    one = application("reviewed")
    first = decider()
    actions.applications.refuse(one.pk, reason="不符", seen=one.version, by=first, now=NOW)
    raised = actions.deciding.appeal(one.pk, text="材料齐全", by=manager(), now=NOW)
    actions.deciding.answer_appeal(raised.pk, "uphold", reply="属实", by=decider(), now=NOW)
    step(one, "propose")
    step(one, "notice")

    said = {"reference": PAPER, "seen": again(one).version, "now": LATER}
    with pytest.raises(NotAllowed, match="you refused"):
        actions.deciding.name(one.pk, by=first, **said)
    assert actions.deciding.name(one.pk, by=decider(), **said).number


def test_a_secretary_chooses_no_reviewers_for_the_own_unit():
    made = world.call()
    one = world.checked(made)
    both = secretary()
    grant(both, "venue_manager", one.organisation)
    who = world.expert()

    with pytest.raises(NotAllowed, match="stand for this applicant"):
        actions.reviewing.ask_one(one.pk, expert_id=who.pk, by=both, now=NOW)


@pytest.mark.parametrize(
    ("role", "where"),
    [("appraisal_secretary", CITY), ("city_officer", CITY), ("district_officer", HERE)],
)
def test_who_knows_the_applicant_by_office_is_asked_for_no_review(role, where):
    made = world.call()
    one = world.checked(made)
    who = world.expert()
    grant(who.person, role, where)

    with pytest.raises(RuleBroken, match="office"):
        actions.reviewing.ask_one(one.pk, expert_id=who.pk, by=secretary(), now=NOW)


def test_a_reviewer_decides_nothing_about_what_they_review():
    made = world.call()
    one = world.checked(made)
    who = world.expert()
    world.at_work(one, who)
    grant(who.person, "city_officer", CITY)

    with pytest.raises(NotAllowed, match="you review"):
        actions.applications.refuse(
            one.pk, reason="不符", seen=again(one).version, by=who.person, now=NOW
        )


def test_reviewers_are_let_off_when_the_applicant_withdraws():
    one = world.checked(world.call())
    review = world.at_work(one, world.expert())
    actions.applications.withdraw(one.pk, seen=again(one).version, by=one.made_by, now=NOW)

    review.refresh_from_db()
    assert review.state == "replaced"


def test_the_quota_counts_what_has_its_place_already():
    made = world.call(
        each=1, levels=[{"key": "plain", "title": "合格", "cut": 30}], quota={"total": 1}
    )
    good, fair = world.checked(made, "甲馆示例"), world.checked(made, "乙馆示例")
    world.done(good, world.expert("专家一"), 2000, 4000)
    world.done(fair, world.expert("专家二"), 1800, 3000)
    for number in (1, 2):
        actions.judging.weigh(made.pk, by=secretary(), now=NOW)
        actions.judging.propose_all(made.pk, number, by=secretary(), now=NOW)

    assert [again(one).state for one in (good, fair)] == ["proposed", "reviewed"]


@pytest.mark.parametrize(
    "quota", [{"total": 1}, {"each_class": {"hall": 1}}, {"each_district": 1}], ids=str
)
def test_nobody_is_proposed_by_hand_beyond_the_quota(quota):
    made = world.call(each=1, levels=[{"key": "plain", "title": "合格", "cut": 30}], quota=quota)
    first, second = world.checked(made, "甲馆示例"), world.checked(made, "乙馆示例")
    for one in (first, second):
        world.done(one, world.expert(f"专家{one.pk}"), 2000, 4000)
    actions.judging.weigh(made.pk, by=secretary(), now=NOW)
    said = {"grade": "plain", "reason": "评议同意", "by": secretary(), "now": NOW}
    actions.deciding.propose(first.pk, seen=again(first).version, **said)

    with pytest.raises(RuleBroken, match="quota is full"):
        actions.deciding.propose(second.pk, seen=again(second).version, **said)


def test_a_level_that_the_scores_do_not_reach_is_proposed_with_a_reason_only():
    made = world.call(each=1, levels=[{"key": "plain", "title": "合格", "cut": 50}])
    one = world.checked(made)
    world.done(one, world.expert(), 1200, 1000)
    actions.judging.weigh(made.pk, by=secretary(), now=NOW)

    said = {"grade": "plain", "by": secretary(), "now": NOW}
    with pytest.raises(RuleBroken, match="do not reach"):
        actions.deciding.propose(one.pk, seen=again(one).version, **said)
    assert (
        actions.deciding.propose(
            one.pk, seen=again(one).version, reason="评议认为应予认定", **said
        ).grade
        == "plain"
    )


def test_a_place_is_recommended_by_its_district_and_applied_for_by_its_worker():
    made = call(subject="place", classes=[], eligibility=[], recommended_at="district", form=[
        {"key": "story", "title": "情况", "kind": "text"}],
        rubric=[{"key": "work", "title": "工作", "points": 100}])  # fmt: skip
    worker = officer("community_worker", "50.103.001.")
    one = actions.applications.start(
        made.pk, Applicant(division("50.103.001.")), by=worker, now=NOW
    )
    actions.applications.answer(one.pk, {"story": "好"}, seen=one.version, by=worker, now=NOW)
    step(one, "submit", by=worker)
    actions.applications.recommend(
        one.pk, opinion="同意", seen=again(one).version, by=district(), now=NOW
    )

    assert again(one).state == "recommended"


def test_an_erased_applicant_is_not_named():
    made = call(subject="person", recommended_at=None, classes=[], eligibility=[], form=[], rubric=[
        {"key": "works", "title": "作品", "points": 100}], reviewing=None)  # fmt: skip
    person = user("申报人示例")
    one = actions.applications.start(made.pk, Applicant(division(HERE)), by=person, now=NOW)
    step(one, "submit", by=person)
    for verb in ("pass_check", "propose", "notice"):
        step(one, verb)
    person.data_key = None
    type(person).objects.filter(pk=person.pk).update(data_key=None, erased_at=NOW, is_active=False)

    with pytest.raises(RuleBroken, match="erased"):
        actions.deciding.name(
            one.pk, reference=PAPER, seen=again(one).version, by=decider(), now=LATER
        )


def test_who_objected_is_not_shown_to_who_stands_for_the_applicant(client):
    one = application("noticed")
    object_to(one, user("保密异议人"))
    both = secretary()
    grant(both, "venue_manager", unit())
    client.force_login(both)

    page = client.get(f"/applications/{one.pk}/").content.decode()
    assert "保密异议人" not in page
    assert queries.grievances.waiting(one).count() == 1
