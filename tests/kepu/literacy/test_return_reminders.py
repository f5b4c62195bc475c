"""Deadlines of statistical returns: the unit is told ahead, and its district once the day has passed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kepu.kernel import clock
from kepu.kernel.clock.workdays import workdays_between
from kepu.kernel.divisions.models import Division
from kepu.kernel.facts.registry import Occasion
from kepu.kernel.notices import queries as notices
from kepu.kernel.notices.models import Notice
from kepu.literacy import listeners
from kepu.literacy.actions import returns, rounds
from tests import factories
from tests.factories import NOW
from tests.kepu.literacy.factories import handed_in, return_of, statistics_round, unit

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HERE, THERE = "50.103.", "50.105."


@pytest.fixture(autouse=True)
def city():
    """Two districts with people, each with a township."""
    for path in (HERE, THERE):
        factories.division(f"{path}001.")
        Division.objects.filter(path=path).update(population=500_000)


@pytest.fixture
def keeper():
    return factories.officer("survey_officer", "50.")


def test_units_are_reminded_seven_working_days_before_the_deadline_and_one_and_once_each():
    _of, who = unit()
    done, busy = unit()
    made = statistics_round()
    handed_in(return_of(made, done), busy)
    due = clock.day(made.deadline)
    days = [made.deadline - timedelta(days=n) for n in range(30, -1, -1)]
    told = Notice.objects.filter(template="literacy.return_deadline")

    said = {}
    for now in days:
        listeners.remind_units(Occasion(1, now))
        listeners.remind_units(Occasion(1, now))
        left = workdays_between(clock.day(now), due)
        said.setdefault(told.count(), left)

    assert said == {0: said[0], 1: 7, 2: 1}
    assert set(told.values_list("person", flat=True)) == {who.pk}


def test_officers_of_the_district_are_told_once_which_units_let_the_deadline_pass():
    names = ("示例甲单位", "示例乙单位")
    for name in names:
        unit(HERE, name)
    done, busy = unit(HERE, "示例丙单位")
    officer = factories.officer("district_officer", HERE)
    elsewhere = factories.officer("district_officer", THERE)
    made = statistics_round()
    handed_in(return_of(made, done), busy)
    late = made.deadline + timedelta(hours=1)

    for now in (made.deadline - timedelta(hours=1), late, late + timedelta(days=3)):
        listeners.remind_units(Occasion(1, now))

    told = Notice.objects.filter(template="literacy.returns_late")
    notice = told.get(person=officer)
    assert not told.filter(person=elsewhere).exists()
    said = notices.words(notice, officer).text
    assert "2 个单位没有提交" in said or "2 units have not handed in" in said
    assert all(name in said for name in names)
    assert "示例丙单位" not in said


def test_where_a_district_has_no_officer_late_returns_are_told_to_the_city():
    unit(HERE)
    made = statistics_round()

    listeners.remind_units(Occasion(1, made.deadline + timedelta(hours=1)))

    told = Notice.objects.filter(template="literacy.returns_late")
    assert list(told.values_list("person", flat=True)) == [made.opened_by_id]


def test_of_a_year_that_is_locked_nobody_is_reminded(keeper):
    of, who = unit()
    made = statistics_round()
    handed_in(return_of(made, of), who, "locked")
    unit()
    rounds.lock_round(made.pk, by=keeper, now=NOW)

    assert returns.tell_late(made.pk, made.path, by=None, now=made.deadline) == 0
