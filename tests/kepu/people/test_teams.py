from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.notices.models import Notice
from kepu.kernel.notices.queries import words
from kepu.people import queries
from kepu.people.actions import teams as actions
from kepu.people.models import Membership
from kepu.people.newcomers import NewTeam
from kepu.people.states import MemberRole
from tests.factories import NOW, division, officer, organisation, user
from tests.kepu.people.factories import HOME, join, skill, team, volunteer

pytestmark = pytest.mark.django_db


def apply(by, **traits):
    values = {"name": "示例天文队", "home": division("50.103.001."), "leader": None, **traits}
    return actions.apply_for_team(NewTeam(**values), by=by, now=NOW)


def test_a_volunteer_raises_a_team_and_leads_it():
    by = volunteer()

    raised = apply(by, skills=[skill("astronomy")])

    assert raised.state == "applied"
    assert queries.leads(by, raised)
    assert list(raised.areas.values_list("path", flat=True)) == ["50.103.001."]
    assert not queries.serving(HOME).exists()


def test_only_a_registered_volunteer_raises_a_team():
    with pytest.raises(NotAllowed, match="register as a volunteer"):
        apply(user())


@pytest.mark.parametrize(
    ("traits", "reason"),
    [
        ({"home": "50."}, "at home in a district"),
        ({"week_capacity": 1, "day_capacity": 2}, "at least that of a day"),
        ({"day_capacity": 0}, "at least 1"),
        ({"name": " "}, "has a name"),
    ],
)
def test_a_team_that_cannot_be_is_refused(traits, reason):
    if "home" in traits:
        traits["home"] = division(traits["home"])
    with pytest.raises(RuleBroken, match=reason):
        apply(volunteer(), **traits)


def test_a_name_is_taken_once_in_a_place():
    apply(volunteer())

    with pytest.raises(RuleBroken, match="of this name"):
        apply(volunteer())


@pytest.mark.parametrize(
    ("role", "where", "may"),
    [
        ("district_officer", "50.103.", True),
        ("city_officer", "50.", True),
        ("district_officer", "50.104.", False),
        ("community_worker", "50.103.001.", False),
    ],
)
def test_an_officer_of_the_place_approves(role, where, may):
    raised = apply(volunteer())
    by = officer(role, where)

    if may:
        assert actions.approve_team(raised.pk, by=by, now=NOW).joined_at == NOW
        assert queries.serving(HOME).get() == raised
    else:
        with pytest.raises(NotAllowed):
            actions.approve_team(raised.pk, by=by, now=NOW)


def test_a_whole_city_has_a_general_team_that_serves_every_part_of_it():
    raised = apply(volunteer(), home=division("50."), tier="general")
    by = officer("city_officer", "50.")

    actions.approve_team(raised.pk, by=by, now=NOW)

    assert queries.serving(HOME).get() == raised
    with pytest.raises(RuleBroken, match="district, a township"):
        apply(volunteer(), name="示例服务队", home=division("50."))


def test_the_tier_of_a_team_is_changed_by_who_approves_teams_there():
    found, by = team(path="50.103."), officer("district_officer", "50.103.")

    actions.change_tier(found.pk, tier="detachment", by=by, now=NOW)

    found.refresh_from_db()
    entry = Entry.objects.get(verb="team.change_tier")
    assert (found.tier, entry.detail) == (
        "detachment",
        {"before": "team", "tier": "detachment"},
    )
    with pytest.raises(RuleBroken, match="this tier already"):
        actions.change_tier(found.pk, tier="detachment", by=by, now=NOW)
    with pytest.raises(RuleBroken, match="at home in"):  # a detachment is a district's
        actions.change_tier(team().pk, tier="detachment", by=by, now=NOW)
    with pytest.raises(NotAllowed):
        actions.change_tier(found.pk, tier="general", by=found.applied_by, now=NOW)


def test_the_page_of_a_team_offers_the_tiers_it_may_be_of(client):
    found, by = team(path="50.103."), officer("district_officer", "50.103.")
    client.force_login(by)
    door = reverse("team-tier", args=[found.pk])
    assert 'value="detachment"' in client.get(reverse("team", args=[found.pk])).text

    assert client.post(door, {"tier": "legion"}).status_code == 404
    assert client.post(door, {"tier": "detachment"}).status_code == 302

    found.refresh_from_db()
    assert found.tier == "detachment"


def test_a_unit_raises_a_team_and_an_officer_of_the_place_says_another(client):
    first, other = organisation("示例一院"), organisation("示例二院")
    by = officer("district_officer", "50.103.")
    raised = apply(volunteer(), organisation=first)
    door = reverse("team-unit", args=[raised.pk])
    client.force_login(by)

    assert raised.organisation == first
    with pytest.raises(NotAllowed):
        actions.change_unit(raised.pk, organisation=other, by=raised.applied_by, now=NOW)
    assert client.post(door, {"organisation": other.name}).status_code == 302
    raised.refresh_from_db()
    assert raised.organisation == other
    assert other.name in client.get(reverse("team", args=[raised.pk])).text
    client.post(door, {"organisation": "无此单位"})
    raised.refresh_from_db()
    assert raised.organisation == other
    client.post(door, {"organisation": ""})
    raised.refresh_from_db()
    assert raised.organisation is None
    assert Entry.objects.filter(verb="team.change_unit").count() == 2


def test_a_team_belongs_to_no_closed_unit():
    closed = organisation("旧院")
    closed.active = False

    with pytest.raises(RuleBroken, match="closed"):
        actions.change_unit(
            team().pk, organisation=closed, by=officer("district_officer", "50.103."), now=NOW
        )


def test_a_team_belongs_to_a_unit_of_its_district_or_of_the_city_and_to_no_other():
    division("50.103.")
    afar, whole = organisation("外区馆", "50.104."), organisation("市馆", "50.")
    by, raised = officer("district_officer", "50.103."), team()

    with pytest.raises(RuleBroken, match="another district"):
        apply(volunteer(), organisation=afar)
    with pytest.raises(RuleBroken, match="another district"):
        actions.change_unit(raised.pk, organisation=afar, by=by, now=NOW)
    actions.change_unit(raised.pk, organisation=whole, by=by, now=NOW)

    raised.refresh_from_db()
    assert raised.organisation == whole


@pytest.mark.parametrize("verb", ["approve", "refuse", "suspend", "restore", "dissolve"])
def test_an_officer_decides_nothing_about_a_team_he_leads(verb):
    by = officer("district_officer", "50.103.")
    own = team(
        leader=by, state={"suspend": "approved", "restore": "suspended"}.get(verb, "applied")
    )
    reason = {} if verb == "approve" else {"reason": "示例"}

    with pytest.raises(NotAllowed, match="a team he leads"):
        getattr(actions, f"{verb}_team")(own.pk, by=by, now=NOW, **reason)


def test_a_suspended_team_serves_nobody_until_it_is_restored():
    found = team()
    by = officer("district_officer", "50.103.")

    actions.suspend_team(found.pk, reason="late reports", by=by, now=NOW)
    assert not queries.serving(HOME).exists()
    actions.restore_team(found.pk, reason="队长已换", by=by, now=NOW)

    assert queries.serving(HOME).get() == found


def test_a_suspension_says_why():
    with pytest.raises(RuleBroken, match="state the reason"):
        actions.suspend_team(
            team().pk, reason="", by=officer("district_officer", "50.103."), now=NOW
        )


def test_asking_and_being_admitted_makes_a_member():
    found, person = team(), volunteer()
    leader = queries.leaders(found).get()

    asked = actions.ask_to_join(found.pk, by=person, now=NOW)
    assert not queries.belongs(person, found)
    actions.admit(asked.pk, by=leader, now=NOW)

    assert queries.belongs(person, found)
    assert not queries.leads(person, found)
    assert list(queries.teams_of(person)) == [found]


def test_only_a_leader_admits():
    found, person = team(), volunteer()
    asked = actions.ask_to_join(found.pk, by=person, now=NOW)

    for by in (person, join(found, volunteer()).person, officer("district_officer", "50.103.")):
        with pytest.raises(NotAllowed, match="only a leader"):
            actions.admit(asked.pk, by=by, now=NOW)


def test_nobody_asks_twice():
    found, person = team(), volunteer()
    actions.ask_to_join(found.pk, by=person, now=NOW)

    with pytest.raises(RuleBroken, match="asked this team already"):
        actions.ask_to_join(found.pk, by=person, now=NOW)


def test_the_sixth_team_is_refused_when_asking_and_when_admitting():
    person, sixth, leader = volunteer(), team(), volunteer()
    late = team(leader=leader)
    asked = actions.ask_to_join(late.pk, by=person, now=NOW)
    for _ in range(5):
        join(team(), person)

    with pytest.raises(RuleBroken, match="at most 5 teams"):
        actions.ask_to_join(sixth.pk, by=person, now=NOW)
    with pytest.raises(RuleBroken, match="at most 5 teams"):
        actions.admit(asked.pk, by=leader, now=NOW)


def test_a_slot_is_free_again_after_leaving():
    person = volunteer()
    teams = [team() for _ in range(5)]
    for one in teams:
        join(one, person)

    actions.leave_team(teams[2].pk, by=person, now=NOW)

    new = team()
    asked = actions.ask_to_join(new.pk, by=person, now=NOW)
    actions.admit(asked.pk, by=queries.leaders(new).get(), now=NOW)
    assert Membership.objects.get(pk=asked.pk).slot == 3


def test_two_admissions_at_once_cannot_take_one_slot():
    person = volunteer()
    join(team(), person)

    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(
            team=team(), person=person, state="active", slot=1, asked_at=NOW, since=NOW
        )


def test_the_database_keeps_one_open_membership_for_each_team():
    found, person = team(), volunteer()
    join(found, person)

    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(team=found, person=person, state="asked", asked_at=NOW)


def test_the_last_leader_hands_over_before_leaving():
    leader = volunteer()
    found = team(leader=leader)
    heir = join(found, volunteer())
    with pytest.raises(RuleBroken, match="only leader"):
        actions.leave_team(found.pk, by=leader, now=NOW)

    actions.hand_over(found.pk, to=heir.pk, by=leader, now=NOW)
    actions.leave_team(found.pk, by=leader, now=NOW)

    assert queries.leaders(found).get() == heir.person
    assert not queries.belongs(leader, found)


def test_a_team_is_handed_over_to_a_member_only():
    leader = volunteer()
    found, other = team(leader=leader), team()
    outsider = other.memberships.get(role=MemberRole.LEADER)

    with pytest.raises(RuleBroken, match="active member of the team"):
        actions.hand_over(found.pk, to=outsider.pk, by=leader, now=NOW)


def test_dissolving_sets_the_members_free():
    person = volunteer()
    found = team()
    join(found, person)

    actions.dissolve_team(
        found.pk, reason="the school closed", by=officer("district_officer", "50.103."), now=NOW
    )

    assert not queries.teams_of(person).exists()


def test_serving_reads_areas_upwards_from_the_place():
    near, far = team(path="50.103.001."), team(path="50.104.")

    assert list(queries.serving("50.103.001.001.")) == [near]
    assert list(queries.serving("50.104.002.003.")) == [far]
    assert not queries.serving("50.103.").exists()


def test_a_removed_member_hears_who_did_it_and_where_to_object():
    leader, officer_here = volunteer(), officer("district_officer", "50.103.")
    found = team(leader=leader)
    gone = join(found, volunteer())

    actions.remove_member(gone.pk, by=leader, now=NOW)

    letter = Notice.objects.get(template="people.removed")
    assert letter.person == gone.person
    said = words(letter, gone.person).text
    assert leader.name in said
    assert officer_here.name in said
    assert not Notice.objects.filter(template="people.leader_removed").exists()


def test_where_nobody_holds_the_office_a_removed_member_is_sent_to_the_association_of_the_place():
    leader = volunteer()
    gone = join(team(leader=leader), volunteer())

    actions.remove_member(gone.pk, by=leader, now=NOW)

    letter = Notice.objects.get(person=gone.person)
    said = words(letter, gone.person).text
    assert "请向当地科协提出" in said
    assert "—" not in said


@pytest.mark.parametrize("verb", ["suspend", "restore", "dissolve"])
def test_leaders_hear_what_is_decided_about_their_team_and_why(verb):
    leader, by = volunteer(), officer("district_officer", "50.103.")
    found = team(leader=leader, state="suspended" if verb == "restore" else "approved")
    act = {"suspend": actions.suspend_team, "restore": actions.restore_team,
           "dissolve": actions.dissolve_team}[verb]  # fmt: skip

    act(found.pk, reason="示例原因", by=by, now=NOW)

    letter = Notice.objects.get(person=leader)
    said = words(letter, leader)
    assert letter.template.startswith(f"people.team_{verb}")
    assert found.name in said.text
    assert "示例原因" in said.text


def test_of_two_leaders_who_remove_each_other_one_stays_and_the_officers_hear_of_it():
    one, watching = volunteer(), officer("district_officer", "50.103.")
    found = team(leader=one)
    own = found.memberships.get(person=one)
    other = join(found, volunteer(), role=MemberRole.LEADER)

    actions.remove_member(other.pk, by=one, now=NOW)
    with pytest.raises(NotAllowed):
        actions.remove_member(own.pk, by=other.person, now=NOW)
    with pytest.raises(RuleBroken, match="only leader"):
        actions.remove_member(own.pk, by=one, now=NOW)

    assert Notice.objects.get(template="people.leader_removed").person == watching


def test_who_raised_a_team_that_is_refused_is_free_for_another():
    by = volunteer()
    raised = apply(by)

    actions.refuse_team(
        raised.pk, reason="名称与别队相同", by=officer("district_officer", "50.103."), now=NOW
    )

    assert not queries.leads(by, raised)
    assert queries.places_in_teams(by) == {}
