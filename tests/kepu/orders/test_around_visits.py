"""How near to a visit one checks in, adds pictures or says that nobody came is what the rulebook says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kepu.kernel.rulebooks import queries as rulebooks
from kepu.kernel.rulebooks.queries import Ruling, shipped
from kepu.orders import evidence, likeness, rules
from kepu.orders.schemas import CLOCKS, Around

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture(params=[Around(), Around(early_minutes=30, check_in_hours=2, photograph_days=1,
                                         no_show_minutes=90)])  # fmt: skip
def around(request, monkeypatch):
    """The rulebook as shipped, and another one."""
    clocks = shipped(CLOCKS).model_copy(update={"visit": request.param})
    usual = rulebooks.in_force
    monkeypatch.setattr(
        rulebooks, "in_force",
        lambda kind, now: Ruling(kind, 1, clocks) if kind == CLOCKS else usual(kind, now),
    )  # fmt: skip
    return request.param


def test_one_checks_in_from_the_rulebooks_time_before_until_its_time_after(loop, around):
    order = loop.order("scheduled")
    first, last = order.starts_at - around.early, order.ends_at + around.check_in

    assert "too early" in rules.why_not_check_in(order, None, first - MINUTE)
    assert rules.why_not_check_in(order, None, first) is None
    assert rules.why_not_check_in(order, None, last) is None
    assert "was possible until" in rules.why_not_check_in(order, None, last + MINUTE)


def test_pictures_and_a_no_show_have_their_times_too(loop, around):
    order = loop.order("scheduled")
    first, last = order.starts_at - around.early, order.ends_at + around.photographs
    absent = order.starts_at + around.no_show

    assert evidence.why_not_attach(order, "photo", first - MINUTE)
    assert evidence.why_not_attach(order, "photo", first) is None
    assert evidence.why_not_attach(order, "photo", last) is None
    assert evidence.why_not_attach(order, "photo", last + MINUTE)
    assert "may still come" in rules.why_not_report_no_show(order, absent - MINUTE)
    assert rules.why_not_report_no_show(order, absent) is None


def test_how_many_words_like_orders_share_is_the_rulebooks(loop):
    before = loop.order("placed", title="老年人用药安全")
    asked = {"topic_id": 0, "path": before.path, "wanted_from": before.wanted_from}
    usual = shipped(CLOCKS)
    strict = usual.model_copy(update={"similar_share": 1.0})

    def alike(clocks):
        return likeness.alike(words="老年人用药咨询", clocks=clocks, **asked)

    assert alike(usual) == [before]
    assert alike(strict) == []
