from __future__ import annotations

import pytest

from kepu.kernel.accounts.models import User
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.notices.models import Notice
from kepu.kernel.notices.queries import words
from kepu.people import availability, queries
from kepu.people.actions import records, teams
from kepu.people.actions import volunteers as actions
from kepu.people.models import Honour, Volunteer
from kepu.people.rules.volunteers import why_not_see_record
from tests.factories import NOW, division, officer, user
from tests.kepu.people.factories import HOME, join, served, service, team, volunteer

pytestmark = pytest.mark.django_db


def sign_up(person: User, **traits):
    values = {"home": division(HOME), "by": person, "now": NOW, "consent": True, **traits}
    return actions.sign_up(person=person, **values)


def test_signing_up_gives_a_number_and_waits_for_approval():
    person = user(born="1990-01-01")

    found = sign_up(person, availability=3)

    assert (found.state, found.number) == ("applied", f"2026{person.pk:09d}")
    assert list(found.areas.values_list("path", flat=True)) == [HOME]
    assert not queries.willing(HOME).exists()


def test_a_national_number_is_one_persons_and_stays_it_at_the_second_registration():
    person = user(born="1990-01-01")
    found = sign_up(person, national_number="NV-1")

    with pytest.raises(RuleBroken, match="another volunteer is registered with this national"):
        sign_up(user(born="1991-01-01"), national_number="NV-1")

    found.state = "left"
    found.save()
    assert sign_up(person, national_number="NV-1").national_number == "NV-1"


@pytest.mark.parametrize(
    ("born", "guardian", "reason"),
    [
        ("2012-03-05", False, None),  # fourteen today
        ("2012-03-06", False, "only with the consent of the guardian"),
        ("2012-03-06", True, None),
        ("2020-03-06", True, "at least 6 years"),
        ("", False, "date of birth"),
    ],
)
def test_a_child_needs_the_guardian(born, guardian, reason):
    parent, child = user("李示例", born="1985-01-01"), user("李小示例", born=born)
    child.guardian = parent
    child.save()
    consent_by = parent if guardian else None

    if reason:
        with pytest.raises(RuleBroken, match=reason):
            sign_up(child, by=parent, guardian_consent_by=consent_by)
        assert queries.volunteer_of(child) is None
    else:
        assert (
            sign_up(child, by=parent, guardian_consent_by=consent_by).guardian_consent_by
            == consent_by
        )


def test_the_consent_of_somebody_else_is_no_guardians_consent():
    child = user(born="2014-01-01")

    with pytest.raises(RuleBroken, match="guardian"):
        sign_up(child, guardian_consent_by=user())


def test_nobody_is_signed_up_by_others_or_without_consent():
    person = user(born="1990-01-01")

    with pytest.raises(NotAllowed):
        sign_up(person, by=user())
    with pytest.raises(RuleBroken, match="consent"):
        sign_up(person, consent=False)


def test_signing_up_twice_is_refused_and_after_leaving_begins_anew():
    person = user(born="1990-01-01")
    first = sign_up(person)
    with pytest.raises(RuleBroken, match="cannot apply"):
        sign_up(person)

    actions.leave_volunteering(by=person, now=NOW)

    assert sign_up(person).pk == first.pk
    assert sign_up(user(born="1990-01-01")).number != first.number


@pytest.mark.parametrize(
    ("role", "where", "may"),
    [
        ("district_officer", "50.103.", True),
        ("district_officer", "50.104.", False),
        ("community_worker", HOME, False),
        ("city_officer", "50.", False),
    ],
)
def test_an_officer_of_the_place_approves(role, where, may):
    found = sign_up(user(born="1990-01-01"))
    by = officer(role, where)

    if may:
        assert actions.approve_volunteer(found.pk, by=by, now=NOW).active_at == NOW
    else:
        with pytest.raises(NotAllowed):
            actions.approve_volunteer(found.pk, by=by, now=NOW)


def test_an_officer_does_not_approve_himself():
    by = officer("district_officer", "50.103.")
    by.keep(by.personal.__class__(name="李示例", born="1990-01-01"))
    by.save()
    found = sign_up(by)

    with pytest.raises(NotAllowed, match="himself"):
        actions.approve_volunteer(found.pk, by=by, now=NOW)


@pytest.mark.parametrize(
    ("verb", "state"),
    [
        ("approve", "applied"),
        ("refuse", "applied"),
        ("suspend", "active"),
        ("restore", "suspended"),
    ],
)
def test_a_volunteer_hears_what_an_officer_decides_and_why(verb, state):
    person, by = volunteer(), officer("district_officer", "50.103.")
    Volunteer.objects.filter(person=person).update(state=state)
    act = getattr(actions, f"{verb}_volunteer")
    why = {} if verb == "approve" else {"reason": "示例原因"}

    act(person.volunteer.pk, **why, by=by, now=NOW)

    letter = Notice.objects.get(person=person)
    said = words(letter, person).text
    assert letter.template.startswith(f"people.volunteer_{verb}")
    assert ("示例原因" in said) == bool(why)
    assert (by.name in said) == (verb == "suspend")


def test_a_suspended_volunteer_joins_no_team():
    person, found = volunteer(), team()
    by = officer("district_officer", "50.103.")
    actions.suspend_volunteer(person.volunteer.pk, reason="no-shows", by=by, now=NOW)

    with pytest.raises(RuleBroken, match="suspended"):
        teams.ask_to_join(found.pk, by=person, now=NOW)


def test_leaving_ends_memberships_but_not_as_the_only_leader():
    person, found = volunteer(), team()
    join(found, person)
    leader = queries.leaders(found).get()

    actions.leave_volunteering(by=person, now=NOW)
    assert not queries.belongs(person, found)
    with pytest.raises(RuleBroken, match="only leader"):
        actions.leave_volunteering(by=leader, now=NOW)
    assert queries.leads(leader, found)


def test_the_national_number_is_sealed_and_goes_with_the_key():
    person = user(born="1990-01-01")
    found = sign_up(person, national_number="EXAMPLE-0001")

    assert found.national_number == "EXAMPLE-0001"
    assert b"EXAMPLE" not in bytes(found.national_sealed)
    person.data_key = None
    assert found.national_number == ""


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("self", True),
        ("guardian", True),
        ("district", True),
        ("elsewhere", False),
        ("stranger", False),
        ("nobody", False),
    ],
)
def test_who_sees_a_record(who, sees):
    parent, person = user(), volunteer()
    person.guardian = parent
    person.save()
    asking = {
        "self": person,
        "guardian": parent,
        "district": officer("district_officer", "50.103."),
        "elsewhere": officer("district_officer", "50.104."),
        "stranger": user(),
        "nobody": None,
    }[who]

    assert (why_not_see_record(asking, person, NOW) is None) == sees


@pytest.mark.parametrize(
    ("star", "role", "where", "reason"),
    [
        (1, "district_officer", "50.103.", None),
        (1, "district_officer", "50.104.", "another level"),
        (3, "district_officer", "50.103.", "another level"),
        (3, "city_officer", "50.", None),
        (5, "city_officer", "50.", "do not reach star 5"),
        (6, "city_officer", "50.", "no star 6"),
    ],
)
def test_stars_are_recognised_at_their_level(star, role, where, reason):
    person = volunteer()
    served(person, 600 * 60)
    by = officer(role, where)

    if reason:
        with pytest.raises((NotAllowed, RuleBroken), match=reason):
            records.recognise_star(person, star=star, by=by, now=NOW)
        assert not Honour.objects.exists()
    else:
        assert records.recognise_star(person, star=star, by=by, now=NOW).star == star


def test_service_is_evaluated_by_its_receiver_once_confirmed():
    person, receiver = volunteer(), user()
    entry = served(person, 60, receiver=receiver)
    open_one = service(person, receiver=receiver)

    assert records.evaluate(entry.service_id, score=5, by=receiver, now=NOW).score == 5
    with pytest.raises(NotAllowed):
        records.evaluate(entry.service_id, score=5, by=person, now=NOW)
    with pytest.raises(RuleBroken, match="after its hours"):
        records.evaluate(open_one.pk, score=5, by=receiver, now=NOW)


def test_half_days_of_a_week_are_bits():
    thursday_morning = availability.half_of(NOW)

    assert thursday_morning == 6
    assert availability.free(availability.mask_of([6]), NOW)
    assert not availability.free(availability.mask_of([7]), NOW)
    assert availability.halves_of(availability.mask_of([0, 13])) == [0, 13]
    with pytest.raises(ValueError, match="no half-day"):
        availability.mask_of([14])
