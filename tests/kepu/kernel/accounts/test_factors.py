from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
import time_machine
from cryptography.exceptions import InvalidTag
from django.test import Client
from django.urls import reverse

from kepu.kernel.accounts import actions, keys, totp
from kepu.kernel.accounts.models import Factor, FactorKind, User
from kepu.kernel.accounts.passkeys import Site
from kepu.kernel.errors import BadInput, NotAllowed, RuleBroken
from tests.factories import NOW, grant, officer, user
from tests.kepu.kernel.accounts.authenticator import Authenticator

pytestmark = pytest.mark.django_db

SITE = Site("localhost")
PASSWORD = "correct horse battery"


def step(now: datetime = NOW) -> int:
    return int(now.timestamp()) // totp.STEP


def app(person: User, now: datetime = NOW) -> str:
    secret = totp.new_secret()
    code = totp.at(secret, step(now))
    actions.add_totp(person, secret=secret, code=code, by=person, now=now)
    return secret


def passkey(person: User, device: Authenticator) -> Factor:
    options, state = SITE.ask_for_new(person.pseudonym, "login", [])
    return actions.add_passkey(
        person,
        site=SITE,
        state=state,
        answer=device.make(options),
        title="office",
        by=person,
        now=NOW,
    )


def known(person: User):
    from kepu.kernel.accounts.actions.factors import passkeys

    return [credential for _factor, credential in passkeys(person, "localhost")]


def test_an_app_is_taken_into_use_only_with_a_right_code():
    person = user()

    with pytest.raises(BadInput):
        actions.add_totp(person, secret=totp.new_secret(), code="000000", by=person, now=NOW)

    assert not person.factors.exists()


def test_the_secret_is_sealed_and_gone_with_the_person():
    person = user()
    secret = app(person)
    sealed = bytes(Factor.objects.get().sealed)
    assert secret.encode() not in sealed

    actions.erase(person, by=person, now=NOW)

    assert not Factor.objects.exists()
    with pytest.raises(InvalidTag):
        keys.unseal(keys.new_wrapped_key(), sealed, f"{person.pseudonym}:totp")


def test_a_code_of_the_app_is_good_once():
    person = user()
    secret = app(person)
    later = NOW + timedelta(minutes=5)
    code = totp.at(secret, step(later))

    assert actions.prove_by_code(person, code=code, now=later)
    assert not actions.prove_by_code(person, code=code, now=later)


def test_the_code_that_set_the_app_up_does_not_sign_in():
    person = user()
    secret = app(person)

    assert not actions.prove_by_code(person, code=totp.at(secret, step()), now=NOW)


def test_a_recovery_code_is_good_once_and_new_ones_replace_old_ones():
    person = user()
    app(person)
    codes = actions.make_recovery_codes(person, by=person, now=NOW)

    assert actions.prove_by_code(person, code=f"{codes[0][:5]} {codes[0][5:]}", now=NOW)
    assert not actions.prove_by_code(person, code=codes[0], now=NOW)
    actions.make_recovery_codes(person, by=person, now=NOW)
    assert not actions.prove_by_code(person, code=codes[1], now=NOW)


def test_recovery_codes_need_a_factor_to_stand_in_for():
    person = user()

    with pytest.raises(RuleBroken):
        actions.make_recovery_codes(person, by=person, now=NOW)


def test_a_passkey_proves_who_holds_it():
    person, device = user(), Authenticator()
    passkey(person, device)
    options, state = SITE.ask_for_proof(known(person))

    answer = device.prove(options)

    assert actions.prove_by_passkey(person, site=SITE, state=state, answer=answer, now=NOW)


def test_a_proof_is_not_good_for_another_question():
    person, device = user(), Authenticator()
    passkey(person, device)
    old, _state = SITE.ask_for_proof(known(person))
    _new, state = SITE.ask_for_proof(known(person))

    answer = device.prove(old)

    assert not actions.prove_by_passkey(person, site=SITE, state=state, answer=answer, now=NOW)


def test_a_page_of_another_host_cannot_use_a_passkey():
    person, device = user(), Authenticator()
    passkey(person, device)
    options, state = SITE.ask_for_proof(known(person))
    device.origin = "https://evil.example"

    answer = device.prove(options)

    assert not actions.prove_by_passkey(person, site=SITE, state=state, answer=answer, now=NOW)


def test_a_strangers_passkey_proves_nothing():
    person, device, other = user(), Authenticator(), Authenticator()
    passkey(person, device)
    options, state = SITE.ask_for_proof(known(person))
    other.id = device.id

    answer = other.prove(options)

    assert not actions.prove_by_passkey(person, site=SITE, state=state, answer=answer, now=NOW)


def test_a_copied_passkey_shows_itself_by_its_counter():
    person, device = user(), Authenticator()
    passkey(person, device)
    device.counter = 10
    for counter, accepted in ((10, True), (5, False)):
        options, state = SITE.ask_for_proof(known(person))
        device.counter = counter

        answer = device.prove(options)

        proved = actions.prove_by_passkey(person, site=SITE, state=state, answer=answer, now=NOW)
        assert proved is accepted


@pytest.mark.parametrize("answer", [{}, {"response": {}}, {"id": 1, "type": "public-key"}])
def test_a_malformed_answer_is_refused_in_words(answer):
    person = user()
    _options, state = SITE.ask_for_new(person.pseudonym, "login", [])

    with pytest.raises(BadInput):
        actions.add_passkey(
            person, site=SITE, state=state, answer=answer, title="", by=person, now=NOW
        )


def test_the_last_factor_stays_where_a_role_needs_one(settings):
    settings.REQUIRE_SECOND_FACTOR = "required"
    person = officer("district_officer", "50.103.")
    app(person)

    with pytest.raises(RuleBroken):
        actions.remove_factor(person.factors.get().pk, by=person, now=NOW)

    passkey(person, Authenticator())
    actions.remove_factor(person.factors.get(kind=FactorKind.TOTP).pk, by=person, now=NOW)


def test_with_the_last_factor_its_recovery_codes_go():
    person = user()
    app(person)
    actions.make_recovery_codes(person, by=person, now=NOW)

    actions.remove_factor(person.factors.get(kind=FactorKind.TOTP).pk, by=person, now=NOW)

    assert not person.factors.exists()


def test_only_the_owner_adds_or_removes_a_factor():
    person, stranger = user(), officer("security_administrator", "50.")
    secret = app(person)

    with pytest.raises(NotAllowed):
        actions.remove_factor(person.factors.get().pk, by=stranger, now=NOW)
    with pytest.raises(NotAllowed):
        actions.add_totp(person, secret=secret, code="000000", by=stranger, now=NOW)
    with pytest.raises(NotAllowed):
        actions.make_recovery_codes(person, by=stranger, now=NOW)


def test_a_passkey_is_made_and_used_through_the_pages():
    person, device = user(), Authenticator()
    client = Client(SERVER_NAME="localhost")
    staff = reverse("sign-in") + "?way=staff"
    client.post(staff, {"username": person.login, "password": PASSWORD})

    question = client.post(reverse("second-factor-passkey")).json()
    made = {"title": "office", "answer": json.dumps(device.make(question))}
    client.post(reverse("second-factor-passkey"), made)
    client.post(reverse("sign-out"))

    client.post(staff, {"username": person.login, "password": PASSWORD})
    question = client.post(reverse("passkey-question")).json()
    client.post(reverse("sign-in-second"), {"answer": json.dumps(device.prove(question))})

    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_key_from_before_the_office_acts_once_its_second_factor_is_set_up(client, settings):
    settings.REQUIRE_SECOND_FACTOR = "required"
    person = user()
    with time_machine.travel(NOW, tick=False):
        issued = actions.issue_token(person, title="x", by=person, now=NOW)
        key = {"authorization": f"Bearer {issued.secret}"}
        before = client.get("/api/me", headers=key).status_code
        grant(person, "security_administrator", "50.")
        refused = client.get("/api/me", headers=key)
        app(person)
        after = client.get("/api/me", headers=key).status_code

    assert (before, refused.status_code, after) == (200, 403, 200)
    assert refused.json()["code"] == "not_allowed"
