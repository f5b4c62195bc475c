from __future__ import annotations

import re
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kepu.kernel.accounts import actions, queries, rules
from kepu.kernel.accounts.actions import codes
from kepu.kernel.accounts.models import MailCode, Personal, PhoneChange, SignInCode, User
from kepu.kernel.audit.models import Entry
from kepu.kernel.clock import BEIJING
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.facts import worker
from kepu.kernel.notices import channels
from kepu.kernel.notices import queries as notices
from kepu.kernel.notices.channels.email import Email
from kepu.kernel.notices.channels.fake import Fake
from kepu.kernel.notices.models import Notice
from kepu.kernel.notices.states import Way
from tests.factories import NOW, division, user
from tests.kepu.kernel.notices.receivers import mail_server

pytestmark = pytest.mark.django_db

OLD, NEW = "+8613800000001", "+8613800000002"


@pytest.fixture(autouse=True)
def nothing_open():
    channels.close_all()
    yield
    channels.close_all()


@pytest.fixture
def person() -> User:
    values = Personal("张示例", OLD, "zhang@example.org", born="1980-01-01")
    return actions.register(values, home=division(), by=None, now=NOW)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    client.get(reverse("account"))
    return client


# --- mail is proved before anything goes there


@pytest.mark.slow
def test_the_code_in_the_mail_proves_the_address_and_notices_go_there(person, clock):
    with mail_server() as mailbox:
        channels.use(Email("127.0.0.1", mailbox.port, "kepu@example.org", tls=False))
        client = signed_in(person)
        assert notices.contact(person, Way.EMAIL) is None

        client.post(reverse("account-mail-send"))
        worker.work_off(NOW)
        mail = message_from_bytes(mailbox.mails[0].content, policy=policy.default)
        code = re.search(r"\d{6}", mail.get_content())
        assert code is not None
        answer = client.post(reverse("account-mail"), {"code": code[0]})

    assert answer["Location"] == reverse("account")
    person.refresh_from_db()
    assert notices.contact(person, Way.EMAIL) == {"to": "zhang@example.org"}


def test_a_mail_code_is_good_once_and_for_the_address_it_went_to(person):
    _kept, code = actions.send_mail_code(person, by=person, now=NOW)
    changed = Personal("张示例", OLD, "other@example.org")
    actions.change_personal(person, changed, by=person, now=NOW)
    assert not actions.prove_mail(person, code=code, by=person, now=NOW)

    later = NOW + timedelta(minutes=2)
    _kept, code = actions.send_mail_code(person, by=person, now=later)
    assert actions.prove_mail(person, code=f" {code[:3]} {code[3:]}", by=person, now=later)
    assert not actions.prove_mail(person, code=code, by=person, now=later)


def test_a_mail_code_ends_by_time_and_by_five_wrong_tries(person):
    _kept, code = actions.send_mail_code(person, by=person, now=NOW)
    late = NOW + timedelta(minutes=30)
    assert not actions.prove_mail(person, code=code, by=person, now=late)

    for _try in range(5):
        assert not actions.prove_mail(person, code="none", by=person, now=NOW)
    assert not actions.prove_mail(person, code=code, by=person, now=NOW)


def test_another_address_has_to_be_proved_anew(person):
    _kept, code = actions.send_mail_code(person, by=person, now=NOW)
    actions.prove_mail(person, code=code, by=person, now=NOW)

    changed = Personal("张示例", OLD, "other@example.org")
    person = actions.change_personal(person, changed, by=person, now=NOW)

    assert not person.email_is_proved


def test_mail_codes_are_few_and_nobody_elses(person):
    with pytest.raises(NotAllowed):
        actions.send_mail_code(person, by=user(), now=NOW)
    for minute in range(rules.MAIL_CODES_PER_DAY):
        actions.send_mail_code(person, by=person, now=NOW + timedelta(minutes=minute))
    with pytest.raises(RuleBroken, match="tomorrow"):
        actions.send_mail_code(person, by=person, now=NOW + timedelta(minutes=9))
    assert "zhang@example.org" not in str(list(MailCode.objects.values()))


# --- another number


def change_on_the_page(client: Client, number: str = "13800000002"):
    client.post(reverse("account-phone"), {"phone": number})
    waiting = codes.message(SignInCode.objects.latest("pk").pk, now=NOW)
    assert waiting is not None
    return client.post(reverse("account-phone-code"), {"code": waiting.code})


def test_the_new_number_signs_in_and_the_old_one_is_told_and_free(person, clock):
    told = Fake(Way.SMS)
    channels.use(told)
    elsewhere, client = signed_in(person), signed_in(person)

    answer = change_on_the_page(client)
    worker.work_off(NOW)

    assert answer["Location"] == reverse("account")
    assert queries.by_phone(NEW) == person
    assert queries.by_phone(OLD) is None
    assert OLD in {message.to for message in told.sent.values()}
    assert Entry.objects.filter(verb="person.change_phone", actor=person.pseudonym).exists()
    assert Notice.objects.filter(person=person, template="phone_changed").exists()
    assert bytes(PhoneChange.objects.get().sealed) == b""
    assert client.get(reverse("account")).status_code == 200
    assert elsewhere.get(reverse("account")).status_code == 302


def test_a_wrong_code_changes_nothing(person, clock):
    client = signed_in(person)
    client.post(reverse("account-phone"), {"phone": "13800000002"})

    answer = client.post(reverse("account-phone-code"), {"code": "none"})

    assert answer.status_code == 422
    assert queries.by_phone(OLD) == person


def test_a_number_is_changed_only_soon_after_signing_in(person, clock):
    client = signed_in(person)
    clock.shift(timedelta(minutes=16))

    page = client.get(reverse("account-phone")).content.decode()
    answer = client.post(reverse("account-phone"), {"phone": "13800000002"})

    assert "more than 15 minutes ago" in page
    assert answer.status_code == 409
    assert not SignInCode.objects.exists()
    again = client.post(reverse("sign-in-again"), {"next": reverse("account-phone")})
    assert again["Location"] == "/sign-in/?next=%2Faccount%2Fphone%2F"


def test_somebody_elses_number_is_refused(person, clock):
    user(phone=NEW)

    answer = change_on_the_page(signed_in(person))

    assert "in use already" in answer.content.decode()
    assert queries.by_phone(OLD) == person


def test_a_stranger_changes_nobodys_number(person):
    stranger = user()
    device = actions.open_device(stranger, session_key="x", agent="", proved_twice=False, now=NOW)

    with pytest.raises(NotAllowed):
        actions.change_phone(person, NEW, device=device, by=stranger, now=NOW)


# --- guardians


BORN = "2016-03-10"
AT_14 = datetime(2030, 3, 10, 0, 0, tzinfo=BEIJING)
AT_18 = datetime(2034, 3, 10, 0, 0, tzinfo=BEIJING)


@pytest.fixture
def ward(person) -> User:
    values = Personal("李小示例", born=BORN)
    return actions.register(
        values, home=division(), by=None, now=NOW, guardian=person,
        consent=actions.Consenting("2026-01"),
    )  # fmt: skip


def test_at_14_the_guardian_handles_the_data_no_more(person, ward):
    eve = AT_14 - timedelta(seconds=1)
    assert rules.why_not_handle(person, ward, eve) is None
    assert rules.why_not_handle(person, ward, AT_14) is not None
    assert [(one.handled, str(one.guarded_until)) for one in queries.wards(person, AT_14)] == [
        (False, "2034-03-10")
    ]


def test_at_18_guardianship_ends_by_itself_and_the_guardian_hears_of_it(person, ward):
    assert actions.end_grown_guardianships(now=AT_18 - timedelta(seconds=1)) == 0

    assert actions.end_grown_guardianships(now=AT_18) == 1

    ward.refresh_from_db()
    assert ward.guardian is None
    entry = Entry.objects.get(verb="guardian.end")
    assert (entry.actor, entry.for_whom) == ("system", person.pseudonym)
    worker.work_off(AT_18)
    letter = notices.letters(person, list(notices.of_person(person)))[0]
    assert "李小示例" in letter.text


def test_guardianship_of_a_minor_is_not_ended(ward):
    with pytest.raises(RuleBroken, match="18"):
        actions.end_guardianship(ward.pk, by=None, now=AT_14)


def test_who_is_born_on_29_february_ages_on_1_march(person):
    leap = user(born="2012-02-29")
    assert str(queries.birthday(leap, 14)) == "2026-03-01"
    assert str(queries.birthday(leap, 16)) == "2028-02-29"


def test_a_guardian_gives_a_ward_a_number_and_the_ward_signs_in_with_it(person, ward, clock):
    client = signed_in(person)
    client.post(reverse("account-child-phone", args=[ward.pk]), {"phone": "13800000002"})
    waiting = codes.message(SignInCode.objects.latest("pk").pk, now=NOW)
    assert waiting is not None

    client.post(reverse("account-phone-code"), {"code": waiting.code})

    assert queries.by_phone(NEW) == ward
    assert queries.by_phone(OLD) == person


def test_the_page_says_until_when_a_child_is_in_ones_care(person, ward, clock):
    page = signed_in(person).get(reverse("account")).content.decode()

    assert "2030-03-10" in page
