"""Long tables: made outside a transaction, begun again after a kill, forgotten after a week."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kepu.kernel.exports import actions, listeners, queries
from kepu.kernel.exports.models import Export
from kepu.kernel.exports.registry import SOURCES, Source, Table
from kepu.kernel.facts import worker
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(monkeypatch):
    def table(person, query, now):
        if query == "broken":
            raise LookupError("no such thing")
        return Table(["n"], 2_500, ([n] for n in range(2_500)))

    monkeypatch.setitem(SOURCES, "numbers", Source("numbers", "Numbers", table))


def ask(query: str = "") -> Export:
    return actions.ask("numbers", query=query, format="csv", total=9, by=factories.user(), now=NOW)


def test_a_table_tells_how_far_it_is_while_it_is_made(source, monkeypatch):
    export, told = ask(), []
    monkeypatch.setattr(actions, "_tell", lambda _export, done: told.append(done))

    actions.make(export.pk)

    export.refresh_from_db()
    assert told == [1_000, 2_000]
    assert (export.state, export.done, export.total) == ("ready", 2_500, 2_500)
    assert queries.file_of(export).read_text("utf-8-sig").split() == ["n", *map(str, range(2_500))]


def test_a_table_that_cannot_be_made_is_failed_and_leaves_no_file(source):
    export = ask("broken")

    actions.make(export.pk)

    export.refresh_from_db()
    assert export.state == "failed"
    assert not queries.file_of(export).exists()


def test_one_of_two_makers_takes_it_and_a_silent_one_is_replaced(source):
    export = ask()

    assert actions.take_up(export.pk, now=NOW)
    assert not actions.take_up(export.pk, now=NOW + timedelta(minutes=1))
    assert actions.take_up(export.pk, now=NOW + timedelta(minutes=3))


def test_the_worker_begins_when_the_delivery_is_committed(
    source, monkeypatch, django_capture_on_commit_callbacks
):
    begun = []
    monkeypatch.setattr(listeners, "start", begun.append)
    export = ask()

    with django_capture_on_commit_callbacks(execute=True):
        worker.work_off(NOW)

    assert begun == [export.pk]


def test_after_a_week_row_and_file_are_gone(source):
    export = ask()
    actions.make(export.pk)
    export.refresh_from_db()
    file = queries.file_of(export)

    assert actions.forget(by=None, now=export.ended_at + timedelta(days=6)) == 0
    assert file.exists()
    assert actions.forget(by=None, now=export.ended_at + timedelta(days=8)) == 1
    assert not file.exists()
    assert not Export.objects.exists()
