from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kepu.kernel.accounts import actions, entrance, keys, totp
from kepu.kernel.accounts.actions import codes
from kepu.kernel.accounts.models import Device, Personal, SignInCode, User
from kepu.kernel.errors import BadInput, RuleBroken
from kepu.kernel.facts.models import Delivery, Happening
from kepu.kernel.roles.verbs import ROLES, HeldAt
from tests.factories import NOW, division, grant, officer, organisation, user

pytestmark = pytest.mark.django_db

PHONE = "13800000001"
OTHER = "13800000002"
PASSWORD = "correct horse battery"


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def resident(phone: str = PHONE) -> User:
    return actions.register(Personal("张示例", phone), home=division(), by=None, now=NOW)


def send(address: str = "192.0.2.1", phone: str = PHONE, now: datetime = NOW) -> codes.SentCode:
    return actions.send_code(phone, address=address, now=now)


def code_in_transit() -> str:
    kept = SignInCode.objects.latest("pk")
    return keys.open_from_transit(kept.sealed, kept.phone_digest)["code"]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def ask_for_code(client: Client, phone: str = PHONE):
    return client.post(reverse("sign-in"), {"phone": phone})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# --- the code itself


def test_neither_number_nor_code_stands_in_clear_anywhere():
    sent = send()

    rows = str(list(SignInCode.objects.values())) + str(list(Happening.objects.values()))
    assert PHONE not in rows
    assert sent.code not in rows.replace(str(sent.kept.code_digest), "")


def test_the_right_code_proves_the_number_once():
    sent = send()

    assert actions.prove_code(sent.kept.pk, code=sent.code, now=NOW) == "+86" + PHONE
    assert actions.prove_code(sent.kept.pk, code=sent.code, now=NOW) is None


def test_after_five_wrong_tries_the_right_code_is_worth_nothing():
    sent = send()

    for _try in range(5):
        assert actions.prove_code(sent.kept.pk, code=wrong(sent.code), now=NOW) is None

    assert actions.prove_code(sent.kept.pk, code=sent.code, now=NOW) is None


def test_four_wrong_tries_leave_one():
    sent = send()
    for _try in range(4):
        actions.prove_code(sent.kept.pk, code=wrong(sent.code), now=NOW)

    assert actions.prove_code(sent.kept.pk, code=sent.code, now=NOW)


@pytest.mark.parametrize(("age", "good"), [(299, True), (300, False)])
def test_a_code_is_good_for_five_minutes(age, good):
    sent = send()

    proved = actions.prove_code(sent.kept.pk, code=sent.code, now=NOW + timedelta(seconds=age))

    assert (proved is not None) is good


@pytest.mark.parametrize("junk", ["", "abcdef", "１２３４５６７８", "12345\x00", "九" * 6])
def test_junk_is_a_wrong_code_and_no_error(junk):
    assert actions.prove_code(send().kept.pk, code=junk, now=NOW) is None


@pytest.mark.parametrize(("seconds", "refused"), [(59, True), (60, False)])
def test_another_code_is_sent_after_a_minute(seconds, refused):
    send()
    later = NOW + timedelta(seconds=seconds)

    if refused:
        with pytest.raises(RuleBroken):
            send(now=later)
    else:
        assert send(now=later)


def test_a_number_gets_five_codes_an_hour_and_ten_a_day():
    for number in range(5):
        send(now=NOW + timedelta(minutes=2 * number))
    with pytest.raises(RuleBroken):
        send(now=NOW + timedelta(minutes=30))

    for number in range(5):
        send(now=NOW + timedelta(hours=2, minutes=2 * number))
    with pytest.raises(RuleBroken):
        send(now=NOW + timedelta(hours=12))

    assert send(now=NOW + timedelta(hours=27))


def test_the_city_pays_for_so_many_codes_a_day_and_a_known_browser_is_served_beyond(settings):
    settings.SIGN_IN_CODES_PER_DAY = 3
    for number in range(3):
        codes.send_code(f"1380000030{number}", address=f"10.0.0.{number}", now=NOW)

    with pytest.raises(RuleBroken, match="in the whole city today"):
        codes.send_code("13800000309", address="10.0.0.9", now=NOW)
    codes.send_code("13800000309", address="device", now=NOW, known=True)
    codes.send_code("13800000308", address="10.0.0.9", now=NOW + timedelta(days=1, seconds=1))


def test_one_address_cannot_spray_codes_over_many_numbers():
    for number in range(60):
        send(phone=f"138000001{number:02}")

    with pytest.raises(RuleBroken):
        send(phone="13800000999")
    assert send(phone="13800000999", address="192.0.2.2")


@pytest.mark.parametrize("phone", ["", "110", "023-63671234", "+1 212 555 0100", "words"])
def test_what_is_no_mobile_number_gets_no_code(phone):
    with pytest.raises(BadInput):
        send(phone=phone)

    assert not Delivery.objects.exists()


def test_guesses_in_one_browser_do_not_spend_the_attempts_of_another():
    resident()
    mine = send()
    theirs = send(now=NOW + timedelta(minutes=1))
    for _try in range(5):
        actions.prove_code(theirs.kept.pk, code="000000", now=NOW + timedelta(minutes=1))

    assert actions.prove_code(mine.kept.pk, code=mine.code, now=NOW + timedelta(minutes=1))


def test_old_codes_are_swept():
    send()

    assert actions.sweep_codes(now=NOW + timedelta(days=2)) == 1


# --- residents


def test_a_resident_signs_in_by_code_and_goes_where_they_wanted(client, clock):
    person = resident()

    ask = client.post(reverse("sign-in") + "?next=/account/", {"phone": PHONE})
    answer = client.post(reverse("sign-in-code"), {"code": code_in_transit()})

    assert ask.url == reverse("sign-in-code")
    assert answer.url == "/account/"
    assert client.session["_auth_user_id"] == str(person.pk)


def test_nothing_tells_whether_a_number_is_known(client, clock):
    resident()

    known = ask_for_code(client)
    known_page = client.get(reverse("sign-in-code"))
    other = Client()
    unknown = ask_for_code(other, OTHER)
    unknown_page = other.get(reverse("sign-in-code"))

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)

    def bare(page, tail):
        text = page.content.decode()
        for field in ("csrfmiddlewaretoken", "data-csrf"):
            text = "\n".join(line for line in text.splitlines() if field not in line)
        return text.replace(tail, "****")

    assert bare(known_page, "0001") == bare(unknown_page, "0002")
    assert SignInCode.objects.count() == Delivery.objects.count() or Happening.objects.count() == 2


def test_a_new_number_registers_with_name_home_and_consent(client, clock):
    place = division("50.103.001.001.", name="示例社区")
    ask_for_code(client, OTHER)
    step = client.post(reverse("sign-in-code"), {"code": code_in_transit()})
    assert step.url == reverse("sign-in-register")
    assert not signed_in(client)

    form = {"name": "王示例", "place": "示例社区", "of_age": "on", "consent": "on"}
    client.post(step.url, form)

    person = User.objects.get(pk=client.session["_auth_user_id"])
    assert (person.personal.name, person.home) == ("王示例", place)
    said = {one.what: one.text_version for one in person.consents.all()}
    assert set(said) == {"privacy", "of_age"}
    assert all(said.values())


@pytest.mark.parametrize("missing", ["name", "place", "of_age", "consent"])
def test_nobody_registers_without(client, clock, missing):
    division("50.103.001.001.", name="示例社区")
    ask_for_code(client, OTHER)
    client.post(reverse("sign-in-code"), {"code": code_in_transit()})
    form = {"name": "王示例", "place": "示例社区", "of_age": "on", "consent": "on"}
    del form[missing]

    answer = client.post(reverse("sign-in-register"), form)

    assert answer.status_code == 422
    assert not User.objects.exists()


def test_registering_without_a_proved_number_leads_back(client):
    assert client.get(reverse("sign-in-register")).url == reverse("sign-in")
    assert client.get(reverse("sign-in-code")).url == reverse("sign-in")
    assert client.get(reverse("sign-in-second")).url == reverse("sign-in")


def test_the_next_page_is_one_of_ours(client, clock):
    resident()

    client.post(reverse("sign-in") + "?next=https://evil.example/", {"phone": PHONE})
    answer = client.post(reverse("sign-in-code"), {"code": code_in_transit()})

    assert answer.url == "/"


@pytest.mark.parametrize("shown", [True, False])
def test_only_a_demonstration_shows_the_code(client, clock, settings, shown):
    settings.SHOW_SIGN_IN_CODES = shown
    ask_for_code(client)

    assert (code_in_transit() in client.get(reverse("sign-in-code")).content.decode()) is shown


# --- staff


def try_password(client: Client, login: str, password: str):
    return client.post(reverse("sign-in") + "?way=staff", {"username": login, "password": password})


def test_staff_sign_in_by_password(client):
    person = user()

    assert try_password(client, person.login, PASSWORD).status_code == 302
    assert signed_in(client)


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(client):
    person = user()

    wrong_password = try_password(client, person.login, "wrong")
    unknown_name = try_password(client, "nobody", "wrong")

    assert wrong_password.status_code == unknown_name.status_code == 422
    assert "_auth_user_id" not in client.session


def test_five_failures_lock_the_name_for_a_quarter_of_an_hour(client, clock):
    person = user()
    for _try in range(5):
        last = try_password(client, person.login, "wrong")

    assert last.status_code == 429
    assert try_password(Client(REMOTE_ADDR="192.0.2.9"), person.login, PASSWORD).status_code == 429
    clock.shift(timedelta(minutes=16))
    assert try_password(client, person.login, PASSWORD).status_code == 302


def test_an_unknown_name_is_locked_like_a_known_one(client):
    answers = [try_password(client, "nobody", "wrong").status_code for _try in range(6)]

    assert answers[-1] == 429


def test_a_person_erased_or_switched_off_does_not_come_in(client):
    person = user()
    User.objects.filter(pk=person.pk).update(is_active=False)

    assert try_password(client, person.login, PASSWORD).status_code == 422


# --- the second factor


def with_app(person: User) -> str:
    secret = totp.new_secret()
    step = int(NOW.timestamp()) // totp.STEP - 10
    at = datetime.fromtimestamp(step * totp.STEP, NOW.tzinfo)
    actions.add_totp(person, secret=secret, code=totp.at(secret, step), by=person, now=at)
    return secret


def now_code(secret: str) -> str:
    return totp.at(secret, int(NOW.timestamp()) // totp.STEP)


def test_with_an_app_the_password_alone_does_not_open(client, clock):
    person = user()
    secret = with_app(person)

    answer = try_password(client, person.login, PASSWORD)
    assert answer.url == reverse("sign-in-second")
    assert not signed_in(client)
    assert client.get(reverse("account")).status_code == 302

    client.post(answer.url, {"code": now_code(secret)})
    assert signed_in(client)


def test_the_telephone_way_asks_for_the_second_proof_too(client, clock):
    person = resident()
    with_app(person)
    ask_for_code(client)

    answer = client.post(reverse("sign-in-code"), {"code": code_in_transit()})

    assert answer.url == reverse("sign-in-second")
    assert not signed_in(client)


def test_guessing_second_proofs_locks_even_the_right_one(client, clock):
    person = user()
    secret = with_app(person)
    try_password(client, person.login, PASSWORD)

    for _try in range(5):
        last = client.post(reverse("sign-in-second"), {"code": "000000"})
    right = client.post(reverse("sign-in-second"), {"code": now_code(secret)})

    assert last.status_code == right.status_code == 429
    assert not signed_in(client)


def test_the_first_proof_is_forgotten_after_ten_minutes(client, clock):
    person = user()
    with_app(person)
    try_password(client, person.login, PASSWORD)
    clock.shift(timedelta(minutes=11))

    assert client.get(reverse("sign-in-second")).url == reverse("sign-in")


def test_staff_without_a_second_factor_can_do_nothing_but_set_one_up(client, clock, settings):
    settings.REQUIRE_SECOND_FACTOR = "required"
    person = officer("district_officer", "50.103.")
    try_password(client, person.login, PASSWORD)

    assert client.get(reverse("account")).url == reverse("second-factor")
    assert client.post(reverse("token-issue"), {"title": "x"}).url == reverse("second-factor")
    page = client.get(reverse("second-factor-totp")).content.decode()
    secret = page.split("<code")[1].split(">")[1].split("<")[0].replace(" ", "")
    codes_page = client.post(reverse("second-factor-totp"), {"code": now_code(secret)})

    assert codes_page.content.decode().count("<code>") == 10
    assert client.get(reverse("account")).status_code == 200


@pytest.mark.parametrize(
    ("role", "limited"),
    [
        ("district_officer", True),
        ("community_worker", True),
        ("venue_manager", True),
        ("statistician", True),
        ("analyst", False),
        (None, False),
    ],
)
def test_which_roles_have_to_set_up_a_second_factor(client, settings, role, limited):
    settings.REQUIRE_SECOND_FACTOR = "required"
    in_a_unit = role and ROLES[role].held_at == {HeldAt.ORGANISATION}
    person = officer(role, organisation() if in_a_unit else "50.103.") if role else user()

    try_password(client, person.login, PASSWORD)

    assert Device.objects.get().limited is limited


def test_who_is_given_a_staff_role_while_signed_in_sets_up_a_second_factor_too(
    client, clock, settings
):
    settings.REQUIRE_SECOND_FACTOR = "required"
    person = user()
    try_password(client, person.login, PASSWORD)
    grant(person, "community_worker", "50.103.")

    clock.shift(timedelta(minutes=1))

    assert client.get(reverse("account")).url == reverse("second-factor")
    assert Device.objects.get().idle_minutes == settings.IDLE_MINUTES["staff"]


# --- sessions


@pytest.mark.parametrize("name", ["my-orders", "order-list", "home"])
def test_no_page_of_who_is_signed_in_stays_in_the_browser_for_the_next_one(client, clock, name):
    try_password(client, user().login, PASSWORD)

    assert "no-store" in client.get(reverse(name)).headers["Cache-Control"]
    client.post(reverse("sign-out"))
    assert "Cache-Control" not in client.get(reverse("home")).headers


@pytest.mark.parametrize(
    ("role", "minutes", "still_in"),
    [
        ("community_worker", 29, True),
        ("community_worker", 31, False),
        (None, 31, True),
        (None, 8 * 60 + 1, False),
    ],
)
def test_a_session_ends_by_idleness(client, clock, role, minutes, still_in):
    person = officer(role, "50.103.") if role else user()
    try_password(client, person.login, PASSWORD)

    clock.shift(timedelta(minutes=minutes))

    assert (client.get(reverse("account")).status_code == 200) is still_in


def test_who_comes_back_in_time_stays_for_as_long_again(client, clock):
    try_password(client, officer("community_worker", "50.103.").login, PASSWORD)

    for _visit in range(4):
        clock.shift(timedelta(minutes=25))
        assert client.get(reverse("account")).status_code == 200


def test_a_get_writes_at_most_once_a_minute_and_opens_no_transaction(
    client, clock, django_assert_num_queries
):
    try_password(client, user().login, PASSWORD)
    client.get(reverse("privacy"))

    def writes(seconds: int) -> list[str]:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        clock.shift(timedelta(seconds=seconds))
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("privacy"))
        return [q["sql"] for q in found if not q["sql"].startswith("SELECT")]

    assert writes(30) == []
    assert [sql.split()[0] for sql in writes(31)] == ["UPDATE", "UPDATE"]
    assert writes(30) == []


def test_signing_out_ends_the_device(client):
    try_password(client, user().login, PASSWORD)

    client.post(reverse("sign-out"))

    assert not signed_in(client)
    assert Device.objects.get().ended_at


def test_another_device_can_be_signed_out_from_here(client):
    person = user()
    other = Client()
    try_password(other, person.login, PASSWORD)
    try_password(client, person.login, PASSWORD)
    device = Device.objects.order_by("pk").first()

    client.post(reverse("device-end", args=[device.pk]))

    assert other.get(reverse("account")).status_code == 302
    assert client.get(reverse("account")).status_code == 200


def test_nobody_signs_out_a_strangers_device(client):
    other = Client()
    try_password(other, user().login, PASSWORD)
    try_password(client, user().login, PASSWORD)
    device = Device.objects.order_by("pk").first()

    assert client.post(reverse("device-end", args=[device.pk])).status_code == 404
    assert other.get(reverse("account")).status_code == 200


def test_a_session_key_planted_before_is_changed_at_sign_in(client, clock):
    resident()
    ask_for_code(client)
    before = client.session.session_key

    client.post(reverse("sign-in-code"), {"code": code_in_transit()})

    assert client.session.session_key != before


# --- letters and language chosen on the way in ----------------------------------------------------


def test_letters_chosen_before_signing_in_stay_and_are_kept_with_the_account(client):
    person = user()
    client.post("/preferences", {"type": "large"})

    answer = try_password(client, person.login, PASSWORD)

    person.refresh_from_db()
    assert person.large_type
    assert person.language == "zh-hans"  # it was not chosen
    assert answer.cookies["type"].value == "large"
    assert answer.cookies["chosen"].value == ""


def test_letters_of_an_earlier_reader_do_not_become_those_of_the_next(client):
    earlier, person = user(), user()
    client.post("/preferences", {"type": "large", "language": "en"})
    try_password(client, earlier.login, PASSWORD)
    client.post(reverse("sign-out"))

    answer = try_password(client, person.login, PASSWORD)

    person.refresh_from_db()
    assert not person.large_type
    assert answer.cookies["type"].value == "normal"
    assert answer.cookies["django_language"].value == "zh-hans"


def test_choosing_while_signed_in_is_kept_with_the_account_and_leaves_the_rest(client):
    person = user()
    try_password(client, person.login, PASSWORD)

    client.post(reverse("account-preferences"), {"type": "large"})
    client.post(reverse("account-preferences"), {"theme": "dark"})

    person.refresh_from_db()
    assert (person.large_type, person.language) == (True, "zh-hans")
    assert client.cookies["theme"].value == "dark"


@pytest.mark.parametrize(
    ("peer", "counted"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("2001:db8:1:3::9", "2001:db8:1:3::"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("192.0.2.1", "192.0.2.1"),
        ("", ""),
    ],
)
def test_who_has_a_network_of_addresses_has_one_limit(rf, peer, counted):
    assert entrance.address(rf.get("/", REMOTE_ADDR=peer)) == counted
