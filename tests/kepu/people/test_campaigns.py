from __future__ import annotations

from datetime import date, timedelta

import pytest

from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.facts import worker
from kepu.kernel.notices.models import OptOut
from kepu.kernel.notices.queries import letters, of_person
from kepu.kernel.notices.states import Way
from kepu.people.actions import campaigns as actions
from kepu.people.queries import campaigns as queries
from kepu.people.states import MemberRole
from tests.factories import NOW, division, officer, user
from tests.factories import member as join
from tests.kepu.people.factories import HOME, served, skill, team, volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return officer("district_officer", "50.103.")


def campaign(by, counting="wisdom-action", **traits):
    values = {
        "name": "示例行动",
        "counting": counting,
        "place": division("50.103."),
        "first": date(2026, 3, 1),
        "last": date(2026, 3, 4),
        **traits,
    }
    return actions.open_campaign(by=by, now=NOW, **values)


def test_a_campaign_counts_by_its_rule(by):
    found, group = campaign(by), team()
    person = volunteer()
    served(person, 60, days_ago=1, team=group)
    served(person, 29, days_ago=2, team=group)  # too short
    served(person, 60, days_ago=3)  # in no team's name
    served(person, 60, days_ago=5, team=group)  # before it began

    tally = queries.count(found)

    assert (tally.services, tally.people, tally.teams, tally.minutes) == (1, 1, 1, 60)


def test_topics_count_each_service_once(by):
    found, person = campaign(by, "health-week"), volunteer()
    entry = served(person, 60)
    assert queries.count(found).services == 0

    entry.service.skills.set([skill("health"), skill("nutrition")])

    assert (queries.count(found).services, queries.count(found).minutes) == (1, 60)


def test_a_campaign_needs_a_counting_rule_and_an_officer_of_the_place(by):
    with pytest.raises(RuleBroken, match="no counting rule"):
        campaign(by, "unheard-of")
    with pytest.raises(NotAllowed):
        campaign(by, place=division("50.104."))


def nominated(by, **traits):
    values = {"place": division("50.103."), "year": 2026, "deeds": "served for years", **traits}
    if "team" not in values:
        values.setdefault("person", volunteer())
    return actions.nominate(by=by, now=NOW, **values)


def test_a_model_is_named_after_five_working_days_of_notice(by):
    nomination = nominated(by)
    judge = officer("district_officer", "50.103.")
    actions.pass_nomination(nomination.pk, by=judge, now=NOW)
    notice = actions.publish_nomination(nomination.pk, by=judge, now=NOW)
    assert list(queries.on_notice()) == [notice]

    with pytest.raises(RuleBroken, match="runs until 2026-03-12"):
        actions.name_model(nomination.pk, by=judge, now=NOW + timedelta(days=6))
    named = actions.name_model(nomination.pk, by=judge, now=NOW + timedelta(days=7))

    assert named.state == "named"
    assert nomination.person.honours.count() == 1


def test_who_nominated_does_not_review(by):
    with pytest.raises(NotAllowed, match="does not review"):
        actions.pass_nomination(nominated(by).pk, by=by, now=NOW)


def test_a_leader_nominates_the_team_and_nobody_twice(by):
    leader = volunteer()
    group = team(leader=leader)

    nominated(leader, team=group)

    with pytest.raises(RuleBroken, match="already"):
        nominated(by, team=group)
    with pytest.raises(NotAllowed):
        nominated(user())


def called(by, **traits):
    values = {
        "title": "示例招募",
        "place": division("50.103.001."),
        "target": 1,
        "deadline": NOW + timedelta(days=3),
        **traits,
    }
    return actions.call_for_volunteers(by=by, now=NOW, **values)


def ready(area=HOME, topic="health"):
    person = volunteer()
    person.volunteer.areas.create(path=area)
    person.volunteer.skills.set([skill(topic)])
    return person


def test_a_call_is_met_and_opens_again_when_somebody_withdraws(by):
    call, person = called(by), ready()
    actions.answer_call(call.pk, by=person, now=NOW)
    with pytest.raises(RuleBroken, match="target reached"):
        actions.answer_call(call.pk, by=ready(), now=NOW)

    assert actions.withdraw_answer(call.pk, by=person, now=NOW).state == "open"

    actions.answer_call(call.pk, by=ready(), now=NOW)
    assert queries.answered(call) == 1


@pytest.mark.parametrize(
    ("area", "topic", "days", "reason"),
    [
        ("50.104.", "health", 0, "outside the areas"),
        (HOME, "law", 0, "other skills"),
        (HOME, "health", 4, "deadline"),
    ],
)
def test_only_who_fits_and_is_in_time_answers(by, area, topic, days, reason):
    call = called(by, skills=[skill("health")])

    with pytest.raises(RuleBroken, match=reason):
        actions.answer_call(call.pk, by=ready(area, topic), now=NOW + timedelta(days=days))


def test_only_volunteers_answer_and_only_officers_call(by):
    with pytest.raises(RuleBroken, match="register as a volunteer"):
        actions.answer_call(called(by).pk, by=user(), now=NOW)
    with pytest.raises(NotAllowed):
        called(user())


@pytest.mark.parametrize("role", [MemberRole.LEADER, MemberRole.MEMBER])
def test_who_leads_the_nominated_team_does_not_review_it(by, role):
    group = team()
    join(group, by, role=role)
    nomination = nominated(officer("district_officer", "50.103."), team=group)

    def review():
        return actions.pass_nomination(nomination.pk, by=by, now=NOW)

    if role == MemberRole.MEMBER:
        assert review().reviewed_by == by
        return
    with pytest.raises(NotAllowed, match="leads the nominated team"):
        review()


def told(person) -> list[str]:
    return [letter.title for letter in letters(person, list(of_person(person)))]


def test_volunteers_whom_a_call_fits_hear_of_it_once_and_in_batches(by, monkeypatch):
    monkeypatch.setattr("kepu.people.telling.BATCH", 2)
    fits = [ready() for _volunteer in range(5)]
    other = [ready(topic="nutrition"), ready(area="50.107."), volunteer()]

    call = called(by, skills=[skill("health")])
    assert not any(told(person) for person in fits)  # the worker tells them
    worker.work_off(NOW)
    worker.work_off(NOW + timedelta(hours=1))

    assert [told(person) for person in fits] == [["招募志愿者：示例招募"]] * 5
    assert not any(told(person) for person in other)
    assert of_person(fits[0])[0].link == f"/people/calls/{call.pk}/"


def test_a_call_that_is_over_before_the_worker_comes_is_told_to_nobody(by):
    person = ready()
    actions.close_call(called(by).pk, by=by, now=NOW)

    worker.work_off(NOW)

    assert told(person) == []


def test_who_takes_no_way_outside_still_reads_of_a_call_in_kepu(by):
    person = ready()
    for way in Way:
        OptOut.objects.create(person=person, way=way, at=NOW)
    called(by)

    worker.work_off(NOW)

    assert told(person) == ["招募志愿者：示例招募"]
