"""The self-test: adaptive, anonymous, honest about what it does not know, and apart from every survey."""

from __future__ import annotations

import ast
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Sum

from kepu.kernel.accounts.models import User
from kepu.kernel.errors import RuleBroken
from kepu.literacy import schemas
from kepu.literacy.actions import self_tests
from kepu.literacy.models import (
    Calibration,
    Exposure,
    Item,
    SelfTest,
    SelfTestAnswer,
    Wording,
)
from kepu.literacy.queries import self_tests as queries
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


def test_in_english_only_items_that_are_written_in_english_are_asked(bank):
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


def test_an_item_that_was_asked_too_often_waits_for_others(bank):
    worn = Item.objects.filter(dimension="spirit").order_by("pk")[:3]
    for _test in range(queries.COUNTS_FROM):
        SelfTest.objects.create(bank=bank, language="zh-hans", rules_version=0, begun_at=NOW)
    for item in worn:
        Exposure.objects.create(
            item=item, use="self_test", month=queries.month_of(NOW), asked=queries.COUNTS_FROM
        )

    test = walk(bank)

    assert not test.answers.filter(item__in=worn).exists()


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
    referring = {
        model
        for model in apps.get_models()
        for key in model._meta.fields
        if key.related_model in tables
    }

    assert referring == {SelfTestAnswer}
    assert not [key for one in tables for key in one._meta.fields if key.related_model is User]


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
