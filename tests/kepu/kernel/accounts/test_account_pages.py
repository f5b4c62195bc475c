from __future__ import annotations

import io
import json
import zipfile

import pytest
from cryptography.exceptions import InvalidTag
from django.test import Client
from django.urls import reverse

from kepu.kernel.accounts import actions, exports, keys, queries
from kepu.kernel.accounts.models import Consent, Organisation, OrganisationKind, Personal, User
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import BadInput, NotAllowed, RuleBroken
from kepu.kernel.facts.models import Happening
from tests.factories import NOW, division, officer, user

pytestmark = pytest.mark.django_db

EVERYTHING = Personal("张示例", "13800000001", "zhang@example.org", "500000199912319997")


@pytest.fixture
def person() -> User:
    person = actions.register(
        EVERYTHING, home=division(), by=None, now=NOW, consent=actions.Consenting("2026-01")
    )
    return actions.set_password(person, "correct horse battery", by=None, now=NOW, login="zhang")


@pytest.fixture
def client(person) -> Client:
    client = Client()
    client.force_login(person, "kepu.kernel.accounts.backend.Accounts")
    return client


def files(archive: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        return {name: source.read(name).decode() for name in source.namelist()}


# --- export and erase


def test_an_export_holds_every_value_and_what_rooms_add(person, monkeypatch):
    monkeypatch.setattr(exports, "_parts", {"orders": lambda who, now: [{"order": 7, "at": now}]})
    actions.issue_token(person, title="my script", by=person, now=NOW)

    found = files(actions.export(person, by=person, now=NOW))

    own = json.loads(found["person.json"])
    assert own["personal"]["phone"] == "+8613800000001"
    for value in ("张示例", "zhang@example.org", "500000199912319997", "my script", "2026-01"):
        assert value in found["person.json"]
    assert json.loads(found["orders.json"])[0]["order"] == 7


def test_every_column_of_a_person_is_exported_or_named_as_left_out(person):
    left_out = {  # keys and fingerprints say nothing without their secret; the rest is under other names
        "id", "password", "phone_digest", "id_digest", "email_digest", "data_key", "sealed",
        "proved_email", "is_active", "last_login", "erased_at", "created_at", "seen_at",
    }  # fmt: skip
    own = exports.own_record(person, NOW)

    columns = {field.name for field in User._meta.concrete_fields}
    assert columns - left_out <= set(own)


def test_erasing_leaves_nothing_readable_not_even_in_an_old_copy_of_the_sealed_values(person):
    old_copy, old_pseudonym = bytes(person.sealed), person.pseudonym

    erased = actions.erase(person, by=person, now=NOW)

    erased.refresh_from_db()
    assert erased.personal == Personal()
    assert (erased.data_key, erased.phone_digest, erased.login) == (None, None, None)
    assert erased.pseudonym == old_pseudonym
    with pytest.raises(InvalidTag):
        keys.unseal(keys.new_wrapped_key(), old_copy, old_pseudonym)
    with pytest.raises(InvalidTag):
        keys._open(keys.master_key(), old_copy, old_pseudonym.encode())


def test_after_erasing_nobody_comes_in(person, client):
    issued = actions.issue_token(person, title="x", by=person, now=NOW)

    actions.erase(person, by=person, now=NOW)

    assert queries.by_token(issued.secret, NOW) is None
    assert queries.by_phone("13800000001") is None
    assert client.get(reverse("account")).status_code == 302
    assert not Consent.objects.filter(withdrawn_at__isnull=True).exists()
    assert Happening.objects.filter(name="PersonErased", data__person_id=person.pk).exists()


def test_the_number_of_who_was_erased_registers_somebody_new(person):
    actions.erase(person, by=person, now=NOW)

    again = actions.register(EVERYTHING, home=division(), by=None, now=NOW)

    assert again.pk != person.pk


def test_nobody_is_erased_twice(person):
    erased = actions.erase(person, by=person, now=NOW)

    with pytest.raises(RuleBroken):
        actions.erase(erased, by=erased, now=NOW)


def test_the_erase_page_names_the_consequences_or_the_reasons(person, client, monkeypatch):
    from kepu.kernel.accounts import retention

    assert 'action="/account/erase/"' in client.get(reverse("account-erase")).content.decode()

    monkeypatch.setattr(retention, "_keepers", {"x": lambda who, now: "an order is open"})
    page = client.get(reverse("account-erase")).content.decode()

    assert "an order is open" in page
    assert 'action="/account/erase/"' not in page


# --- pages


def test_the_account_page_shows_masked_values_only(client):
    page = client.get(reverse("account")).content.decode()

    assert "138****0001" in page
    for value in ("13800000001", "zhang@example.org", "500000199912319997", "1999-12-31"):
        assert value not in page


@pytest.mark.parametrize(
    "name",
    ["account", "account-personal", "account-password", "account-erase", "account-child",
     "second-factor", "second-factor-totp"],
)  # fmt: skip
def test_pages_of_an_account_are_for_who_is_signed_in_and_have_no_inline_script(client, name):
    page = client.get(reverse(name))

    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    body = page.content.decode()
    assert "<style" not in body
    assert ' style="' not in body
    assert "<script>" not in body
    assert Client().get(reverse(name)).status_code == 302


@pytest.mark.parametrize("name", ["sign-in", "privacy"])
def test_open_pages_are_open(name):
    assert Client().get(reverse(name)).status_code == 200


def test_names_are_put_right_through_the_page(client, person):
    client.post(reverse("account-personal"), {"name": "张小示例", "email": ""})

    person.refresh_from_db()
    assert person.personal.name == "张小示例"
    assert person.personal.phone == "+8613800000001"


def test_language_and_letters_follow_the_account(client, person):
    answer = client.post(
        reverse("account-preferences"),
        {"language": "en", "type": "large", "next": reverse("account")},
    )

    person.refresh_from_db()
    assert (person.language, person.large_type) == ("en", True)
    assert answer.cookies["type"].value == "large"


def test_a_new_password_signs_other_browsers_out(client, person):
    other = Client()
    other.force_login(person, "kepu.kernel.accounts.backend.Accounts")
    form = {"old_password": "correct horse battery", "new_password": "a much longer sentence"}

    client.post(reverse("account-password"), form)

    assert client.get(reverse("account")).status_code == 200
    assert other.get(reverse("account")).status_code == 302


@pytest.mark.parametrize(
    "form",
    [
        {"old_password": "wrong", "new_password": "a much longer sentence"},
        {"old_password": "correct horse battery", "new_password": "short"},
        {"old_password": "correct horse battery", "new_password": "passwordpassword1"[:8]},
        {"old_password": "correct horse battery", "new_password": "1q2w3e4r5t"},
    ],
)
def test_a_password_is_not_changed_when(client, person, form):
    assert client.post(reverse("account-password"), form).status_code == 422

    person.refresh_from_db()
    assert person.check_password("correct horse battery")


def test_a_guardian_registers_and_erases_a_child_through_the_pages(client, person):
    form = {"name": "小示例", "born": "2016-01-01", "consent": "on"}

    client.post(reverse("account-child"), form)
    child = person.wards.get()
    assert child.personal.name == "小示例"

    asked = client.get(reverse("account-child-erase", args=[child.pk]))
    child.refresh_from_db()
    assert asked.status_code == 200
    assert "小示例" in asked.content.decode()
    assert child.erased_at is None

    client.post(reverse("account-child-erase", args=[child.pk]))
    child.refresh_from_db()
    assert child.erased_at


@pytest.mark.parametrize(
    ("own_born", "status"), [("1985-05-05", 302), ("2012-01-01", 422), ("", 422)]
)
def test_a_guardian_states_an_own_day_of_birth_where_it_was_not_known(own_born, status):
    person, client = user(), Client()
    client.force_login(person)
    form = {"name": "小示例", "born": "2016-01-01", "consent": "on", "own_born": own_born}

    answer = client.post(reverse("account-child"), form)

    person.refresh_from_db()
    assert answer.status_code == status
    assert person.wards.exists() is (status == 302)
    assert person.personal.born == (own_born if status == 302 else "")
    asked = client.get(reverse("account-child")).text
    assert ('name="own_born"' in asked) is (status != 302)


def test_nobody_of_age_is_registered_as_a_child(client, person):
    form = {"name": "大示例", "born": "2008-01-01", "consent": "on"}

    answer = client.post(reverse("account-child"), form)

    assert answer.status_code == 422
    assert "18" in answer.content.decode()
    assert not person.wards.exists()


def test_a_ward_who_is_of_age_does_not_keep_the_guardian_from_being_erased(client, person):
    grown = user("大示例", born="2000-01-01")
    grown.guardian = person
    grown.save()

    client.post(reverse("account-erase"))

    person.refresh_from_db()
    assert person.erased_at


def test_a_second_factor_is_offered_to_who_has_a_password(client, person):
    assert reverse("second-factor") in client.get(reverse("account")).content.decode()
    person.set_unusable_password()
    person.save()
    client.force_login(person, "kepu.kernel.accounts.backend.Accounts")

    page = client.get(reverse("account")).content.decode()

    assert reverse("second-factor") not in page
    assert page.index("<details") < page.index(reverse("token-issue"))


def test_a_stranger_finds_no_child_no_token_no_factor(person):
    issued = actions.issue_token(person, title="x", by=person, now=NOW)
    stranger = Client()
    stranger.force_login(user(), "kepu.kernel.accounts.backend.Accounts")

    for name, pk in (
        ("token-revoke", issued.token.pk),
        ("account-child-erase", person.pk),
        ("factor-remove", 1),
    ):
        assert stranger.post(reverse(name, args=[pk])).status_code == 404


def test_the_download_is_a_file_that_nobody_caches(client):
    answer = client.post(reverse("account-export"))

    assert "person.json" in files(answer.content)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "no-store"


# --- keys to the API


def test_a_key_opens_until_it_is_revoked_and_only_its_digest_is_kept(person):
    issued = actions.issue_token(person, title="x", by=person, now=NOW)
    assert queries.by_token(issued.secret, NOW) == person
    assert issued.secret not in str(list(person.tokens.values())) + str(
        list(Entry.objects.values())
    )

    actions.revoke_token(issued.token.pk, by=person, now=NOW)

    assert queries.by_token(issued.secret, NOW) is None
    with pytest.raises(RuleBroken):
        actions.revoke_token(issued.token.pk, by=person, now=NOW)


def test_a_key_ends_by_itself_and_with_its_person(person):
    issued = actions.issue_token(person, title="x", by=person, now=NOW)

    assert queries.by_token(issued.secret, NOW + actions.tokens.LIFETIME) is None
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert queries.by_token(issued.secret, NOW) is None
    assert queries.by_token("kepu_guess", NOW) is None


def test_nobody_makes_or_revokes_another_persons_key(person):
    issued = actions.issue_token(person, title="x", by=person, now=NOW)

    for other in (user(), officer("security_administrator", "50.")):
        with pytest.raises(NotAllowed):
            actions.issue_token(person, title="x", by=other, now=NOW)
        with pytest.raises(NotAllowed):
            actions.revoke_token(issued.token.pk, by=other, now=NOW)


def test_ten_keys_are_enough(person):
    for _number in range(10):
        actions.issue_token(person, title="x", by=person, now=NOW)

    with pytest.raises(RuleBroken):
        actions.issue_token(person, title="x", by=person, now=NOW)


# --- passwords and organisations


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("security_administrator", True), ("system_administrator", False), ("city_officer", False),
     (None, False)],
)  # fmt: skip
def test_who_may_set_a_first_password(person, role, allowed):
    by = officer(role, "50.") if role else user()

    if allowed:
        actions.set_password(person, "a much longer sentence", by=by, now=NOW)
    else:
        with pytest.raises(NotAllowed):
            actions.set_password(person, "a much longer sentence", by=by, now=NOW)


@pytest.mark.parametrize("login", ["ab", "Zhang", "张示例", "a b c", "-abc", "x" * 61])
def test_a_malformed_login_name_is_refused(person, login):
    with pytest.raises(BadInput):
        actions.set_password(person, "a much longer sentence", by=None, now=NOW, login=login)


def test_a_login_name_is_one_persons(person):
    with pytest.raises(RuleBroken):
        actions.set_password(user(), "a much longer sentence", by=None, now=NOW, login="zhang")


def organisation(code: str = "11500107009293065M", by: User | None = None) -> Organisation:
    return actions.register_organisation(
        "示例部门",
        kind=OrganisationKind.DEPARTMENT,
        division=division("50.107."),
        by=by,
        now=NOW,
        credit_code=code,
    )


def test_an_organisation_is_found_again_by_its_code():
    first = organisation()

    assert organisation().pk == first.pk
    assert first.sort_key == "shi li bu men"
    assert organisation("").pk != first.pk


@pytest.mark.parametrize("code", ["11500107009293065N", "91110000600O37341L", "123"])
def test_a_false_credit_code_is_refused(code):
    with pytest.raises(BadInput):
        organisation(code)

    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    ("role", "where", "allowed"),
    [
        ("district_officer", "50.107.", True),
        ("district_officer", "50.112.", False),
        ("security_administrator", "50.", True),
        ("community_worker", "50.107.", False),
    ],
)
def test_who_may_register_an_organisation(role, where, allowed):
    by = officer(role, where)

    if allowed:
        assert organisation(by=by).pk
    else:
        with pytest.raises(NotAllowed):
            organisation(by=by)
