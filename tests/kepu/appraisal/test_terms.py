"""A title's term: reports, lateness, decisions that bind the venue, appeals, renewal and its end."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from kepu.appraisal.actions import terms as actions
from kepu.appraisal.actions import timing
from kepu.appraisal.actions.lateness import tell_late_answers
from kepu.appraisal.models import Title, TitleStep, YearReport
from kepu.appraisal.queries import terms
from kepu.appraisal.queries import titles as queries
from kepu.appraisal.rules import terms as rules
from kepu.appraisal.rules import titles as title_rules
from kepu.kernel.audit.models import Entry
from kepu.kernel.clock import BEIJING
from kepu.kernel.errors import NotAllowed, Outside, RuleBroken
from kepu.kernel.notices.models import Notice
from kepu.kernel.roles import queries as roles
from kepu.venues import actions as venues
from kepu.venues import queries as places
from kepu.venues.models import Venue
from tests.factories import NOW, officer, user
from tests.kepu.appraisal import titles_world as world
from tests.kepu.appraisal.titles_world import SIGNED

pytestmark = pytest.mark.django_db
WORDS = "全年开放三百天，举办科普活动四十场，服务青少年两万人次。"


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 10, tzinfo=BEIJING)


def fresh(title: Title) -> Title:
    return Title.objects.get(pk=title.pk)


def keeper(of: Title):
    """Who manages the unit that holds it."""
    return roles.officers_of(of.organisation_id, "appraisal.apply", now=NOW).first()


def report(of: Title, year: int = 2027) -> YearReport:
    timing.open_reports(now=at(year, 1, 2))
    return of.reports.get(year=year)


def hand_in(one: YearReport, **said: Any) -> YearReport:
    usual = {
        "text": WORDS, "figures": {"activities": 40}, "seen": one.version, "now": at(2027, 12, 1),
    }  # fmt: skip
    return actions.hand_in(one.pk, by=keeper(one.title), **usual | said)


def decide(of: Title, verb: str, *, by=None, now: datetime = NOW, **said: Any) -> Title:
    usual = SIGNED | {"seen": fresh(of).version}
    return actions.decide(of.pk, verb, by=by or world.decider(), now=now, **usual | said)


# --- reports --------------------------------------------------------------------------------------


def test_the_year_after_owes_the_first_report_and_the_last_ends_with_the_term():
    title = world.title()
    term = world_term(title)

    owed = {year: terms.owed(title, term, year) for year in range(2026, 2031)}

    assert owed == {
        2026: None, 2027: date(2027, 12, 15), 2028: date(2028, 12, 15), 2029: None, 2030: None,
    }  # fmt: skip


def world_term(title: Title):
    return queries.programme_of(title).term


@pytest.mark.parametrize(
    ("told", "due"), [("03-31", date(2028, 3, 31)), ("07-01", date(2027, 7, 1))]
)
def test_a_due_day_in_the_first_half_year_is_of_the_year_after(told, due):
    term = world_term(world.title()).model_copy(update={"report_due": told})

    assert terms.due_day(term, 2027) == due


def test_reports_are_opened_once_and_told_when_they_are_near():
    title = world.title()

    assert (timing.open_reports(now=NOW), timing.open_reports(now=at(2027, 1, 2))) == (0, 1)
    assert timing.open_reports(now=at(2027, 1, 3)) == 0
    assert timing.tell_due(now=at(2027, 11, 14)) == 0
    assert timing.tell_due(now=at(2027, 11, 15)) == 1
    assert timing.tell_due(now=at(2027, 11, 16)) == 0
    assert Notice.objects.filter(template="appraisal.report_due").exists()
    assert title.reports.count() == 1


def test_what_kepu_counted_stands_beside_what_the_holder_says():
    title = world.title()
    one = report(title)
    for day, visits in ((3, 120), (4, 80)):
        venues.count(
            title.venue_id,
            day=date(2027, 5, day),
            visits=visits,
            by=keeper(title),
            now=at(2027, 5, 5),
        )

    done = hand_in(one, figures={"activities": 40, "visits": 999_999, "unknown": 1})

    assert done.figures == {"activities": 40, "visits": 200, "days_counted": 2}
    assert done.state == "handed_in"


@pytest.mark.parametrize(
    ("said", "reason"),
    [({"text": "很好"}, "some sentences"), ({"seen": 9}, "meanwhile")],
)
def test_a_report_is_refused_in_words(said, reason):
    with pytest.raises(RuleBroken, match=reason):
        hand_in(report(world.title()), **said)


def test_only_the_holder_reports_and_never_checks_it():
    one = report(world.title())
    with pytest.raises(NotAllowed):
        actions.hand_in(one.pk, text=WORDS, figures={}, seen=1, by=user(), now=NOW)
    done = hand_in(one)

    for who in (keeper(one.title), officer("district_officer", "50.103."), user()):
        with pytest.raises(NotAllowed):
            actions.check(one.pk, "pass", reason="", seen=done.version, by=who, now=NOW)


def test_a_report_is_returned_mended_and_passed():
    one = hand_in(report(world.title()))
    secretary = officer("appraisal_secretary", world.CITY)
    with pytest.raises(RuleBroken, match="reason"):
        actions.check(one.pk, "send_back", reason=" ", seen=one.version, by=secretary, now=NOW)

    back = actions.check(
        one.pk, "send_back", reason="缺照片", seen=one.version, by=secretary, now=NOW
    )
    again = hand_in(back)
    passed = actions.check(again.pk, "pass", reason="", seen=again.version, by=secretary, now=NOW)

    assert (back.state, again.reason, passed.state) == ("returned", "", "passed")
    assert Notice.objects.filter(template="appraisal.report_passed").exists()


def test_a_secretary_fails_no_report_but_who_decides_does():
    one = report(world.title())
    late = at(2027, 12, 20)
    said = {"reason": "逾期未报", "seen": one.version, "now": late}
    with pytest.raises(NotAllowed):
        actions.check(one.pk, "fail", by=officer("appraisal_secretary", world.CITY), **said)
    with pytest.raises(RuleBroken, match="not due yet"):
        actions.check(one.pk, "fail", by=world.decider(), **said | {"now": at(2027, 12, 1)})

    assert actions.check(one.pk, "fail", by=world.decider(), **said).state == "failed"


# --- by itself ------------------------------------------------------------------------------------


def test_kepu_warns_by_itself_after_so_many_working_days_and_goes_no_farther():
    title = world.title()
    report(title)

    # 15 December 2027 is a Wednesday: five working days later it is the 22nd.
    assert timing.warn_late(now=at(2027, 12, 22)) == 0
    assert timing.warn_late(now=at(2027, 12, 23)) == 1
    for later in (at(2028, 3, 1), at(2028, 12, 1)):
        timing.run_terms(later)

    warned = fresh(title)
    step = warned.steps.filter(verb="warn").get()
    assert (warned.state, step.by, step.reference) == ("warned", None, "")
    assert "2027-12-15" in step.reason
    assert warned.rectify_by > at(2028, 2, 1)
    assert set(warned.steps.values_list("verb", flat=True)) == {"grant", "warn"}
    assert places.why_not_usable(title.venue_id) is None


def test_no_warning_stands_between_a_decision_and_the_appeal_against_it():
    title = world.title()
    report(title)
    decide(title, "downgrade", grade="silver", now=at(2027, 12, 20))

    assert timing.warn_late(now=at(2027, 12, 23)) == 0
    assert timing.warn_late(now=at(2028, 2, 1)) == 1


def test_a_title_ends_after_its_last_day():
    title = world.title()

    assert timing.expire(now=at(2029, 3, 4)) == 0
    assert timing.expire(now=at(2029, 3, 5)) == 1

    assert fresh(title).state == "expired"
    assert places.why_not_usable(title.venue_id) is None


def level(title: Title) -> str:
    return Venue.objects.get(pk=title.venue_id).level


def test_a_base_is_at_no_level_once_its_last_title_has_ended():
    title = world.title()
    assert level(title) == "municipal"

    timing.expire(now=at(2029, 3, 5))

    assert level(title) == ""
    entry = Entry.objects.filter(verb="venue.follow_title").latest("pk")
    assert (entry.actor, entry.detail["level"]) == ("system", "")


def test_a_base_falls_to_the_level_of_the_title_that_still_holds():
    title = world.title()
    with_another = world.title(
        world.application(world.call("lesser", "区县年度"), venue=title.venue), grade="silver"
    )
    assert level(title) == "municipal"

    decide(title, "revoke")
    assert level(title) == "district"
    decide(with_another, "revoke")
    assert level(title) == ""


def test_a_level_comes_back_with_its_title():
    title = world.title()
    decide(title, "revoke")
    appeal = actions.appeal(title.pk, text="申诉", by=keeper(title), now=NOW)
    assert level(title) == ""

    actions.answer(
        appeal.pk, upheld=True, reply="查实", reference="示例〔2026〕9号",
        by=officer("city_officer", "50."), now=NOW,
    )  # fmt: skip

    assert level(title) == "municipal"


def test_reports_of_years_in_which_kepu_stood_still_are_opened_later():
    title = world.title()

    assert timing.open_reports(now=at(2028, 11, 2)) == 2
    assert list(title.reports.order_by("year").values_list("year", "due_on")) == [
        (2027, date(2027, 12, 15)), (2028, date(2028, 12, 15)),
    ]  # fmt: skip
    assert timing.open_reports(now=at(2028, 11, 3)) == 0


def test_a_report_of_the_year_before_is_opened_in_the_year_in_which_it_is_due(monkeypatch):
    title = world.title()
    term = world_term(title).model_copy(update={"report_due": "03-31"})
    programme = queries.programme_of(title).model_copy(update={"term": term})
    monkeypatch.setattr(queries, "programme_of", lambda _title: programme)

    assert timing.open_reports(now=at(2028, 1, 2)) == 1
    assert list(title.reports.values_list("year", "due_on")) == [(2027, date(2028, 3, 31))]


def test_what_was_due_before_kepu_knew_the_title_is_not_owed():
    title = world.title()
    Title.objects.filter(pk=title.pk).update(since=date(2020, 1, 1), until=None)

    timing.open_reports(now=at(2027, 1, 2))

    assert set(title.reports.values_list("year", flat=True)) == {2026, 2027}


def test_renewal_opens_half_a_year_before_the_end_and_is_told_once():
    title = world.title()

    assert "opens on 2028-09-05" in title_rules.why_not_renew(title, at(2028, 9, 4))
    assert title_rules.why_not_renew(title, at(2028, 9, 5)) is None
    assert timing.tell_renewals(now=at(2028, 9, 4)) == 0
    assert [timing.tell_renewals(now=at(2028, 9, day)) for day in (5, 6)] == [1, 0]


def test_who_has_the_highest_level_applies_again_when_renewal_is_open():
    title = world.title()
    again = world.application(world.call(title="2028 年度"), venue=title.venue)

    assert "renewal opens" in title_rules.why_not_apply_again(again, at(2027, 1, 1))
    assert title_rules.why_not_apply_again(again, at(2028, 9, 5)) is None


def test_who_has_a_lower_level_may_rise_at_any_time_but_not_while_suspended():
    title = world.title(grade="silver")
    again = world.application(world.call(title="2028 年度"), venue=title.venue)
    assert title_rules.why_not_apply_again(again, at(2027, 1, 1)) is None

    decide(title, "suspend")

    assert "suspended" in title_rules.why_not_apply_again(again, at(2027, 1, 1))


def test_the_worker_asks_every_hour():
    from kepu.kernel.facts import registry

    assert any("run_titles" in name for name in registry.duties())


# --- decisions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"reason": " "}, "give a reason"),
        ({"reference": ""}, "number of the signed decision"),
        ({"seen": 99}, "meanwhile"),
    ],
)
def test_a_decision_is_signed_and_about_what_was_seen(said, reason):
    title = world.title()

    with pytest.raises(RuleBroken, match=reason):
        decide(title, "suspend", **said)
    assert fresh(title).state == "active"


@pytest.mark.parametrize("role", ["district_officer", "appraisal_secretary", "venue_manager"])
def test_only_who_decides_takes_a_title(role):
    title = world.title()
    where = "50.103." if role == "district_officer" else world.CITY
    who = keeper(title) if role == "venue_manager" else officer(role, where)

    with pytest.raises(NotAllowed):
        decide(title, "revoke", by=who)


def test_the_database_keeps_no_unsigned_step_that_weighs():
    title = world.title()

    with pytest.raises(IntegrityError), transaction.atomic():
        TitleStep.objects.create(title=title, verb="revoke", state="revoked", reason="x", at=NOW)


def test_a_venue_whose_title_is_suspended_takes_nothing_from_the_same_second():
    title = world.title()

    decide(title, "suspend")

    assert "suspended" in places.why_not_usable(title.venue_id)
    step = Venue.objects.get(pk=title.venue_id).steps.last()
    assert (step.verb, step.reference) == ("suspend", SIGNED["reference"])

    decide(title, "reinstate", reference="示例科协〔2026〕8号")

    assert places.why_not_usable(title.venue_id) is None


def test_what_the_district_suspended_for_its_own_reason_does_not_come_back_with_the_title():
    title = world.title()
    venue = Venue.objects.get(pk=title.venue_id)
    venues.decide(
        venue.pk, "suspend", seen=venue.version, reason="消防", reference="区〔2026〕3号",
        by=officer("district_officer", venue.path), now=NOW,
    )  # fmt: skip
    decide(title, "suspend")

    decide(title, "reinstate")

    assert places.why_not_usable(title.venue_id) is not None


def test_if_the_venue_may_not_be_suspended_by_this_officer_nothing_happens(monkeypatch):
    title = world.title()
    monkeypatch.setattr("kepu.venues.rules.why_not_judge", lambda *_args: "no")

    with pytest.raises(NotAllowed):
        decide(title, "suspend")
    assert fresh(title).state == "active"


def test_a_downgrade_names_a_lower_level_and_the_base_follows():
    title = world.title()
    with pytest.raises(RuleBroken, match="lower level"):
        decide(title, "downgrade", grade="gold")

    decide(title, "downgrade", grade="silver")

    assert (fresh(title).grade, fresh(title).state) == ("silver", "active")
    assert Venue.objects.get(pk=title.venue_id).level == "district"
    with pytest.raises(RuleBroken, match="no lower level"):
        decide(title, "downgrade", grade="silver")


def test_a_warning_is_put_right():
    title = world.title()
    actions.warn(title.pk, reason="展品损坏", seen=title.version, by=world.decider(), now=NOW)
    assert fresh(title).rectify_by is not None

    done = actions.end_warning(
        title.pk, reason="已修复", seen=fresh(title).version, by=world.decider(), now=NOW
    )

    assert (done.state, done.rectify_by) == ("active", None)


def test_who_decides_hears_once_that_the_time_to_put_a_title_right_is_over():
    title, decider = world.title(), world.decider()
    actions.warn(title.pk, reason="展品损坏", seen=title.version, by=decider, now=NOW)
    end = fresh(title).rectify_by
    hour = timedelta(hours=1)

    for now in (end - hour, end + hour, end + 2 * hour):
        timing.run_terms(now)

    (told,) = Notice.objects.filter(template="appraisal.title_rectify_over", person=decider)
    assert told.created_at == end + hour
    assert fresh(title).state == "warned"  # what follows is decided by people


def test_who_decides_hears_once_that_an_appeal_was_not_answered_in_time():
    title, decider = world.title(), world.decider()
    suspended = decide(title, "suspend", by=decider)
    raised = actions.appeal(suspended.pk, text="已整改", by=keeper(title), now=NOW)
    hour = timedelta(hours=1)

    for now in (raised.due_at - hour, raised.due_at + hour, raised.due_at + 2 * hour):
        tell_late_answers(now)

    (told,) = Notice.objects.filter(template="appraisal.title_appeal_late", person=decider)
    assert told.created_at == raised.due_at + hour


def test_a_spot_check_is_written_down_and_decides_nothing():
    title = world.title()
    district = officer("district_officer", "50.103.")
    said = {"passed": False, "text": "当日未开放", "by": district, "now": NOW}
    with pytest.raises(RuleBroken, match="not after today"):
        actions.record_visit(title.pk, day=date(2026, 3, 6), **said)
    with pytest.raises(NotAllowed):
        actions.record_visit(
            title.pk, day=date(2026, 3, 5), **said | {"by": officer("district_officer", "50.107.")}
        )

    actions.record_visit(title.pk, day=date(2026, 3, 5), **said)

    assert title.spot_checks.get().passed is False
    assert fresh(title).state == "active"


def test_steps_are_in_the_audit_without_names():
    title = world.title()
    decide(title, "revoke")

    entry = Entry.objects.get(verb="appraisal.revoke_title")
    assert entry.object_id == str(title.pk)
    assert "示例馆" not in str(entry.detail)


# --- appeals --------------------------------------------------------------------------------------


def appealed(title: Title, now: datetime = NOW):
    return actions.appeal(title.pk, text="当日停电，不可抗力", by=keeper(title), now=now)


def answered(made, upheld: bool = True, **said: Any):
    usual = {
        "reply": "复核属实",
        "reference": "示例科协〔2026〕9号",
        "by": world.decider(),
        "now": NOW,
    }
    return actions.answer(made.pk, upheld=upheld, **usual | said)


@pytest.mark.parametrize("verb", ["suspend", "revoke"])
def test_an_appeal_that_is_upheld_gives_back_title_and_venue(verb):
    title = world.title()
    decide(title, verb)
    assert places.why_not_usable(title.venue_id) is not None

    answered(appealed(title))

    assert fresh(title).state == "active"
    assert places.why_not_usable(title.venue_id) is None
    assert Notice.objects.filter(template="appraisal.title_appeal_answered").count() == 1


def test_an_appeal_that_is_rejected_leaves_all_as_it_is():
    title = world.title()
    decide(title, "revoke")

    answered(appealed(title), upheld=False, reference="")

    assert fresh(title).state == "revoked"
    with pytest.raises(RuleBroken, match="already"):
        appealed(title)


def test_a_downgrade_and_a_warning_are_undone_too():
    lowered, warned = world.title(), world.title()
    decide(lowered, "downgrade", grade="silver")
    actions.warn(warned.pk, reason="展品损坏", seen=warned.version, by=world.decider(), now=NOW)

    for title in (lowered, warned):
        answered(appealed(title))

    assert (fresh(lowered).grade, fresh(lowered).state) == ("gold", "active")
    assert Venue.objects.get(pk=lowered.venue_id).level == "municipal"
    assert (fresh(warned).state, fresh(warned).rectify_by) == ("active", None)


def test_an_appeal_is_made_within_the_working_days_of_the_programme():
    title = world.title()
    decide(title, "revoke")

    # 15 working days after Thursday 5 March 2026 is Thursday the 26th.
    assert rules.why_not_ask_again(fresh(title), at(2026, 3, 26)) is None
    assert "have passed" in rules.why_not_ask_again(fresh(title), at(2026, 3, 27))


def test_without_a_decision_there_is_no_appeal():
    with pytest.raises(RuleBroken, match="no decision"):
        appealed(world.title())


def test_an_appeal_is_answered_by_another_than_who_decided():
    title, who = world.title(), world.decider()
    decide(title, "revoke", by=who)
    made = appealed(title)

    with pytest.raises(NotAllowed, match="another officer"):
        answered(made, by=who)
    with pytest.raises(NotAllowed):
        answered(made, by=keeper(title))


def test_what_followed_upon_the_decision_stays():
    title = world.title()
    decide(title, "suspend")
    made = appealed(title)
    decide(title, "revoke", reference="示例科协〔2026〕10号")

    answered(made)

    # The revocation is the later decision; the appeal was against the suspension.
    assert fresh(title).state == "revoked"


def test_the_words_of_an_appeal_are_sealed():
    title = world.title()
    decide(title, "revoke")

    made = appealed(title)

    assert "停电".encode() not in bytes(made.sealed_text)
    assert queries.appeal_words(made) == "当日停电，不可抗力"


def test_an_appeal_that_there_is_not_is_outside():
    with pytest.raises(Outside):
        actions.answer(99, upheld=True, reply="x", reference="x", by=world.decider(), now=NOW)
