"""A meeting of the panel, rule by rule: who leads, who sits, when there is a vote, and what it binds."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from kepu.appraisal import actions
from kepu.appraisal.actions import attending, meetings
from kepu.appraisal.models import Meeting, MeetingItem
from kepu.appraisal.programme import panelling
from kepu.appraisal.queries import judging
from kepu.appraisal.queries import meetings as queries
from kepu.appraisal.states import ApplicationState
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, Outside, RuleBroken
from kepu.people.actions import experts as people
from tests.factories import NOW, grant, officer, user
from tests.kepu.appraisal import meeting_world as room
from tests.kepu.appraisal import review_world as world
from tests.kepu.appraisal.factories import again, decider, end_review, secretary
from tests.kepu.appraisal.meeting_world import DURING, SOON

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def said(meeting: Meeting) -> list[str]:
    """The verbs of the audit about a meeting, the first first."""
    found = Entry.objects.filter(object_type="appraisal.meeting", object_id=str(meeting.pk))
    return list(found.order_by("pk").values_list("verb", flat=True))


# --- planning -------------------------------------------------------------------------------------


def test_a_meeting_is_planned_with_members_who_hear_of_it_and_see_no_applicant_named():
    of = room.call()
    one = room.reviewed(of, "秘密馆示例")
    who = room.judges(3)

    meeting = room.planned(of, [one], who)

    assert [m.number for m in queries.members(meeting)] == [1, 2, 3]
    assert queries.items(meeting)[0].application_id == one.pk
    (told,) = world.told(who[0].person)[-1:]
    assert "示例楼三层会议室" in told
    assert "秘密馆" not in told
    assert said(meeting)[0] == "appraisal.plan_meeting"


def test_only_the_secretary_of_the_place_plans():
    of = room.call()
    one, who = room.reviewed(of), room.judges(1)
    words = {"title": "会", "place": "室", "starts_at": SOON, "kind": "vote"}

    for by in (
        user("过客示例"),
        officer("appraisal_secretary", "50.103.", "区秘书示例"),
        decider(),
    ):
        with pytest.raises(NotAllowed):
            meetings.plan(
                of.pk, experts=[who[0].pk], applications=[one.pk], by=by, now=NOW, **words
            )
    assert not Meeting.objects.exists()


def test_what_does_not_wait_for_a_panel_is_not_put_before_one():
    of = room.call()
    one, who = world.checked(of), room.judges(3)

    with pytest.raises(RuleBroken, match="does not wait for a panel"):
        room.planned(of, [one], who)
    end_review(one)
    room.planned(of, [one], who)
    with pytest.raises(RuleBroken, match="does not wait for a panel"):
        room.planned(of, [one], who)  # it is on an agenda already


def test_a_programme_without_a_panel_has_no_meetings_and_proposes_as_ever():
    of = world.call()
    one = room.reviewed(of)

    with pytest.raises(RuleBroken, match="has no panel"):
        room.planned(of, [one], room.judges(3))
    actions.deciding.propose(one.pk, grade="plain", seen=one.version, by=secretary(), now=NOW)
    assert again(one).state == ApplicationState.PROPOSED


def test_a_meeting_begins_in_time_to_come_and_has_members():
    of = room.call()
    one, who = room.reviewed(of), room.judges(1)
    words = {"title": "会", "place": "室", "kind": "vote", "applications": [one.pk]}

    with pytest.raises(RuleBroken, match="begins after now"):
        meetings.plan(of.pk, starts_at=NOW, experts=[who[0].pk], by=secretary(), now=NOW, **words)
    with pytest.raises(RuleBroken, match="choose a member"):
        meetings.plan(of.pk, starts_at=SOON, experts=[], by=secretary(), now=NOW, **words)


def test_who_holds_an_office_over_the_call_does_not_sit_on_its_panel():
    of = room.call()
    one = room.reviewed(of)
    both = world.expert("两职示例")
    grant(both.person, "city_officer", "50.")

    with pytest.raises(RuleBroken, match="cannot sit"):
        room.planned(of, [one], [both])


# --- the order ------------------------------------------------------------------------------------


def test_the_order_is_drawn_once_from_the_seed_sealed_with_the_plan_and_found_again_by_anybody():
    of = room.call()
    rows = [room.reviewed(of, f"{n}馆示例") for n in "甲乙丙丁"]
    meeting = room.planned(of, rows, room.judges(3))

    meetings.draw(meeting.pk, by=secretary(), now=NOW)

    told = meeting.seed_digest
    meeting.refresh_from_db()
    sealed = hashlib.sha256(f"{meeting.seed}:{meeting.seed_salt}".encode()).hexdigest()
    assert told == meeting.seed_digest == sealed
    drawn = [one.application.code for one in queries.items(meeting)]
    by_hand = sorted(
        (int(hashlib.sha256(f"{meeting.seed}:{one.code}:{meeting.pk}".encode()).hexdigest()[:3], 16),
         one.code)
        for one in rows
    )  # fmt: skip
    assert drawn == [code for _ticket, code in by_hand]
    with pytest.raises(RuleBroken, match="drawn already"):
        meetings.draw(meeting.pk, by=secretary(), now=NOW)


def test_no_meeting_begins_before_its_order_is_drawn():
    of = room.call()
    meeting = room.planned(of, [room.reviewed(of)], room.judges(3))

    with pytest.raises(RuleBroken, match="draw the order first"):
        meetings.open_meeting(meeting.pk, by=secretary(), now=DURING)


# --- joining --------------------------------------------------------------------------------------


def test_who_sends_the_code_of_the_room_has_joined_and_nobody_else():
    of = room.call()
    who = room.judges(3)
    meeting = room.planned(of, [room.reviewed(of)], who)
    seat = room.seat(meeting, who[0])

    with pytest.raises(RuleBroken, match="has not begun"):
        attending.join(seat.pk, code=meeting.code, by=who[0].person, now=NOW)
    room.opened(meeting)
    with pytest.raises(RuleBroken, match="not the code"):
        attending.join(seat.pk, code="AAAAAA", by=who[0].person, now=DURING)
    with pytest.raises(NotAllowed, match="only the member"):
        attending.join(seat.pk, code=meeting.code, by=who[1].person, now=DURING)
    with pytest.raises(Outside, match="expects you"):
        queries.seat_by_code(meeting.code, user("过客示例"))

    found = queries.seat_by_code(f" {meeting.code.lower()} ", who[0].person)
    joined = attending.join(found.pk, code=meeting.code.lower(), by=who[0].person, now=DURING)
    assert joined.joined_at == DURING
    assert not joined.here  # before the pledge


def test_a_code_that_left_the_room_is_replaced_and_who_is_there_stays():
    of = room.call()
    who = room.judges(3)
    meeting = room.opened(room.planned(of, [room.reviewed(of)], who))
    room.comes(meeting, who[0])

    new = meetings.renew_code(meeting.pk, by=secretary(), now=DURING).code

    with pytest.raises(RuleBroken, match="not the code"):
        attending.join(
            room.seat(meeting, who[1]).pk, code=meeting.code, by=who[1].person, now=DURING
        )
    assert new != meeting.code
    assert room.seat(meeting, who[0]).here


def test_nobody_sits_there_without_the_pledge():
    of = room.call()
    who = room.judges(3)
    meeting = room.opened(room.planned(of, [room.reviewed(of)], who))
    seat = room.seat(meeting, who[0])

    with pytest.raises(RuleBroken, match="join with the code"):
        attending.pledge(seat.pk, confidential=True, by=who[0].person, now=DURING)
    attending.join(seat.pk, code=meeting.code, by=who[0].person, now=DURING)
    with pytest.raises(RuleBroken, match="pledge"):
        attending.pledge(seat.pk, confidential=False, by=who[0].person, now=DURING)


# --- who steps aside ------------------------------------------------------------------------------


def test_who_is_bound_by_the_record_is_out_of_that_decision_alone():
    of = room.call()
    own, other = room.reviewed(of, "甲馆示例"), room.reviewed(of, "乙馆示例")
    who = room.judges(4)
    people.declare_conflict(
        who[0].pk, reason="顾问", organisation=own.organisation, by=who[0].person, now=NOW
    )

    meeting = room.under_way(of, [own, other], who)

    barred = {
        one.application.code: {row.member.number for row in one.recusals.all()}
        for one in MeetingItem.objects.filter(meeting=meeting)
    }
    assert barred == {own.code: {1}, other.code: set()}


def test_who_stands_for_the_applicant_is_out_though_no_bond_was_declared():
    of = room.call()
    one = room.reviewed(of, "甲馆示例")
    who = room.judges(3)
    grant(who[0].person, "venue_manager", one.organisation)

    meeting = room.under_way(of, [one], who)

    assert [row.member.number for row in room.item(meeting).recusals.all()] == [1]


def test_who_steps_aside_by_his_own_word_takes_no_part_and_the_quorum_is_counted_without_him():
    of = room.call()
    one, who = room.reviewed(of), room.judges(6)
    meeting = room.opened(room.planned(of, [one], who))
    for expert in who[1:4]:
        room.comes(meeting, expert)
    item = room.item(meeting)
    meetings.call_up(item.pk, by=secretary(), now=DURING)

    # three of six are here, and four are needed
    with pytest.raises(RuleBroken, match="no quorum: 3 of 6 are here, 4 are needed"):
        meetings.let_vote(item.pk, by=secretary(), now=DURING)

    # two of those who are away turn out to be bound: three of four, and three are needed
    for expert in who[4:]:
        room.comes(meeting, expert, aside=[item.pk])
    opened = meetings.let_vote(item.pk, by=secretary(), now=DURING)
    standing = queries.standing(opened, queries.members(meeting), queries.panel_of(of)[1])
    assert (standing.entitled, standing.present, standing.least) == (4, 3, 3)
    with pytest.raises(RuleBroken, match="stepped aside"):
        room.votes(opened, who[5])


def test_nobody_steps_aside_once_he_has_voted_or_it_is_decided():
    of = room.call()
    who = room.judges(3)
    meeting = room.under_way(of, [room.reviewed(of)], who)
    item = room.voting(meeting)
    room.votes(item, who[0])

    with pytest.raises(RuleBroken, match="voted already"):
        attending.step_aside(item.pk, by=who[0].person, now=DURING)
    for expert in who[1:]:
        room.votes(item, expert)
    room.counted(item)
    with pytest.raises(RuleBroken, match="decided"):
        attending.step_aside(item.pk, by=who[1].person, now=DURING)


def test_a_secret_vote_needs_three_who_vote_and_an_open_one_does_not():
    of = room.call()
    who = room.judges(2)
    meeting = room.under_way(of, [room.reviewed(of)], who)
    item = room.item(meeting)
    meetings.call_up(item.pk, by=secretary(), now=DURING)

    with pytest.raises(RuleBroken, match="three who vote"):
        meetings.let_vote(item.pk, by=secretary(), now=DURING)

    openly = room.call(code="openly", secret=False)
    room.voting(room.under_way(openly, [room.reviewed(openly, "乙馆示例")], who))


# --- voting ---------------------------------------------------------------------------------------


def test_one_application_is_in_hand_at_a_time():
    of = room.call()
    rows = [room.reviewed(of, f"{n}馆示例") for n in "甲乙"]
    meeting = room.under_way(of, rows, room.judges(3))
    meetings.call_up(room.item(meeting, 2).pk, by=secretary(), now=DURING)

    with pytest.raises(RuleBroken, match="another application is in hand"):
        meetings.call_up(room.item(meeting, 1).pk, by=secretary(), now=DURING)


def test_a_vote_counts_once_and_stands():
    of = room.call()
    who = room.judges(3)
    meeting = room.under_way(of, [room.reviewed(of)], who)
    item = room.item(meeting)

    with pytest.raises(RuleBroken, match="no vote is open"):
        room.votes(item, who[0])
    room.voting(meeting)
    room.votes(item, who[0], "against")
    with pytest.raises(RuleBroken, match="a vote stands"):
        room.votes(item, who[0], "for")
    with pytest.raises(RuleBroken, match="choose for, against or abstain"):
        room.votes(item, who[1], "85")
    with pytest.raises(Outside):
        attending.vote(item.pk, mark="for", by=user("过客示例"), now=DURING)

    item.refresh_from_db()
    assert item.tally == {"against": 1}


def test_a_vote_is_counted_when_everybody_there_has_voted_or_is_marked_as_gone():
    of = room.call()
    who = room.judges(4)
    meeting = room.under_way(of, [room.reviewed(of)], who)
    item = room.voting(meeting)
    for expert in who[:3]:
        room.votes(item, expert)

    with pytest.raises(RuleBroken, match="not everybody here has voted"):
        room.counted(item)
    meetings.mark_gone(room.seat(meeting, who[3]).pk, by=secretary(), now=DURING)
    with pytest.raises(RuleBroken, match="you left"):
        room.votes(item, who[3])

    assert room.counted(item).carried is True


def test_who_voted_and_left_since_was_present_at_the_decision():
    of = room.call()
    who = room.judges(4)
    meeting = room.under_way(of, [room.reviewed(of)], who)
    item = room.voting(meeting)
    for expert in who:
        room.votes(item, expert)
    meetings.mark_gone(room.seat(meeting, who[0]).pk, by=secretary(), now=DURING)

    counted = room.counted(item)

    assert (counted.present, counted.entitled) == (4, 4)
    (kept,) = room.closed(meeting).record["items"]
    assert (kept["present"], sum(kept["tally"].values())) == (4, 4)


def test_a_vote_that_lost_its_quorum_is_put_off_and_the_votes_are_void():
    of = room.call()
    who = room.judges(4)
    meeting = room.under_way(of, [room.reviewed(of)], who)
    item = room.voting(meeting)
    room.votes(item, who[0], "against")
    for expert in who[1:]:
        meetings.mark_gone(room.seat(meeting, expert).pk, by=secretary(), now=DURING)

    with pytest.raises(RuleBroken, match="only 1 voted, 3 are needed"):
        room.counted(item)
    off = meetings.put_off(item.pk, by=secretary(), now=DURING)

    assert (off.state, off.tally, off.votes.count(), off.put_off) == ("waiting", {}, 0, 1)
    with pytest.raises(RuleBroken, match="in hand already"):
        meetings.take_off(item.pk, by=secretary(), now=DURING)


def test_points_are_whole_and_within_the_rubric():
    of = room.call()
    who = room.judges(3)
    meeting = room.under_way(of, [room.reviewed(of)], who, kind="score")
    item = room.voting(meeting)

    for wrong in ("61", "-1", "12.5", "for", ""):
        with pytest.raises(RuleBroken, match="give 0 to 60 points"):
            room.votes(item, who[0], wrong)
    for expert, points in zip(who, ("60", "055", "50"), strict=True):
        room.votes(item, expert, points)

    done = room.counted(item)
    assert done.tally == {"50": 1, "55": 1, "60": 1}
    assert panelling.mean(done.tally) == 55


# --- the end --------------------------------------------------------------------------------------


def test_the_sheet_is_signed_once_when_everything_is_decided():
    of = room.call()
    who = room.judges(3)
    meeting = room.under_way(of, [room.reviewed(of)], who)
    seat = room.seat(meeting, who[0])

    with pytest.raises(RuleBroken, match="when every application is decided"):
        attending.sign(seat.pk, opinion="", by=who[0].person, now=DURING)
    item = room.voting(meeting)
    for expert in who:
        room.votes(item, expert)
    room.counted(item)
    attending.sign(seat.pk, opinion="同意", by=who[0].person, now=DURING)
    with pytest.raises(RuleBroken, match="signed already"):
        attending.sign(seat.pk, opinion="改", by=who[0].person, now=DURING)


def test_a_meeting_is_closed_when_nothing_on_its_agenda_waits():
    of = room.call()
    rows = [room.reviewed(of, f"{n}馆示例") for n in "甲乙"]
    who = room.judges(3)
    meeting = room.under_way(of, rows, who)
    item = room.voting(meeting)
    for expert in who:
        room.votes(item, expert)
    room.counted(item)

    with pytest.raises(RuleBroken, match="take off the agenda"):
        room.closed(meeting)
    with pytest.raises(RuleBroken, match="a meeting that decided"):
        meetings.cancel(meeting.pk, by=secretary(), now=DURING)
    meetings.take_off(room.item(meeting, 2).pk, by=secretary(), now=DURING)
    done = room.closed(meeting)

    assert done.digest == judging.digest(done.record)
    assert rows[1 - rows.index(item.application)] in queries.waiting(of)


def test_a_meeting_is_called_off_before_anything_is_decided_and_members_hear_of_it():
    of = room.call()
    who = room.judges(3)
    one = room.reviewed(of)
    meeting = room.planned(of, [one], who)

    meetings.cancel(meeting.pk, by=secretary(), now=NOW)

    assert "取消" in world.told(who[0].person)[-1]
    assert queries.waiting(of) == [one]
    assert not queries.seats_of(who[0].person).exists()


def test_the_record_gives_the_same_results_once_more_and_another_one_when_it_is_changed():
    of = room.call()
    one = room.reviewed(of)
    meeting = room.held(of, one, room.judges(3), ("for", "for", "against"))
    meeting.refresh_from_db()

    kept = [row["carried"] for row in meeting.record["items"]]
    assert kept == [True] == panelling.replayed(meeting.record)
    meeting.record["items"][0]["tally"] = {"for": 1, "against": 2}
    assert panelling.replayed(meeting.record) == [False]
    assert judging.digest(meeting.record) != meeting.digest


# --- what it binds --------------------------------------------------------------------------------


def test_nothing_is_proposed_before_a_closed_meeting_has_carried_it():
    of = room.call()
    one = room.reviewed(of)
    who = room.judges(3)
    words = {"grade": "plain", "seen": one.version, "by": secretary(), "now": DURING}

    with pytest.raises(RuleBroken, match="has not decided"):
        actions.deciding.propose(one.pk, **words)
    meeting = room.under_way(of, [one], who)
    item = room.voting(meeting)
    for expert in who:
        room.votes(item, expert)
    room.counted(item)
    with pytest.raises(RuleBroken, match="has not decided"):
        actions.deciding.propose(one.pk, **words)
    room.closed(meeting)
    actions.deciding.propose(one.pk, **words)

    assert again(one).state == ApplicationState.PROPOSED


def test_what_the_panel_did_not_carry_is_not_proposed_nor_put_before_another_meeting():
    of = room.call()
    one = room.reviewed(of)
    who = room.judges(3)
    room.held(of, one, who, ("for", "against", "abstain"))

    with pytest.raises(RuleBroken, match="did not carry"):
        actions.deciding.propose(
            one.pk, grade="plain", seen=one.version, by=secretary(), now=DURING
        )
    with pytest.raises(RuleBroken, match="does not wait for a panel"):
        room.planned(of, [one], who)


def test_what_came_back_to_its_review_needs_a_new_decision():
    of = room.call()
    one = room.reviewed(of)
    room.held(of, one, room.judges(3), ("for",) * 3)
    assert queries.decision(again(one)).carried

    again(one)
    type(one).objects.filter(pk=one.pk).update(since=DURING + timedelta(days=9))

    assert queries.decision(again(one)) is None
    assert queries.waiting(of) == [one]


def test_proposing_all_by_the_scores_leaves_out_what_no_panel_has_carried():
    of = room.call(levels=[{"key": "plain", "title": "二级", "cut": 50}])
    one, other = world.checked(of, "甲馆示例"), world.checked(of, "乙馆示例")
    who = room.judges(3)
    for application in (one, other):
        for judge in who[:2]:
            world.done(application, judge, 2000, 4000)
    actions.judging.weigh(of.pk, by=secretary(), now=NOW)
    room.held(of, again(one), who, ("for",) * 3)

    found = actions.judging.propose_all(of.pk, 1, by=secretary(), now=DURING)

    assert [each.pk for each in found] == [one.pk]
    assert again(other).state == ApplicationState.REVIEWED


def test_what_was_decided_or_voted_on_is_not_changed_by_a_bond_declared_after_it():
    of = room.call()
    first, second = room.reviewed(of, "甲馆示例"), room.reviewed(of, "乙馆示例")
    who = room.judges(4)
    meeting = room.under_way(of, [first, second], who)
    one = room.voting(meeting)
    for expert in who:
        room.votes(one, expert)
    people.declare_conflict(
        who[0].pk, reason="亲属", organisation=one.application.organisation, by=who[0].person,
        now=DURING,
    )  # fmt: skip
    room.comes(meeting, who[0])  # a pledge again while the vote is open
    assert not one.recusals.exists()
    room.counted(one)
    late = world.expert("后到示例")
    people.declare_conflict(
        late.pk, reason="亲属", organisation=one.application.organisation, by=late.person,
        now=DURING,
    )  # fmt: skip
    meetings.invite(meeting.pk, experts=[late.pk], by=secretary(), now=DURING)
    room.comes(meeting, who[0])

    assert not one.recusals.exists()
