"""The roster: who goes by suggestion or by choice, and who of them came."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel.errors import BadInput, NotAllowed, RuleBroken
from kepu.kernel.facts import worker
from kepu.kernel.notices import queries as notices
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import actions, queries, roster
from kepu.orders.models import CheckIn, Order, RosterPlace
from kepu.orders.schemas import CLAIMS
from kepu.people import policy
from kepu.people.actions import absences, hours, teams, volunteers
from kepu.people.models import Absence, Membership, Volunteer
from tests import factories
from tests.factories import NOW
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db

DURING = NOW + timedelta(days=1, minutes=30)


@pytest.fixture
def rostered(loop):
    """A scheduled visit, with two members of the team put down for it."""
    order = loop.order("scheduled")
    pair = [factories.member(loop.team) for _ in range(2)]
    actions.set_roster(order.pk, people_ids=[one.pk for one in pair], by=loop.leader, now=NOW)
    return order, pair


def missed(loop, person, times: int) -> None:
    for number in range(times):
        absences.state_absence(
            person=person, team=loop.team, source="test", source_id=number + 1, title="",
            expected_at=NOW - timedelta(days=2), excused=False, by=loop.leader, now=NOW,
        )  # fmt: skip


def test_volunteers_are_marked_by_their_ids_so_that_no_two_actions_wait_for_each_other(loop):
    order = loop.order("scheduled")
    first, second = factories.member(loop.team), factories.member(loop.team)
    for down in ([second], [second, first]):
        actions.set_roster(order.pk, people_ids=[one.pk for one in down], by=loop.leader, now=NOW)

    absent = dict.fromkeys([second.pk, first.pk], "absent")
    actions.mark_roster(order.pk, presences=absent, by=loop.leader, now=DURING)

    stated = Absence.objects.order_by("pk").values_list("person", flat=True)
    assert list(stated) == [first.pk, second.pk]


def test_who_is_free_and_comes_is_suggested_and_the_others_are_named_with_the_reason(loop):
    order = loop.order("scheduled")
    free, busy, absent = (factories.member(loop.team) for _ in range(3))
    Volunteer.objects.filter(person=busy).update(availability=1)  # Monday morning; it is a Friday
    missed(loop, absent, policy.management(NOW).no_show.not_suggested_after)

    found = {one.person: one for one in roster.choices(order, NOW)}

    assert found[free].chosen
    assert "free" in found[busy].why_not
    assert "missed 3 visits" in found[absent].why_not
    assert not found[busy].chosen
    assert not found[absent].chosen


def test_a_leader_may_choose_who_was_not_suggested(loop):
    order, absent = loop.order("scheduled"), factories.member(loop.team)
    missed(loop, absent, policy.management(NOW).no_show.not_suggested_after)

    actions.set_roster(order.pk, people_ids=[absent.pk], by=loop.leader, now=NOW)

    assert [place.person for place in roster.of(order)] == [absent]


def test_a_roster_is_set_anew_until_the_visit_begins(loop, rostered):
    order, (one, other) = rostered

    actions.set_roster(order.pk, people_ids=[other.pk], by=loop.leader, now=NOW)

    assert [place.person for place in roster.of(order)] == [other]
    with pytest.raises(RuleBroken, match="has begun"):
        actions.set_roster(order.pk, people_ids=[one.pk], by=loop.leader, now=DURING)


def test_only_members_go_and_only_leaders_say_so(loop, rostered):
    order, (one, _other) = rostered

    with pytest.raises(BadInput, match="members"):
        actions.set_roster(order.pk, people_ids=[factories.user().pk], by=loop.leader, now=NOW)
    for person in (one, loop.resident, loop.officer):
        with pytest.raises(NotAllowed):
            actions.set_roster(order.pk, people_ids=[], by=person, now=NOW)
        with pytest.raises(NotAllowed):
            actions.mark_roster(order.pk, presences={one.pk: "came"}, by=person, now=DURING)


def test_who_did_not_come_is_an_absence_and_who_came_is_none(loop, rostered):
    order, (one, other) = rostered

    absent = actions.mark_roster(
        order.pk, presences={one.pk: "came", other.pk: "excused"}, reasons={other.pk: "发烧"},
        by=loop.leader, now=DURING,
    )  # fmt: skip

    assert absent == 1
    found = Absence.objects.get()
    assert (found.person, found.excused, found.source_id) == (other, True, order.pk)
    assert found.steps.get().reason == "发烧"


def test_each_is_marked_once(loop, rostered):
    order, (one, other) = rostered
    actions.mark_roster(order.pk, presences={one.pk: "absent"}, by=loop.leader, now=DURING)

    actions.mark_roster(
        order.pk, presences={one.pk: "came", other.pk: "came"}, by=loop.leader, now=DURING
    )

    assert RosterPlace.objects.get(person=one).presence == "absent"
    with pytest.raises(RuleBroken, match="nobody on the roster"):
        actions.mark_roster(order.pk, presences={one.pk: "came"}, by=loop.leader, now=DURING)


def test_before_the_visit_nobody_is_marked(loop, rostered):
    order, (one, _other) = rostered

    with pytest.raises(RuleBroken, match="not begun"):
        actions.mark_roster(order.pk, presences={one.pk: "absent"}, by=loop.leader, now=NOW)


def test_the_team_that_takes_over_makes_a_roster_of_its_own(loop, rostered):
    order, _pair = rostered
    other = factories.team()

    moved = actions.hand_over(order.pk, to=other, by=loop.leader, now=NOW)

    assert not roster.of(moved).exists()


def test_a_team_whose_people_miss_too_many_visits_holds_fewer_orders(loop):
    claims = rulebooks.in_force(CLAIMS, NOW).rules
    before = queries.claim_cap(loop.team, claims, NOW)

    for person in (factories.member(loop.team), factories.member(loop.team)):
        missed(loop, person, policy.management(NOW).no_show.team_limit // 2)

    assert before[0] == claims.cap
    assert queries.claim_cap(loop.team, claims, NOW) == (
        claims.late_team_cap, "its people missed too many visits",
    )  # fmt: skip


def test_the_page_walks_a_leader_through_and_is_not_there_for_others(loop):
    import time_machine

    order, one = loop.order("scheduled"), factories.member(loop.team)
    address = reverse("order-roster", args=[order.pk])
    client = Client()
    client.force_login(loop.leader)
    with time_machine.travel(NOW, tick=False):
        assert one.name in client.get(address).content.decode()
        client.post(address, {"do": "set", "people": [one.pk]})
        for person in (one, loop.resident, loop.officer, factories.user()):
            other = Client()
            other.force_login(person)
            assert other.get(address).status_code == 404
    with time_machine.travel(DURING, tick=False):
        client = Client()
        client.force_login(loop.leader)
        assert (
            "Who came?" in client.get(address, headers={"Accept-Language": "en"}).content.decode()
        )
        answer = client.post(address, {"do": "mark", f"presence-{one.pk}": "absent"})

    assert answer.status_code == 302
    assert Absence.objects.get().person == one


def test_the_api_sets_and_marks_a_roster(loop):
    import time_machine

    order, one = loop.order("scheduled"), factories.member(loop.team)
    with time_machine.travel(NOW, tick=False):
        api = caller(loop.leader)
        made = api.post(f"orders/{order.pk}/roster", {"people": [one.pk]}).json()
    with time_machine.travel(DURING, tick=False):
        api = caller(loop.leader)
        marked = api.post(
            f"orders/{order.pk}/roster/mark",
            {"marks": [{"person_id": one.pk, "presence": "absent", "reason": "未告知"}]},
        ).json()

        assert [place["presence"] for place in made] == [""]
        assert [place["presence"] for place in marked] == ["absent"]
        assert api.get(f"orders/{order.pk}/roster").json() == marked
        assert caller(loop.resident).get(f"orders/{order.pk}/roster").status_code == 403
    assert Order.objects.get(pk=order.pk).state == "scheduled"


def last_heard(person) -> str:
    return notices.of_person(person).order_by("-pk").values_list("template", flat=True)[0]


def test_who_is_removed_from_the_team_goes_to_none_of_its_coming_visits(loop, rostered):
    order, (gone, staying) = rostered
    teams.remove_member(Membership.objects.get(person=gone).pk, by=loop.leader, now=NOW)

    worker.work_off(NOW)

    assert [place.person for place in roster.of(order)] == [staying]
    assert (last_heard(gone), last_heard(loop.leader)) == ("roster_off", "roster_shorter")


def suspend(person, now=NOW) -> None:
    officer = factories.officer("district_officer", "50.103.")
    number = Volunteer.objects.get(person=person).pk
    volunteers.suspend_volunteer(number, reason="多次失约", by=officer, now=now)


def test_who_is_suspended_as_a_volunteer_goes_to_no_coming_visit_of_any_team(loop, rostered):
    order, (stopped, staying) = rostered
    suspend(stopped)

    worker.work_off(NOW)

    assert [place.person for place in roster.of(order)] == [staying]
    assert (last_heard(stopped), last_heard(loop.leader)) == ("roster_off", "roster_shorter")


def test_who_is_suspended_is_not_put_down_again_and_the_page_says_why(loop, rostered):
    order, (stopped, staying) = rostered
    suspend(stopped)
    worker.work_off(NOW)

    with pytest.raises(RuleBroken, match="suspended as a volunteer"):
        actions.set_roster(order.pk, people_ids=[stopped.pk], by=loop.leader, now=NOW)

    barred = {one.person: one.why_not for one in roster.choices(order, NOW) if one.barred}
    assert barred == {stopped: "is suspended as a volunteer"}
    actions.set_roster(order.pk, people_ids=[staying.pk], by=loop.leader, now=NOW)


def test_who_is_suspended_while_a_visit_runs_stays_to_be_marked(loop, rostered):
    order, (stopped, _staying) = rostered
    suspend(stopped, DURING)

    worker.work_off(DURING)

    assert roster.unmarked(order).filter(person=stopped).exists()


def test_who_leaves_after_the_visit_began_stays_to_be_marked(loop, rostered):
    order, (gone, _staying) = rostered
    teams.leave_team(loop.team.pk, by=gone, now=DURING)

    worker.work_off(DURING)

    assert roster.unmarked(order).filter(person=gone).exists()


def page(person, address: str, now=DURING, language="en") -> str:
    import time_machine

    client = Client()
    client.force_login(person)
    with time_machine.travel(now, tick=False):
        return client.get(address, headers={"Accept-Language": language}).content.decode()


def test_who_is_marked_present_without_a_check_in_hears_of_it_and_finds_the_visit(loop, rostered):
    order, (one, other) = rostered

    actions.mark_roster(
        order.pk, presences={one.pk: "came", other.pk: "absent"}, by=loop.leader, now=DURING
    )

    assert last_heard(one) == "roster_came"
    assert notices.of_person(other).filter(template="roster_came").count() == 0
    mine = page(one, reverse("people-me"))
    assert order.title in mine
    assert "no hours were counted" in mine
    assert reverse("hours-ask") in mine
    assert "no hours were counted" not in page(other, reverse("people-me"))


def test_who_checked_in_and_is_marked_present_is_told_nothing_about_missing_hours(loop, rostered):
    order, (one, _other) = rostered
    CheckIn.objects.create(order=order, person=one, arrived_at=DURING)

    actions.mark_roster(order.pk, presences={one.pk: "came"}, by=loop.leader, now=DURING)

    assert not notices.of_person(one).filter(template="roster_came").exists()
    assert roster.uncounted(one, DURING) == []


def test_a_visit_whose_hours_were_asked_for_by_hand_is_not_shown_as_uncounted(loop, rostered):
    order, (one, _other) = rostered
    actions.mark_roster(order.pk, presences={one.pk: "came"}, by=loop.leader, now=DURING)
    assert [visit.title for visit in roster.uncounted(one, DURING)] == [order.title]

    hours.ask_by_hand(
        title="上门服务", place=loop.community, began_at=order.starts_at,
        ended_at=order.ends_at, team=loop.team, by=one, now=order.ends_at,
    )  # fmt: skip

    assert roster.uncounted(one, order.ends_at) == []


def test_the_roster_says_that_presence_without_a_check_in_counts_no_hours_and_the_way_on(loop):
    order, other = loop.order("scheduled"), factories.member(loop.team)
    people = [loop.leader.pk, other.pk]
    actions.set_roster(order.pk, people_ids=people, by=loop.leader, now=NOW)
    CheckIn.objects.create(order=order, person=other, arrived_at=DURING)
    actions.mark_roster(
        order.pk, presences=dict.fromkeys(people, "came"), by=loop.leader, now=DURING
    )

    shown = page(loop.leader, reverse("order-roster", args=[order.pk]))

    assert shown.count("Without a check-in no hours were counted.") == 1
    assert f'href="{reverse("hours-ask")}"' in shown
    CheckIn.objects.all().delete()
    shown = page(loop.leader, reverse("order-roster", args=[order.pk]))
    assert shown.count("Without a check-in no hours were counted.") == 2
    assert "They can ask for them by hand on their volunteer page." in shown
