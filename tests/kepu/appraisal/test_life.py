"""From a call to a decision: who may, in which order, and what each step asks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import yaml
from django.db import IntegrityError, transaction

from kepu.appraisal import actions, listeners, queries, rules
from kepu.appraisal.models import Application, ApplicationStep
from kepu.appraisal.programme.schema import Clocks
from kepu.appraisal.rules.applications import Applicant
from kepu.appraisal.states import APPLICATION, CALL, REVIEW, TITLE
from kepu.kernel.audit.models import Entry
from kepu.kernel.clock import BEIJING
from kepu.kernel.errors import NotAllowed, Outside, RuleBroken
from kepu.kernel.facts.registry import Occasion
from kepu.kernel.notices.models import Notice
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.kernel.rulebooks.models import Rulebook
from tests.factories import NOW, division, grant, user
from tests.kepu.appraisal.factories import (
    CITY,
    GIVEN,
    LATER,
    PAPER,
    again,
    application,
    call,
    decider,
    district,
    programme,
    secretary,
    step,
)
from tests.kepu.appraisal.samples import RULES
from tests.kepu.venues.factories import HERE, THERE, manager, unit, venue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places():
    for path in (CITY, HERE, THERE):
        division(path)


@pytest.mark.parametrize("machine", [CALL, APPLICATION, REVIEW, TITLE])
def test_every_state_can_be_reached(machine):
    assert machine.reachable() == set(type(machine.start))


# --- calls ----------------------------------------------------------------------------------------


def test_a_call_is_prepared_by_a_secretary_of_the_deciding_level_alone():
    code = programme()
    said = {"title": "示例", "opens_at": NOW, "closes_at": NOW + timedelta(days=9), "now": NOW}

    with pytest.raises(NotAllowed, match="secretary"):
        actions.calls.make(code, division(CITY), by=district(), **said)
    with pytest.raises(RuleBroken, match="level of a province"):
        actions.calls.make(code, division(HERE), by=secretary(HERE), **said)
    assert actions.calls.make(code, division(CITY), by=secretary(), **said).state == "draft"


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [(3, 2, "closes after it opens"), (-9, -2, "not in the past"), (1, 500, "400 days at most")],
)
def test_a_call_has_days_that_make_sense(first, last, reason):
    with pytest.raises(RuleBroken, match=reason):
        actions.calls.make(
            programme(), division(CITY), title="示例", opens_at=NOW + timedelta(days=first),
            closes_at=NOW + timedelta(days=last), by=secretary(), now=NOW,
        )  # fmt: skip


def test_a_draft_of_a_call_is_seen_by_its_secretaries_alone():
    made = call("draft")

    with pytest.raises(Outside):
        queries.calls.seen(made.pk, manager(), NOW)
    assert queries.calls.seen(made.pk, secretary(), NOW) == made


def test_a_call_with_applications_is_not_cancelled_and_ends_when_all_are_decided():
    made = call()
    one = application("submitted", of=made)

    with pytest.raises(RuleBroken, match="handed in"):
        actions.calls.cancel(made.pk, by=secretary(), now=NOW)
    with pytest.raises(RuleBroken, match="under way"):
        actions.calls.finish(made.pk, by=secretary(), now=NOW)

    actions.applications.withdraw(one.pk, seen=one.version, by=manager(), now=NOW)
    assert actions.calls.finish(made.pk, by=secretary(), now=NOW).state == "closed"


# --- applying -------------------------------------------------------------------------------------


def test_only_who_stands_for_the_unit_applies_with_its_venue():
    made, house = call(), venue(by=manager())
    applicant = Applicant(house.division_now, "hall", unit(), house.pk)

    with pytest.raises(NotAllowed, match="stands for this unit"):
        actions.applications.start(made.pk, applicant, by=user(), now=NOW)
    assert actions.applications.start(made.pk, applicant, by=manager(), now=NOW).code


def test_a_venue_applies_once_in_a_call_until_it_withdraws():
    one = application("draft")
    applicant = Applicant(division(HERE), "hall", unit(), one.venue_id)

    with pytest.raises(RuleBroken, match="application already"):
        actions.applications.start(one.call_id, applicant, by=manager(), now=NOW)

    step(one, "submit")
    actions.applications.withdraw(one.pk, seen=again(one).version, by=manager(), now=NOW)
    assert (
        actions.applications.start(one.call_id, applicant, by=manager(), now=NOW).state == "draft"
    )


def test_a_venue_off_the_register_and_a_class_that_is_none_are_refused():
    made = call()
    draft = venue("draft", name="未登记馆")
    with pytest.raises(RuleBroken, match="not on the register"):
        actions.applications.start(
            made.pk, Applicant(division(HERE), "hall", unit(), draft.pk), by=manager(), now=NOW
        )
    with pytest.raises(RuleBroken, match="class"):
        actions.applications.start(
            made.pk, Applicant(division(HERE), "", unit(), draft.pk), by=manager(), now=NOW
        )


def test_what_is_handed_in_has_the_register_s_numbers_and_not_the_writer_s():
    one = application("draft")
    lied = GIVEN | {"open_days": 366}
    actions.applications.answer(one.pk, lied, seen=one.version, by=manager(), now=NOW)
    step(one, "submit")

    assert queries.applications.answers(again(one))["open_days"] == 300  # the venue's own


def test_what_is_missing_and_what_shuts_out_is_told_in_one_sentence():
    one = application("draft")
    given = {key: value for key, value in GIVEN.items() if key != "hall_area"}
    actions.applications.answer(one.pk, given, seen=one.version, by=manager(), now=NOW)

    with pytest.raises(RuleBroken, match=r"展厅面积.*展厅面积不少于500平方米"):
        actions.applications.submit(one.pk, seen=again(one).version, by=manager(), now=NOW)


def test_a_closed_call_takes_nothing_but_a_mended_application():
    draft = application("draft")
    late = NOW + timedelta(days=40)
    with pytest.raises(RuleBroken, match="has closed"):
        actions.applications.submit(draft.pk, seen=draft.version, by=manager(), now=late)

    step(draft, "submit")
    step(draft, "send_back", now=NOW + timedelta(days=29))
    mended = actions.applications.submit(
        draft.pk, seen=again(draft).version, by=manager(), now=NOW + timedelta(days=31)
    )
    assert mended.state == "submitted"


def test_the_time_for_mending_ends():
    one = application("returned")
    assert one.due_at == datetime(2026, 3, 19, 10, tzinfo=BEIJING)  # ten working days

    with pytest.raises(RuleBroken, match="time for mending"):
        actions.applications.submit(
            one.pk, seen=one.version, by=manager(), now=NOW + timedelta(days=14, minutes=1)
        )


def test_what_was_handed_in_is_not_changed_and_an_old_page_overwrites_nothing():
    one = application("draft")
    actions.applications.answer(one.pk, GIVEN, seen=one.version, by=manager(), now=NOW)
    with pytest.raises(RuleBroken, match="in the meantime"):
        actions.applications.answer(one.pk, {}, seen=one.version, by=manager(), now=NOW)

    step(one, "submit")
    with pytest.raises(RuleBroken, match="not changed any more"):
        actions.applications.answer(one.pk, {}, seen=again(one).version, by=manager(), now=NOW)


# --- the steps of officers ------------------------------------------------------------------------


def test_a_district_recommends_its_own_applicants_and_not_those_of_another():
    one = application("submitted")

    with pytest.raises(NotAllowed, match="applicant's district"):
        actions.applications.recommend(
            one.pk, opinion="", seen=one.version, by=district(THERE), now=NOW
        )
    step(one, "recommend")
    assert again(one).state == "recommended"


def test_the_formal_check_waits_for_the_recommendation():
    one = application("submitted")

    with pytest.raises(RuleBroken, match="not recommended it yet"):
        actions.applications.pass_check(one.pk, seen=one.version, by=secretary(), now=NOW)


def test_an_application_is_returned_once_only():
    one = application("returned")
    step(one, "submit")

    with pytest.raises(RuleBroken, match="returned once already"):
        actions.applications.send_back(
            one.pk, reason="再补", seen=again(one).version, by=district(), now=NOW
        )


def test_who_stands_for_an_applicant_moves_nothing_on():
    one = application("recommended")
    both = secretary()
    grant(both, "venue_manager", unit())

    with pytest.raises(NotAllowed, match="stand for this applicant"):
        actions.applications.pass_check(one.pk, seen=one.version, by=both, now=NOW)


def test_where_nobody_reviews_the_check_ends_the_review():
    made = call(reviewing=None, rubric=[
        {"key": "opening", "title": "开放", "points": 100, "measure": "open_days",
         "bands": [{"least": 250, "points": 100}]},
    ])  # fmt: skip
    one = application("recommended", of=made)
    step(one, "pass_check")

    assert again(one).state == "reviewed"
    verbs = ApplicationStep.objects.filter(application=one).values_list("verb", flat=True)
    assert list(verbs) == ["submit", "recommend", "pass_check", "end_review"]


def test_clocks_run_in_working_days_of_the_real_calendar():
    # 2026-09-30 is a Wednesday; the holiday runs from 1 to 7 October, and 10 October is worked.
    eve = datetime(2026, 9, 30, 9, 0, tzinfo=BEIJING)
    made = call(now=eve, clocks={"recommend": 3})
    one = application("submitted", of=made, now=eve)

    assert one.due_at == datetime(2026, 10, 10, 9, 0, tzinfo=BEIJING)


def test_every_step_stands_in_the_history_and_in_the_audit():
    one = application("proposed")

    verbs = [step.verb for step in one.steps.all()]
    assert verbs == ["submit", "recommend", "pass_check", "end_review", "propose"]
    entries = set(Entry.objects.values_list("verb", flat=True))
    assert {f"appraisal.{verb}_application" for verb in verbs} <= entries


def test_the_next_hand_is_told():
    here, elsewhere, desk = district(), district(THERE), secretary()
    one = application("submitted")
    told = Notice.objects.filter(template="appraisal.submitted")
    assert here in [notice.person for notice in told]
    assert elsewhere not in [notice.person for notice in told]

    step(one, "recommend")
    assert desk in [one.person for one in Notice.objects.filter(template="appraisal.to_check")]


# --- who reads ------------------------------------------------------------------------------------


def test_an_application_is_read_by_its_writers_its_district_and_the_secretaries():
    one = application("submitted")

    for person in (manager(), district(), secretary(), decider()):
        assert queries.applications.seen(one.pk, person, NOW) == one
    for person in (None, user(), district(THERE)):
        with pytest.raises(Outside):
            queries.applications.seen(one.pk, person, NOW)


def test_a_draft_is_its_writers_own():
    one = application("draft")

    for person in (district(), secretary(), decider()):
        with pytest.raises(Outside):
            queries.applications.seen(one.pk, person, NOW)
    assert list(queries.applications.at_desk(secretary(), NOW)) == []


def test_answers_of_a_person_are_sealed_with_that_person_s_key():
    made = call(subject="person", recommended_at=None, classes=[], eligibility=[], levels=[
        {"key": "plain", "title": "示例", "cut": 60}], form=[
        {"key": "works", "title": "代表作", "kind": "text"}],
        rubric=[{"key": "works", "title": "作品", "points": 100}])  # fmt: skip
    person = user("申报人示例")
    one = actions.applications.start(made.pk, Applicant(division(HERE)), by=person, now=NOW)
    words = {"works": "《示例科普一百问》"}
    actions.applications.answer(one.pk, words, seen=one.version, by=person, now=NOW)

    kept = Application.objects.get(pk=one.pk)
    assert queries.applications.answers(kept) == words
    assert kept.answers == {}
    assert "示例科普".encode() not in bytes(kept.sealed_answers or b"")
    assert queries.applications.name_of(kept) == "申报人示例"


# --- notice, objections, naming -------------------------------------------------------------------


def test_the_notice_runs_for_whole_working_days():
    one = application("noticed")  # on Thursday the 5th of March

    assert one.due_at == datetime(2026, 3, 13, tzinfo=BEIJING)  # five days: to the end of the 12th
    with pytest.raises(RuleBroken, match="still running"):
        name(one, now=datetime(2026, 3, 12, 23, 59, tzinfo=BEIJING))
    assert name(one, now=datetime(2026, 3, 13, tzinfo=BEIJING)).state == "active"


def test_the_notice_tells_its_last_day_and_not_the_midnight_after_it(client):
    one = application("noticed")

    page = client.get(f"/appraisal/calls/{one.call_id}/notice/").content.decode()
    assert 'datetime="2026-03-12T15:59' in page  # in UTC: a minute before midnight in Beijing


def test_a_notice_over_a_holiday_is_no_shorter():
    eve = datetime(2026, 9, 29, 9, 0, tzinfo=BEIJING)
    one = application("noticed", of=call(now=eve), now=eve)

    # Counted: 30 September, 8, 9, 10 (a make-up Saturday) and 12 October.
    assert one.due_at == datetime(2026, 10, 13, tzinfo=BEIJING)


def name(one, *, by=None, now=NOW, paper=PAPER):
    return actions.deciding.name(
        one.pk, reference=paper, seen=again(one).version, by=by or decider(), now=now
    )


def object_to(one, person=None, now=NOW + timedelta(days=1), text="该馆去年停业半年"):
    return actions.deciding.object_to(one.pk, text=text, by=person or user("异议人"), now=now)


def answer(objection, verb, by=None, now=NOW + timedelta(days=3)):
    return actions.deciding.answer_objection(
        objection.pk, verb, reply="经核实", by=by or secretary(), now=now
    )


def test_an_objection_stops_the_clock_and_gives_the_days_back():
    one = application("noticed")
    raised = object_to(one)  # on Friday the 6th, the first day of five

    stopped = again(one)
    assert (stopped.state, stopped.due_at, stopped.notice_left) == ("objected", None, 5)
    with pytest.raises(RuleBroken, match="objections first"):
        name(one, now=NOW + timedelta(days=60))

    answer(raised, "reject", now=datetime(2026, 3, 18, 9, tzinfo=BEIJING))  # a Wednesday
    going = again(one)
    assert (going.state, going.notice_left) == ("noticed", None)
    assert going.due_at == datetime(2026, 3, 26, tzinfo=BEIJING)  # five whole days more


def test_an_objection_on_the_day_of_the_notice_gives_back_no_more_than_was_promised():
    one = application("noticed")
    object_to(one, now=NOW + timedelta(hours=1))

    assert again(one).notice_left == 5


def test_who_has_a_late_step_in_hand_hears_of_it_once():
    here = district()
    one = application("submitted")
    assert one.due_at is not None
    in_time, late = one.due_at - timedelta(hours=1), one.due_at + timedelta(hours=1)
    for now in (in_time, late, late + timedelta(hours=1)):
        listeners.tell_late(Occasion(1, now))

    told = Notice.objects.filter(template="appraisal.late")
    assert told.filter(person=here).count() == 1
    assert told.filter(person=manager()).count() == 0


def heard_of_late(at: datetime) -> int:
    listeners.tell_late(Occasion(1, at))
    return Notice.objects.filter(template="appraisal.late").values("created_at").distinct().count()


def test_a_notice_that_is_over_is_decided_in_time_or_somebody_hears():
    keeper = secretary()
    one = application("noticed")
    over = one.due_at
    decide_by = Clocks().ends("decide", over)
    hour = timedelta(hours=1)

    assert [heard_of_late(at) for at in (over + hour, decide_by - hour)] == [0, 0]
    assert heard_of_late(decide_by + hour) == 1
    assert heard_of_late(decide_by + 2 * hour) == 1
    assert Notice.objects.filter(template="appraisal.late", person=keeper).count() == 1


def test_an_objection_that_is_not_answered_in_time_is_told_once_to_who_keeps_the_call():
    keeper = secretary()
    raised = object_to(application("noticed"))
    hour = timedelta(hours=1)

    for at in (raised.due_at - hour, raised.due_at + hour, raised.due_at + 2 * hour):
        listeners.tell_late(Occasion(1, at))

    (told,) = Notice.objects.filter(template="appraisal.answer_late", person=keeper)
    assert told.created_at == raised.due_at + hour


def test_an_objection_that_was_answered_is_late_no_more():
    raised = object_to(application("noticed"))
    answer(raised, "reject")

    listeners.tell_late(Occasion(1, raised.due_at + timedelta(hours=1)))

    assert not Notice.objects.filter(template="appraisal.answer_late").exists()


def test_the_clock_waits_for_the_last_of_several_objections():
    one = application("noticed")
    first, second = object_to(one), object_to(one, user("另一人"))

    answer(first, "reject")
    assert again(one).state == "objected"
    answer(second, "reject")
    assert again(one).state == "noticed"


def test_an_objection_that_is_upheld_takes_the_proposal_back():
    one = application("noticed")
    answer(object_to(one), "uphold")

    back = again(one)
    assert (back.state, back.grade) == ("reviewed", "")


def test_an_objection_has_words_comes_in_time_and_once():
    one = application("noticed")
    person = user("异议人")
    with pytest.raises(RuleBroken, match="what you object to"):
        object_to(one, person, text=" ")
    with pytest.raises(RuleBroken, match="notice is over"):
        object_to(one, person, now=NOW + timedelta(days=30))
    object_to(one, person)
    with pytest.raises(RuleBroken, match="with the secretary already"):
        object_to(one, person)


def test_nobody_answers_their_own_objection_and_no_other_office_answers_it():
    one = application("noticed")
    hand = secretary()
    raised = object_to(one, hand)

    with pytest.raises(NotAllowed, match="somebody else answers"):
        answer(raised, "reject", by=hand)
    with pytest.raises(NotAllowed, match="secretary"):
        answer(raised, "reject", by=district())


def test_the_words_of_an_objection_are_sealed():
    raised = object_to(application("noticed"))

    assert "停业".encode() not in bytes(raised.sealed_text)
    assert queries.grievances.text(raised) == "该馆去年停业半年"


def test_naming_asks_for_a_signed_paper_and_a_second_person():
    one = application("reviewed")
    both = decider()
    grant(both, "appraisal_secretary", CITY)
    actions.deciding.propose(one.pk, grade="plain", seen=again(one).version, by=both, now=NOW)
    step(one, "notice")
    after = datetime(2026, 3, 13, 9, tzinfo=BEIJING)

    with pytest.raises(NotAllowed, match="second officer"):
        name(one, by=both, now=after)
    with pytest.raises(RuleBroken, match="signed decision"):
        name(one, now=after, paper=" ")
    with pytest.raises(NotAllowed, match="officer who decides"):
        name(one, by=secretary(), now=after)
    assert name(one, now=after).number


def test_the_database_takes_no_naming_without_a_paper():
    one = application("noticed")
    with pytest.raises(IntegrityError), transaction.atomic():
        ApplicationStep.objects.create(
            application=one, verb="name", state="named", by=decider(), at=NOW
        )


def test_a_refusal_says_why_and_only_a_deciding_officer_refuses():
    one = application("checked")

    with pytest.raises(NotAllowed, match="officer who decides"):
        actions.applications.refuse(
            one.pk, reason="不符", seen=one.version, by=secretary(), now=NOW
        )
    with pytest.raises(RuleBroken, match="reason"):
        actions.applications.refuse(one.pk, reason=" ", seen=one.version, by=decider(), now=NOW)
    done = actions.applications.refuse(
        one.pk, reason="安全不达标", seen=one.version, by=decider(), now=NOW
    )
    assert (done.state, done.due_at) == ("refused", None)
    assert Notice.objects.filter(template="appraisal.refused").exists()


def test_the_programme_stays_the_one_the_call_opened_under():
    one = application("submitted")
    Rulebook.objects.create(
        kind="appraisal.trial", version=2, effective_from=date(2026, 3, 1), digest="new",
        text=yaml.safe_dump(RULES | LATER | {"notice": {"workdays": 20, "reply": 5}}, allow_unicode=True),
        issued_at=NOW,
    )  # fmt: skip
    rulebooks.forget()

    assert queries.calls.programme(one.call).notice.workdays == 5
    assert rules.calls.why_not_take(one.call, NOW) is None


# --- appeals against a refusal --------------------------------------------------------------------


def refused(now=NOW):
    one = application("checked")
    actions.applications.refuse(one.pk, reason="不符", seen=one.version, by=decider(), now=now)
    return again(one)


def appeal(one, now=NOW, text="材料齐全"):
    return actions.deciding.appeal(one.pk, text=text, by=manager(), now=now)


def test_an_appeal_comes_in_time_once_and_with_words():
    one = refused()
    with pytest.raises(RuleBroken, match="what speaks against"):
        appeal(one, text=" ")
    with pytest.raises(RuleBroken, match="time for an appeal is over"):
        appeal(one, now=datetime(2026, 3, 26, 10, 0, tzinfo=BEIJING))  # fifteen working days
    appeal(one)
    with pytest.raises(RuleBroken, match="being looked at"):
        appeal(one)


def test_who_refused_does_not_answer_and_who_upholds_has_it_judged_anew():
    one = application("checked")
    first, second = decider(), decider()
    actions.applications.refuse(one.pk, reason="不符", seen=one.version, by=first, now=NOW)
    raised = appeal(one)

    said = {"reply": "复核后材料齐全", "now": NOW}
    with pytest.raises(NotAllowed, match="another officer"):
        actions.deciding.answer_appeal(raised.pk, "uphold", by=first, **said)
    with pytest.raises(NotAllowed, match="officer who decides"):
        actions.deciding.answer_appeal(raised.pk, "uphold", by=secretary(), **said)
    actions.deciding.answer_appeal(raised.pk, "uphold", by=second, **said)
    assert again(one).state == "submitted"  # nobody had reviewed it
    assert Notice.objects.filter(template="appraisal.appeal_answered").exists()


def test_a_refusal_that_stands_is_not_appealed_again():
    one = refused()
    raised = appeal(one)
    actions.deciding.answer_appeal(raised.pk, "reject", reply="维持", by=decider(), now=NOW)

    assert again(one).state == "refused"
    with pytest.raises(RuleBroken, match="answered already"):
        appeal(one)
