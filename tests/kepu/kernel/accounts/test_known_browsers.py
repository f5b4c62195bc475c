"""A browser that somebody came in by before counts by itself, so that no stranger locks both ways in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from kepu.kernel.accounts import browsers
from kepu.kernel.accounts.models import User
from tests.factories import NOW, user
from tests.kepu.kernel.accounts.test_sign_in import (
    PASSWORD,
    PHONE,
    ask_for_code,
    client,
    clock,
    code_in_transit,
    send,
    signed_in,
    try_password,
)

__all__ = ["client", "clock"]  # fixtures

pytestmark = pytest.mark.django_db


def lock_out(person: User, stranger: Client) -> None:
    """All that somebody elsewhere can do to keep a person out: wrong passwords, and all the codes."""
    for _try in range(5):
        assert try_password(stranger, person.login, "wrong").status_code in (422, 429)
    for number in reversed(range(10)):
        send(now=NOW - timedelta(hours=2 * number, minutes=3))
    assert ask_for_code(stranger).status_code == 409


def test_a_stranger_keeps_nobody_out_of_a_browser_that_has_been_in_before(client, clock):
    person, stranger = user(phone="+86" + PHONE), Client(REMOTE_ADDR="192.0.2.66")
    try_password(client, person.login, PASSWORD)
    client.post(reverse("sign-out"))
    lock_out(person, stranger)

    assert try_password(client, person.login, PASSWORD).status_code == 302
    assert signed_in(client)
    client.post(reverse("sign-out"))
    assert ask_for_code(client).status_code == 302
    client.post(reverse("sign-in-code"), {"code": code_in_transit()})
    assert signed_in(client)
    assert try_password(stranger, person.login, PASSWORD).status_code == 429


def test_a_browser_that_has_been_in_is_no_way_to_guess_on(client, clock):
    person = user(phone="+86" + PHONE)
    try_password(client, person.login, PASSWORD)
    client.post(reverse("sign-out"))

    tries = [try_password(client, person.login, "wrong").status_code for _try in range(5)]
    codes_sent = []
    for minute in range(7):
        clock.move_to(NOW + timedelta(minutes=2 * minute))
        codes_sent.append(ask_for_code(client).status_code)

    assert tries[-1] == try_password(client, person.login, PASSWORD).status_code == 429
    assert codes_sent == [302] * 5 + [409] * 2


def test_the_mark_of_a_browser_is_good_for_who_came_in_by_it_and_cannot_be_made_up(client, clock):
    person, other = user(phone="+86" + PHONE), user()
    try_password(client, other.login, PASSWORD)
    client.post(reverse("sign-out"))
    mark = client.cookies["browser"]
    assert mark["httponly"]
    lock_out(person, Client(REMOTE_ADDR="192.0.2.66"))

    for cookie in (mark.value, mark.value[:17] + "0" * 32, "x", "." * 40, ""):
        client.cookies["browser"] = cookie
        assert try_password(client, person.login, PASSWORD).status_code == 429


def test_five_people_may_share_a_browser(client, clock):
    people = [user() for _one in range(6)]
    for one in people:
        try_password(client, one.login, PASSWORD)
        client.post(reverse("sign-out"))

    known = [browsers.knows(request_of(client), one.pseudonym) for one in people]

    assert known == [False, True, True, True, True, True]


def request_of(client: Client):
    return RequestFactory(headers={"Cookie": client.cookies.output(header="", sep=";")}).get("/")
