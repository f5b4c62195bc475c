"""The self-test: adaptive, anonymous, honest about what it does not know, and apart from every survey."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Sum

from kepu.kernel.accounts.models import User
from kepu.kernel.errors import RuleBroken
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.literacy import schemas
from kepu.literacy.actions import self_tests
from kepu.literacy.models import (
    Calibration,
    Exposure,
    Item,
    SelfTest,
    SelfTestAnswer,
    SelfTestAsked,
    SelfTestTally,
    Wording,
)
from tests.factories import NOW
from tests.kepu.literacy import factories

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ROOM = Path(schemas.__file__).parent
DIMENSIONS = {"knowledge": 12, "method": 6, "spirit": 6, "application": 6}


@pytest.fixture
def bank():
    """Thirty items for the self-test, in Chinese; half of them in English too."""
    return factories.stock("self_test", DIMENSIONS)


def walk(bank, able=lambda item: True, language="zh-hans") -> SelfTest:
    """Answer until the end; `able` says whether the person knows an item."""
    test = self_tests.begin(bank=bank, language=language, now=NOW)
    while test.finished_at is None:
        step(test, able)
        test.refresh_from_db()
    return test


def step(test: SelfTest, able=lambda item: True) -> SelfTestAnswer:
    question = test.answers.get(answered=False)
    chosen = question.item.key if able(question.item) else None
    self_tests.answer(test.key, position=question.position, chosen=chosen, now=NOW)
    return question


def test_it_asks_ten_to_fifteen_different_questions_in_the_proportion_of_the_points(bank):
    test = walk(bank, lambda item: item.pk % 2 == 0)

    asked = list(test.answers.all())
    counts = Counter(one.item.dimension for one in asked)

    assert 10 <= len(asked) <= 15
    assert len({one.item_id for one in asked}) == len(asked)
    wanted = schemas.framework(NOW).blueprint(len(asked))
    assert all(abs(counts[key] - number) <= 1 for key, number in wanted.items())


def test_who_knows_more_has_a_higher_score_and_the_range_holds_it(bank):
    best, middle, worst = (
        walk(bank, able).result
        for able in (
            lambda item: True,
            lambda item: item.calibrations.get().difficulty < 0,
            lambda item: False,
        )
    )

    assert worst["score"] < middle["score"] < best["score"]
    for result in (best, middle, worst):
        assert result["level"] == schemas.framework(NOW).level_of(round(result["score"]))
        assert 0 <= result["low"] < result["score"] < result["high"] <= 100
        levels = schemas.framework(NOW).levels  # the highest first
        chances = [result["chances"][key] for key in levels]
        assert chances == sorted(chances)  # a lower level is reached by more


def test_harder_questions_follow_right_answers(bank):
    best, worst = walk(bank), walk(bank, lambda item: False)

    def mean(test):
        rows = Calibration.objects.filter(item__in=test.answers.values("item"))
        return rows.aggregate(total=Sum("difficulty"))["total"] / test.answers.count()

    assert mean(best) > mean(worst)


def test_two_walks_are_not_asked_the_same(bank):
    first, second = (list(walk(bank).answers.values_list("item", flat=True)) for _walk in range(2))

    assert set(first) != set(second)


def test_it_stops_once_it_knows_enough(bank):
    Calibration.objects.update(discrimination=4)

    test = walk(bank, lambda item: item.calibrations.get().difficulty < 0)

    assert test.answers.count() == 10
    assert test.result["error"] <= schemas.framework(NOW).self_test.error


def test_in_english_only_items_that_are_written_in_english_are_asked():
    bank = factories.stock("self_test", {key: 2 * many for key, many in DIMENSIONS.items()})

    test = walk(bank, language="en")

    assert Wording.objects.filter(item__in=test.answers.values("item"), language="en").count() == (
        test.answers.count()
    )


def test_a_second_press_counts_once_and_an_answer_outside_the_options_not_at_all(bank):
    test = self_tests.begin(bank=bank, language="zh-hans", now=NOW)
    with pytest.raises(RuleBroken, match="choose one"):
        self_tests.answer(test.key, position=1, chosen=3, now=NOW)
    done = step(test)

    with pytest.raises(RuleBroken, match="answered already"):
        self_tests.answer(test.key, position=1, chosen=0, now=NOW)

    assert Exposure.objects.get(item=done.item).asked == 1
    assert test.answers.filter(answered=False).count() == 1


def test_how_often_an_item_was_asked_and_answered_right_is_counted(bank):
    test = walk(bank, lambda item: item.dimension == "method")

    told = Exposure.objects.aggregate(asked=Sum("asked"), right=Sum("right"))

    assert told == {
        "asked": test.answers.count(),
        "right": test.answers.filter(item__dimension="method").count(),
    }


def ruled(monkeypatch, **changed) -> schemas.Framework:
    """The framework in force with another rule for self-tests, as if it had always been so."""
    found = schemas.framework(NOW)
    rules = schemas.SelfTests.model_validate(found.self_test.model_dump() | changed)
    framework = found.model_copy(update={"self_test": rules})
    ruling = replace(rulebooks.in_force(schemas.FRAMEWORK, NOW), rules=framework)
    monkeypatch.setattr(rulebooks, "in_force", lambda *_args: ruling)
    monkeypatch.setattr(schemas, "framework_of", lambda _version: framework)
    return framework


def test_what_too_many_of_the_last_takers_were_asked_is_asked_of_nobody_until_they_are_past(
    bank, monkeypatch
):
    bound = ruled(monkeypatch, most_share=0.5, window=50).self_test.bound()
    worn = list(Item.objects.filter(dimension="spirit").order_by("pk")[:3])
    counted = SelfTestTally.objects.create(bank=bank, takers=60)
    for item in worn:
        for taker in range(36, 61):
            SelfTestAsked.objects.create(tally=counted, taker=taker, item=item)

    refused = walk(bank)
    SelfTestTally.objects.update(takers=36 + bound.window - 1)
    later = [walk(bank) for _test in range(3)]

    assert not refused.answers.filter(item__in=worn).exists()
    assert SelfTestAnswer.objects.filter(test__in=later, item__in=worn).exists()


def test_no_item_is_asked_of_more_takers_in_a_row_than_it_may_though_they_come_at_once(
    bank, monkeypatch
):
    """Sixty who know everything, six at a time: the same few items would be asked of all."""
    bound = ruled(monkeypatch, among=1, most_share=0.5, window=50).self_test.bound()
    for _group in range(10):
        begun = [self_tests.begin(bank=bank, language="zh-hans", now=NOW) for _test in range(6)]
        while open_ones := [one for one in begun if not one.finished_at]:
            for test in open_ones:
                step(test)
                test.refresh_from_db()

    asked = list(SelfTestAsked.objects.values_list("item", "taker"))
    assert len(asked) == SelfTestAnswer.objects.count()
    for first in range(1, 12):
        counts = Counter(item for item, taker in asked if first <= taker < first + bound.window)
        assert max(counts.values()) <= 0.5 * bound.window


def test_a_bank_whose_questions_all_rest_says_so_and_counts_nobody(bank):
    counted = SelfTestTally.objects.create(bank=bank, takers=30)
    SelfTestAsked.objects.bulk_create(
        SelfTestAsked(tally=counted, taker=taker, item=item)
        for item in Item.objects.all()
        for taker in range(1, 31)
    )

    with pytest.raises(RuleBroken, match="rest; please come again"):
        self_tests.begin(bank=bank, language="zh-hans", now=NOW)

    assert SelfTestTally.objects.get().takers == 30
    assert not SelfTest.objects.exists()


def test_a_bank_too_small_for_the_bound_has_no_self_test(bank):
    """Of 15 items, each asked of half the takers at most, nobody can be asked ten."""
    with pytest.raises(RuleBroken, match="not enough questions"):
        self_tests.begin(bank=bank, language="en", now=NOW)


def test_a_test_from_before_takers_were_counted_goes_on_as_the_last_one(bank):
    test = self_tests.begin(bank=bank, language="zh-hans", now=NOW)
    SelfTest.objects.update(taker=None)

    step(test)

    assert SelfTest.objects.get().taker == SelfTestTally.objects.get().takers == 2


def test_what_counts_for_no_bound_any_more_is_forgotten_and_the_rest_stays(bank, monkeypatch):
    ruled(monkeypatch, window=50)
    done, left = walk(bank), self_tests.begin(bank=bank, language="zh-hans", now=NOW)
    SelfTestTally.objects.update(takers=52)

    self_tests.forget_old(now=NOW)
    kept = set(SelfTestAsked.objects.values_list("taker", flat=True))
    self_tests.forget_old(now=NOW + timedelta(days=2))  # the one left half done goes

    assert kept == {done.taker, left.taker}  # who is still open is bound by both
    assert not SelfTestAsked.objects.exists()


def test_a_bank_without_a_dimension_has_no_self_test(bank):
    Item.objects.filter(dimension="spirit").update(use="survey")

    with pytest.raises(RuleBroken, match="not enough questions"):
        self_tests.begin(bank=bank, language="zh-hans", now=NOW)


def test_items_of_the_survey_are_never_asked(bank):
    Item.objects.filter(code__endswith="1").update(use="survey")

    test = walk(bank)

    assert set(test.answers.values_list("item__use", flat=True)) == {"self_test"}


def test_answers_are_forgotten_in_time_and_half_done_walks_after_a_day(bank):
    done, left = walk(bank), self_tests.begin(bank=bank, language="zh-hans", now=NOW)
    asked = Exposure.objects.aggregate(n=Sum("asked"))["n"]

    self_tests.forget_old(now=NOW + timedelta(days=2))
    assert list(SelfTest.objects.values_list("pk", flat=True)) == [done.pk]
    self_tests.forget_old(now=NOW + timedelta(days=31))

    assert not SelfTestAnswer.objects.exists()
    assert Exposure.objects.aggregate(n=Sum("asked"))["n"] == asked
    assert not SelfTest.objects.filter(pk=left.pk).exists()


def test_the_database_keeps_that_an_open_question_has_no_answer(bank):
    test = self_tests.begin(bank=bank, language="zh-hans", now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        test.answers.update(right=True)


# --- apart from every survey ----------------------------------------------------------------------


def test_no_table_but_its_answers_refers_to_a_self_test_and_it_names_nobody():
    tables = [SelfTest, SelfTestAnswer]
    counts = [SelfTestTally, SelfTestAsked]
    referring = {
        model
        for model in apps.get_models()
        for key in model._meta.fields
        if key.related_model in tables
    }

    assert referring == {SelfTestAnswer}
    assert not [
        key for one in tables + counts for key in one._meta.fields if key.related_model is User
    ]


def test_only_the_self_test_itself_reads_its_tables():
    readers = {
        str(path.relative_to(ROOM.parent))
        for path in ROOM.parent.rglob("*.py")
        if "migrations" not in path.parts
        and any(
            alias.name in ("SelfTest", "SelfTestAnswer")
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        )
    }

    assert readers == {
        "literacy/models/__init__.py",
        "literacy/queries/self_tests.py",
        "literacy/rules/self_tests.py",
        "literacy/actions/self_tests.py",
        "literacy/views/self_tests.py",
        "literacy/api/self_tests.py",
        "literacy/bridge/self_tests.py",
    }
