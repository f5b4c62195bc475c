"""A standard from proposal to abolition: who may, when, and what the database holds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from kepu.appraisal import standards_listeners
from kepu.appraisal.actions import standards as actions
from kepu.appraisal.actions import standards_open as opened
from kepu.appraisal.models import (
    CommentRound,
    Standard,
    StandardBallot,
    StandardStep,
    StandardVoter,
)
from kepu.appraisal.queries import standards as queries
from kepu.appraisal.rules import standards as rules
from kepu.kernel.accounts import actions as accounts
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.facts.catalogue import PersonErased
from kepu.kernel.notices.models import Notice
from kepu.people.actions import experts
from kepu.people.queries.experts import expert_of
from tests.factories import NOW, grant, organisation, user
from tests.kepu.appraisal import standard_factories as make
from tests.kepu.appraisal.standard_factories import AFTER, DAY

pytestmark = pytest.mark.django_db


def fresh(one: Standard) -> Standard:
    return Standard.objects.get(pk=one.pk)


# --- from proposal to abolition -------------------------------------------------------------------


def test_a_group_standard_goes_its_way_from_proposal_to_abolition():
    one = make.standard("abolished")

    assert [step.verb for step in one.steps.all()] == [
        "propose", "take_up", "open_round", "close_round", "send_to_review", "pass_review",
        "open_vote", "carry", "publish", "abolish",
    ]  # fmt: skip
    assert one.state == "abolished"
    assert one.ended_on == AFTER.date()
    assert one.review_on == date(2031, 4, 5)


def test_what_was_taken_up_goes_by_the_rules_of_that_day(monkeypatch):
    one = make.standard("drafting")
    monkeypatch.setattr(rules.standards_policy, "in_force", lambda now: pytest.fail("asked anew"))

    version, procedure = rules.procedure(one, NOW)

    assert version == one.rules_version
    assert procedure.way("group").comment_days == 30


def test_a_local_standard_is_published_without_a_vote_and_a_group_one_is_not():
    local = make.standard("reviewed", level="local", title="地方标准示例")
    group = make.standard("reviewed")
    said = {"reference": "示例标〔2026〕9号", "in_force_on": AFTER.date(), "now": AFTER}

    make.decide(local, "publish", number="DB50/T 1999-2026", **said)

    assert fresh(local).state == "published"
    with pytest.raises(RuleBroken, match="voted on first"):
        make.decide(group, "publish", number="T/CQKP 001-2026", **said)


def test_an_enterprise_standard_needs_no_round_of_comments():
    one = make.standard("drafting", level="enterprise")

    opened.send_to_review(one.pk, by=make.secretary(), now=NOW)

    assert fresh(one).state == "review"
    with pytest.raises(RuleBroken, match="round of comments comes first"):
        opened.send_to_review(make.standard("drafting").pk, by=make.secretary(), now=NOW)


def test_a_revision_replaces_the_older_one_the_day_it_is_published():
    by = make.proposer()
    older = make.standard("published", by=by)
    newer = make.standard("published", by=by, replaces=older, title="科普讲解服务规范（修订）")

    ended = fresh(older)

    assert ended.state == "replaced"
    assert ended.ended_on == newer.in_force_on
    assert ended.steps.last().reference == "示例标〔2026〕2号"


def test_a_standard_is_revised_by_one_at_a_time():
    by = make.proposer()
    older = make.standard("published", by=by)
    first = make.standard("draft", by=by, replaces=older)

    with pytest.raises(RuleBroken, match="being revised already"):
        make.standard("draft", by=by, replaces=older)
    with pytest.raises(IntegrityError), transaction.atomic():
        Standard.objects.filter(pk=make.standard("draft", by=by).pk).update(replaces=older)
    assert fresh(first).replaces_id == older.pk


def test_looked_at_anew_it_stays_good_for_another_term():
    one = make.standard("published")
    now = AFTER + timedelta(days=5 * 365)

    before = queries.due(Standard.objects.all(), now).count()
    make.decide(one, "confirm", reason="仍适用", reference="示例标〔2031〕1号", now=now)

    assert before == 1
    assert queries.due(Standard.objects.all(), now).count() == 0
    assert fresh(one).review_on == date(2036, 4, 4)


@pytest.mark.parametrize(
    ("number", "day", "reason"),
    [
        ("T/CQKP 12-26", AFTER.date(), "looks like T/CQKP"),
        ("DB50/T 1-2026", AFTER.date(), "looks like T/CQKP"),
        ("T/CQKP 012-2026", AFTER.date() - DAY, "today or later"),
        ("t/cqkp 777—2026", AFTER.date(), "looks like"),
        ("T/CQKP 777-2026", AFTER.date(), "another standard has this number"),
    ],
)
def test_a_number_fits_its_level_and_stands_once(number, day, reason):
    taken = make.standard("published")
    Standard.objects.filter(pk=taken.pk).update(number="T/CQKP 777-2026", key="T/CQKP777-2026")
    one = make.standard("approved")

    with pytest.raises(RuleBroken, match=reason):
        make.decide(one, "publish", reference="1号", number=number, in_force_on=day, now=AFTER)


@pytest.mark.parametrize(
    ("verb", "said", "reason"),
    [
        ("abolish", {"reason": "", "reference": "1号"}, "say why"),
        ("abolish", {"reason": "过时", "reference": ""}, "number of the signed decision"),
        ("take_up", {"reference": "1号"}, "cannot"),
    ],
)
def test_what_binds_is_explained_and_signed(verb, said, reason):
    with pytest.raises(RuleBroken, match=reason):
        make.decide(make.standard("published"), verb, now=AFTER, **said)


def test_nobody_decides_about_what_he_has_not_seen():
    one = make.standard("proposed")

    with pytest.raises(RuleBroken, match="changed this meanwhile"):
        actions.decide(
            one.pk, "take_up", seen=one.version - 1, reference="1号", by=make.decider(), now=NOW
        )


def test_the_database_takes_no_step_that_binds_without_a_signature():
    one = make.standard("published")

    with pytest.raises(IntegrityError), transaction.atomic():
        StandardStep.objects.create(
            standard=one, verb="abolish", state="abolished", rules_version=1, by=None, at=NOW,
            reference="1号",
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Standard.objects.filter(pk=one.pk).update(number="", key="")


# --- who ------------------------------------------------------------------------------------------


def test_nobody_leads_or_decides_about_a_standard_of_his_own():
    by = make.proposer()
    grant(by, "appraisal_secretary", make.HOME)
    grant(by, "city_officer", make.HOME)
    one = make.standard("proposed", by=by)

    for verb in ("send_back", "take_up"):
        with pytest.raises(NotAllowed, match="standard of his own"):
            make.decide(one, verb, by=by, **make.SIGNED)


@pytest.mark.parametrize("who", ["stranger", "secretary", "decider", "other_unit"])
def test_only_the_group_writes_and_only_the_unit_names_it(who):
    one = make.standard("drafting")
    people = {
        "stranger": user,
        "secretary": make.secretary,
        "decider": make.decider,
        "other_unit": lambda: make.proposer(organisation("别的单位", make.HOME)),
    }
    person = people[who]()

    with pytest.raises(NotAllowed):
        make.write(one, "6", "附则", "无", by=person)
    with pytest.raises(NotAllowed):
        actions.name_drafter(one.pk, person, role="lead", organisation=None, by=person, now=NOW)


def test_the_group_keeps_a_leader():
    by, second = make.proposer(), user("二号示例")
    one = make.standard("drafting", by=by)
    named = {"organisation": None, "by": by, "now": NOW}

    actions.name_drafter(one.pk, second, role="member", **named)
    with pytest.raises(RuleBroken, match="must lead"):
        actions.leave_out(one.pk, by, by=by, now=NOW)
    with pytest.raises(RuleBroken, match="in the group already"):
        actions.name_drafter(one.pk, second, role="lead", **named)
    actions.leave_out(one.pk, second, by=by, now=NOW)

    assert not queries.drafts(one, second)
    assert Notice.objects.filter(person=second, template="standards.named").count() == 1


# --- the text -------------------------------------------------------------------------------------


def test_a_clause_keeps_how_it_read_and_two_do_not_overwrite_each_other():
    by = make.proposer()
    one = make.standard("drafting", by=by)

    make.write(one, "5.2", "讲解", "每场讲解不少于十五分钟。", by=by, seen=1)
    with pytest.raises(RuleBroken, match="changed this meanwhile"):
        make.write(one, "5.2", "讲解", "后写的", by=by, seen=1)
    first, second = queries.readings(one.clauses.get(number="5.2"))[::-1]

    assert [piece.how for piece in first.pieces] == ["new"]
    assert "".join(p.text for p in second.pieces if p.how != "gone") == "每场讲解不少于十五分钟。"
    assert [p.text for p in second.pieces if p.how == "gone"] == ["二"]
    assert [p.text for p in second.pieces if p.how == "new"] == ["五"]


def test_clauses_stand_in_the_order_of_their_numbers_and_annexes_last():
    by = make.proposer()
    one = make.standard("drafting", by=by)
    for number in ("5.10", "A.1", "5.9", "10"):
        make.write(one, number, "题", "", by=by)

    numbers = [clause.number for clause in queries.clauses(one)]

    assert numbers == ["1", "5.2", "5.9", "5.10", "10", "A.1"]


@pytest.mark.parametrize("number", ["5.", "0", "5.02", "五", "5-2", "AB.1", ""])
def test_a_clause_has_a_number_of_its_kind(number):
    by = make.proposer()
    one = make.standard("drafting", by=by)

    with pytest.raises(RuleBroken, match=r"such as 5, 5\.2 or A\.1"):
        make.write(one, number, "题", "文", by=by)


def test_a_clause_that_was_struck_out_can_be_written_again():
    by = make.proposer()
    one = make.standard("drafting", by=by)
    again = {"heading": "讲解", "by": by, "now": NOW}

    actions.write_clause(one.pk, "5.2", text="", seen=1, struck=True, **again)
    assert [clause.number for clause in queries.clauses(one)] == ["1"]
    actions.write_clause(one.pk, "5.2", text="新的", seen=0, **again)

    assert [row.struck for row in one.clauses.get(number="5.2").versions.order_by("version")] == [
        False, True, False,
    ]  # fmt: skip


def test_the_text_stands_still_while_others_comment():
    by = make.proposer()
    one = make.standard("comments", by=by)

    with pytest.raises(RuleBroken, match="only while the standard is being drafted"):
        make.write(one, "5.2", "讲解", "改", by=by, seen=1)


# --- comments -------------------------------------------------------------------------------------


def test_a_round_closes_only_after_its_end_and_with_every_comment_answered():
    by = make.proposer()
    one = make.standard("comments", by=by)
    said = make.comment(one)
    keeper = make.secretary()

    with pytest.raises(RuleBroken, match="taken still"):
        opened.close_round(one.pk, by=keeper, now=NOW + 29 * DAY)
    with pytest.raises(RuleBroken, match="1 comment waits"):
        opened.close_round(one.pk, by=keeper, now=AFTER)
    opened.reply(said.pk, verdict="partly", reply="改为十八分钟", by=by, now=AFTER)
    opened.close_round(one.pk, by=keeper, now=AFTER)

    tally = queries.tally(one.rounds.get())
    assert (tally.total, tally.accepted, tally.partly, tally.declined) == (1, 0, 1, 0)
    assert Notice.objects.filter(person=said.by, template="standards.replied").count() == 1
    with pytest.raises(RuleBroken, match="this round is closed"):
        opened.reply(said.pk, verdict="declined", reply="改口", by=by, now=AFTER)


def test_the_database_closes_no_round_before_its_end_and_takes_no_answer_without_words():
    one = make.standard("comments")
    said = make.comment(one)

    with pytest.raises(IntegrityError), transaction.atomic():
        CommentRound.objects.update(closed_at=NOW + DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(said).objects.update(verdict="accepted")


def test_a_round_is_at_least_as_long_as_the_rules_say_and_keeps_its_draft():
    one = make.standard("drafting")
    keeper = make.secretary()

    with pytest.raises(RuleBroken, match="at least 30 days"):
        opened.open_round(one.pk, days=29, explained="说明", by=keeper, now=NOW)
    of = opened.open_round(one.pk, days=30, explained="说明", by=keeper, now=NOW)

    assert [clause["number"] for clause in of.draft] == ["1", "5.2"]
    assert of.ends_at - NOW > 30 * DAY


def test_anybody_comments_a_measured_number_of_times_on_a_clause_that_there_is():
    one, by = make.standard("comments"), user("居民示例")

    for n in range(20):
        make.comment(one, by=by, text=f"意见{n}")
    with pytest.raises(RuleBroken, match="20 comments in a day"):
        make.comment(one, by=by, text="再一条")
    with pytest.raises(RuleBroken, match="has no clause 9"):
        make.comment(one, clause="9")
    with pytest.raises(NotAllowed, match="in its name"):
        make.comment(one, organisation=make.unit())
    opened.comment(one.pk, clause="", text="再一条", by=by, now=NOW + 3 * DAY)

    assert queries.comments(standard=one.pk).count() == 21


def test_the_same_words_stand_once_and_after_the_end_none():
    one, by = make.standard("comments"), user("居民示例")
    make.comment(one, by=by)

    with pytest.raises(RuleBroken, match="said this already"):
        make.comment(one, by=by)
    with pytest.raises(RuleBroken, match="takes no comments now"):
        opened.comment(one.pk, clause="", text="晚了", by=by, now=AFTER)


def test_how_to_ask_back_is_sealed_and_words_go_with_the_person_and_answers_stay():
    drafter, by = make.proposer(), user("居民示例")
    one = make.standard("comments", by=drafter)
    said = make.comment(one, by=by, contact="13800000001")
    opened.reply(said.pk, verdict="declined", reply="不改", by=drafter, now=NOW + DAY)

    assert b"13800000001" not in bytes(queries.comment(said.pk).sealed)
    assert queries.comment(said.pk).contact() == "13800000001"
    accounts.erase(by, by=by, now=NOW + DAY)
    standards_listeners.forget_comments(PersonErased(at=NOW, person_id=by.pk), None)

    kept = queries.comment(said.pk)
    assert (kept.contact(), kept.text, kept.reason) == ("", "", "")
    assert (kept.verdict, kept.reply) == ("declined", "不改")


# --- the review meeting and the vote --------------------------------------------------------------


def test_a_meeting_of_too_few_finds_nothing_and_one_that_says_no_sends_the_draft_back():
    one = make.standard("review")

    with pytest.raises(RuleBroken, match="at least 5 people"):
        make.opinion(one, passed=True, present=4)
    make.opinion(one, passed=False)

    assert fresh(one).state == "drafting"


def test_drafters_and_people_of_their_units_do_not_vote():
    one = make.standard("reviewed")
    free, bound = [make.expert() for _ in range(3)], make.expert("同单位示例")
    experts.state_employment(
        expert_of(bound).pk, organisation=make.unit(), first=date(2020, 1, 1), by=bound, now=NOW
    )

    able = queries.may_vote(one, drafters=False, on=NOW.date())
    assert {person.pk for person in able} == {person.pk for person in free}
    with pytest.raises(RuleBroken, match="drafters, people of their units"):
        opened.open_vote(one.pk, [*free, bound], by=make.secretary(), now=AFTER)
    with pytest.raises(RuleBroken, match="at least 3 members"):
        opened.open_vote(one.pk, free[:2], by=make.secretary(), now=AFTER)


def test_a_secret_vote_keeps_sums_and_that_one_voted_and_no_more():
    one = make.standard("vote")
    ballot = one.ballots.get()
    voter = ballot.voters.first().person

    opened.vote(one.pk, choice="against", by=voter, now=AFTER)
    with pytest.raises(RuleBroken, match="a vote stands"):
        opened.vote(one.pk, choice="for", by=voter, now=AFTER)
    with pytest.raises(NotAllowed, match="only members named"):
        opened.vote(one.pk, choice="for", by=user(), now=AFTER)

    place = ballot.voters.get(person=voter)
    ballot.refresh_from_db()
    entry = Entry.objects.filter(verb="standard.vote").get()
    assert (place.voted, place.choice) == (True, "")
    assert (ballot.votes_for, ballot.votes_against, ballot.abstained) == (0, 1, 0)
    assert "against" not in str(vars(entry))


def test_the_database_holds_one_vote_of_each_member():
    ballot = make.standard("vote").ballots.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        StandardVoter.objects.create(ballot=ballot, person=ballot.voters.first().person)


@pytest.mark.parametrize(
    ("cast", "members", "carried"),
    [
        ((3, 1, 0), 4, True),  # three quarters of four
        ((2, 1, 0), 4, False),  # 2 of 3 are fewer than three quarters
        ((2, 0, 0), 3, True),  # two thirds of three voted: nothing is rounded
        ((2, 0, 0), 4, False),  # too few voted
        ((3, 0, 1), 4, True),
        ((2, 0, 2), 4, False),  # who abstains has voted, but not for it
        ((0, 0, 0), 3, False),
    ],
)
def test_a_vote_is_carried_by_enough_of_enough(cast, members, carried):
    ballot = StandardBallot(quorum="2/3", majority="3/4", of_members=False)
    ballot.votes_for, ballot.votes_against, ballot.abstained = cast

    assert rules.carries(ballot, members) is carried


def test_counted_of_all_members_who_stays_away_weighs_against():
    ballot = StandardBallot(quorum="1/2", majority="3/4", of_members=True, votes_for=2)

    assert not rules.carries(ballot, 3)
    assert rules.carries(ballot, 2)


def test_a_vote_that_fails_sends_the_draft_back_and_time_ends_it():
    one = make.standard("vote")
    keeper = make.secretary()

    with pytest.raises(RuleBroken, match="there is time left"):
        opened.close_vote(one.pk, by=keeper, now=AFTER)
    late = one.ballots.get().ends_at
    with pytest.raises(RuleBroken, match="this vote is over"):
        opened.vote(one.pk, choice="for", by=one.ballots.get().voters.first().person, now=late)
    opened.close_vote(one.pk, by=keeper, now=late)

    assert fresh(one).state == "drafting"
    assert one.ballots.get().carried is False
