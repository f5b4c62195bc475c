"""The final vote of a jury: who stands, who votes, how secret it is, and what follows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.appraisal import actions, queries, rules
from kepu.appraisal.models import Application, ApplicationStep, Elector, JuryBallot
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.people.actions import experts as people
from tests.factories import NOW, division, grant, user
from tests.kepu.appraisal import ballot_world as world
from tests.kepu.appraisal.factories import again, decider, programme, secretary
from tests.kepu.appraisal.review_world import told
from tests.kepu.venues.factories import HERE, THERE

pytestmark = pytest.mark.django_db


def reader(person) -> Client:
    browser = Client(headers={"accept-language": "zh-CN"})
    browser.force_login(person)
    return browser


def names(call):
    rows = queries.ballots.shortlist(call, queries.calls.programme(call))
    return [queries.applications.name_of(one) for one in rows]


def test_the_best_of_each_class_stand_and_who_equals_the_last_stands_too():
    call = world.call()
    world.candidates(call, 3000, 3900, 3000, 2000)
    world.candidates(call, 2500, klass="media")

    assert names(call)[0] == "场馆候选2示例"
    assert set(names(call)[1:3]) == {"场馆候选1示例", "场馆候选3示例"}
    assert names(call)[3:] == ["传媒候选1示例"]


def test_the_jury_is_told_and_votes_once():
    call, jury = world.call(), world.jury()
    world.candidates(call, 3900, 3000)
    ballot = world.opened(call, jury)

    world.cast(ballot, (jury[0], [0]))

    assert "终评投票" in told(jury[0].person)[-1]
    with pytest.raises(RuleBroken, match="have voted"):
        world.cast(ballot, (jury[0], [1]))
    ballot.refresh_from_db()
    assert ballot.slips == [[0]]


def test_what_is_kept_tells_neither_who_put_in_which_slip_nor_when():
    call, jury = world.call(), world.jury(4)
    world.candidates(call, 3900, 3000)
    ballot = world.opened(call, jury)

    world.cast(ballot, (jury[0], [1]), (jury[1], [0, 1]), (jury[2], [0]), (jury[3], [1]))

    ballot.refresh_from_db()
    assert ballot.slips == sorted(ballot.slips) == [[0], [0, 1], [1], [1]]
    assert {field.name for field in Elector._meta.fields} == {"id", "ballot", "person", "voted"}
    entries = Entry.objects.filter(verb="appraisal.vote_ballot")
    assert [entry.detail for entry in entries] == [{}] * 4


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [([0, 1, 2], "2 at most"), ([9], "from this list"), ([-1], "from this list")],
)
def test_a_slip_names_candidates_of_the_paper_and_no_more_than_there_are_places(chosen, reason):
    call, jury = world.call(), world.jury()
    world.candidates(call, 3900, 3900, 3900)
    ballot = world.opened(call, jury)

    with pytest.raises(RuleBroken, match=reason):
        world.cast(ballot, (jury[0], chosen))
    assert not Elector.objects.filter(voted=True).exists()


def test_only_members_vote_and_only_in_time():
    call, jury = world.call(), world.jury()
    world.candidates(call, 3900, 3000)
    ballot = world.opened(call, jury)

    with pytest.raises(NotAllowed, match="no member"):
        actions.ballots.vote(ballot.pk, [0], by=user(), now=NOW)
    with pytest.raises(RuleBroken, match="over"):
        actions.ballots.vote(ballot.pk, [0], by=jury[0].person, now=world.LATER)


def test_whoever_is_bound_to_a_candidate_is_not_of_the_jury():
    call, jury = world.call(), world.jury(4)
    first, _second = world.candidates(call, 3900, 3000)
    people.declare_conflict(
        jury[3].pk, reason="亲属", person=first.person, by=jury[3].person, now=NOW
    )

    with pytest.raises(RuleBroken, match="may not vote here"):
        world.opened(call, jury)
    assert world.opened(call, jury[:3]).electors.count() == 3


@pytest.mark.parametrize("size", [0, 2])
def test_a_jury_so_small_that_its_sums_tell_how_each_voted_is_refused(size):
    call, jury = world.call(), world.jury(size)
    world.candidates(call, 3900, 3000)

    with pytest.raises(RuleBroken, match="3 to 200 members"):
        world.opened(call, jury)


def test_no_round_opens_beside_another_nor_before_the_scores_are_weighed():
    call, jury = world.call(), world.jury()

    with pytest.raises(RuleBroken, match="weigh the scores first"):
        world.opened(call, jury)
    world.candidates(call, 3900, 3000)
    world.opened(call, jury)
    with pytest.raises(RuleBroken, match="close it first"):
        world.opened(call, jury)


def test_a_programme_without_a_vote_has_none():
    call = world.call(ballot=None)
    programme = queries.calls.programme(call).model_copy(update={"ballot": None})

    assert "without a vote" in rules.ballots.why_not_vote_on(call, programme)


def test_only_the_secretary_opens_and_counts():
    call, jury = world.call(), world.jury()
    world.candidates(call, 3900, 3000)

    with pytest.raises(NotAllowed):
        actions.ballots.open_ballot(call.pk, [one.pk for one in jury], by=user(), now=NOW)
    ballot = world.opened(call, jury)
    for by in (user(), jury[0].person):
        with pytest.raises(NotAllowed):
            actions.ballots.close_ballot(ballot.pk, by=by, now=world.LATER)


def test_a_round_is_counted_when_everybody_has_voted_or_its_time_is_over():
    call, jury = world.call(), world.jury()
    world.candidates(call, 3900, 3000)
    ballot = world.opened(call, jury)
    world.cast(ballot, (jury[0], [0]), (jury[1], [0]))

    with pytest.raises(RuleBroken, match="2 of 3"):
        actions.ballots.close_ballot(ballot.pk, by=secretary(), now=NOW)
    world.cast(ballot, (jury[2], [1]))
    counted = actions.ballots.close_ballot(ballot.pk, by=secretary(), now=NOW)

    assert counted.result["votes"] == [2, 1]
    assert counted.result["elected"] == [0]
    with pytest.raises(RuleBroken, match="over"):
        world.closed(ballot)


def test_who_is_elected_is_proposed_at_the_level_the_programme_says_with_the_votes_as_reason():
    call, jury = world.call(), world.jury()
    first, second = world.candidates(call, 3900, 3000)
    ballot = world.opened(call, jury)
    world.cast(ballot, *((one, [0]) for one in jury))
    world.closed(ballot)

    proposed = actions.ballots.propose_elected(ballot.pk, by=secretary(), now=world.LATER)

    assert [(one.pk, one.grade) for one in proposed] == [(first.pk, "winner")]
    assert first.steps.get(verb="propose").reason == "final vote, round 1: 3 of 3 votes"
    second.refresh_from_db()
    assert second.state == "reviewed"
    with pytest.raises(RuleBroken, match="proposed already"):
        actions.ballots.propose_elected(ballot.pk, by=secretary(), now=world.LATER)


def test_nothing_is_proposed_of_a_round_that_is_not_counted_or_elected_nobody():
    call, jury = world.call(), world.jury()
    world.candidates(call, 3900, 3000)
    ballot = world.opened(call, jury)

    with pytest.raises(RuleBroken, match="not counted yet"):
        actions.ballots.propose_elected(ballot.pk, by=secretary(), now=NOW)
    world.closed(ballot)
    with pytest.raises(RuleBroken, match="nobody was elected"):
        actions.ballots.propose_elected(ballot.pk, by=secretary(), now=world.LATER)
    with pytest.raises(NotAllowed):
        actions.ballots.propose_elected(ballot.pk, by=decider(), now=world.LATER)


def test_who_stands_equal_at_the_last_place_stands_once_more_and_never_a_third_time():
    call, jury = world.call(ballot={"seats": 1, "nominees": 3}), world.jury(4)
    world.candidates(call, 3900, 3000, 2900)
    first = world.opened(call, jury)
    world.cast(first, (jury[0], [0]), (jury[1], [0]), (jury[2], [1]), (jury[3], [1]))
    world.closed(first)

    second = actions.ballots.open_ballot(
        call.pk, [one.pk for one in jury], by=secretary(), now=world.LATER
    )

    assert (second.number, second.follows_id, second.seats) == (2, first.pk, 1)
    assert [one["id"] for one in second.candidates] == [one["id"] for one in first.candidates[:2]]
    assert second.run_off is False


def test_counting_again_finds_the_same_and_a_changed_box_is_found_out():
    call, jury = world.call(), world.jury()
    world.candidates(call, 3900, 3000)
    ballot = world.opened(call, jury)
    world.cast(ballot, *((one, [0]) for one in jury))
    world.closed(ballot)
    ballot.refresh_from_db()

    assert queries.ballots.digest_of(ballot, queries.ballots.votes_of(ballot)) == ballot.digest
    JuryBallot.objects.filter(pk=ballot.pk).update(slips=[[1], [1], [1]])
    ballot.refresh_from_db()
    assert queries.ballots.digest_of(ballot, queries.ballots.votes_of(ballot)) != ballot.digest


def test_a_district_holds_a_vote_of_its_own_and_no_other_district_has_a_hand_in_it():
    by, other = secretary(HERE), secretary(THERE)
    code = programme(
        "district_award", **world.SAID | {"ballot": world.BALLOT, "decided_at": "district"}
    )
    call = actions.calls.make(
        code, division(HERE), title="区级科普工作奖示例", opens_at=NOW - timedelta(days=1),
        closes_at=NOW + timedelta(days=30), by=by, now=NOW,
    )  # fmt: skip
    call = actions.calls.open_call(call.pk, seen=call.version, by=by, now=NOW)
    jury = world.jury()
    first, _second = world.candidates(call, 3900, 3000)

    with pytest.raises(NotAllowed):
        actions.ballots.open_ballot(call.pk, [one.pk for one in jury], by=other, now=NOW)
    ballot = actions.ballots.open_ballot(call.pk, [one.pk for one in jury], by=by, now=NOW)
    world.cast(ballot, *((one, [0]) for one in jury))
    actions.ballots.close_ballot(ballot.pk, by=by, now=NOW)
    proposed = actions.ballots.propose_elected(ballot.pk, by=by, now=NOW)

    assert proposed == [first]


def test_who_keeps_or_decides_the_call_is_not_of_its_jury():
    call, jury = world.call(), world.jury(4)
    world.candidates(call, 3900, 3000)
    grant(jury[3].person, "appraisal_secretary", "50.")

    with pytest.raises(RuleBroken, match="may not vote here"):
        world.opened(call, jury)


def counted_for_the_first(**ballot):
    call, jury = world.call(ballot=ballot), world.jury()
    found = world.candidates(call, 3900, 3000)
    round_ = world.opened(call, jury)
    world.cast(round_, *((one, [0]) for one in jury))
    return call, found, round_


def propose(one, grade):
    one = again(one)
    return actions.deciding.propose(
        one.pk, grade=grade, seen=one.version, reason="示例", by=secretary(), now=world.LATER
    )


def test_nobody_is_proposed_before_the_jury_has_voted_and_the_level_of_the_elected_is_theirs():
    call, (first, second), round_ = counted_for_the_first(run_off=False)

    for grade in ("winner", "nominee"):
        with pytest.raises(RuleBroken, match="not finished its vote"):
            propose(first, grade)
    with pytest.raises(RuleBroken, match="not finished its vote"):
        actions.judging.propose_all(call.pk, 1, by=secretary(), now=NOW)
    world.closed(round_)
    with pytest.raises(RuleBroken, match="did not elect"):
        propose(second, "winner")

    assert propose(second, "nominee").grade == "nominee"
    assert propose(first, "winner").grade == "winner"


def test_proposing_all_by_the_scores_leaves_the_elected_and_their_level_to_the_vote():
    call, (first, second), round_ = counted_for_the_first(run_off=False)
    world.closed(round_)

    found = actions.judging.propose_all(call.pk, 1, by=secretary(), now=world.LATER)

    assert again(first).state == "reviewed"
    assert first not in found
    assert {one.grade for one in found} <= {"nominee"}
    assert again(second).state == "proposed"


def test_a_refusal_that_an_appeal_overturned_is_judged_by_people():
    _call, (_first, second), round_ = counted_for_the_first(run_off=False)
    world.closed(round_)
    with pytest.raises(RuleBroken, match="did not elect"):
        propose(second, "winner")
    ApplicationStep.objects.create(
        application=second, verb="reopen", state="reviewed", by=decider(), at=world.LATER
    )

    assert propose(second, "winner").grade == "winner"


def test_a_round_in_which_too_few_voted_is_held_again_with_the_same_paper_and_rule():
    call, jury = world.call(), world.jury()
    world.candidates(call, 3900, 3000)
    first = world.opened(call, jury)
    world.cast(first, (jury[0], [0]))
    world.closed(first)

    second = actions.ballots.open_ballot(
        call.pk, [one.pk for one in jury], by=secretary(), now=world.LATER
    )

    assert (second.candidates, second.seats, second.run_off) == (first.candidates, 2, True)


def test_who_was_withdrawn_stands_no_more_in_the_next_round():
    call, jury = world.call(ballot={"seats": 1, "nominees": 3}), world.jury(4)
    rows = world.candidates(call, 3900, 3000, 2900)
    first = world.opened(call, jury)
    world.cast(first, (jury[0], [0]), (jury[1], [0]), (jury[2], [1]), (jury[3], [1]))
    world.closed(first)
    Application.objects.filter(pk=rows[0].pk).update(state="withdrawn", due_at=None)

    standing, _seats, _last = queries.ballots.to_vote_on(call, queries.calls.programme(call))

    assert [one.pk for one in standing] == [rows[1].pk]


@pytest.mark.parametrize("size", [1, 2])
def test_slips_too_few_to_be_secret_are_void_and_their_round_is_held_again(size):
    call, jury = world.call(ballot={"quorum": 0.3}), world.jury(3)
    world.candidates(call, 3900, 3000)
    ballot = world.opened(call, jury)
    world.cast(ballot, *((one, [0]) for one in jury[:size]))

    ended = world.closed(ballot)

    ended.refresh_from_db()
    assert ended.slips == [[]] * size
    assert ended.result["votes"] == [0, 0]
    assert (ended.result["cast"], ended.result["quorate"], ended.result["elected"]) == (
        size,
        False,
        [],
    )
    page = reader(secretary()).get(reverse("jury-ballots", args=[call.pk]))
    text = page.content.decode()
    assert "投票不足三人" in text
    assert "<table" not in text
    assert "刚才重新计票，结果一致" in text
    again_ = world.opened(call, jury)
    assert again_.candidates == ended.candidates


def test_of_three_slips_the_sums_are_told():
    call, jury = world.call(ballot={"quorum": 0.3}), world.jury(3)
    world.candidates(call, 3900, 3000)
    ballot = world.opened(call, jury)
    world.cast(ballot, *((one, [0]) for one in jury))

    assert world.closed(ballot).result["votes"] == [3, 0]


def test_where_a_panel_decides_too_nobody_elected_is_proposed_before_it_and_the_button_says_so():
    call = world.call(panel={"quorum": 0.5, "majority": 0.5})
    world.candidates(call, 3900, 3000)
    ballot = world.opened(call, jury := world.jury())
    world.cast(ballot, *((one, [0]) for one in jury))
    world.closed(ballot)

    with pytest.raises(RuleBroken, match="the panel has not decided"):
        actions.ballots.propose_elected(ballot.pk, by=secretary(), now=world.LATER)
    page = reader(secretary()).get(reverse("jury-ballots", args=[call.pk])).content.decode()
    assert "评审会还没有就这份申报作出结论" in page
    assert reverse("jury-propose", args=[ballot.pk]) not in page


def test_levels_are_not_offered_to_be_proposed_before_the_vote_is_over():
    call = world.call()
    world.candidates(call, 3900, 3000)
    programme_ = queries.calls.programme(call)
    (judgement,) = queries.judging.of_call(call)

    refusal = rules.judging.why_not_propose_all(call, judgement, programme_)

    assert "jury has not finished its vote" in refusal
