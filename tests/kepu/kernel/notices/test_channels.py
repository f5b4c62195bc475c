"""One contract, kept by the fake and by every real adapter against something that really listens."""

from __future__ import annotations

import socket
import traceback
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from typing import Any

import pytest

from kepu.kernel.notices.channels import CannotSend, Message
from kepu.kernel.notices.channels import webhook as webhooks
from kepu.kernel.notices.channels.email import Email
from kepu.kernel.notices.channels.fake import Fake
from kepu.kernel.notices.channels.http import post_signed
from kepu.kernel.notices.channels.settings import read
from kepu.kernel.notices.channels.sms import SmsGateway
from kepu.kernel.notices.channels.webhook import Webhook
from kepu.kernel.notices.channels.wechat import WeChat
from kepu.kernel.notices.states import Way
from tests.kepu.kernel.notices.receivers import SECRET, http_server, mail_server

MESSAGE = Message(
    key="notice-7",
    to="",
    title="订单已接单",
    text="您的订单“垃圾分类讲座”已由示例部门接单。",
    link="https://kepu.example.org/orders/7/",
    template="tpl-1",
    places={"order": "垃圾分类讲座"},
    secret=SECRET,
)


@dataclass
class Side:
    """A channel with its other side: where it sends, how to break it, and what arrived by key."""

    channel: Any
    good: str
    unknown: str
    arrived: Any
    break_it: Any


@pytest.fixture
def fake():
    channel = Fake(Way.SMS)
    channel.unknown = {"gone"}
    return Side(
        channel, "here", "gone",
        lambda: {key: message.text for key, message in channel.sent.items()},
        lambda: setattr(channel, "down", True),
    )  # fmt: skip


@pytest.fixture
def email():
    with mail_server() as box:
        channel = Email("127.0.0.1", box.port, "kepu@example.org", tls=False)

        def arrived() -> dict[str, str]:
            mails = [message_from_bytes(mail.content, policy=policy.default) for mail in box.mails]
            return {m["Message-ID"].strip("<>").partition("@")[0]: m.get_content() for m in mails}

        yield Side(
            channel, "zhang@example.org", "nobody@example.org", arrived,
            lambda: setattr(box, "busy", True),
        )  # fmt: skip


def over_http(channel_of, good: str, unknown: str):
    with http_server() as server:
        base = server.url
        yield Side(
            channel_of(base),
            good.replace("BASE", base),
            unknown.replace("BASE", base),
            lambda: {key: str(data) for key, data in server.taken.items()},
            lambda: setattr(server, "busy", True),
        )


@pytest.fixture
def webhook():
    yield from over_http(lambda base: Webhook(allow_private=True), "BASE/hook", "BASE/gone")


@pytest.fixture
def sms():
    yield from over_http(
        lambda base: SmsGateway(f"{base}/sms", SECRET), "+8613800000001", "+8613800000404"
    )


@pytest.fixture
def wechat():
    yield from over_http(lambda base: WeChat("app", "secret", base), "openid-here", "openid-gone")


@pytest.fixture(params=["fake", "email", "webhook", "sms", "wechat"])
def side(request) -> Side:
    return request.getfixturevalue(request.param)


def test_a_message_arrives_with_its_words_and_a_receipt(side):
    receipt = side.channel.send(replace(MESSAGE, to=side.good))

    assert receipt.reference
    assert "垃圾分类讲座" in side.arrived()["notice-7"]


def test_the_same_message_again_is_the_same_to_the_other_side(side):
    for _time in range(2):
        side.channel.send(replace(MESSAGE, to=side.good))

    assert len(side.arrived()) == 1


def test_an_unknown_address_is_refused_for_good(side):
    with pytest.raises(CannotSend) as refusal:
        side.channel.send(replace(MESSAGE, to=side.unknown))

    assert refusal.value.permanent
    assert side.arrived() == {}


def test_a_busy_other_side_is_a_fault_of_the_moment(side):
    side.break_it()

    with pytest.raises(CannotSend) as refusal:
        side.channel.send(replace(MESSAGE, to=side.good))

    assert not refusal.value.permanent


@pytest.mark.parametrize(
    "channel",
    [
        Email("127.0.0.1", 9, "kepu@example.org", tls=False, timeout=1),
        Webhook(allow_private=True),
        SmsGateway("http://127.0.0.1:9/", SECRET),
        WeChat("app", "secret", "http://127.0.0.1:9"),
    ],
    ids=lambda channel: channel.way,
)
def test_nobody_listening_is_a_fault_of_the_moment(channel):
    with pytest.raises(CannotSend) as refusal:
        channel.send(replace(MESSAGE, to="http://127.0.0.1:9/"))

    assert not refusal.value.permanent


# --- what is particular to one way


@pytest.mark.parametrize(("busy", "code"), [(False, "550 5.1.1"), (True, "451 4.3.2")])
def test_a_server_that_repeats_the_address_does_not_bring_it_into_the_log(email, busy, code):
    if busy:
        email.break_it()

    with pytest.raises(CannotSend) as refusal:
        email.channel.send(replace(MESSAGE, to=email.unknown))

    assert refusal.value.reason == code
    assert "nobody@" not in "".join(traceback.format_exception(refusal.value))


def test_a_line_break_in_an_address_smuggles_no_header(email):
    with pytest.raises(CannotSend) as refusal:
        email.channel.send(replace(MESSAGE, to="zhang@example.org\nBcc: all@example.org"))

    assert refusal.value.permanent


def test_a_server_without_encryption_is_not_told_anything(email):
    strict = replace(email.channel, tls=True)

    with pytest.raises(CannotSend):
        strict.send(replace(MESSAGE, to=email.good))

    assert email.arrived() == {}


def test_a_receiver_with_another_secret_sees_a_wrong_signature(webhook):
    with pytest.raises(CannotSend, match="401"):
        webhook.channel.send(replace(MESSAGE, to=webhook.good, secret="another"))


def test_a_redirect_is_not_followed(webhook):
    with pytest.raises(CannotSend, match="302"):
        webhook.channel.send(replace(MESSAGE, to=webhook.good.replace("/hook", "/moved")))


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1/hook", "https://localhost/x", "http://example.org/", "file:///etc/passwd",
     "https://[::1]/", "ftp://example.org/", "words", "https://[::ffff:10.0.0.1]/",
     "https://[64:ff9b::a00:1]/", "https://[2002:a00:1::]/", "https://224.0.0.1/"],
)  # fmt: skip
def test_a_webhook_does_not_knock_at_inner_doors(url):
    with pytest.raises(CannotSend) as refusal:
        Webhook().send(replace(MESSAGE, to=url))

    assert refusal.value.permanent


def test_a_name_is_not_asked_for_again_once_its_address_was_looked_at():
    with http_server() as server:
        named = server.url.replace("127.0.0.1", "receiver.invalid") + "/hook"

        answer = post_signed(named, {"id": "n"}, secret=SECRET, key="n", at="127.0.0.1")

    assert answer.request.headers["Host"].startswith("receiver.invalid:")
    assert answer.request.extensions["sni_hostname"] == "receiver.invalid"


def test_a_webhook_goes_to_the_address_that_was_looked_at(monkeypatch):
    """A name that leads outside when it is looked at, and inside from then on."""
    answers = iter(["93.184.215.14", "127.0.0.1"])
    went = []
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_asked, **_how: [(0, 0, 0, "", (next(answers), 443))]
    )
    monkeypatch.setattr(webhooks, "post_signed", lambda *_said, at, **_more: went.append(at))

    Webhook().send(replace(MESSAGE, to="https://receiver.invalid/hook"))

    assert went == ["93.184.215.14"]


def test_a_token_withdrawn_early_is_renewed_and_the_message_sent():
    with http_server() as server:
        channel = WeChat("app", "secret", server.url)
        channel.send(replace(MESSAGE, to="openid-here"))
        server.withdrawn = True

        channel.send(replace(MESSAGE, to="openid-here", key="notice-8"))

        assert server.tokens == 2
        assert "notice-8" in server.taken


def test_the_surroundings_say_which_ways_are_open():
    opened = list(
        read(
            {
                "SMTP": "smtp://us%40er:pass@mail.example.org:2525/?from=kepu@example.org",
                "SMS_GATEWAY": "https://sms.example.org/send",
                "SMS_SECRET": "s",
                "WECHAT": "app:secret",
                "WEBHOOKS": "1",
            }
        )
    )

    assert {channel.way for channel in opened} == set(Way)
    assert opened[0] == Email("mail.example.org", 2525, "kepu@example.org", "us@er", "pass")
    assert list(read({})) == []
