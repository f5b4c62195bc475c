"""Two lists of one month that are signed at the same moment do not both take the first band of the tax."""

from __future__ import annotations

import threading
import time
from datetime import date

import pytest

from kepu.appraisal.actions import fees
from kepu.appraisal.models import FeeList, FeeShare
from kepu.kernel.errors import RuleBroken
from tests.factories import NOW
from tests.kepu.appraisal import factories
from tests.kepu.appraisal import review_world as world
from tests.kepu.appraisal.test_titles_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_of_two_lists_signed_at_once_one_is_worked_out_anew():
    who, by, payer = world.expert(), factories.secretary(), factories.decider()
    lists = []
    for name in ("甲馆示例", "乙馆示例"):
        of = world.call()
        world.done(world.checked(of, name), who)
        one = fees.build(of.pk, date(2026, 3, 1), by=by, now=NOW)
        fees.add_line(
            one.pk, expert_id=who.pk, kind="correction", fen=100000, about="示例", seen=one.version,
            by=by, now=NOW,
        )  # fmt: skip
        lists.append(one)

    def signing(one):
        said = {"seen": 3, "reference": "示例1号", "by": payer, "now": NOW}
        return lambda: fees.sign(one.pk, **said)

    ends = at_once(*(signing(one) for one in lists))

    assert sum(isinstance(one, RuleBroken) for one in ends) == 1, ends
    assert FeeShare.objects.filter(list__state="signed").count() == 1


def test_a_list_that_is_signed_while_it_is_worked_out_anew_stays_signed(monkeypatch):
    who, by, payer = world.expert(), factories.secretary(), factories.decider()
    of = world.call()
    world.done(world.checked(of, "甲馆示例"), who)
    one = fees.build(of.pk, date(2026, 3, 1), by=by, now=NOW)
    rules_as_of, signs = fees.policy.as_of, threading.Event()

    def slow(version):
        signs.set()
        time.sleep(0.5)  # the signer holds the list meanwhile
        return rules_as_of(version)

    def anew():
        signs.wait(10)
        return fees.build(of.pk, date(2026, 3, 1), by=by, now=NOW)

    monkeypatch.setattr(fees.policy, "as_of", slow)
    said = {"seen": one.version, "reference": "示例1号", "by": payer, "now": NOW}
    ends = at_once(lambda: fees.sign(one.pk, **said), anew)

    assert sum(isinstance(end, RuleBroken) for end in ends) == 1, ends
    assert list(FeeList.objects.values_list("state", "signed_by")) == [("signed", payer.pk)]
