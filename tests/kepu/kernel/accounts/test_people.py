from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from django.db import IntegrityError

from kepu.kernel.accounts import actions, queries, retention
from kepu.kernel.accounts.actions import Consenting
from kepu.kernel.accounts.models import Consent, Personal, User
from kepu.kernel.audit.models import Entry
from kepu.kernel.clock import BEIJING
from kepu.kernel.errors import BadInput, NotAllowed, RuleBroken
from tests.factories import NOW, division, grant, officer, user

pytestmark = pytest.mark.django_db

ADULT = Personal(name="张示例", phone="13800000001")
CHILD = Personal(name="小示例", born="2015-06-01")
PRIVACY = Consenting("2026-01")


def register(personal=ADULT, *, by=None, home=None, **options) -> User:
    return actions.register(personal, home=home or division(), by=by, now=NOW, **options)


def test_a_person_is_found_again_under_any_spelling_of_the_telephone_number():
    first = register()

    again = register(Personal(name="张 示例", phone="+86 138-0000-0001"))

    assert again.pk == first.pk
    assert again.personal.name == "张示例"
    assert queries.by_phone("１３８ ００００ ０００１") == first


def test_a_person_is_found_again_by_the_identity_number():
    first = register(Personal(name="张示例", id_number="500000199912319997"))

    assert register(Personal(name="张示例", id_number="500000199912319997")).pk == first.pk


def test_a_telephone_and_an_identity_number_of_two_people_need_a_person_to_look():
    register(Personal(phone="13800000001"))
    register(Personal(id_number="500000199912319997"))

    with pytest.raises(RuleBroken):
        register(Personal(phone="13800000001", id_number="500000199912319997"))


@pytest.mark.parametrize(
    "personal",
    [
        Personal(phone="12345"),
        Personal(phone="+1 212 555 0100"),
        Personal(id_number="500000199912319998"),
        Personal(id_number="500000199912319997", born="1999-12-30"),
        Personal(born="2015-02-30"),
        Personal(born="2027-01-01"),
        Personal(born="1850-01-01"),
    ],
)
def test_values_that_cannot_be_right_are_refused_and_nobody_is_registered(personal):
    with pytest.raises(BadInput):
        register(personal)

    assert not User.objects.exists()


def test_no_personal_value_stands_in_clear_in_the_row_or_the_audit():
    person = register(Personal("张示例", "13800000001", "zhang@example.org", "500000199912319997"))

    row = str(User.objects.filter(pk=person.pk).values().get()) + str(list(Entry.objects.values()))
    for value in ("张示例", "13800000001", "zhang@example.org", "500000199912319997", "1999-12-31"):
        assert value not in row


def test_a_child_is_refused_without_guardian_or_without_consent():
    guardian = user(born="1980-01-01")

    for options in ({}, {"guardian": guardian}, {"consent": PRIVACY}):
        with pytest.raises(RuleBroken):
            register(CHILD, **options)


def test_a_child_is_registered_on_the_guardians_consent_which_is_kept():
    guardian = register(replace(ADULT, born="1980-01-01"))

    child = register(CHILD, guardian=guardian, consent=PRIVACY)

    consent = Consent.objects.get(person=child)
    assert (consent.given_by, consent.text_version) == (guardian, "2026-01")
    assert child.guardian == guardian


def test_a_child_with_the_guardians_number_is_not_taken_for_the_guardian():
    guardian = register(replace(ADULT, born="1980-01-01"))

    child = register(
        Personal(name="小示例", born="2015-06-01", phone="13800000001"),
        guardian=guardian,
        consent=PRIVACY,
    )

    assert child.pk != guardian.pk
    assert child.personal.phone == ""


@pytest.mark.parametrize(("born", "refused"), [("2012-03-05", False), ("2012-03-06", True)])
def test_childhood_ends_on_the_fourteenth_birthday_in_beijing(born, refused):
    just_after_midnight = datetime(2026, 3, 5, 0, 30, tzinfo=BEIJING)

    def attempt() -> User:
        return actions.register(
            Personal(born=born), home=division(), by=None, now=just_after_midnight
        )

    if refused:
        with pytest.raises(RuleBroken):
            attempt()
    else:
        assert attempt().pk


@pytest.mark.parametrize("born", ["2010-01-01", "2008-03-06", ""])
def test_a_minor_and_who_may_be_one_are_no_guardians(born):
    minor = register(Personal(born=born))

    with pytest.raises(RuleBroken):
        register(CHILD, guardian=minor, consent=PRIVACY)


def test_a_ward_is_nobodys_guardian_so_that_there_are_no_chains():
    ward = register(Personal(born="2009-01-01"), guardian=user(born="1980-01-01"))

    with pytest.raises(RuleBroken, match="18 or older"):
        register(CHILD, guardian=ward, consent=PRIVACY)


def test_whose_day_of_birth_is_not_known_becomes_no_ward():
    with pytest.raises(RuleBroken, match="day of birth"):
        register(Personal("某示例"), guardian=user(born="1980-01-01"))


def test_who_was_erased_or_is_shut_out_guards_nobody():
    guardian, erased = user(born="1980-01-01"), user(born="1980-01-01")
    User.objects.filter(pk=guardian.pk).update(is_active=False)
    actions.erase(erased, by=erased, now=NOW)

    for found in (guardian, erased):  # as they were read before
        for child in (CHILD, Personal(born="2009-01-01")):
            with pytest.raises(RuleBroken, match="any more"):
                register(child, guardian=found, consent=PRIVACY)


def test_nobody_guards_themselves():
    person = user(born="1980-01-01")

    with pytest.raises(IntegrityError):
        User.objects.filter(pk=person.pk).update(guardian=person)


@pytest.mark.parametrize(
    ("role", "where", "allowed"),
    [
        ("community_worker", "50.103.001.", True),
        ("community_worker", "50.112.", False),
        ("security_administrator", "50.", True),
        ("audit_administrator", "50.", False),
        (None, None, False),
    ],
)
def test_who_may_register_somebody_else(role, where, allowed):
    by = officer(role, where) if role else user()

    if allowed:
        assert register(by=by).pk
    else:
        with pytest.raises(NotAllowed):
            register(by=by)


CHARACTERS = [
    ("self", True),
    ("guardian", True),
    ("account_manager", True),
    ("community_worker", False),
    ("system_administrator", False),
    ("stranger", False),
]


def character(name: str, child: User) -> User:
    roles = {"account_manager": "security_administrator"}
    if name == "self":
        return child
    if name == "guardian":
        assert child.guardian is not None
        return child.guardian
    person = user()
    if name != "stranger":
        grant(person, roles.get(name, name), "50.")
    return person


@pytest.fixture
def child() -> User:
    return register(CHILD, guardian=user(born="1980-01-01"), consent=PRIVACY)


@pytest.mark.parametrize(("who", "allowed"), CHARACTERS)
@pytest.mark.parametrize(
    "act",
    [
        lambda person, by: actions.change_personal(person, CHILD, by=by, now=NOW),
        lambda person, by: actions.erase(person, by=by, now=NOW),
        lambda person, by: actions.export(person, by=by, now=NOW),
        lambda person, by: actions.give_consent(person, Consenting("2"), by=by, now=NOW),
        lambda person, by: actions.withdraw_consent(person, "privacy", by=by, now=NOW),
    ],
    ids=["change", "erase", "export", "consent", "withdraw"],
)
def test_who_may_handle_a_persons_data(child, act, who, allowed):
    by = character(who, child)

    if allowed:
        act(child, by)
    else:
        with pytest.raises(NotAllowed):
            act(child, by)


def test_a_guardian_of_a_grown_child_handles_nothing_any_more(child):
    later = NOW.replace(year=2030)

    with pytest.raises(NotAllowed):
        actions.export(child, by=child.guardian, now=later)


def test_a_number_in_use_cannot_be_taken():
    register()
    other = register(Personal(phone="13800000002"))

    with pytest.raises(RuleBroken):
        actions.change_personal(other, ADULT, by=other, now=NOW)

    assert User.objects.get(pk=other.pk).personal.phone == "+8613800000002"


def test_a_new_wording_takes_the_place_of_the_old_consent():
    person = register(consent=PRIVACY)

    actions.give_consent(person, Consenting("2026-02"), by=person, now=NOW)

    standing = queries.standing_consent(person, "privacy")
    assert standing is not None
    assert standing.text_version == "2026-02"
    assert Consent.objects.filter(person=person).count() == 2


def test_a_screen_shows_masked_values_only():
    person = register(Personal("张示例", "13800000001", "zhang@example.org", "500000199912319997"))

    shown = queries.masked(person)

    assert queries.masked_phone(person) == "138****0001"
    assert (shown.email, shown.id_number, shown.born) == (
        "z***@example.org",
        "500*************97",
        "1999-**-**",
    )


def test_a_keeper_refuses_erasure_with_all_its_reasons(monkeypatch):
    person = register()
    monkeypatch.setattr(
        retention,
        "_keepers",
        {
            "orders": lambda who, now: "two orders are open",
            "hours": lambda who, now: "kept 5 years",
        },
    )

    with pytest.raises(RuleBroken, match="two orders are open; kept 5 years"):
        actions.erase(person, by=person, now=NOW)

    assert User.objects.get(pk=person.pk).personal.name == "张示例"


def test_a_guardian_and_an_officer_are_not_erased_before_their_duty_is_over(child):
    assert child.guardian is not None
    with pytest.raises(RuleBroken):
        actions.erase(child.guardian, by=child.guardian, now=NOW)

    worker = officer("community_worker", "50.103.")
    with pytest.raises(RuleBroken):
        actions.erase(worker, by=worker, now=NOW)


def test_age_counts_whole_years():
    assert queries.age(date(2012, 2, 29), datetime(2026, 2, 28, 12, tzinfo=BEIJING)) == 13
    assert queries.age(date(2012, 2, 29), datetime(2026, 3, 1, 12, tzinfo=BEIJING)) == 14
