"""What the worker computes: one worker has it, what is not its own any more it never writes to."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, transaction

from kepu.kernel import working
from kepu.kernel.errors import RuleBroken
from kepu.kernel.exports import actions
from kepu.kernel.exports.models import Export
from kepu.kernel.working import Hold, Lost, Work
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def row():
    return actions.ask("x", query="", format="csv", total=9, by=factories.user(), now=NOW)


def work(compute, failed=None) -> Work[Export]:
    told = failed if failed is not None else []
    return Work(Export, ("waiting",), compute, lambda hold, reason: told.append(reason))


def raising(error: Exception):
    def compute(hold):
        raise error

    return compute


def carried_out(compute, row) -> list[str]:
    """Why it failed, as far as somebody was told."""
    failed: list[str] = []
    kind = work(compute, failed)
    assert kind.take_up(row.pk, now=NOW)
    kind.work_on(row.pk, taken=NOW)
    return failed


@pytest.mark.parametrize(
    ("error", "reasons"),
    [
        (RuleBroken("too few people"), ["too few people"]),
        (ZeroDivisionError(), ["the computation failed; tell the administrator"]),
        (OperationalError("the database is away"), []),
        (Lost(), []),
    ],
)
def test_a_refusal_is_told_in_its_own_words_and_what_may_go_better_later_is_none(
    row, error, reasons
):
    assert carried_out(raising(error), row) == reasons


def test_a_row_that_was_stopped_cannot_be_written_to(row):
    def stopped_meanwhile(hold):
        hold.keep(done=1)
        Export.objects.update(state="failed", ended_at=NOW)
        with pytest.raises(Lost):
            hold.keep(done=2)

    assert carried_out(stopped_meanwhile, row) == []
    row.refresh_from_db()
    assert row.done == 1


def test_who_was_overtaken_does_not_even_begin(row):
    begun = []
    kind = work(begun.append)
    assert kind.take_up(row.pk, now=NOW)
    assert kind.take_up(row.pk, now=NOW + timedelta(minutes=3))

    kind.work_on(row.pk, taken=NOW)

    assert begun == []


def test_a_sign_of_life_keeps_others_away(row):
    later = NOW + timedelta(minutes=3)
    kind = work(lambda hold: None)
    assert kind.take_up(row.pk, now=NOW)
    assert kind.without_worker(later).exists()

    Export.objects.update(beat_at=later)

    assert not kind.without_worker(later).exists()


def test_the_fourth_worker_gives_up_before_it_begins(row):
    Export.objects.update(tries=3)

    failed = carried_out(raising(AssertionError("begun")), row)

    assert len(failed) == 1
    assert "stopped at it 3 times" in failed[0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("taken_away", [False, True])
def test_signs_of_life_are_given_beside_the_computation_and_end_with_it(monkeypatch, taken_away):
    given = threading.Event()

    def keep(hold):
        given.set()
        if taken_away:
            raise Lost

    monkeypatch.setattr(working, "BEAT", 0)
    monkeypatch.setattr(Hold, "keep", keep)
    before = threading.active_count()

    with Hold(Export(), "waiting", NOW).beating():
        assert given.wait(30)

    assert threading.active_count() == before


def test_inside_a_transaction_no_sign_is_given_which_would_wait_for_that_transaction(monkeypatch):
    monkeypatch.setattr(working, "BEAT", 0)
    monkeypatch.setattr(Hold, "keep", lambda hold: pytest.fail("a sign was given"))
    before = threading.active_count()

    with transaction.atomic(), Hold(Export(), "waiting", NOW).beating():
        assert threading.active_count() == before
