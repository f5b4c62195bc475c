"""Who may do what where: truth tables."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kepu.kernel.divisions.models import Zone, ZonePart
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.models import Grant, Leave
from kepu.kernel.roles.verbs import Verb
from tests.factories import BEFORE, NOW, division, grant, officer, organisation, user

pytestmark = pytest.mark.django_db

CITY, DISTRICT, TOWNSHIP, COMMUNITY = "50.", "50.106.", "50.106.016.", "50.106.016.001."
NEIGHBOUR, OTHER_TOWNSHIP = "50.107.", "50.106.001."
TODAY = date(2026, 3, 5)


def zone(*paths: str, keeps: bool, **traits) -> Zone:
    found = Zone.objects.create(name="示例高新区", parent_keeps_writing=keeps, **traits)
    ZonePart.objects.bulk_create(ZonePart(zone=found, path=path) for path in paths)
    return found


def zone_officer(found: Zone, role: str = "district_officer"):
    person = user()
    Grant.objects.create(person=person, role=role, zone=found, valid_from=BEFORE)
    return person


@pytest.mark.parametrize(
    ("held_at", "asked", "answer"),
    [
        (DISTRICT, DISTRICT, True),
        (DISTRICT, TOWNSHIP, True),
        (DISTRICT, COMMUNITY, True),
        (CITY, COMMUNITY, True),
        (DISTRICT, CITY, False),  # not upward
        (DISTRICT, NEIGHBOUR, False),  # not sideways
        (TOWNSHIP, OTHER_TOWNSHIP, False),
        ("50.10.", "50.106.", False),  # a segment is whole
    ],
)
def test_a_role_reaches_down_the_tree_and_nowhere_else(held_at, asked, answer):
    person = officer("district_officer", held_at)

    assert roles.holds(person, Verb.TEAM_APPROVE, now=NOW, path=asked) is answer
    assert roles.reach(person, Verb.TEAM_APPROVE, NOW).covers(asked) is answer


@pytest.mark.parametrize(
    ("verb", "answer"),
    [(Verb.TEAM_APPROVE, True), (Verb.ROLE_GRANT, False), (Verb.ORDER_ACCEPT, False)],
)
def test_a_role_gives_its_own_verbs_only(verb, answer):
    person = officer("district_officer", DISTRICT)

    assert roles.holds(person, verb, now=NOW, path=DISTRICT) is answer
    assert roles.holds(person, verb, now=NOW) is answer


def test_nobody_and_a_closed_account_hold_nothing():
    person = officer("district_officer", DISTRICT)
    person.is_active = False

    assert not roles.holds(None, Verb.TEAM_APPROVE, now=NOW, path=DISTRICT)
    assert not roles.holds(person, Verb.TEAM_APPROVE, now=NOW, path=DISTRICT)
    assert not roles.reach(person, Verb.TEAM_APPROVE, NOW)


@pytest.mark.parametrize(
    ("begins", "ends", "answer"),
    [
        (-timedelta(days=1), None, True),
        (timedelta(0), None, True),
        (timedelta(seconds=1), None, False),
        (-timedelta(days=1), timedelta(seconds=1), True),
        (-timedelta(days=1), timedelta(0), False),
    ],
)
def test_a_role_counts_from_its_first_moment_until_just_before_its_last(begins, ends, answer):
    person = user()
    Grant.objects.create(
        person=person,
        role="district_officer",
        path=DISTRICT,
        valid_from=NOW + begins,
        valid_to=None if ends is None else NOW + ends,
    )

    assert roles.holds(person, Verb.TEAM_APPROVE, now=NOW, path=DISTRICT) is answer


def test_a_role_in_an_organisation_counts_there_alone():
    unit, other = organisation("甲示例局"), organisation("乙示例局")
    person = officer("department_officer", unit)

    assert roles.holds(person, Verb.ORDER_ACCEPT, now=NOW, organisation_id=unit.pk)
    assert not roles.holds(person, Verb.ORDER_ACCEPT, now=NOW, organisation_id=other.pk)
    assert not roles.holds(person, Verb.ORDER_ACCEPT, now=NOW, path=unit.path)
    assert roles.reach(person, Verb.ORDER_ACCEPT, NOW).organisations == {unit.pk}


@pytest.mark.parametrize(
    ("keeps", "held_at", "asked", "answer"),
    [
        # The parent keeps the right to write: the zone adds to the tree and takes nothing away.
        (True, CITY, TOWNSHIP, True),
        (True, DISTRICT, TOWNSHIP, True),
        (True, TOWNSHIP, TOWNSHIP, True),
        (True, "zone", TOWNSHIP, True),
        (True, "zone", COMMUNITY, True),
        (True, "zone", OTHER_TOWNSHIP, False),
        (True, "zone", DISTRICT, False),
        # It does not: what is held above a part of the zone does not count inside it.
        (False, CITY, TOWNSHIP, False),
        (False, DISTRICT, TOWNSHIP, False),
        (False, DISTRICT, COMMUNITY, False),
        (False, CITY, COMMUNITY, False),
        (False, TOWNSHIP, TOWNSHIP, True),  # held in the zone's own ground
        (False, TOWNSHIP, COMMUNITY, True),
        (False, COMMUNITY, COMMUNITY, True),
        (False, "zone", TOWNSHIP, True),
        (False, "zone", COMMUNITY, True),
        (False, "zone", "50.107.104.", True),  # across the border of the district
        (False, "zone", DISTRICT, False),
        # Outside the zone nothing changes.
        (False, DISTRICT, OTHER_TOWNSHIP, True),
        (False, DISTRICT, DISTRICT, True),
        (False, CITY, OTHER_TOWNSHIP, True),
        (False, CITY, CITY, True),
        (False, NEIGHBOUR, TOWNSHIP, False),
    ],
)
def test_a_zone_that_keeps_its_business_shuts_out_what_is_held_above_it(
    keeps, held_at, asked, answer
):
    found = zone(TOWNSHIP, "50.107.104.", keeps=keeps)
    person = zone_officer(found) if held_at == "zone" else officer("district_officer", held_at)

    assert roles.holds(person, Verb.TEAM_APPROVE, now=NOW, path=asked) is answer
    assert roles.reach(person, Verb.TEAM_APPROVE, NOW).covers(asked) is answer


@pytest.mark.parametrize(
    ("role", "verb"),
    [
        ("security_administrator", Verb.ROLE_GRANT),
        ("city_officer", Verb.DIVISION_CHANGE),
        ("audit_administrator", Verb.AUDIT_READ),
    ],
)
def test_running_the_system_is_never_shut_out(role, verb):
    zone(TOWNSHIP, keeps=False)

    assert roles.holds(officer(role, CITY), verb, now=NOW, path=TOWNSHIP)


@pytest.mark.parametrize(
    ("dates", "shut"),
    [
        ({}, True),
        ({"valid_from": TODAY}, True),
        ({"valid_from": TODAY + timedelta(days=1)}, False),
        ({"valid_to": TODAY}, True),
        ({"valid_to": TODAY - timedelta(days=1)}, False),
    ],
)
def test_a_zone_counts_on_its_own_days(dates, shut):
    found = zone(TOWNSHIP, keeps=False, **dates)
    own = zone_officer(found)

    assert (
        roles.holds(
            officer("district_officer", DISTRICT), Verb.TEAM_APPROVE, now=NOW, path=TOWNSHIP
        )
        is not shut
    )
    assert roles.holds(own, Verb.TEAM_APPROVE, now=NOW, path=TOWNSHIP) is shut


def test_a_part_counts_on_its_own_days():
    found = zone(keeps=False)
    ZonePart.objects.create(zone=found, path=TOWNSHIP, valid_to=TODAY - timedelta(days=1))
    ZonePart.objects.create(zone=found, path=OTHER_TOWNSHIP, valid_from=TODAY)

    reach = roles.reach(zone_officer(found), Verb.TEAM_APPROVE, NOW)

    assert reach.paths == (OTHER_TOWNSHIP,)


def test_a_zone_inside_a_zone_keeps_the_outer_one_out():
    outer = Zone.objects.create(name="外", parent_keeps_writing=False)
    ZonePart.objects.create(zone=outer, path=DISTRICT)
    zone(TOWNSHIP, keeps=False)
    person = zone_officer(outer)

    assert not roles.holds(person, Verb.TEAM_APPROVE, now=NOW, path=TOWNSHIP)
    assert roles.holds(person, Verb.TEAM_APPROVE, now=NOW, path=OTHER_TOWNSHIP)


def test_reach_limits_rows_as_it_covers_paths():
    places = [division(path) for path in (TOWNSHIP, COMMUNITY, OTHER_TOWNSHIP, NEIGHBOUR)]
    zone(TOWNSHIP, keeps=False)
    for held_at in (CITY, DISTRICT, TOWNSHIP, COMMUNITY, NEIGHBOUR):
        reach = roles.reach(officer("district_officer", held_at), Verb.TEAM_APPROVE, NOW)

        rows = type(places[0]).objects.filter(reach.limit())

        everywhere = type(places[0]).objects.all()
        assert {row.path for row in rows} == {
            row.path for row in everywhere if reach.covers(row.path)
        }


def test_reach_without_any_place_limits_to_nothing():
    division(TOWNSHIP)

    assert not type(division(CITY)).objects.filter(roles.Reach().limit()).exists()


@pytest.mark.parametrize("keeps", [True, False])
def test_the_question_every_action_asks_costs_two_plain_queries(keeps, django_assert_num_queries):
    """Two plain ones are a third of the one that looks for deputies, absences and zones at once."""
    zone(OTHER_TOWNSHIP, keeps=keeps)
    person = officer("district_officer", DISTRICT)

    with django_assert_num_queries(2):
        assert roles.holds(person, Verb.TEAM_APPROVE, now=NOW, path=TOWNSHIP)


def test_who_holds_nothing_costs_one_query(django_assert_num_queries):
    person = user()

    with django_assert_num_queries(1):
        assert not roles.holds(person, Verb.TEAM_APPROVE, now=NOW, path=TOWNSHIP)


@pytest.mark.parametrize(
    ("a_is", "answer"),
    [
        ("there", False),
        ("on leave today", True),
        ("back from leave", False),
        ("leaving tomorrow", False),
        ("closed", True),
        ("gone", True),
        ("of another place", True),
        ("of another role", True),
    ],
)
def test_a_deputy_acts_only_while_no_a_is_there(a_is, answer):
    deputy = user()
    grant(deputy, "district_officer", DISTRICT, post="B")
    first = a_person(a_is)

    assert roles.holds(deputy, Verb.TEAM_APPROVE, now=NOW, path=TOWNSHIP) is answer
    assert first is None or first.pk != deputy.pk


def a_person(a_is: str):
    person = user()
    ends = {"valid_to": NOW} if a_is == "gone" else {}
    place = NEIGHBOUR if a_is == "of another place" else DISTRICT
    role = "community_worker" if a_is == "of another role" else "district_officer"
    grant(person, role, place, **ends)
    days = {"on leave today": (0, 0), "back from leave": (-5, -1), "leaving tomorrow": (1, 5)}
    if a_is in days:
        first, last = (TODAY + timedelta(days=n) for n in days[a_is])
        Leave.objects.create(person=person, first=first, last=last)
    if a_is == "closed":
        person.is_active = False
        person.save()
    return person


@pytest.mark.parametrize("away", [True, False])
def test_deputies_of_zones_and_organisations_follow_their_own_a(away):
    found, unit = zone(TOWNSHIP, keeps=False), organisation()
    a, b = user(), user()
    for person, post in ((a, "A"), (b, "B")):
        Grant.objects.create(
            person=person, role="district_officer", zone=found, post=post, valid_from=BEFORE
        )
        grant(person, "department_officer", unit, post=post)
    if away:
        Leave.objects.create(person=a, first=TODAY, last=TODAY)

    assert roles.holds(b, Verb.TEAM_APPROVE, now=NOW, path=TOWNSHIP) is away
    assert roles.holds(b, Verb.ORDER_ACCEPT, now=NOW, organisation_id=unit.pk) is away


def test_with_two_a_posts_the_deputy_waits_until_both_are_away():
    deputy, one, two = user(), user(), user()
    grant(deputy, "district_officer", DISTRICT, post="B")
    grant(one, "district_officer", DISTRICT)
    grant(two, "district_officer", DISTRICT)
    Leave.objects.create(person=one, first=TODAY, last=TODAY)

    assert not roles.holds(deputy, Verb.TEAM_APPROVE, now=NOW, path=DISTRICT)

    Leave.objects.create(person=two, first=TODAY, last=TODAY)
    assert roles.holds(deputy, Verb.TEAM_APPROVE, now=NOW, path=DISTRICT)


def test_the_nearest_level_where_somebody_acts_is_asked():
    worker = officer("community_worker", COMMUNITY)
    over = officer("district_officer", DISTRICT)

    assert roles.nearest_holders(Verb.ORDER_DISPATCH, now=NOW, path=COMMUNITY) == [worker]
    assert roles.nearest_holders(Verb.ORDER_DISPATCH, now=NOW, path=OTHER_TOWNSHIP) == [over]
    assert roles.nearest_holders(Verb.ORDER_DISPATCH, now=NOW, path=NEIGHBOUR) == []
    assert list(roles.holders(Verb.ORDER_DISPATCH, now=NOW, path=TOWNSHIP)) == []


def test_escalation_stays_inside_a_zone_that_keeps_its_business():
    found = zone(TOWNSHIP, keeps=False)
    officer("district_officer", DISTRICT)
    own = zone_officer(found)

    assert roles.nearest_holders(Verb.ORDER_DISPATCH, now=NOW, path=COMMUNITY) == [own]
    assert list(roles.holders(Verb.ORDER_DISPATCH, now=NOW, path=TOWNSHIP)) == [own]


def test_the_list_of_posts_says_who_acts(django_assert_max_num_queries):
    division(COMMUNITY)
    a = officer("district_officer", DISTRICT)
    b = user()
    grant(b, "district_officer", DISTRICT, post="B")
    officer("community_worker", COMMUNITY)
    officer("department_officer", organisation(path=DISTRICT))
    zone_officer(zone(TOWNSHIP, keeps=True))
    officer("district_officer", NEIGHBOUR)
    Leave.objects.create(person=a, first=TODAY, last=TODAY)

    with django_assert_max_num_queries(1):
        found = list(roles.with_acting(roles.held_below(DISTRICT, now=NOW), NOW))

    acting = {(row.person_id, row.post): row.acts for row in found}
    assert len(found) == 5
    assert acting[a.pk, "A"]  # on leave, and still in the post
    assert acting[b.pk, "B"]
