"""Hours that several hands certify, confirm or correct at the same moment count once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kepu.kernel.audit.models import Entry as AuditEntry
from kepu.kernel.errors import RuleBroken
from kepu.people.actions import hours as actions
from kepu.people.models import Entry
from kepu.people.queries import hours as queries
from tests import factories
from tests.factories import NOW
from tests.kepu.orders.test_at_once import at_once, only_refusals
from tests.kepu.people.factories import served, service

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

HOME = "50.103.001."


def officers(count: int, role: str = "district_officer"):
    return [factories.officer(role, HOME[:7]) for _ in range(count)]


def test_hours_confirmed_by_several_at_once_enter_the_ledger_once():
    volunteer, receiver = factories.user(), factories.user()
    factories.volunteer(volunteer)
    asked = service(volunteer, receiver=receiver)
    (officer,) = officers(1)
    certified = at_once(*[lambda: actions.certify(asked.pk, by=officer, now=NOW)] * 6)
    ends = at_once(*[lambda: actions.confirm(asked.pk, by=receiver, now=NOW)] * 6)

    assert [sum(isinstance(end, Exception) for end in one) for one in (certified, ends)] == [5, 5]
    assert only_refusals([*certified, *ends])
    assert queries.minutes_of(volunteer) == 120
    assert AuditEntry.objects.filter(verb="service.confirm").count() == 1


def test_a_correction_pressed_twice_at_once_takes_away_once():
    line = served(factories.user(), 120)
    (officer,) = officers(1)

    def press() -> Entry:
        return actions.correct(line.pk, minutes=-30, reason="早退", by=officer, now=NOW)

    ends = at_once(*[press] * 6)

    assert sum(isinstance(end, Exception) for end in ends) == 5
    assert only_refusals(ends)
    assert queries.minutes_of_entry(line) == 90


def test_corrections_of_several_officers_never_take_away_more_than_there_is():
    line = served(factories.user(), 120)

    ends = at_once(*[
        lambda by=by: actions.correct(line.pk, minutes=-50, reason="核对", by=by, now=NOW)
        for by in officers(5)
    ])  # fmt: skip

    assert sum(isinstance(end, Entry) for end in ends) == 2
    assert queries.minutes_of_entry(line) == 20


def test_the_same_difference_is_counted_again_for_another_reason_or_later():
    line = served(factories.user(), 120)
    (officer,) = officers(1)
    actions.correct(line.pk, minutes=-30, reason="早退", by=officer, now=NOW)

    with pytest.raises(RuleBroken, match="already"):
        actions.correct(line.pk, minutes=-30, reason=" 早退 ", by=officer, now=NOW)
    actions.correct(line.pk, minutes=-30, reason="迟到", by=officer, now=NOW)
    actions.correct(line.pk, minutes=-30, reason="早退", by=officer, now=NOW + timedelta(hours=1))

    assert queries.minutes_of_entry(line) == 30
