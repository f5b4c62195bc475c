"""The demo's selection of communicators: one nominee writes, one has not answered."""

from __future__ import annotations

import pytest

from kepu.appraisal import queries
from kepu.appraisal.models import Call, CallNomination, LedgerExtract
from kepu.web import demo_awards
from tests.factories import NOW, division, user
from tests.kepu.appraisal.factories import secretary

pytestmark = pytest.mark.django_db


def test_two_were_nominated_and_one_agreed():
    division("50.103.")
    nominator, nominee = user("推选示例"), user("人选示例")
    nominee.home = division("50.103.")
    nominee.save()

    demo_awards.build(secretary=secretary(), nominator=nominator, nominee=nominee, now=NOW)

    call = Call.objects.get(programme="communicator")
    assert sorted(CallNomination.objects.values_list("state", flat=True)) == ["agreed", "asked"]
    assert queries.applications.name_of(call.applications.get()) == "人选示例"
    assert LedgerExtract.objects.get().application.call == call
