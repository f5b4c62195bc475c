"""Erasing a resident reaches the pictures of visits to them, their drafts, and every way back to them."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from kepu.kernel.accounts import actions as accounts
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import RuleBroken
from kepu.kernel.facts.worker import work_off
from kepu.kernel.files import rules as file_rules
from kepu.kernel.files.models import FileState, StoredFile
from kepu.orders import actions, roster
from kepu.orders.actions.syncing import Sent
from kepu.orders.models import Order
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
DURING = NOW + timedelta(days=1, minutes=30)
LATER = NOW + timedelta(days=3)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA = tmp_path


def picture(colour: str = "teal") -> io.BytesIO:
    content = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(content, "JPEG")
    content.seek(0)
    return content


def attach(loop, order, kind="photo") -> StoredFile:
    shot = actions.Shot(uuid4(), kind, DURING)
    return actions.attach(order.pk, shot, picture(), by=loop.leader, now=DURING).file


def forget(person: User, now=LATER) -> None:
    accounts.erase(person, by=person, now=now)
    while work_off(now).delivered:
        pass


@pytest.mark.parametrize("kind", ["photo", "sheet"])
def test_pictures_of_visits_to_an_erased_resident_are_shown_to_nobody(loop, kind):
    order = loop.order("scheduled")
    file = attach(loop, order, kind)
    loop.deliver(order)
    forget(loop.resident)

    file.refresh_from_db()

    assert (file.state, file.removed_at) == (FileState.REMOVED, LATER)
    assert "not there" in file_rules.why_not_read(loop.officer, file, LATER)


def test_a_picture_that_a_device_sent_in_vain_goes_too(loop):
    order = loop.order("scheduled")
    early = NOW + timedelta(hours=1)
    sent = Sent(uuid=uuid4(), kind="photo", order_id=order.pk, device_time=early, data={})
    event = actions.receive_shot(sent, picture(), by=loop.leader, now=early)
    assert event.outcome == "refused"
    loop.deliver(order)

    forget(loop.resident)

    assert StoredFile.objects.get().state == FileState.REMOVED


def test_pictures_of_an_erased_volunteers_visits_stay_with_the_orders_of_others(loop):
    order, came = loop.order("scheduled"), factories.member(loop.team)
    shot = actions.Shot(uuid4(), "photo", DURING)
    file = actions.attach(order.pk, shot, picture(), by=came, now=DURING).file

    forget(came)

    assert file_rules.why_not_read(loop.resident, file, LATER) is None


def test_nothing_is_added_of_a_visit_to_somebody_erased(loop):
    order = loop.order("scheduled")
    loop.deliver(order)
    forget(loop.resident)

    with pytest.raises(RuleBroken, match="erased"):
        attach(loop, order)


def test_a_draft_of_somebody_erased_is_withdrawn_and_sent_by_nobody(loop):
    order = loop.order("draft", by=loop.worker)
    accounts.erase(loop.resident, by=loop.resident, now=NOW)

    with pytest.raises(RuleBroken, match="erased"):  # before the worker has come to it
        actions.place(order.pk, by=loop.worker, now=NOW)
    while work_off(NOW).delivered:
        pass

    assert Order.objects.get().state == "withdrawn"
    assert order.steps.last().by is None


def test_an_order_of_somebody_erased_is_not_reopened(loop):
    order = loop.order("no_show")
    forget(loop.resident)

    with pytest.raises(RuleBroken, match="erased"):
        actions.reopen(order.pk, reason="再去一次", by=loop.worker, now=LATER)


def test_an_erased_volunteer_goes_to_no_coming_visit(loop):
    order, gone = loop.order("scheduled"), factories.member(loop.team)
    actions.set_roster(order.pk, people_ids=[gone.pk], by=loop.leader, now=NOW)

    forget(gone, NOW)

    assert not roster.of(order).exists()


def test_the_page_says_what_becomes_of_pictures_before_one_decides(loop):
    client = Client(headers={"accept-language": "en"})
    client.force_login(loop.resident, "kepu.kernel.accounts.backend.Accounts")

    said = client.get(reverse("account-erase")).text

    assert "also where others are in them" in said
    assert "visits that you made as a volunteer stay" in said
