"""Granting, revoking, leave and handover."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from kepu.kernel.audit.models import Entry
from kepu.kernel.divisions.models import Zone, ZonePart
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.facts.models import Happening
from kepu.kernel.roles import actions
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.models import Grant, Leave
from kepu.kernel.roles.verbs import SEPARATED, Verb
from tests.factories import NOW, division, grant, officer, organisation, user

pytestmark = pytest.mark.django_db

CITY, DISTRICT, TOWNSHIP = "50.", "50.106.", "50.106.016."
NEIGHBOUR = "50.107."
TODAY = date(2026, 3, 5)


@pytest.fixture(autouse=True)
def places():
    for path in (TOWNSHIP, NEIGHBOUR):
        division(path)


def security(where: str = CITY):
    return officer("security_administrator", where)


def givers():
    return {
        "of the city": security(),
        "of the district": security(DISTRICT),
        "of another district": security(NEIGHBOUR),
        "of the township below": security(TOWNSHIP),
        "an officer": officer("city_officer", CITY),
        "a system administrator": officer("system_administrator", CITY),
        "a stranger": user(),
        "Kepu itself": None,
    }


@pytest.mark.parametrize(
    ("giver", "may"),
    [
        ("of the city", True),
        ("of the district", True),
        ("of another district", False),
        ("of the township below", False),
        ("an officer", False),
        ("a system administrator", False),
        ("a stranger", False),
        ("Kepu itself", True),
    ],
)
@pytest.mark.parametrize("seat", ["path", "zone", "organisation"])
def test_only_who_may_grant_over_the_place_grants_there(giver, may, seat):
    zone = Zone.objects.create(name="示例区")
    ZonePart.objects.create(zone=zone, path=DISTRICT)
    where = {
        "path": {"role": "district_officer", "path": DISTRICT},
        "zone": {"role": "district_officer", "zone": zone},
        "organisation": {"role": "department_officer", "organisation": organisation(path=DISTRICT)},
    }[seat]
    person, by = user(), givers()[giver]

    if not may:
        with pytest.raises(NotAllowed, match="security administrator"):
            actions.grant(person.pk, **where, by=by, now=NOW)
        assert not person.grants.exists()
        return
    made = actions.grant(person.pk, **where, by=by, now=NOW)

    assert made.granted_by == by
    assert roles.open_grants(NOW).filter(person=person).count() == 1
    assert Entry.objects.get(verb="role.grant").actor == (by.pseudonym if by else "system")


def test_a_zone_across_districts_needs_the_right_over_every_part():
    zone = Zone.objects.create(name="示例区")
    ZonePart.objects.bulk_create(ZonePart(zone=zone, path=path) for path in (DISTRICT, NEIGHBOUR))

    with pytest.raises(NotAllowed):
        actions.grant(user().pk, role="district_officer", zone=zone, by=security(DISTRICT), now=NOW)


@pytest.mark.parametrize(
    "traits",
    [
        {"valid_from": TODAY + timedelta(days=30)},
        {"valid_to": TODAY - timedelta(days=1)},
    ],
)
def test_a_zone_that_holds_nothing_today_is_no_way_into_a_neighbour(traits):
    zone = Zone.objects.create(name="示例区", **traits)
    ZonePart.objects.create(zone=zone, path=NEIGHBOUR, **traits)

    with pytest.raises(NotAllowed):
        actions.grant(user().pk, role="district_officer", zone=zone, by=security(DISTRICT), now=NOW)
    actions.grant(user().pk, role="district_officer", zone=zone, by=security(NEIGHBOUR), now=NOW)


def test_nobody_grants_in_a_zone_without_any_part():
    zone = Zone.objects.create(name="示例区")

    with pytest.raises(NotAllowed):
        actions.grant(user().pk, role="district_officer", zone=zone, by=security(DISTRICT), now=NOW)


def test_nobody_grants_to_oneself():
    by = security()

    with pytest.raises(NotAllowed, match="oneself"):
        actions.grant(by.pk, role="city_officer", path=CITY, by=by, now=NOW)


@pytest.mark.parametrize("held", SEPARATED)
@pytest.mark.parametrize("wanted", SEPARATED)
@pytest.mark.parametrize("when", ["now", "planned", "until a day"])
def test_the_three_administrators_are_never_one_person(held, wanted, when):
    person = user()
    terms = {
        "now": {},
        "planned": {"valid_from": NOW + timedelta(days=30)},
        "until a day": {"until": NOW + timedelta(days=30)},
    }[when]
    actions.grant(person.pk, role=held, path=CITY, by=None, now=NOW, **terms)

    reason = "already holds" if held == wanted else "two different people"
    with pytest.raises(RuleBroken, match=reason):
        actions.grant(person.pk, role=wanted, path=CITY, by=security(), now=NOW)


def test_the_database_repeats_that_administrators_are_separate():
    person = officer("system_administrator", CITY)

    with pytest.raises(IntegrityError), transaction.atomic():
        grant(person, "audit_administrator", CITY)


def test_one_may_become_another_administrator_after_ceasing_to_be_the_first():
    person = officer("system_administrator", CITY)
    by = security()
    actions.revoke(person.grants.get().pk, by=by, now=NOW)

    actions.grant(person.pk, role="audit_administrator", path=CITY, by=by, now=NOW)

    assert roles.holds(person, Verb.AUDIT_READ, now=NOW)
    assert not roles.holds(person, Verb.SYSTEM_OPERATE, now=NOW)


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"role": "emperor", "path": CITY}, "no role called emperor"),
        ({"role": "district_officer"}, "one place"),
        ({"role": "district_officer", "path": "50.999."}, "nothing stands at 50.999."),
        ({"role": "department_officer", "path": DISTRICT}, "this kind of place"),
        ({"role": "city_officer", "path": DISTRICT}, "whole city or province"),
        ({"role": "city_officer", "path": TOWNSHIP}, "whole city or province"),
        ({"role": "system_administrator", "path": DISTRICT}, "whole city or province"),
        ({"role": "audit_administrator", "path": DISTRICT}, "whole city or province"),
        ({"role": "district_officer", "path": DISTRICT, "post": "C"}, "A or B"),
        (
            {"role": "district_officer", "path": DISTRICT, "valid_from": NOW - timedelta(1)},
            "in the past",
        ),
        ({"role": "district_officer", "path": DISTRICT, "until": NOW}, "ends after it begins"),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused_in_words(terms, reason):
    person = user()

    with pytest.raises(RuleBroken, match=reason):
        actions.grant(person.pk, **terms, by=security(), now=NOW)

    assert not person.grants.exists()


def test_a_district_administrator_makes_no_officer_of_the_city_by_way_of_a_zone():
    zone = Zone.objects.create(name="示例区")
    ZonePart.objects.create(zone=zone, path=DISTRICT)

    with pytest.raises(RuleBroken, match="this kind of place"):
        actions.grant(user().pk, role="city_officer", zone=zone, by=security(DISTRICT), now=NOW)


@pytest.mark.parametrize("role", ["city_officer", "system_administrator", "audit_administrator"])
def test_a_role_for_a_whole_city_is_held_there(role):
    assert actions.grant(user().pk, role=role, path=CITY, by=security(), now=NOW).path == CITY


def test_the_same_role_is_not_held_twice_at_one_place():
    person = officer("district_officer", DISTRICT)

    with pytest.raises(RuleBroken, match="already holds"):
        actions.grant(person.pk, role="district_officer", path=DISTRICT, by=security(), now=NOW)


def test_a_closed_account_and_a_closed_organisation_get_no_role():
    closed = user()
    closed.is_active = False
    closed.save()
    unit = organisation(active=False)

    with pytest.raises(RuleBroken, match="account is closed"):
        actions.grant(closed.pk, role="district_officer", path=DISTRICT, by=security(), now=NOW)
    with pytest.raises(RuleBroken, match="organisation is closed"):
        actions.grant(user().pk, role="department_officer", organisation=unit, by=None, now=NOW)


def test_a_revoked_role_ends_at_once_and_stays_in_the_records():
    person = officer("district_officer", DISTRICT)
    held = person.grants.get()

    actions.revoke(held.pk, by=security(), now=NOW)

    assert not roles.holds(person, Verb.TEAM_APPROVE, now=NOW, path=DISTRICT)
    assert roles.holds(person, Verb.TEAM_APPROVE, now=NOW - timedelta(seconds=1), path=DISTRICT)
    assert Entry.objects.get(verb="role.revoke").detail["person"] == person.pk


def test_a_role_is_revoked_once_and_by_who_may():
    held = officer("district_officer", DISTRICT).grants.get()
    with pytest.raises(NotAllowed):
        actions.revoke(held.pk, by=security(NEIGHBOUR), now=NOW)
    actions.revoke(held.pk, by=security(), now=NOW)

    with pytest.raises(RuleBroken, match="already ended"):
        actions.revoke(held.pk, by=security(), now=NOW)


def test_the_last_security_administrator_stays():
    only = security()

    with pytest.raises(RuleBroken, match="last security administrator"):
        actions.revoke(only.grants.get().pk, by=only, now=NOW)

    security()
    actions.revoke(only.grants.get().pk, by=only, now=NOW)
    assert not roles.holds(only, Verb.ROLE_GRANT, now=NOW)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("oneself", True),
        ("of the city", True),
        ("of another district", False),
        ("a stranger", False),
    ],
)
def test_leave_is_entered_by_oneself_or_by_who_grants_there(who, may):
    person = officer("district_officer", DISTRICT)
    by = person if who == "oneself" else givers()[who]

    if not may:
        with pytest.raises(NotAllowed):
            actions.take_leave(person.pk, first=TODAY, last=TODAY, by=by, now=NOW)
        return
    leave = actions.take_leave(person.pk, first=TODAY, last=TODAY, by=by, now=NOW)

    assert roles.on_leave(NOW) == {person.pk}
    assert Entry.objects.get(verb="leave.take").object_id == str(leave.pk)


def test_leave_of_who_also_works_elsewhere_is_not_entered_by_one_of_the_places():
    person = officer("city_officer", CITY)
    grant(person, "district_officer", DISTRICT)

    with pytest.raises(NotAllowed):
        actions.take_leave(person.pk, first=TODAY, last=TODAY, by=security(DISTRICT), now=NOW)
    assert actions.take_leave(person.pk, first=TODAY, last=TODAY, by=security(), now=NOW)


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        (2, 1, "ends after"),
        (-3, -1, "is over"),
        (4, 6, "already entered"),
        (1, 9, "already entered"),
    ],
)
def test_leave_that_makes_no_sense_is_refused(first, last, reason):
    person = user()
    days = [TODAY + timedelta(days=n) for n in (5, 5, first, last)]
    actions.take_leave(person.pk, first=days[0], last=days[1], by=person, now=NOW)

    with pytest.raises(RuleBroken, match=reason):
        actions.take_leave(person.pk, first=days[2], last=days[3], by=person, now=NOW)


@pytest.mark.parametrize(
    ("first", "last", "left"),
    [(-2, 5, (-2, -1)), (0, 5, None), (1, 5, None)],
)
def test_coming_back_early_ends_the_deputys_turn_today(first, last, left):
    person, deputy = officer("district_officer", DISTRICT), user()
    grant(deputy, "district_officer", DISTRICT, post="B")
    leave = Leave.objects.create(
        person=person, first=TODAY + timedelta(days=first), last=TODAY + timedelta(days=last)
    )

    actions.end_leave(leave.pk, by=person, now=NOW)

    assert not roles.holds(deputy, Verb.TEAM_APPROVE, now=NOW, path=DISTRICT)
    kept = [((row.first - TODAY).days, (row.last - TODAY).days) for row in Leave.objects.all()]
    assert kept == ([left] if left else [])


def test_leave_that_is_over_is_not_ended_again():
    person = user()
    yesterday = TODAY - timedelta(days=1)
    leave = Leave.objects.create(person=person, first=yesterday, last=yesterday)

    with pytest.raises(RuleBroken, match="over"):
        actions.end_leave(leave.pk, by=person, now=NOW)


def test_a_post_is_handed_over_in_one_step():
    giver, taker, by = user(), user(), security()
    unit = organisation(path=NEIGHBOUR)
    grant(giver, "district_officer", DISTRICT)
    grant(giver, "community_worker", TOWNSHIP, post="B")
    grant(giver, "department_officer", unit)

    made = actions.hand_over(giver.pk, to_id=taker.pk, by=by, now=NOW)

    assert not roles.open_grants(NOW).filter(person=giver).exists()
    assert {(g.role, g.path, g.organisation_id, g.post) for g in made} == {
        ("district_officer", DISTRICT, None, "A"),
        ("community_worker", TOWNSHIP, None, "B"),
        ("department_officer", "", unit.pk, "A"),
    }
    assert {g.granted_by for g in made} == {by}
    entry = Entry.objects.get(verb="post.hand_over")
    assert (entry.object_id, entry.detail["to"]) == (str(giver.pk), taker.pk)
    fact = Happening.objects.get(name="PostHandedOver")
    assert (fact.data["from_id"], fact.data["to_id"]) == (giver.pk, taker.pk)


def test_a_handover_keeps_the_terms_and_what_is_planned():
    giver, taker = user(), user()
    begin, end = NOW + timedelta(days=3), NOW + timedelta(days=9)
    grant(giver, "district_officer", DISTRICT, valid_to=end)
    Grant.objects.create(person=giver, role="community_worker", path=TOWNSHIP, valid_from=begin)

    actions.hand_over(giver.pk, to_id=taker.pk, by=security(), now=NOW)

    terms = set(taker.grants.values_list("role", "valid_from", "valid_to"))
    assert terms == {("district_officer", NOW, end), ("community_worker", begin, None)}
    assert not roles.unfinished_grants(NOW).filter(person=giver, valid_to=None).exists()


def test_a_deputy_who_takes_over_becomes_the_a():
    giver, deputy = officer("district_officer", DISTRICT), user()
    grant(deputy, "district_officer", DISTRICT, post="B")

    actions.hand_over(giver.pk, to_id=deputy.pk, by=security(), now=NOW)

    assert roles.open_grants(NOW).get(person=deputy).post == "A"
    assert roles.holds(deputy, Verb.TEAM_APPROVE, now=NOW, path=DISTRICT)


@pytest.mark.parametrize(
    ("giver", "taker", "kept"),  # begin and end in days from now, post
    [
        ((-9, None, "A"), (30, None, "A"), (-9, None, "A")),  # the taker's begins later
        ((-9, None, "A"), (-1, 5, "A"), (-9, None, "A")),  # ... or ends sooner
        ((-9, 5, "A"), (-3, 9, "B"), (-3, 9, "A")),
        ((3, 9, "B"), (-1, 5, "A"), (-1, 9, "A")),
        ((-9, 5, "B"), (-3, None, "A"), (-3, None, "A")),  # all of it was held
    ],
)
def test_a_handover_leaves_no_day_of_the_post_without_its_holder(giver, taker, kept):
    def days(count: int | None):
        return None if count is None else NOW + timedelta(days=count)

    people = user(), user()
    for person, (begin, end, post) in zip(people, (giver, taker), strict=True):
        terms = {"valid_from": days(begin), "valid_to": days(end), "post": post}
        Grant.objects.create(person=person, role="district_officer", path=DISTRICT, **terms)

    actions.hand_over(people[0].pk, to_id=people[1].pk, by=security(), now=NOW)

    own = roles.unfinished_grants(NOW).get(role="district_officer")
    assert own.person == people[1]
    begin, end, post = kept
    assert (own.valid_from <= max(NOW, days(begin)), own.valid_to, own.post) == (
        True,
        days(end),
        post,
    )


def test_a_handover_gives_no_day_that_neither_held():
    giver, taker = user(), user()
    soon, later = NOW + timedelta(days=2), NOW + timedelta(days=30)
    grant(giver, "district_officer", DISTRICT, valid_to=soon)
    Grant.objects.create(
        person=taker, role="district_officer", path=DISTRICT, post="B", valid_from=later
    )

    actions.hand_over(giver.pk, to_id=taker.pk, by=security(), now=NOW)

    terms = set(taker.grants.values_list("valid_from", "valid_to", "post"))
    assert terms == {(NOW, soon, "A"), (later, None, "B")}


def test_of_two_terms_of_the_taker_the_open_one_takes_an_open_one_in():
    giver, taker = officer("district_officer", DISTRICT), user()
    grant(taker, "district_officer", DISTRICT, valid_to=NOW + timedelta(days=9))
    later = NOW + timedelta(days=30)
    Grant.objects.create(person=taker, role="district_officer", path=DISTRICT, valid_from=later)

    actions.hand_over(giver.pk, to_id=taker.pk, by=security(), now=NOW)

    assert taker.grants.get(valid_to=None).valid_from == NOW


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("the taker", NotAllowed),
        ("of another district", NotAllowed),
        ("the giver", NotAllowed),
        ("a stranger", NotAllowed),
    ],
)
def test_a_handover_is_made_by_who_may_grant_and_receives_nothing(who, error):
    giver, taker = officer("district_officer", DISTRICT), security()
    by = {"the taker": taker, "the giver": giver}.get(who) or givers()[who]

    with pytest.raises(error):
        actions.hand_over(giver.pk, to_id=taker.pk, by=by, now=NOW)

    assert roles.open_grants(NOW).filter(person=giver).count() == 1


def test_a_role_that_would_not_be_granted_here_is_not_handed_on_either():
    giver, taker = officer("city_officer", DISTRICT), user()
    division(DISTRICT)

    with pytest.raises(RuleBroken, match="end this role before the handover"):
        actions.hand_over(giver.pk, to_id=taker.pk, by=security(), now=NOW)

    assert not taker.grants.exists()


def test_a_handover_that_would_join_two_administrators_changes_nothing():
    giver, taker = officer("system_administrator", CITY), officer("audit_administrator", CITY)
    grant(giver, "district_officer", DISTRICT)

    with pytest.raises(RuleBroken, match="two different people"):
        actions.hand_over(giver.pk, to_id=taker.pk, by=security(), now=NOW)

    assert roles.open_grants(NOW).filter(person=giver).count() == 2
    assert not Happening.objects.exists()


@pytest.mark.parametrize(
    ("case", "reason"),
    [("self", "somebody else"), ("empty", "no role"), ("closed", "closed")],
)
def test_a_handover_needs_something_to_give_and_somebody_to_take(case, reason):
    giver, taker = officer("district_officer", DISTRICT), user()
    if case == "empty":
        giver = user()
    if case == "closed":
        taker.is_active = False
        taker.save()

    to = giver.pk if case == "self" else taker.pk
    with pytest.raises(RuleBroken, match=reason):
        actions.hand_over(giver.pk, to_id=to, by=security(), now=NOW)
