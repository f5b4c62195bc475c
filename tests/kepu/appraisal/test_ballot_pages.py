"""Pages of votes, nominations and lists: who may see what, and what a press does."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from kepu.appraisal import actions
from kepu.appraisal.models import CallNomination, Elector, LedgerExtract, PublicSlip
from kepu.appraisal.queries import awards
from kepu.appraisal.rules.applications import Applicant
from kepu.kernel.accounts.models import User
from kepu.kernel.api import limits
from kepu.kernel.audit.models import Entry
from kepu.kernel.idempotency.models import Answered
from tests.factories import NOW, division, user
from tests.kepu.appraisal import ballot_world as world
from tests.kepu.appraisal import titles_world
from tests.kepu.appraisal.factories import secretary
from tests.kepu.venues.factories import HERE

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)
    limits._purses.clear()


def browser(person: User | None = None) -> Client:
    made = Client(headers={"accept-language": "en"})
    if person:
        made.force_login(person)
    return made


def page(person, door, *args, status=200, **sent):
    made = browser(person)
    address = reverse(door, args=args)
    answer = made.post(address, sent) if sent else made.get(address)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def voted_on():
    call, jury = world.call(ballot={"public": True}), world.jury()
    world.candidates(call, 3900, 3000)
    return call, jury


def test_the_secretary_names_a_jury_sees_the_turnout_and_counts():
    call, jury = voted_on()
    by = secretary()

    assert "场馆候选1示例" in page(by, "jury-ballots", call.pk)
    page(by, "jury-open", call.pk, status=302, jury=[one.pk for one in jury])
    ballot = call.jury_ballots.get()
    assert "0 of 3 have voted" in page(by, "jury-ballots", call.pk)
    for one in jury:
        assert "A secret ballot" in page(one.person, "jury-vote", ballot.pk)
        page(one.person, "jury-vote", ballot.pk, status=302, chosen=[0])
        assert "Your vote is counted" in page(one.person, "jury-vote", ballot.pk)
    page(by, "jury-close", ballot.pk, status=302, go="1")

    shown = page(by, "jury-ballots", call.pk)
    assert "the same slips give the same result" in shown
    assert "elected" in shown
    page(by, "jury-propose", ballot.pk, status=302, go="1")
    assert call.applications.get(state="proposed").grade == "winner"


def test_the_form_of_a_jury_vote_is_remembered_by_no_digest_of_its_words():
    """Of so few slips as a paper allows a digest would be found by trying them all."""
    call, jury = voted_on()
    ballot = world.opened(call, jury)

    page(jury[0].person, "jury-vote", ballot.pk, status=302, chosen=[0], form_key="key-jury")

    assert not Answered.objects.filter(key__contains="key-jury").exists()


def test_a_second_vote_from_a_page_that_was_left_open_is_refused_in_words():
    call, jury = voted_on()
    ballot = world.opened(call, jury)
    world.cast(ballot, (jury[0], [0]))

    answer = browser(jury[0].person).post(reverse("jury-vote", args=[ballot.pk]), {"chosen": [1]})

    assert answer.status_code == 409
    assert "a vote cannot be changed" in answer.content.decode()
    assert Elector.objects.filter(voted=True).count() == 1


def test_the_jury_finds_the_vote_at_its_reviews_and_nobody_else_learns_of_it():
    call, jury = voted_on()
    ballot = world.opened(call, jury)

    assert "You are called to vote" in page(jury[0].person, "appraisal-reviews")
    assert "You are called to vote" not in page(user(), "appraisal-reviews")
    page(user(), "jury-vote", ballot.pk, status=404)
    page(secretary(), "jury-vote", ballot.pk, status=403)
    page(user(), "jury-close", ballot.pk, status=404, go="1")
    page(jury[0].person, "jury-close", ballot.pk, status=403, go="1")
    page(jury[0].person, "jury-ballots", call.pk, status=403)


def test_a_resident_votes_and_reads_the_counts_once_the_vote_is_over(time_machine):
    call, _jury = voted_on()
    page(secretary(), "public-vote-ask", call.pk, status=302, go="1")
    person = user()

    assert "Sign in to vote" in page(None, "public-vote", call.pk)
    assert "候选2示例" in page(person, "public-vote", call.pk)
    page(person, "public-vote", call.pk, status=302, chosen=[1])
    shown = page(person, "public-vote", call.pk)
    assert "Your vote is counted" in shown
    assert "of these apart" not in shown
    page(secretary(), "public-vote-close", call.pk, status=409, go="1")
    time_machine.move_to(world.LATER, tick=False)
    page(secretary(), "public-vote-close", call.pk, status=302, go="1")

    assert "What stood out" in page(secretary(), "jury-ballots", call.pk)
    shown = page(None, "public-vote", call.pk)
    assert "of these apart" in shown
    assert "What stood out" not in shown


def test_votes_of_the_public_are_limited_in_a_minute_and_need_an_account():
    call, _jury = voted_on()
    actions.ballots.ask_public(call.pk, by=secretary(), now=NOW)
    person, address = user(), reverse("public-vote", args=[call.pk])
    made = browser(person)

    tries = [made.post(address, {"chosen": [0]}).status_code for _ in range(12)]

    assert tries[0] == 302
    assert tries[1:10] == [409] * 9
    assert tries[10:] == [429, 429]
    assert PublicSlip.objects.count() == 1
    assert browser().post(address, {"chosen": [0]}).status_code == 302
    assert PublicSlip.objects.count() == 1


def test_the_jury_reads_what_the_public_said_beside_the_candidates(time_machine):
    call, jury = voted_on()
    actions.ballots.ask_public(call.pk, by=secretary(), now=NOW)
    actions.ballots.choose(call.pk, [1], by=user(), now=NOW)
    time_machine.move_to(world.LATER, tick=False)
    actions.ballots.close_public(call.pk, by=secretary(), now=world.LATER)
    ballot = actions.ballots.open_ballot(
        call.pk, [one.pk for one in jury], by=secretary(), now=world.LATER
    )

    assert "the public: 1, of which 0 look stuffed" in page(jury[0].person, "jury-vote", ballot.pk)


def test_a_nomination_goes_from_the_call_over_its_address_to_a_draft():
    call, place = world.call(nominated=True), division(HERE)
    by, nominee = user("推选人示例"), user("候选人示例")

    assert "Nominate somebody" in page(by, "appraisal-call", call.pk)
    page(by, "appraisal-apply", call.pk, status=409)
    page(
        by,
        "call-nominate",
        call.pk,
        status=302,
        name="候选人示例",
        klass="hall",
        reason="讲了三十年",
    )
    one = CallNomination.objects.get()
    assert "Hand this address" in page(by, "call-nomination", one.key)
    shown = page(nominee, "call-nomination", one.key)
    assert "讲了三十年" in shown
    assert "推选人示例 nominates you" in shown
    page(nominee, "call-nomination", one.key, status=302, place=place.name, klass="hall")
    one.refresh_from_db()
    assert one.application is not None
    assert "Nominated by" in page(nominee, "application", one.application_id)
    assert "讲了三十年" not in page(user(), "call-nomination", one.key)


def test_declining_leaves_nothing_of_what_was_written():
    call = world.call(nominated=True)
    one = actions.nominating.nominate(
        call.pk, name="候选人示例", reason="理由", klass="hall", by=user(), now=NOW
    )

    page(user(), "call-nomination-decline", one.key, status=302, go="1")

    one.refresh_from_db()
    assert bytes(one.sealed) == b""


def test_one_press_takes_the_ledgers_into_a_draft_and_the_page_says_as_of_when():
    call = world.call()
    one = actions.applications.start(
        call.pk, Applicant(division(HERE), "hall"), by=user("示例"), now=NOW
    )

    assert "Take from the ledgers" in page(one.person, "application", one.pk)
    page(one.person, "application-ledgers", one.pk, status=302, go="1")
    shown = page(one.person, "application", one.pk)
    assert "Hours of service, confirmed by both sides" in shown
    assert LedgerExtract.objects.get().digest[:16] in shown
    page(user(), "application-ledgers", one.pk, status=404, go="1")


def titled():
    holder = user("获奖人示例")
    call = titles_world.call("star")
    return holder, titles_world.title(titles_world.application(call, person=holder))


def test_the_list_for_the_ceremony_is_the_offices_with_full_names_also_as_a_word_file():
    _holder, title = titled()
    office = titles_world.decider()

    shown = page(office, "title-ceremony")
    assert "获奖人示例" in shown
    assert "示例科协〔2026〕1号" in shown
    page(user(), "title-ceremony", status=403)
    page(user(), "title-ceremony-file", status=403)
    answer = browser(office).get(reverse("title-ceremony-file"))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        words = ElementTree.fromstring(packed.read("word/document.xml"))
    told = "".join(words.itertext())
    assert "获奖人示例" in told
    assert title.number in told
    entry = Entry.objects.get(verb="title-ceremony.export")
    assert (entry.detail["rows"], entry.detail["personal"]) == (1, True)


def test_who_has_no_score_is_called_up_after_those_who_have_one():
    call = titles_world.call("star")
    rows = [
        titles_world.application(call, person=user(name), score=score)
        for name, score in (("无分示例", None), ("低分示例", 80), ("高分示例", 95))
    ]
    for one in rows:
        titles_world.title(one)

    found = awards.ceremony(titles_world.decider(), NOW)

    assert [one.person.name for one in found] == ["高分示例", "低分示例", "无分示例"]


def test_the_holder_puts_a_title_on_the_list_for_talents_and_takes_it_off():
    holder, title = titled()
    office = titles_world.decider()

    assert "获奖人示例" not in page(office, "title-talents")
    page(holder, "title-lists", title.number, status=302, agreed="1")
    assert "获奖人示例" in page(office, "title-talents")
    assert "Take it out of lists" in page(holder, "my-titles")
    page(holder, "title-lists", title.number, status=302, agreed="")
    assert "获奖人示例" not in page(office, "title-talents")
    page(user(), "title-lists", title.number, status=403, agreed="1")
    page(user(), "title-talents", status=403)
