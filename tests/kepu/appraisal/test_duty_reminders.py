"""Who owes a year of kepu duties hears before it is late and once it is, never twice the same."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from kepu.appraisal.actions import undertakings as actions
from kepu.appraisal.actions.undertakings import Terms
from kepu.appraisal.duties_policy import Duties
from kepu.appraisal.models import DutyReminder
from kepu.appraisal.undertaking_listeners import remind_of_duties
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.audit.models import Entry
from kepu.kernel.clock import BEIJING, workdays
from kepu.kernel.notices.models import Notice
from tests.factories import NOW
from tests.kepu.appraisal.test_undertakings import association, base, keeper, reviewer

__all__ = ["association", "base", "keeper", "reviewer"]  # fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
RULES = Duties(text="示例", due=20, remind=10)


def at(year: int, month: int, day: int) -> datetime:
    return datetime.combine(date(year, month, day), time(9), BEIJING)


UNTIL = date(2026, 9, 20)
# Twenty working days after the last day of the term: the week of the national day is left out, and the
# Saturday after it is worked on.
DUE = date(2026, 10, 23)
BEFORE, SOON, LATE = at(2026, 10, 9), at(2026, 10, 10), at(2026, 10, 24)


def test_a_year_is_due_in_working_days_of_the_real_calendar():
    days = [UNTIL + timedelta(days=n) for n in range(1, (DUE - UNTIL).days + 1)]

    assert RULES.due_at(2026, UNTIL).date() == DUE
    assert sum(workdays.is_workday(day) for day in days) == 20
    assert [workdays.is_workday(date(2026, 10, n)) for n in (7, 10)] == [False, True]


def test_a_year_within_a_term_runs_from_its_own_end():
    assert RULES.due_at(2025, UNTIL) == workdays.add_workdays(
        datetime(2025, 12, 31, 23, 59, 59, tzinfo=BEIJING), 20
    )


@pytest.fixture
def agreed(base, keeper, reviewer):
    return undertaken(base, keeper, reviewer)


def undertaken(base, keeper, reviewer, now=NOW, since=date(2026, 1, 1), until=UNTIL):
    towards = Organisation.objects.get(name="示例区科协")
    terms = Terms("co_built", "示例共建基地", towards, since, until, {"visits": 5})
    one = actions.propose(base, terms, by=keeper, now=now)
    return actions.agree(
        one.pk, seen=one.version, reference="示例〔2026〕1号", by=reviewer, now=now
    )


def heard(person) -> list[str]:
    found = Notice.objects.filter(person=person, template__startswith="appraisal.duties")
    return list(found.order_by("pk").values_list("template", flat=True))


def test_the_unit_hears_so_many_working_days_before_and_not_earlier(agreed, keeper, reviewer):
    assert actions.remind(now=BEFORE) == 0
    assert actions.remind(now=SOON) == 1

    assert heard(keeper) == ["appraisal.duties_due"]
    assert heard(reviewer) == []
    said = Notice.objects.get(person=keeper, template="appraisal.duties_due")
    assert said.link == reverse("undertaking", args=[agreed.pk])
    assert Entry.objects.filter(verb="appraisal.remind_duties").count() == 1


def test_both_sides_hear_once_that_it_is_late_and_nobody_the_same_twice(agreed, keeper, reviewer):
    for now in (SOON, SOON + timedelta(hours=6), at(2026, 10, 22), LATE, LATE + timedelta(days=90)):
        actions.remind(now=now)

    assert heard(keeper) == ["appraisal.duties_due", "appraisal.duties_late"]
    assert heard(reviewer) == ["appraisal.duties_missed"]
    assert list(DutyReminder.objects.values_list("year", "kind")) == [
        (2026, "soon"), (2026, "late"),
    ]  # fmt: skip


def test_on_its_last_day_a_year_is_not_late(agreed, keeper):
    actions.remind(now=datetime.combine(DUE, time(23, 30), BEIJING))

    assert heard(keeper) == ["appraisal.duties_due"]


def test_what_is_late_already_is_not_told_as_due_soon(agreed, keeper):
    actions.remind(now=LATE)
    actions.remind(now=LATE)

    assert heard(keeper) == ["appraisal.duties_late"]


def test_who_has_told_the_year_hears_nothing_of_it(agreed, keeper, reviewer):
    actions.hand_in_year(agreed.pk, year=2026, words="", by=keeper, now=BEFORE)
    for now in (SOON, LATE):
        assert actions.remind(now=now) == 0

    assert heard(keeper) == []


def test_nobody_is_reminded_of_what_was_declined_ended_or_over_when_it_was_agreed(
    base, keeper, reviewer
):
    ended = undertaken(base, keeper, reviewer)
    actions.end(ended.pk, reason="示例", by=keeper, now=BEFORE)
    begun = undertaken(base, keeper, reviewer, since=date(2025, 1, 1), until=date(2027, 12, 31))

    assert actions.remind(now=LATE) == 0
    # Of 2026, which ended after it was agreed, it is reminded as anybody.
    assert actions.remind(now=at(2027, 1, 20)) == 1
    told = DutyReminder.objects.get()
    assert (told.undertaking, told.year) == (begun, 2026)


def test_the_worker_reminds(agreed, keeper):
    remind_of_duties(SimpleNamespace(now=SOON))

    assert heard(keeper) == ["appraisal.duties_due"]


def test_the_page_tells_both_sides_until_when_and_nobody_else(agreed, keeper, time_machine):
    time_machine.move_to(SOON, tick=False)
    address = reverse("undertaking", args=[agreed.pk])
    browser = Client(headers={"accept-language": "en"})

    assert "2026 is to be handed in" not in browser.get(address).content.decode()
    browser.force_login(keeper)
    told = browser.get(address).content.decode()
    assert "2026 is to be handed in" in told
    assert "2026-10-23" in told
