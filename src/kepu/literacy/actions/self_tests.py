"""A resident's walk through the self-test. Nobody is named: who knows the key goes on with it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import F

from kepu.kernel.errors import require
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.literacy import schemas
from kepu.literacy.bridge import self_tests as bridge
from kepu.literacy.models import Exposure, SelfTest, SelfTestAnswer, SelfTestAsked, SelfTestTally
from kepu.literacy.queries import self_tests as queries
from kepu.literacy.rules import self_tests as rules
from kepu.literacy.states import Use

if TYPE_CHECKING:
    from kepu.kernel.divisions.models import Division

FORGOTTEN_AT_ONCE = 500


@transaction.atomic
def begin(*, bank: Division, language: str, now: datetime) -> SelfTest:
    """Begin a self-test with its first question; its taker is the next one of the bank."""
    counted = _tally(bank)
    counted.takers += 1
    ruling = rulebooks.in_force(schemas.FRAMEWORK, now)
    resting = queries.resting(counted, counted.takers, ruling.rules.self_test.bound())
    require(rules.why_not_begin(queries.pool(bank, language), ruling.rules, resting))

    counted.save(update_fields=["takers"])
    test = SelfTest.objects.create(
        bank=bank, language=language, rules_version=ruling.version, begun_at=now,
        taker=counted.takers,
    )  # fmt: skip
    _go_on(test, counted, now)
    return test


@transaction.atomic
def answer(key: UUID, *, position: int, chosen: int | None, now: datetime) -> SelfTest:
    """Answer the open question; None is "I do not know". Then comes the next one, or the result.

    Raises RuleBroken if it was answered already: a button that was pressed twice counts once.
    """
    test = SelfTest.objects.select_for_update().get(key=key)
    question = test.answers.select_related("item").filter(position=position).first()
    require(rules.why_not_answer(test, question, chosen))
    assert question is not None  # noqa: S101 (the rule has said so)

    question.answered, question.chosen = True, chosen
    question.right = chosen == question.item.key
    question.save(update_fields=["answered", "chosen", "right"])
    _count(question, now)
    _go_on(test, _counted(test), now)
    return test


@transaction.atomic
def forget_old(*, now: datetime) -> int:
    """Answers go once their time is over; how often each item was asked stays. Returns how many."""
    keep = schemas.framework(now).self_test.keep_days
    old = list(queries.to_forget(now, keep).values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    SelfTest.objects.filter(pk__in=old).delete()
    window = schemas.framework(now).self_test.window
    for counted in SelfTestTally.objects.order_by("pk"):
        queries.out_of_reach(counted, window).delete()
    return len(old)


def _tally(bank: Division) -> SelfTestTally:
    """The count of a bank, locked: one taker after the other is given an item."""
    SelfTestTally.objects.get_or_create(bank=bank)
    return SelfTestTally.objects.select_for_update().get(bank=bank)


def _counted(test: SelfTest) -> SelfTestTally:
    """The count of the bank, locked; a test from before there was one joins it as the last taker."""
    counted = _tally(test.bank)
    if test.taker is None:
        counted.takers += 1
        counted.save(update_fields=["takers"])
        test.taker = counted.takers
        test.save(update_fields=["taker"])
    return counted


def _go_on(test: SelfTest, counted: SelfTestTally, now: datetime) -> None:
    walk = _walk(test, counted)
    if walk.over():
        test.finished_at, test.result = now, bridge.result(walk)
        test.save(update_fields=["finished_at", "result"])
        return
    position = len(walk.answers) + 1
    item = walk.next_item(seed=test.key.int % 2**63 + position)
    SelfTestAnswer.objects.create(test=test, item=item, position=position)
    taker = test.taker or counted.takers
    SelfTestAsked.objects.create(tally=counted, taker=taker, item=item)


def _walk(test: SelfTest, counted: SelfTestTally) -> bridge.Walk:
    framework = schemas.framework_of(test.rules_version)
    resting = queries.resting(counted, test.taker or counted.takers, framework.self_test.bound())
    pool = queries.pool(test.bank, test.language)
    return bridge.Walk(framework, pool, list(test.answers.all()), resting)


def _count(question: SelfTestAnswer, now: datetime) -> None:
    """One more time asked, this month."""
    counted, _new = Exposure.objects.get_or_create(
        item=question.item, use=Use.SELF_TEST, month=queries.month_of(now)
    )
    right = F("right") + int(question.right)
    Exposure.objects.filter(pk=counted.pk).update(asked=F("asked") + 1, right=right)
