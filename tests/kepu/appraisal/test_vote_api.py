"""Nominations and votes for programs: who puts whom forward, who answers, and how far a vote is."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from kepu.appraisal import actions
from kepu.appraisal.models import Application, CallNomination, JuryBallot
from tests.factories import NOW, division, user
from tests.kepu.appraisal import ballot_world as world
from tests.kepu.appraisal.factories import decider, secretary
from tests.kepu.venues.factories import HERE
from tests.kepu.web.callers import Caller, caller

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WORDS = {"name": "候选人示例", "reason": "讲科学三十年", "class_key": "hall"}


@pytest.fixture(autouse=True)
def at_noon(settings):
    settings.API_PER_MINUTE = settings.API_PER_MINUTE_UNKNOWN = 10_000
    with time_machine.travel(NOW, tick=False):
        yield


def done(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json()


# --- nominations ----------------------------------------------------------------------------------


@pytest.fixture
def of():
    return world.call(nominated=True, nominating={"each": 1})


def nominated(of, by: Caller, **said: Any) -> dict[str, Any]:
    return done(by.post(f"appraisal/calls/{of.pk}/nominations", WORDS | said), 201)


def test_a_nominee_agrees_by_the_key_and_the_application_is_theirs(of):
    nominator, nominee, home = user("推选人示例"), user("候选人示例"), division(HERE)
    one = nominated(of, caller(nominator))
    at = f"appraisal/nominations/{one['key']}"

    told = done(caller(nominee).get(at))
    assert (told["name"], told["reason"], told["by"]) == ("", WORDS["reason"], "推选人示例")
    answer = caller(nominee).post(f"{at}/agree", {"class_key": "hall", "place": home.path})
    made = done(answer, 201)

    assert Application.objects.get(pk=made["id"]).person == nominee
    assert answer["ETag"] == f'"{made["version"]}"'
    assert done(caller(nominee).get(at))["application_id"] == made["id"]
    assert done(caller(nominator).get(at))["application_id"] is None
    (listed,) = done(caller(nominator).get("me/nominations"))["items"]
    assert (listed["state"], listed["name"]) == ("agreed", "候选人示例")
    assert done(caller(nominee).get("me/nominations"))["items"] == []


def test_a_nomination_that_is_declined_leaves_no_words(of):
    one = nominated(of, caller(user("推选人示例")))
    at = f"appraisal/nominations/{one['key']}"

    told = done(caller(user("候选人示例")).post(f"{at}/decline"))

    assert (told["state"], told["reason"], told["name"]) == ("declined", "", "")
    assert caller(user("候选人示例")).post(f"{at}/decline").status_code == 409


def test_a_nomination_that_is_sent_twice_under_one_key_is_one(of):
    by = caller(user("推选人示例"))

    first, second = (
        by.post(f"appraisal/calls/{of.pk}/nominations", WORDS, Idempotency_Key="one") for _n in "ab"
    )

    assert (first.status_code, second.json()) == (201, first.json())
    assert CallNomination.objects.count() == 1


def test_who_may_not_nominate_or_answer_is_refused_in_words(of):
    nominator = user("推选人示例")
    one = nominated(of, caller(nominator))
    at = f"appraisal/nominations/{one['key']}"
    place = f"appraisal/calls/{of.pk}/nominations"

    assert caller(nominator).post(place, WORDS).status_code == 409  # as many as one may
    assert caller(nominator).post(f"{at}/decline").status_code == 403
    assert caller(user("过客示例")).post(place, WORDS | {"organisation_id": 1}).status_code == 422
    assert caller(user("过客示例")).post(place, WORDS | {"class_key": "nothing"}).status_code == 409
    assert caller(user("过客示例")).get("appraisal/nominations/" + "0" * 22).status_code == 404
    assert Caller().get(at).status_code == 401


# --- votes ----------------------------------------------------------------------------------------


def in_the_round(**ballot: Any) -> tuple[JuryBallot, list[Any]]:
    call, jury = world.call(ballot={"quorum": 0.3} | ballot), world.jury(3)
    world.candidates(call, 3900, 3000)
    return world.opened(call, jury), jury


def rounds(ballot: JuryBallot) -> dict[str, Any]:
    (told,) = done(caller(secretary()).get(f"appraisal/calls/{ballot.call_id}/ballots"))
    return told


def test_of_a_round_that_runs_only_the_turnout_is_told():
    ballot, jury = in_the_round()
    world.cast(ballot, (jury[0], [0]))

    told = rounds(ballot)

    assert (told["voted"], told["electors"], told["candidates"]) == (1, 3, [])
    (waits,) = done(caller(jury[1].person).get("me/ballots"))["items"]
    assert waits["ballot_id"] == ballot.pk
    assert done(caller(jury[0].person).get("me/ballots"))["items"] == []


def test_of_a_counted_round_sums_are_told_and_never_a_slip_or_who_put_it_in():
    ballot, jury = in_the_round()
    world.cast(ballot, *((one, [0]) for one in jury))
    world.closed(ballot)

    told = rounds(ballot)

    assert [(one["votes"], one["outcome"]) for one in told["candidates"]] == [
        (3, "elected"), (0, "none"),
    ]  # fmt: skip
    assert not {"slips", "voters", "electors_list"} & told.keys()
    assert not any(one.person.name in str(told) for one in jury)


@pytest.mark.parametrize("size", [1, 2])
def test_of_a_round_with_too_few_votes_no_sum_is_told(size):
    ballot, jury = in_the_round()
    world.cast(ballot, *((one, [0]) for one in jury[:size]))
    world.closed(ballot)

    told = rounds(ballot)

    assert (told["voted"], told["quorate"], told["candidates"]) == (size, False, [])
    assert told["why_not_told"]


def test_rounds_are_read_by_who_keeps_the_call_alone():
    ballot, jury = in_the_round()
    address = f"appraisal/calls/{ballot.call_id}/ballots"

    for who in (decider(), jury[0].person, user("过客示例")):
        assert caller(who).get(address).status_code == 403
    assert Caller().get(address).status_code == 401


def test_counts_of_the_public_are_hidden_until_its_vote_is_closed():
    call = world.call(ballot={"public": True})
    world.candidates(call, 3900, 3000)
    address = f"appraisal/calls/{call.pk}/public-vote"
    assert Caller().get(address).status_code == 404
    actions.ballots.ask_public(call.pk, by=secretary(), now=NOW)
    actions.ballots.choose(call.pk, [0], by=user("市民示例"), now=NOW)

    assert [one["votes"] for one in done(Caller().get(address))["candidates"]] == [None, None]
    actions.ballots.close_public(call.pk, by=secretary(), now=world.LATER)

    assert [one["votes"] for one in done(Caller().get(address))["candidates"]] == [1, 0]
