"""Kepu duties of a unit: undertaken, agreed, counted and looked at each year, renewed, ended."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from kepu.appraisal.actions import undertakings as actions
from kepu.appraisal.actions.undertakings import Terms
from kepu.appraisal.models import DutyYear, Undertaking
from kepu.appraisal.queries import undertakings as queries
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.notices.models import Notice
from kepu.venues.models import DayCount
from tests.factories import NOW, division, grant, officer, organisation, user
from tests.kepu.people.factories import served
from tests.kepu.venues.factories import HERE, manager, unit, venue

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SINCE, UNTIL = date(2025, 7, 1), date(2028, 6, 30)
PAPER = "示例科协〔2026〕9号"
TARGETS = {"open_days": 2, "visits": 500, "services": 1, "activities": 0}


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def base():
    return unit()


@pytest.fixture
def keeper(base):
    return manager(base)


@pytest.fixture
def association():
    return organisation("示例区科协", HERE, kind="association")


@pytest.fixture
def reviewer(association):
    who = user("赵示例")
    grant(who, "department_officer", association)
    return who


def terms(towards, **said):
    whole = {
        "kind": "co_built", "title": "示例共建基地", "reviewer": towards, "since": SINCE,
        "until": UNTIL, "targets": TARGETS, "said": "每年面向学校开放示例",
    }  # fmt: skip
    return Terms(**whole | said)


@pytest.fixture
def proposed(base, keeper, association, reviewer):
    return actions.propose(base, terms(association), by=keeper, now=NOW)


@pytest.fixture
def agreed(proposed, reviewer):
    return agree(proposed, reviewer)


def agree(one, by):
    seen = Undertaking.objects.get(pk=one.pk).version
    return actions.agree(one.pk, seen=seen, reference=PAPER, by=by, now=NOW)


def hand_in(one, by, year=2026, words="示例"):
    return actions.hand_in_year(one.pk, year=year, words=words, by=by, now=NOW)


def review(kept, by, **said):
    seen = DutyYear.objects.get(pk=kept.pk).version
    whole = {"seen": seen, "outcome": "partly", "words": "开放天数不足示例"} | said
    return actions.review_year(kept.pk, by=by, now=NOW, **whole)


def test_duties_hold_once_the_other_side_agreed_under_a_number(proposed, reviewer, keeper):
    assert not queries.public(NOW.date()).exists()

    one = agree(proposed, reviewer)

    assert (one.state, one.reference, one.answered_by) == ("agreed", PAPER, reviewer)
    assert list(queries.public(NOW.date())) == [one]
    assert {duty.kind: duty.target for duty in one.duties.all()} == {
        "open_days": 2, "visits": 500, "services": 1,
    }  # fmt: skip
    assert Entry.objects.filter(
        verb="appraisal.agree_undertaking", actor=reviewer.pseudonym
    ).exists()
    told = Notice.objects.filter(person=keeper).values_list("template", flat=True)
    assert list(told) == ["appraisal.undertaking_agreed"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"until": date(2025, 6, 30)}, "ends before it begins"),
        ({"until": date(2036, 1, 1)}, "10 years at most"),
        ({"targets": {}, "said": " "}, "at least one duty"),
    ],
)
def test_proposing_is_refused_with_a_reason(base, keeper, association, said, reason):
    with pytest.raises(RuleBroken, match=reason):
        actions.propose(base, terms(association, **said), by=keeper, now=NOW)

    assert not Undertaking.objects.exists()


def test_no_unit_reviews_itself_and_nobody_speaks_for_a_unit_of_others(base, keeper, reviewer):
    with pytest.raises(RuleBroken, match="does not review itself"):
        actions.propose(base, terms(base), by=keeper, now=NOW)
    with pytest.raises(NotAllowed, match="applies for this unit"):
        actions.propose(base, terms(base), by=reviewer, now=NOW)


def test_who_speaks_for_both_sides_does_not_answer_himself(proposed, keeper, association):
    grant(keeper, "department_officer", association)

    with pytest.raises(NotAllowed, match="both sides"):
        agree(proposed, keeper)


def test_what_was_read_is_agreed_to_and_a_refusal_says_why(proposed, reviewer, keeper):
    with pytest.raises(NotAllowed, match="unit that reviews"):
        agree(proposed, keeper)
    with pytest.raises(RuleBroken, match="in the meantime"):
        actions.agree(proposed.pk, seen=9, reference=PAPER, by=reviewer, now=NOW)
    with pytest.raises(RuleBroken, match="number of the paper"):
        actions.agree(proposed.pk, seen=1, reference=" ", by=reviewer, now=NOW)

    one = actions.decline(proposed.pk, reason="天数过少示例", by=reviewer, now=NOW)

    assert (one.state, one.reason) == ("declined", "天数过少示例")


def test_a_year_is_counted_from_the_records_of_that_year(agreed, base, keeper):
    house = venue()
    for day, visits in ((date(2025, 12, 31), 70), (date(2026, 1, 1), 120), (date(2026, 3, 1), 80)):
        DayCount.objects.create(venue=house, day=day, visits=visits, counted_by=keeper, at=NOW)
    served(user("讲解员示例"), 60, organisation=base)

    kept = hand_in(agreed, keeper)

    assert kept.figures == {"open_days": 2, "visits": 200, "services": 1}
    lines = {line.target: line.met for line in queries.fulfilled(agreed, kept.figures)}
    assert lines == {2: True, 500: False, 1: True}


@pytest.mark.parametrize("year", [2024, 2027])
def test_only_a_year_of_the_term_that_has_begun_is_handed_in(agreed, keeper, year):
    with pytest.raises(RuleBroken, match="year of the undertaking"):
        hand_in(agreed, keeper, year)


def test_until_it_is_reviewed_a_year_is_handed_in_anew_and_what_was_read_is_reviewed(
    agreed, keeper, reviewer
):
    first = hand_in(agreed, keeper)
    again = hand_in(agreed, keeper, words="补充示例")
    assert again.pk == first.pk
    with pytest.raises(RuleBroken, match="in the meantime"):
        review(again, reviewer, seen=first.version)
    with pytest.raises(RuleBroken, match="in words"):
        review(again, reviewer, words=" ")
    with pytest.raises(NotAllowed):
        review(again, keeper)

    kept = review(again, reviewer)

    assert (kept.outcome, kept.review, kept.reviewed_by) == (
        "partly", "开放天数不足示例", reviewer,
    )  # fmt: skip
    with pytest.raises(RuleBroken, match="reviewed already"):
        hand_in(agreed, keeper)
    with pytest.raises(RuleBroken, match="reviewed already"):
        review(again, reviewer)


def test_a_renewal_follows_from_the_day_after(agreed, base, keeper, association, reviewer):
    later = {"since": date(2028, 7, 1), "until": date(2030, 6, 30)}
    with pytest.raises(RuleBroken, match="begins after"):
        actions.propose(base, terms(association), follows=agreed, by=keeper, now=NOW)

    new = actions.propose(base, terms(association, **later), follows=agreed, by=keeper, now=NOW)

    assert new.follows == agreed
    with pytest.raises(RuleBroken, match="proposed already"):
        actions.propose(base, terms(association, **later), follows=agreed, by=keeper, now=NOW)
    actions.decline(new.pk, reason="示例", by=reviewer, now=NOW)
    assert (
        actions.propose(
            base, terms(association, **later), follows=agreed, by=keeper, now=NOW
        ).follows_id
        == agreed.pk
    )


def test_either_side_ends_it_and_the_years_stay(agreed, keeper, reviewer):
    kept = hand_in(agreed, keeper)
    with pytest.raises(NotAllowed):
        actions.end(agreed.pk, reason="示例", by=user(), now=NOW)
    with pytest.raises(RuleBroken, match="give a reason"):
        actions.end(agreed.pk, reason="", by=keeper, now=NOW)

    one = actions.end(agreed.pk, reason="场地另用示例", by=reviewer, now=NOW)

    assert one.state == "ended"
    assert not queries.public(NOW.date()).exists()
    assert review(kept, reviewer).outcome == "partly"


# --- pages ----------------------------------------------------------------------------------------


def browser(who=None) -> Client:
    made = Client(headers={"accept-language": "en"})
    if who:
        made.force_login(who)
    return made


def test_everybody_reads_what_is_undertaken_and_only_both_sides_and_officers_how_it_was(
    agreed, keeper, reviewer
):
    review(hand_in(agreed, keeper), reviewer)
    division("50.104.")
    address = reverse("undertaking", args=[agreed.pk])
    readers = {
        "nobody": None, "stranger": user(), "elsewhere": officer("district_officer", "50.104."),
        "keeper": keeper, "reviewer": reviewer, "officer": officer("district_officer", HERE),
    }  # fmt: skip

    pages = {who: browser(person).get(address).content.decode() for who, person in readers.items()}

    assert all("500 at least" in page for page in pages.values())
    seen = {who for who, page in pages.items() if "开放天数不足示例" in page}
    assert seen == {"keeper", "reviewer", "officer"}


def test_what_is_not_agreed_yet_exists_for_both_sides_alone(proposed, keeper, reviewer):
    address = reverse("undertaking", args=[proposed.pk])
    status = [browser(who).get(address).status_code for who in (keeper, reviewer, user(), None)]

    assert status == [200, 200, 404, 404]


def test_from_proposing_to_the_review_by_pages_alone(base, keeper, association, reviewer):
    form = {
        "kind": "innovation", "title": "示例重点实验室", "unit": base.pk,
        "reviewer": association.pk, "since": "2026-01-01", "until": "2028-12-31",
        "open_days": "10", "said": "每年组织公众开放示例",
    }  # fmt: skip
    made = browser(keeper).post(reverse("undertaking-new"), form)
    one = Undertaking.objects.get()
    answers = [
        made,
        browser(reviewer).post(
            reverse("undertaking-answer", args=[one.pk, "agree"]),
            {"reference": PAPER, "seen": one.version},
        ),
        browser(keeper).post(reverse("undertaking-year", args=[one.pk]), {"year": "2026"}),
    ]
    kept = DutyYear.objects.get()
    shown = browser(reviewer).get(reverse("duties-review", args=[kept.pk])).content.decode()
    answers.append(
        browser(reviewer).post(
            reverse("duties-review", args=[kept.pk]),
            {"outcome": "not_met", "words": "未开放示例", "seen": kept.version},
        )
    )

    assert [answer.status_code for answer in answers] == [302] * 4, made.content.decode()
    assert "0 of 10" in shown
    assert DutyYear.objects.get().outcome == "not_met"
