"""The vote of the public: off unless a rulebook says so, advice alone, once for each account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from kepu.appraisal import actions, queries
from kepu.appraisal.models import PublicSlip
from kepu.appraisal.programme.schema import Programme
from kepu.kernel.errors import NotAllowed, RuleBroken
from tests.factories import NOW, user
from tests.kepu.appraisal import ballot_world as world
from tests.kepu.appraisal.factories import secretary
from tests.kepu.appraisal.samples import RULES

pytestmark = pytest.mark.django_db
PUBLIC = {"public": True, "public_picks": 2}


def asked(**said):
    call = world.call(ballot=PUBLIC | said)
    rows = world.candidates(call, 3900, 3000)
    actions.ballots.ask_public(call.pk, by=secretary(), now=NOW)
    return call, rows


def choose(call, *chosen, by=None, now=NOW):
    return actions.ballots.choose(call.pk, list(chosen), by=by or user(), now=now)


@pytest.mark.parametrize("subject", ["unit", "venue", "place"])
def test_votes_likes_and_forwards_of_the_public_never_score_a_district_or_a_unit(subject):
    said = RULES | {"subject": subject, "ballot": {"nominees": 2, "public": True}}

    with pytest.raises(ValidationError, match="persons and works alone"):
        Programme.model_validate(said)


def test_the_public_is_not_asked_where_the_rulebook_does_not_say_so():
    call = world.call()
    world.candidates(call, 3900, 3000)

    with pytest.raises(RuleBroken, match="let the public not vote"):
        actions.ballots.ask_public(call.pk, by=secretary(), now=NOW)


def test_no_vote_of_the_public_changes_a_score_a_rank_or_what_they_follow_from():
    call, (best, second) = asked()
    rows = queries.judging.weighable(call)
    before = queries.judging.digest(queries.judging.inputs(call, rows))
    score = [one.score for one in rows]

    for _ in range(30):
        choose(call, 1)
    actions.ballots.close_public(call.pk, by=secretary(), now=world.LATER)
    again = actions.judging.weigh(call.pk, by=secretary(), now=world.LATER)

    assert again.digest == before
    assert [one.score for one in queries.judging.weighable(call)] == score
    ranks = {row["id"]: row["rank"] for row in again.result["applications"]}
    assert ranks == {best.pk: 1, second.pk: 2}


def test_an_account_votes_once():
    call, _rows = asked()
    person = user()
    choose(call, 0, 1, by=person)

    with pytest.raises(RuleBroken, match="cannot be changed"):
        choose(call, 1, by=person, now=NOW + timedelta(days=2))
    assert PublicSlip.objects.get().choices == [0, 1]


def test_where_the_rulebook_says_so_an_account_votes_once_a_day():
    call, _rows = asked(public_daily=True)
    person = user()
    choose(call, 0, by=person)

    with pytest.raises(RuleBroken, match="again tomorrow"):
        choose(call, 0, by=person, now=NOW + timedelta(hours=2))
    choose(call, 0, by=person, now=NOW + timedelta(days=1))
    assert PublicSlip.objects.count() == 2


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [([], "choose somebody"), ([0, 1, 2], "from this list"), ([7], "from this list")],
)
def test_a_vote_names_somebody_of_the_list(chosen, reason):
    call, _rows = asked()

    with pytest.raises(RuleBroken, match=reason):
        choose(call, *chosen)


def test_nobody_chooses_more_than_an_account_has():
    call, _rows = asked(public_picks=1)

    with pytest.raises(RuleBroken, match="1 at most"):
        choose(call, 0, 1)


def test_nobody_votes_for_themselves_nor_after_the_end():
    call, rows = asked()

    with pytest.raises(NotAllowed, match="stand in this vote"):
        choose(call, 1, by=rows[0].person)
    with pytest.raises(RuleBroken, match="over"):
        choose(call, 1, now=world.LATER)


def test_counts_are_told_to_nobody_before_the_end_and_only_the_secretary_counts():
    call, _rows = asked()
    choose(call, 0)

    assert queries.ballots.advice(call) == []
    with pytest.raises(RuleBroken, match="hidden until then"):
        actions.ballots.close_public(call.pk, by=secretary(), now=NOW)
    with pytest.raises(NotAllowed):
        actions.ballots.close_public(call.pk, by=user(), now=world.LATER)


def test_votes_that_look_stuffed_are_counted_apart_and_none_is_deleted():
    call, rows = asked()
    for n in range(10):
        choose(call, (n + 1) % 2, now=NOW + timedelta(minutes=40 * n))
    for n in range(30):
        choose(call, 1, now=NOW + timedelta(days=1, seconds=n))

    actions.ballots.close_public(call.pk, by=secretary(), now=world.LATER)

    assert queries.ballots.advice(call) == [
        {"id": rows[0].pk, "votes": 5, "apart": 0},
        {"id": rows[1].pk, "votes": 35, "apart": 30},
    ]
    assert PublicSlip.objects.count() == 40


def test_accounts_that_are_younger_than_the_vote_are_counted():
    call, _rows = asked()
    late = user()
    late.created_at = NOW + timedelta(minutes=1)
    late.save(update_fields=["created_at"])
    choose(call, 0, by=late, now=NOW + timedelta(hours=1))
    choose(call, 1)

    closed = actions.ballots.close_public(call.pk, by=secretary(), now=world.LATER)

    assert (closed.report["votes"], closed.report["fresh"]) == (2, 1)
