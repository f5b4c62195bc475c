"""Means for facilities: an entry stays as it was, givers may stay unnamed, and receipts are not public."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image

from kepu.kernel import clock
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.venues import actions, money
from kepu.venues.models import Contribution
from tests.factories import NOW, division, user
from tests.kepu.venues.factories import (
    HERE,
    THERE,
    facility_plan,
    judge,
    manager,
    venue,
    works,
)
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
GIFT = {
    "giver": "示例实业公司", "form": "donation", "amount": Decimal(200000), "received_on": TODAY,
    "words": "展品购置",
}  # fmt: skip


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


def give(of, by=None, **changed) -> Contribution:
    return actions.enter_contribution(of, by=by or judge(), now=NOW, **GIFT | changed)


def test_social_and_public_means_come_together_and_a_correction_is_an_entry():
    one = works()
    wrong = give(one)
    give(one, form="budget", giver="示例区财政", amount=Decimal(1_000_000))

    actions.correct_contribution(
        wrong.pk, amount=Decimal(-50000), why="多记五万元", by=manager(), now=NOW
    )

    assert money.raised(one) == (Decimal(1_150_000), Decimal(150_000))
    wrong.refresh_from_db()
    assert wrong.amount == 200000
    assert Entry.objects.latest("pk").verb == "contribution.correct"


@pytest.mark.parametrize(
    ("amount", "why", "reason"),
    [
        (-300000, "错", "no more is taken back"),
        (0, "错", "changes the amount"),
        (-1, " ", "a reason"),
    ],
)
def test_a_correction_says_why_and_takes_no_more_than_is_there(amount, why, reason):
    made = give(works())

    with pytest.raises(RuleBroken, match=reason):
        actions.correct_contribution(made.pk, amount=Decimal(amount), why=why, by=judge(), now=NOW)


def test_a_correction_is_not_corrected_itself():
    made = give(works())
    put_right = actions.correct_contribution(
        made.pk, amount=Decimal(-1), why="零头", by=judge(), now=NOW
    )

    with pytest.raises(RuleBroken, match="not corrected itself"):
        actions.correct_contribution(put_right.pk, amount=Decimal(1), why="又", by=judge(), now=NOW)


def test_only_the_unit_and_officers_of_the_place_enter_means():
    house, one = venue(), works()

    for of in (house, one):
        for person in (user(), judge(THERE)):
            with pytest.raises(NotAllowed):
                give(of, by=person)
        assert give(of, by=manager()).amount == 200000


def test_means_go_to_what_is_public_and_stands_on_a_day_that_has_come():
    with pytest.raises(RuleBroken, match="once the plan is published"):
        give(works(facility_plan(published=False)))
    with pytest.raises(RuleBroken, match="registered venue"):
        give(venue("submitted"))
    with pytest.raises(RuleBroken, match="not begun"):
        give(venue(name="另一馆"), received_on=TODAY.replace(year=2027))


def test_a_giver_who_asked_for_it_is_named_to_those_concerned_alone():
    house = venue()
    give(house, unnamed=True)
    address = reverse("venue", args=[house.pk])

    public, own = (browser(who).get(address).content.decode() for who in (None, manager()))

    assert "示例实业公司" not in public
    assert "asked not to be named" in public
    assert "示例实业公司" in own


def test_a_receipt_is_read_by_the_unit_and_officers_alone():
    drawn = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(drawn, "PNG")
    drawn.seek(0)
    made = give(venue(), receipt=drawn, receipt_name="收据.png")
    address = reverse("file", args=[made.receipt_id])

    codes = [browser(who).get(address).status_code for who in (judge(), manager(), judge(THERE))]

    assert codes[:2] == [200, 200]
    assert codes[2] in (403, 404)


def test_the_database_keeps_an_entry_to_one_target_and_above_nought():
    made = give(works())
    row = {"giver": "某", "form": "donation", "received_on": TODAY, "by": made.by, "at": NOW}

    for wrong in ({"project": made.project, "venue": venue(), "amount": 1}, {"amount": 1},
                  {"project": made.project, "amount": -1}):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Contribution.objects.create(**row, **wrong)


def test_means_are_entered_and_put_right_on_the_page_and_over_the_api():
    house, keeper = venue(), manager()
    browser(keeper).post(
        reverse("venue-means", args=[house.pk]), GIFT | {"received_on": "2026-03-01"}
    )
    made = house.contributions.get()
    page = reverse("contribution-correct", args=[made.pk])
    browser(keeper).post(page, {"amount": "-100000", "why": "重复"})
    refused = browser(judge(THERE)).get(page).status_code
    body = GIFT | {"amount": "10", "received_on": "2026-03-01"}
    sent = caller(keeper, NOW).post(f"venues/{house.pk}/contributions", body)
    again = caller(keeper, NOW).post(
        f"contributions/{sent.json()['id']}/correct", {"amount": "5", "why": "少记"}
    )

    assert (refused, sent.status_code, again.status_code) == (403, 201, 201)
    assert sum(one.amount for one in house.contributions.all()) == Decimal(100015)
