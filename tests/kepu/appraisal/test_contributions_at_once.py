"""A statement that is asked for, or signed, twice at the same moment comes to one."""

from __future__ import annotations

from datetime import date

import pytest

from kepu.appraisal.actions import contributions as actions
from kepu.appraisal.models import ContributionStatement
from kepu.kernel.errors import RuleBroken
from tests.factories import NOW, division, officer, user
from tests.kepu.appraisal.test_titles_at_once import at_once
from tests.kepu.people.factories import served
from tests.kepu.venues.factories import HERE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def ask(by):
    return actions.ask(
        unit=None, place=division(HERE), since=date(2026, 1, 1), until=date(2026, 3, 4),
        purpose="示例", by=by, now=NOW,
    )  # fmt: skip


def test_of_two_askings_at_once_one_is_refused_in_words():
    by = user()
    division(HERE)
    served(by, 60)

    ends = at_once(lambda: ask(by), lambda: ask(by))

    assert sum(isinstance(one, RuleBroken) for one in ends) == 1, ends
    assert ContributionStatement.objects.count() == 1


def test_of_two_officers_who_sign_at_once_one_does():
    by = user()
    served(by, 60)
    one = ask(by)
    officers = [officer("district_officer", HERE) for _ in range(2)]

    def signing(who):
        return lambda: actions.sign(one.pk, seen=1, reference="示例1号", by=who, now=NOW)

    ends = at_once(*(signing(who) for who in officers))

    assert sum(isinstance(end, RuleBroken) for end in ends) == 1, ends
    assert ContributionStatement.objects.get().version == 2
