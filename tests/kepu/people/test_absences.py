"""Who did not come: said by the organiser, open to objection, answered by another, and counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.people import policy
from kepu.people.actions import absences
from kepu.people.models import Absence, Membership
from kepu.people.queries import absences as queries
from kepu.people.rules import absences as rules
from tests import factories
from tests.factories import NOW
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(db):
    return factories.team()


@pytest.fixture
def member(team):
    return factories.member(team)


def state(team, member, number=1, **traits) -> Absence:
    asked = {
        "source": "orders.order", "source_id": number, "title": "健康讲座",
        "expected_at": NOW - timedelta(days=1), "excused": False, "by": team.applied_by, "now": NOW,
    }  # fmt: skip
    return absences.state_absence(person=member, team=team, **(asked | traits))


def count(person) -> int:
    return queries.unexcused([person.pk], NOW).get(person.pk, 0)


def test_an_absence_without_an_excuse_counts_and_one_with_an_excuse_does_not(team, member):
    state(team, member, 1)
    state(team, member, 2, excused=True)

    assert count(member) == 1
    assert queries.unexcused_in_team(team, NOW) == 1


def test_the_same_visit_is_missed_once(team, member):
    assert state(team, member) == state(team, member)
    assert count(member) == 1


def test_what_lies_back_longer_than_the_rulebook_says_counts_no_more(team, member):
    days = policy.management(NOW).no_show.window_days

    state(team, member, expected_at=NOW - timedelta(days=days + 1))

    assert count(member) == 0


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        ("member", "decides about himself"),
        ("colleague", "only the organiser"),
        ("other leader", "only the organiser"),
        ("officer elsewhere", "only the organiser"),
    ],
)
def test_only_who_organised_it_says_who_did_not_come(team, member, who, reason):
    people = {
        "member": member,
        "colleague": factories.member(team),
        "other leader": factories.team().applied_by,
        "officer elsewhere": factories.officer("district_officer", "50.104."),
    }

    with pytest.raises(NotAllowed, match=reason):
        state(team, member, by=people[who])


def test_nobody_is_absent_from_what_has_not_begun(team, member):
    with pytest.raises(RuleBroken, match="not begun"):
        state(team, member, expected_at=NOW + timedelta(hours=1))


def test_while_an_objection_waits_the_absence_counts_for_nothing(team, member):
    one = state(team, member)

    absences.object_to(one.pk, reason="我到了，没签到", by=member, now=NOW)

    assert count(member) == 0
    assert list(queries.to_answer(team.applied_by, NOW)) == [one]


def test_who_stated_it_does_not_uphold_it_and_another_does(team, member):
    one = state(team, member)
    absences.object_to(one.pk, reason="我到了", by=member, now=NOW)

    with pytest.raises(NotAllowed, match="cannot uphold"):
        absences.uphold(one.pk, reason="没有到", by=team.applied_by, now=NOW)
    officer = factories.officer("district_officer", "50.103.")
    absences.uphold(one.pk, reason="已核实", by=officer, now=NOW)

    assert count(member) == 1
    with pytest.raises(RuleBroken):
        absences.object_to(one.pk, reason="再次申诉", by=member, now=NOW)


@pytest.mark.parametrize("verb", ["lift", "excuse"])
def test_what_was_wrong_is_put_right_by_an_entry_and_stays_readable(team, member, verb):
    one = state(team, member)
    absences.object_to(one.pk, reason="住院了", by=member, now=NOW)

    getattr(absences, verb)(one.pk, reason="属实", by=team.applied_by, now=NOW)

    assert count(member) == 0
    assert list(one.steps.values_list("verb", "reason")) == [
        ("state", ""), ("object", "住院了"), (verb, "属实"),
    ]  # fmt: skip


def test_only_the_volunteer_objects_and_says_why(team, member):
    one = state(team, member)

    with pytest.raises(NotAllowed):
        absences.object_to(one.pk, reason="不对", by=team.applied_by, now=NOW)
    with pytest.raises(RuleBroken, match="reason"):
        absences.object_to(one.pk, reason="  ", by=member, now=NOW)


def test_after_so_many_a_volunteer_is_not_suggested(team, member):
    limit = policy.management(NOW).no_show.not_suggested_after
    for number in range(limit - 1):
        state(team, member, number + 1)
    before = rules.why_not_suggest_person(member, NOW)

    state(team, member, limit)

    assert before is None
    assert "180 days" in rules.why_not_suggest_person(member, NOW)


def page(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_volunteer_reads_it_and_objects_on_the_own_page(team, member):
    one = state(team, member)
    client = page(member)

    assert "健康讲座" in client.get(reverse("people-me")).content.decode()
    client.post(reverse("absence-act", args=[one.pk, "object"]), {"reason": "我到了"})

    one.refresh_from_db()
    assert one.state == "objected"
    assert "我到了" in page(team.applied_by).get(reverse("people-me")).content.decode()


def test_who_was_removed_from_the_team_still_reads_it_and_objects(team, member):
    one = state(team, member)
    Membership.objects.filter(person=member).update(state="removed", slot=None, until=NOW)
    client = page(member)

    address = reverse("absence-act", args=[one.pk, "object"])
    assert address in client.get(reverse("people-me")).text
    client.post(address, {"reason": "我到了"})

    one.refresh_from_db()
    assert one.state == "objected"


def test_a_stranger_finds_no_absence_and_nobody_learns_of_it(team, member):
    one = state(team, member)
    for stranger in (factories.user(), factories.member(team)):
        answer = page(stranger).post(
            reverse("absence-act", args=[one.pk, "lift"]), {"reason": "误记"}
        )
        assert answer.status_code == 404
        assert (
            caller(stranger).post(f"absences/{one.pk}/lift", {"reason": "误记"}).status_code == 404
        )


def test_the_api_lists_ones_own_and_takes_an_objection(team, member):
    one = state(team, member, expected_at=NOW - timedelta(days=1))
    api = caller(member)

    assert [row["id"] for row in api.get("me/absences").json()] == [one.pk]
    answer = api.post(f"absences/{one.pk}/object", {"reason": "我到了"})

    assert answer.json()["state"] == "objected"
    assert api.post(f"absences/{one.pk}/uphold", {"reason": "对"}).status_code == 403
