from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kepu.kernel.accounts import actions, asking, oidc
from kepu.kernel.accounts.models import Identity
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import BadInput, NotAllowed, RuleBroken
from tests.factories import NOW, officer, user
from tests.kepu.kernel.accounts import provider

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

AT = int(NOW.timestamp())


@pytest.fixture(scope="module")
def process():
    with provider.running() as running:
        yield running


@pytest.fixture
def city(process, monkeypatch, tmp_path):
    """The provider, set up in the environment as docs/operate.md says."""
    secret = tmp_path / "secret"
    secret.write_text(provider.SECRET + "\n")
    monkeypatch.setenv("OIDC_ISSUER", process.issuer)
    monkeypatch.setenv("OIDC_CLIENT_ID", provider.CLIENT)
    monkeypatch.setenv("OIDC_CLIENT_SECRET_FILE", str(secret))
    process.behave(now=AT, anew=True)
    asking.forget()
    with time_machine.travel(NOW, tick=False):
        yield process


@pytest.fixture
def staff(city):
    person = officer("district_officer", "50.103.")
    actions.bind_identity(person, issuer=city.issuer, subject="staff-7", by=None, now=NOW)
    return person


def go_out(client: Client, **query: str) -> str:
    return client.get(reverse("sign-in-provider"), query)["Location"]


def come_back(client: Client, city, **query: str):
    return client.get(city.visit(go_out(client, **query)))


def who(client: Client) -> int | None:
    found = client.session.get("_auth_user_id")
    return int(found) if found else None


def test_staff_bound_beforehand_come_in_and_land_where_they_wanted(city, staff):
    client = Client()

    answer = come_back(client, city, next="/roles/")

    assert answer["Location"] == "/roles/"
    assert who(client) == staff.pk
    verbs = list(Entry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs[-2:] == ["identity.use", "person.sign_in"]


def test_the_browser_leaves_with_state_nonce_and_challenge_and_without_secret(city):
    there = urlsplit(go_out(Client()))
    asked = parse_qs(there.query)

    assert {"state", "nonce", "code_challenge", "redirect_uri"} <= asked.keys()
    assert asked["scope"] == ["openid"]
    assert provider.SECRET not in there.query


def test_whoever_is_bound_to_nobody_stays_outside_even_with_a_known_address_for_mail(city):
    user("李示例", email="li@example.org")
    city.behave(now=AT, claims={"email": "li@example.org", "email_verified": True})
    client = Client()

    answer = come_back(client, city)

    assert answer.status_code == 403
    assert "not bound to one here" in answer.content.decode()
    assert who(client) is None
    assert Entry.objects.get(verb="identity.refuse").detail == {"why": "unbound"}


@pytest.mark.parametrize(
    "behaviour",
    [
        {"claims": {"aud": "another"}},
        {"claims": {"iss": "https://elsewhere.example"}},
        {"claims": {"exp": AT - 120}},
        {"claims": {"exp": None}},
        {"claims": {"iat": AT + 600}},
        {"claims": {"nonce": "of-another-attempt"}},
        {"claims": {"nonce": None}},
        {"claims": {"sub": None}},
        {"claims": {"aud": [provider.CLIENT, "another"], "azp": "another"}},
        {"other_key": True},
        {"unsigned": True},
    ],
    ids=str,
)
def test_a_token_that_is_not_right_lets_nobody_in(city, staff, behaviour):
    city.behave(now=AT, **behaviour)
    client = Client()

    answer = come_back(client, city)

    assert answer.status_code == 403
    assert "not valid" in answer.content.decode()
    assert who(client) is None


def test_an_answer_is_good_once_and_in_the_browser_that_asked(city, staff):
    client, thief = Client(), Client()
    back = city.visit(go_out(client))

    assert thief.get(back).status_code == 403
    assert client.get(back).status_code == 302
    client.logout()
    assert client.get(back).status_code == 403


def test_another_state_is_refused_and_the_attempt_is_spent(city, staff):
    client = Client()
    back = city.visit(go_out(client))

    answer = client.get(reverse("sign-in-provider-back"), {"code": "code-0", "state": "guessed"})

    assert "another attempt" in answer.content.decode()
    assert client.get(back).status_code == 403


def test_an_attempt_ends_after_ten_minutes(city, staff):
    client = Client()
    back = city.visit(go_out(client))
    with time_machine.travel(NOW.replace(minute=11), tick=False):
        assert "this attempt is over" in client.get(back).content.decode()


def test_a_refusal_over_there_is_said_in_words(city, staff):
    city.behave(now=AT, back={"error": "access_denied"})

    answer = come_back(Client(), city)

    assert "did not let you through" in answer.content.decode()


def test_a_provider_that_names_another_issuer_is_not_believed(city):
    city.behave(now=AT, described_issuer="https://elsewhere.example")

    answer = Client().get(reverse("sign-in-provider"))

    assert answer.status_code == 403
    assert "not set up rightly" in answer.content.decode()


def test_a_provider_that_is_silent_is_said_in_words_and_the_password_still_works(monkeypatch, city):
    monkeypatch.setenv("OIDC_ISSUER", "http://127.0.0.1:9")

    answer = Client().get(reverse("sign-in-provider"))

    assert answer.status_code == 403
    assert "use your password" in answer.content.decode()
    assert 'name="password"' in answer.content.decode()


def test_a_second_factor_is_still_asked_for(city, staff):
    staff.factors.create(kind="totp", sealed=b"x", created_at=NOW)
    client = Client()

    answer = come_back(client, city)

    assert answer["Location"] == reverse("sign-in-second")
    assert who(client) is None


def test_a_closed_account_stays_closed(city, staff):
    staff.is_active = False
    staff.save(update_fields=["is_active"])

    assert "this account is closed" in come_back(Client(), city).content.decode()


def test_the_button_shows_only_when_a_provider_is_set_up(city, monkeypatch):
    shown = Client().get(reverse("sign-in"), {"way": "staff"}).content.decode()
    assert reverse("sign-in-provider") in shown

    for name in ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET_FILE"):
        monkeypatch.delenv(name)
    gone = Client().get(reverse("sign-in"), {"way": "staff"}).content.decode()
    assert reverse("sign-in-provider") not in gone
    assert Client().get(reverse("sign-in-provider")).status_code == 404


def test_only_who_manages_accounts_binds_and_a_subject_is_one_persons(city, staff):
    guard, other = officer("security_administrator", "50."), user()

    with pytest.raises(NotAllowed):
        actions.bind_identity(other, issuer=city.issuer, subject="x", by=staff, now=NOW)
    with pytest.raises(RuleBroken, match="another person"):
        actions.bind_identity(other, issuer=city.issuer, subject="staff-7", by=guard, now=NOW)
    actions.bind_identity(other, issuer=city.issuer, subject="x", by=guard, now=NOW)
    assert "staff-7" not in str(list(Identity.objects.values()))


def test_a_binding_that_ended_lets_nobody_in(city, staff):
    actions.end_identity(staff, issuer=city.issuer, by=None, now=NOW)

    assert come_back(Client(), city).status_code == 403


def test_a_security_administrator_binds_on_the_page_of_roles(city):
    guard = officer("security_administrator", "50.")
    held = officer("district_officer", "50.103.").grants.get()
    client = Client()
    client.force_login(guard)

    client.post(reverse("role-deed", args=[held.pk, "bind"]), {"subject": "staff-9"})

    assert Identity.objects.get().user == held.person


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"OIDC_ISSUER": "https://id.example"}, "go together"),
        ({"OIDC_ISSUER": "http://id.example", "OIDC_CLIENT_ID": "k",
          "OIDC_CLIENT_SECRET_FILE": "/dev/null"}, "https"),
        ({"OIDC_ISSUER": "https://id.example", "OIDC_CLIENT_ID": "k",
          "OIDC_CLIENT_SECRET_FILE": "/nowhere/secret"}, "cannot be read"),
    ],
)  # fmt: skip
def test_a_provider_named_by_half_is_told_to_the_operator(given, words):
    with pytest.raises(BadInput, match=words):
        oidc.provider(given)


@contextmanager
def dripping(head: bytes) -> Iterator[int]:
    """Somebody who answers one byte at a time, and never comes to the end; the port."""
    over = threading.Event()

    def drip() -> None:
        with suppress(OSError):
            line, _who = door.accept()
            with line:
                line.recv(9999)
                line.sendall(head)
                while not over.wait(0.05):
                    line.sendall(b" ")

    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        yield door.getsockname()[1]
        over.set()
        thread.join(5)


@pytest.mark.parametrize(
    "head",
    [b"", b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"],
    ids=["before the head", "in the head", "in the body"],
)
def test_a_provider_that_drips_holds_nobody_beyond_the_deadline(head):
    with dripping(head) as port:
        began = time.monotonic()
        with pytest.raises(asking.NoAnswer):
            asking.Line(0.4).ask("GET", f"http://127.0.0.1:{port}/")

    assert time.monotonic() - began < 1.5


def test_all_questions_of_one_exchange_share_the_deadline(city):
    line = asking.Line(0.0)

    with pytest.raises(asking.NoAnswer):
        line.ask("GET", f"{city.issuer}/keys")


def test_an_answer_longer_than_any_is_not_read_to_its_end(city, monkeypatch):
    monkeypatch.setattr(asking, "LARGEST", 20)

    with pytest.raises(asking.NoAnswer):
        asking.Line().ask("GET", f"{city.issuer}/keys")


def test_description_and_keys_are_asked_for_once(city, staff):
    for _time in range(3):
        assert come_back(Client(), city).status_code == 302

    assert city.asked() == {"/.well-known/openid-configuration": 1, "/keys": 1}


def test_new_keys_are_fetched_when_a_signature_needs_one_at_most_once_a_minute(
    city, staff, monkeypatch
):
    assert come_back(Client(), city).status_code == 302
    city.behave(now=AT, other_key=True)

    monkeypatch.setattr(asking, "AGAIN", 0.0)  # a minute later
    assert come_back(Client(), city).status_code == 403
    monkeypatch.setattr(asking, "AGAIN", 60.0)
    assert come_back(Client(), city).status_code == 403
    assert city.asked()["/keys"] == 2

    city.behave(now=AT, other_key=True, publishes_other=True)
    monkeypatch.setattr(asking, "AGAIN", 0.0)
    assert come_back(Client(), city).status_code == 302


def test_starts_from_one_address_are_limited(city, monkeypatch):
    monkeypatch.setattr("kepu.kernel.accounts.views.provider.STARTS_PER_MINUTE", 2)

    answers = [Client().get(reverse("sign-in-provider")) for _time in range(3)]

    assert [one.status_code for one in answers] == [302, 302, 429]
    assert "too many requests" in answers[-1].content.decode()
