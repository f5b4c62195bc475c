"""Who did not come: said by the organiser, open to objection, answered by another, and counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.facts.models import Happening
from kepu.kernel.notices.queries import of_person, words
from kepu.people import policy
from kepu.people.actions import absences, volunteers
from kepu.people.models import Absence, Membership, Volunteer
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


def stated(team, member, count: int) -> list[Absence]:
    return [state(team, member, number + 1) for number in range(count)]


def officer():
    return factories.officer("district_officer", "50.103.")


def standing_of(person) -> tuple[str, int | None]:
    return Volunteer.objects.values_list("state", "suspended_under").get(person=person)


def told(person) -> list[str]:
    return [notice.template for notice in of_person(person)]


def test_at_the_count_of_the_rulebook_the_rule_suspends_tells_and_audits(team, member):
    limit, by = policy.management(NOW).no_show.most_in_a_year, officer()
    stated(team, member, limit - 1)
    state(team, member, 90, excused=True)
    state(team, member, 91, expected_at=NOW - timedelta(days=366))
    assert standing_of(member) == ("active", None)

    state(team, member, limit)

    assert standing_of(member) == ("suspended", policy.management_version(NOW))
    assert "5 visits without an excuse" in Volunteer.objects.get(person=member).why
    with translation.override("zh-hans"):
        assert Volunteer.objects.get(person=member).why == "一年内无故缺席 5 次"
    mine = page(member).get(reverse("people-me"), headers={"accept-language": "zh-hans"})
    assert "一年内无故缺席 5 次" in mine.text
    entry = Entry.objects.get(verb="volunteer.suspend_by_rule")
    assert entry.actor == "system"
    assert Happening.objects.filter(name="VolunteerSuspended").count() == 1
    assert "people.suspended_by_rule_ask" in told(member)
    assert "people.suspension_by_rule_known" in told(by)


def test_bad_faith_is_found_by_an_officer_and_suspends_sooner(team, member):
    limit, by = policy.management(NOW).no_show.malicious_in_a_year, officer()
    found = stated(team, member, limit)
    with pytest.raises(NotAllowed, match="only an officer"):
        absences.mark(found[0].pk, reason="故意", by=team.applied_by, now=NOW)
    for one in found[:-1]:
        absences.mark(one.pk, reason="故意", by=by, now=NOW)
    assert standing_of(member)[0] == "active"

    absences.object_to(found[-1].pk, reason="我到了", by=member, now=NOW)
    absences.condemn(found[-1].pk, reason="查证属故意", by=by, now=NOW)

    assert standing_of(member)[0] == "suspended"
    assert told(member).count("people.absence_in_bad_faith") == limit - 1
    assert told(member).count("people.absence_upheld_in_bad_faith") == 1
    with pytest.raises(RuleBroken):  # which promises no further objection
        absences.object_to(found[-1].pk, reason="我到了", by=member, now=NOW)
    with pytest.raises(RuleBroken, match="already"):
        absences.mark(found[0].pk, reason="故意", by=by, now=NOW)


def test_an_objection_undoes_what_the_rule_did_until_it_is_upheld(team, member):
    one = stated(team, member, policy.management(NOW).no_show.most_in_a_year)[0]

    absences.object_to(one.pk, reason="我到了", by=member, now=NOW)
    assert standing_of(member) == ("active", None)
    assert "people.restored_by_rule" in told(member)

    absences.uphold(one.pk, reason="已核实", by=officer(), now=NOW)
    assert standing_of(member)[0] == "suspended"


def test_what_an_officer_decided_is_undone_by_no_rule(team, member):
    one = stated(team, member, policy.management(NOW).no_show.most_in_a_year)[0]
    by = officer()
    registered = Volunteer.objects.get(person=member)

    volunteers.restore_volunteer(registered.pk, reason="情况属实", by=by, now=NOW)
    absences.lift(one.pk, reason="误记", by=team.applied_by, now=NOW)
    assert standing_of(member) == ("active", None)

    volunteers.suspend_volunteer(registered.pk, reason="另有原因", by=by, now=NOW)
    absences.lift(Absence.objects.filter(state="stated").first().pk, reason="误记", by=by, now=NOW)
    assert standing_of(member) == ("suspended", None)


def test_who_found_bad_faith_does_not_answer_the_objection_and_no_leader_does(team, member):
    one, by = state(team, member), officer()
    absences.mark(one.pk, reason="故意", by=by, now=NOW)
    absences.object_to(one.pk, reason="突发疾病", by=member, now=NOW)

    with pytest.raises(NotAllowed, match="another officer"):
        absences.uphold(one.pk, reason="故意", by=by, now=NOW)
    with pytest.raises(NotAllowed, match="only an officer may answer"):
        absences.lift(one.pk, reason="误记", by=team.applied_by, now=NOW)
    absences.excuse(one.pk, reason="属实", by=officer(), now=NOW)

    one.refresh_from_db()
    assert (one.excused, one.bad_faith) == (True, False)


def test_an_officer_finds_bad_faith_on_the_record(team, member):
    one, by = state(team, member), officer()
    record = reverse("person-record", args=[member.pk])
    address = reverse("absence-act", args=[one.pk, "mark"])
    assert address in page(by).get(record).text

    answer = page(by).post(address, {"reason": "故意", "from": "record"})

    assert answer.url == record
    assert caller(member).get("me/absences").json()[0]["bad_faith"] is True
    assert address not in page(by).get(record).text


@pytest.mark.parametrize("touched", ["upheld", "found in bad faith"])
def test_what_an_officer_knew_when_letting_serve_again_suspends_no_more(team, member, touched):
    limit, by = policy.management(NOW).no_show.most_in_a_year, officer()
    one = stated(team, member, limit)[0]
    registered = Volunteer.objects.get(person=member)
    volunteers.restore_volunteer(registered.pk, reason="已核实，可以继续", by=by, now=NOW)

    if touched == "upheld":
        absences.object_to(one.pk, reason="我到了", by=member, now=NOW)
        absences.uphold(one.pk, reason="没有到", by=by, now=NOW)
    else:
        absences.mark(one.pk, reason="故意", by=by, now=NOW)
    later = NOW + timedelta(hours=1)
    for number in range(limit - 1):
        state(team, member, 50 + number, now=later)
    assert standing_of(member) == ("active", None)

    state(team, member, 90, now=later)  # as many again since
    assert standing_of(member)[0] == "suspended"


def test_where_no_officer_can_be_asked_the_notice_names_none(team, member):
    stated(team, member, policy.management(NOW).no_show.most_in_a_year)

    (notice,) = of_person(member)
    said = words(notice, member).text
    assert said.endswith("答复之前该记录不计入次数。")


def test_an_upheld_absence_is_found_in_bad_faith_once_and_that_is_objected_to(team, member):
    one, by = state(team, member), officer()
    absences.object_to(one.pk, reason="我到了", by=member, now=NOW)
    other = factories.member(team, role="leader")
    absences.uphold(one.pk, reason="没有到", by=other, now=NOW)
    address = reverse("absence-act", args=[one.pk, "mark"])
    assert address in page(by).get(reverse("person-record", args=[member.pk])).text

    absences.mark(one.pk, reason="故意", by=by, now=NOW)
    assert count(member) == 1
    absences.object_to(one.pk, reason="并非故意", by=member, now=NOW)
    absences.uphold(one.pk, reason="不是故意", by=officer(), now=NOW)

    one.refresh_from_db()
    assert (one.state, one.bad_faith) == ("upheld", False)
    with pytest.raises(RuleBroken, match="already"):
        absences.mark(one.pk, reason="故意", by=by, now=NOW)


def test_objections_are_offered_for_what_the_reader_may_answer(team, member):
    one, by, another = state(team, member), officer(), officer()
    absences.mark(one.pk, reason="故意", by=by, now=NOW)
    absences.object_to(one.pk, reason="我到了", by=member, now=NOW)
    act = {
        verb: reverse("absence-act", args=[one.pk, verb]) for verb in ("lift", "uphold", "condemn")
    }

    assert not queries.to_answer(team.applied_by, NOW).exists()
    offered = {
        who: {
            verb
            for verb, address in act.items()
            if address in page(who).get(reverse("people-me")).text
        }
        for who in (by, another)
    }

    assert offered == {by: {"lift"}, another: {"lift", "uphold", "condemn"}}
