"""Free opening: each condition against the register, and a ledger that pays only what was granted."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import BadInput, NotAllowed, RuleBroken
from kepu.venues import actions, free_opening
from kepu.venues.models import Subsidy, Venue
from tests.factories import NOW, division, grant, user
from tests.kepu.venues.factories import (
    HERE,
    THERE,
    judge,
    manager,
    open_days,
    subsidy,
    unit,
    venue,
)
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db
LAST = NOW.year - 1


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    division(HERE, "示例区")
    division(THERE, "别处区")


def browser(person=None) -> Client:
    made = Client(headers={"accept-language": "en"})
    if person is not None:
        made.force_login(person)
    return made


def ready(**said) -> Venue:
    """A science museum that was open on 250 days of last year."""
    one = venue(**said)
    open_days(one, 250, LAST)
    return one


def correct(line: Subsidy, amount: int, why: str = "录入有误", by=None) -> Subsidy:
    return actions.correct_subsidy(
        line.pk, amount=Decimal(amount), why=why, by=by or judge(), now=NOW
    )


@pytest.mark.parametrize(
    ("changed", "days", "reason"),
    [
        ({"kind": "community"}, 250, "science museum"),
        ({"hall_area": 900}, 250, r"1000 m² of halls at least \(now: 900\)"),
        ({"admission": "paid"}, 250, "free on every open day"),
        ({}, 239, r"open on 240 days at least.*now: 239"),
    ],
    ids=["kind", "area", "admission", "days"],
)
def test_what_is_not_fulfilled_is_said_with_its_figure_and_nothing_is_granted(
    changed, days, reason
):
    one = venue(**changed)
    open_days(one, days, LAST)

    with pytest.raises(RuleBroken, match=reason):
        subsidy(one)
    assert not Subsidy.objects.exists()


def test_a_day_without_a_visitor_is_no_open_day():
    one = venue()
    open_days(one, 250, LAST, visits=0)

    assert free_opening.counts(LAST, [one])[one.pk] == free_opening.Counted(0, 0)


def test_no_more_is_paid_than_granted_nor_returned_than_paid():
    one = ready()
    subsidy(one, "granted", 100)

    with pytest.raises(RuleBroken, match="paid than was granted"):
        subsidy(one, "paid", 101)
    subsidy(one, "paid", 60)
    subsidy(one, "paid", 40)
    with pytest.raises(RuleBroken, match="paid than was granted"):
        subsidy(one, "paid", 1)
    with pytest.raises(RuleBroken, match="returned than was paid"):
        subsidy(one, "returned", 101)
    subsidy(one, "returned", 30)

    stands = free_opening.balance(one, LAST)
    assert (stands.granted, stands.paid, stands.returned, stands.kept) == (100, 100, 30, 70)
    assert Entry.objects.filter(verb="subsidy.enter").count() == 4


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"year": NOW.year}, "not over yet"),
        ({"day": NOW.date() + timedelta(days=1)}, "not begun yet"),
        ({"amount": Decimal(0)}, "above nought"),
        ({"step": "lent"}, "no such step"),
    ],
)
def test_a_line_is_of_a_year_that_is_over_and_a_day_that_has_come(said, reason):
    with pytest.raises(RuleBroken, match=reason):
        subsidy(ready(), **said)


def test_a_line_has_the_number_of_its_paper():
    with pytest.raises(BadInput, match="number of the signed decision"):
        subsidy(ready(), reference=" ")


def test_an_officer_of_the_place_enters_and_never_who_manages_the_venue():
    one = ready()
    both = judge()
    grant(both, "venue_manager", unit())

    for person in (manager(), judge(THERE), user(), both):
        with pytest.raises(NotAllowed):
            subsidy(one, by=person)
    line = subsidy(one)
    with pytest.raises(NotAllowed):
        correct(line, -1, by=both)


def test_a_correction_is_a_line_that_leaves_the_sums_in_their_order():
    one = ready()
    granted = subsidy(one, "granted", 100)
    subsidy(one, "paid", 80)

    with pytest.raises(RuleBroken, match="more would be paid"):
        correct(granted, -30)
    with pytest.raises(RuleBroken, match="give a reason"):
        correct(granted, -10, " ")
    made = correct(granted, -10)
    with pytest.raises(RuleBroken, match="not corrected itself"):
        correct(made, 5)

    granted.refresh_from_db()
    assert granted.amount == 100
    assert free_opening.balance(one, LAST).granted == 90


def test_the_database_changes_no_line_and_deletes_none():
    line = subsidy(ready())

    for change in (lambda rows: rows.update(amount=1), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(Subsidy.objects.filter(pk=line.pk))
    assert Subsidy.objects.get().amount == 100_000


def test_the_board_shows_an_officer_the_venues_of_the_place_alone():
    one, poor = ready(), venue(name="小馆", hall_area=500)
    venue(name="别处馆", path=THERE)
    subsidy(one)

    page = browser(judge()).get(reverse("free-opening")).content.decode()

    found = {row.venue: row.eligible for row in free_opening.board(judge(), LAST, NOW)}
    assert found == {one: True, poor: False}
    assert "100,000.00" in page
    assert "别处馆" not in page
    assert browser(manager()).get(reverse("free-opening")).status_code == 403


def test_the_ledger_is_entered_read_and_exported():
    one, officer = ready(), judge()
    form = {
        "year": LAST, "step": "granted", "amount": "5000", "reference": "1号", "day": "2026-03-01",
    }  # fmt: skip
    browser(officer).post(reverse("subsidy-new", args=[one.pk]), form)
    own = browser(manager()).get(reverse("venue-free-opening", args=[one.pk]))
    others = browser(judge(THERE)).get(reverse("venue-free-opening", args=[one.pk]))
    browser(officer).post(
        reverse("subsidy-correct", args=[Subsidy.objects.get().pk]), {"amount": "-1", "why": "错"}
    )

    assert "5,000.00" in own.content.decode()
    assert others.status_code == 403
    sums = [row.amount for row in free_opening.lines_in_reach(officer, NOW, LAST)]
    assert sums == [Decimal(5000), Decimal(-1)]
    assert not free_opening.lines_in_reach(judge(THERE), NOW, LAST).exists()
    export = reverse("register-export", args=["free-opening", "csv"])
    assert browser(officer).get(export).status_code in (200, 302)


def test_the_same_over_the_api():
    one = ready()
    body = {
        "year": LAST,
        "step": "granted",
        "amount": "50",
        "reference": "1号",
        "day": "2026-03-01",
    }

    made = caller(judge(), NOW).post(f"venues/{one.pk}/subsidies", body)
    refused = caller(manager(), NOW).post(f"venues/{one.pk}/subsidies", body)
    caller(judge(), NOW).post(
        f"subsidies/{made.json()['id']}/correct", {"amount": "5", "why": "少"}
    )
    read = caller(manager(), NOW).get(f"venues/{one.pk}/free-opening", {"year": LAST}).json()

    assert (made.status_code, refused.status_code) == (201, 403)
    assert (read["eligible"], read["days"]) == (True, 250)
    assert (Decimal(read["granted"]), len(read["lines"])) == (Decimal(55), 2)
