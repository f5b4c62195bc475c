"""Nominations: who puts whom forward, and that nothing is handed in without consent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.appraisal import actions, blind, queries, rules
from kepu.appraisal.models import CallNomination, TalentConsent
from kepu.appraisal.rules.applications import Applicant
from kepu.kernel import clock
from kepu.kernel.errors import NotAllowed, Outside, RuleBroken
from tests.factories import NOW, division, grant, user
from tests.kepu.appraisal import ballot_world as persons
from tests.kepu.appraisal import review_world as world
from tests.kepu.appraisal import titles_world
from tests.kepu.appraisal.factories import again
from tests.kepu.appraisal.review_world import told
from tests.kepu.venues.factories import HERE

pytestmark = pytest.mark.django_db


def call(**nominating):
    return persons.call(nominated=True, nominating=nominating)


def nominate(of, by=None, **said):
    usual = {"name": "候选人示例", "reason": "讲科学三十年", "klass": "hall"}
    return actions.nominating.nominate(of.pk, by=by or user("推选人示例"), now=NOW, **usual | said)


def agree(one, by, now=NOW):
    applicant = Applicant(division(HERE), "hall")
    return actions.nominating.agree(one.key, applicant, by=by, now=now)


def test_the_nominee_agrees_and_the_application_begins_as_their_own_draft():
    by, nominee = user("推选人示例"), user("候选人示例")
    one = nominate(call(), by)

    made = agree(one, nominee)

    one.refresh_from_db()
    assert (made.person, made.state, made.made_by) == (nominee, "draft", nominee)
    assert (one.state, one.nominee, one.application_id) == ("agreed", nominee, made.pk)
    assert "已同意" in told(by)[-1]
    assert queries.awards.nominator(made) == "推选人示例"


def test_where_others_put_one_forward_nobody_begins_by_themselves():
    of = call()

    with pytest.raises(RuleBroken, match="put forward by others"):
        actions.applications.start(of.pk, Applicant(division(HERE), "hall"), by=user(), now=NOW)


def test_of_the_nominee_nothing_is_kept_in_clear_and_nothing_at_all_once_they_decline():
    by = user("推选人示例")
    one = nominate(call(), by)

    assert "候选人".encode() not in bytes(one.sealed)
    actions.nominating.turn_down(one.key, by=user("候选人示例"), now=NOW)
    one.refresh_from_db()
    assert (one.state, one.said, one.nominee, one.application) == ("declined", {}, None, None)
    assert "未同意" in told(by)[-1]


def test_a_nomination_is_answered_once_in_time_and_by_another_hand():
    by = user("推选人示例")
    one = nominate(call(days=5), by)

    with pytest.raises(NotAllowed, match="the nominee answers"):
        agree(one, by)
    with pytest.raises(RuleBroken, match="is over"):
        agree(one, user(), now=NOW + timedelta(days=5))
    agree(one, user("候选人示例"))
    with pytest.raises(RuleBroken, match="cannot agree"):
        agree(one, user("别人示例"))
    with pytest.raises(Outside):
        queries.awards.by_key("0" * 22)


def test_no_more_are_nominated_by_one_hand_than_the_rulebook_lets_and_declined_ones_do_not_count():
    by, of = user("推选人示例"), call(each=2)
    first = nominate(of, by)
    nominate(of, by)

    with pytest.raises(RuleBroken, match="as many as one may"):
        nominate(of, by)
    actions.nominating.turn_down(first.key, by=user(), now=NOW)
    assert nominate(of, by).state == "asked"


def test_where_only_units_nominate_a_person_alone_does_not_and_nobody_for_a_unit_not_theirs():
    of = call(by_units=True, each=1)
    unit, by = world.applicant("示例推选单位")

    with pytest.raises(RuleBroken, match="only units"):
        nominate(of)
    with pytest.raises(NotAllowed, match="stands for this unit"):
        nominate(of, user(), unit=unit)
    made = agree(nominate(of, by, unit=unit), user("候选人示例"))
    assert queries.awards.nominator(made) == "示例推选单位"


def test_who_stands_for_two_units_nominates_for_the_one_that_may_still(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    of = call(by_units=True, each=1)
    first, by = world.applicant("甲推选单位示例")
    second, _other = world.applicant("乙推选单位示例")
    grant(by, "venue_manager", second)
    nominate(of, by, unit=first)
    browser = Client(headers={"accept-language": "zh-CN"})
    browser.force_login(by)
    page, call_page = (
        reverse("call-nominate", args=[of.pk]),
        reverse("appraisal-call", args=[of.pk]),
    )

    offered = browser.get(page).content.decode()
    choices = offered.split('name="unit"')[1].split("</select>")[0]
    assert (second.name in choices, first.name in choices) == (True, False)
    assert page in browser.get(call_page).content.decode()
    said = {"name": "候选人示例", "reason": "讲科学三十年", "klass": "hall", "unit": second.pk}
    assert browser.post(page, said).status_code == 302

    assert browser.get(page).status_code == 409
    assert page not in browser.get(call_page).content.decode()


def test_a_call_without_nominations_or_a_class_that_is_not_there_is_refused():
    with pytest.raises(RuleBroken, match="applies for themselves"):
        nominate(persons.call())
    with pytest.raises(RuleBroken, match="choose a class"):
        nominate(persons.call(code="nominated", nominated=True), klass="nothing")


def test_who_nominated_moves_the_application_on_no_further():
    by = user("推选人示例")
    made = agree(nominate(call(), by), user("候选人示例"))

    assert "nominated this applicant" in rules.applications.why_not_judge_own(by, made, NOW)


@pytest.mark.parametrize(
    ("named", "hidden", "shown"),
    [(True, False, "推选人示例"), (False, False, ""), (True, True, "")],
)
def test_reviewers_learn_who_nominated_only_where_the_rulebook_and_an_open_review_let_them(
    named, hidden, shown
):
    reviewing = persons.SAID["reviewing"] | {"blind": hidden}
    of = persons.call(nominated=True, nominating={"named": named}, reviewing=reviewing)
    made = again(agree(nominate(of), user("候选人示例")))

    found = blind.dossier(made, queries.calls.programme(made.call), {})

    assert found.nominator == shown


def test_a_title_stands_in_lists_for_talents_only_while_its_holder_agrees():
    holder = user("获奖人示例")
    title = titles_world.title(titles_world.application(titles_world.call("star"), person=holder))
    office = titles_world.decider()

    def listed():
        return list(queries.awards.talents(office, NOW))

    assert listed() == []
    actions.nominating.let_stand_in_lists(title.pk, agreed=True, by=holder, now=NOW)
    assert listed() == [title]
    with pytest.raises(NotAllowed):
        actions.nominating.let_stand_in_lists(title.pk, agreed=False, by=user(), now=NOW)
    actions.nominating.let_stand_in_lists(title.pk, agreed=False, by=holder, now=NOW)
    assert listed() == []
    assert not TalentConsent.objects.exists()


def test_of_an_erased_nominator_nothing_of_what_was_written_can_be_read():
    by = user("推选人示例")
    one = nominate(call(), by)
    type(by).objects.filter(pk=by.pk).update(data_key=None, erased_at=NOW)

    assert CallNomination.objects.get(pk=one.pk).said == {}
