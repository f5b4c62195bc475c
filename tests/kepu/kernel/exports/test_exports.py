"""Long tables: made outside a transaction, begun again after a kill, forgotten after a week."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from kepu.kernel.accounts.actions import erasure
from kepu.kernel.accounts.models import User
from kepu.kernel.audit.models import Entry
from kepu.kernel.exports import actions, queries
from kepu.kernel.exports.models import Export
from kepu.kernel.exports.registry import SOURCES, Source, Table
from kepu.kernel.facts import worker
from kepu.kernel.working import Hold, Work
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


def make(export: Export, taken: datetime = NOW) -> Export:
    assert actions.TABLES.take_up(export.pk, now=taken)
    actions.TABLES.work_on(export.pk, taken=taken)
    export.refresh_from_db()
    return export


def erase(person) -> None:
    erasure.erase(person, by=person, now=NOW)
    worker.work_off(NOW)


def test_a_table_tells_how_far_it_is_while_it_is_made(source, monkeypatch):
    export, told = ask(), []
    keep = Hold.keep
    monkeypatch.setattr(
        Hold, "keep", lambda hold, **also: told.append(also.get("done")) or keep(hold, **also)
    )

    make(export)

    assert told == [None, 1_000, 2_000, 2_500]
    assert (export.state, export.done, export.total) == ("ready", 2_500, 2_500)
    assert queries.file_of(export).read_text("utf-8-sig").split() == ["n", *map(str, range(2_500))]


def test_a_table_that_cannot_be_made_is_failed_and_leaves_no_file(source):
    export = make(ask("broken"))

    assert export.state == "failed"
    assert not queries.file_of(export).exists()


def test_one_of_two_makers_takes_it_and_a_silent_one_is_replaced(source):
    export = ask()

    assert actions.TABLES.take_up(export.pk, now=NOW)
    assert not actions.TABLES.take_up(export.pk, now=NOW + timedelta(minutes=1))
    assert actions.TABLES.take_up(export.pk, now=NOW + timedelta(minutes=3))


def test_the_worker_begins_when_the_delivery_is_committed(
    source, monkeypatch, django_capture_on_commit_callbacks
):
    begun = []
    monkeypatch.setattr(Work, "start", lambda _work, *told: begun.append(told))
    export = ask()

    with django_capture_on_commit_callbacks(execute=True):
        worker.work_off(NOW)

    assert begun == [(export.pk, NOW)]


def test_after_a_week_row_and_file_are_gone(source):
    export = make(ask())
    file = queries.file_of(export)

    assert actions.forget(by=None, now=export.ended_at + timedelta(days=6)) == 0
    assert file.exists()
    assert actions.forget(by=None, now=export.ended_at + timedelta(days=8)) == 1
    assert not file.exists()
    assert not Export.objects.exists()


# --- makers that die, and people that are erased --------------------------------------------------


class Killed(BaseException):
    """The worker is gone, without a word."""


def killed(person, query, now):
    raise Killed


def test_an_export_that_kills_every_maker_is_given_up(source, monkeypatch):
    export = ask()
    with monkeypatch.context() as patch:
        patch.setitem(SOURCES, "numbers", Source("numbers", "Numbers", killed))
        for _ in range(3):
            Export.objects.update(state="waiting", begun_at=None)
            with pytest.raises(Killed):
                make(export)
    Export.objects.update(state="waiting", begun_at=None)

    assert make(export).state == "failed"


def test_a_maker_that_was_only_slow_writes_nothing_once_another_has_the_export(source, monkeypatch):
    export, write = ask(), actions.write_file

    def overtaken(*given):
        rows = write(*given)
        with monkeypatch.context() as patch:
            patch.setattr(actions, "write_file", write)
            Export.objects.update(beat_at=NOW)
            make(export, NOW + timedelta(minutes=3))
            queries.file_of(export).write_text("the second maker's")
        return rows

    monkeypatch.setattr(actions, "write_file", overtaken)
    make(export)

    assert queries.file_of(export).read_text() == "the second maker's"
    assert Entry.objects.filter(verb="export.ready").count() == 1
    assert [one.name for one in queries.folder().glob(f"{export.key}*")] == [f"{export.key}.csv"]


@pytest.fixture
def volunteers(monkeypatch):
    def table(person, query, now):
        found = User.objects.order_by("pk")
        return Table(["name"], 1, ([one.personal.name] for one in found), personal=query == "")

    monkeypatch.setitem(SOURCES, "numbers", Source("numbers", "Volunteers", table))
    monkeypatch.setattr(Work, "start", lambda *told: None)


def test_a_table_that_names_an_erased_person_is_made_anew_without_them(
    volunteers, django_capture_on_commit_callbacks
):
    gone = factories.user("要走的人")
    export = make(ask())
    assert "要走的人" in queries.file_of(export).read_text("utf-8-sig")

    erase(gone)

    assert not queries.file_of(export).exists()
    export.refresh_from_db()
    actions.TABLES.work_on(export.pk, taken=export.begun_at)
    export.refresh_from_db()
    assert export.state == "ready"
    assert "要走的人" not in queries.file_of(export).read_text("utf-8-sig")


def test_a_maker_that_read_an_erased_person_before_the_end_hands_nothing_out(
    volunteers, monkeypatch
):
    gone, export, write = factories.user("要走的人"), ask(), actions.write_file

    def erased_meanwhile(*given):
        rows = write(*given)
        erase(gone)
        return rows

    monkeypatch.setattr(actions, "write_file", erased_meanwhile)
    assert actions.TABLES.take_up(export.pk, now=NOW - timedelta(minutes=1))
    actions.TABLES.work_on(export.pk, taken=NOW - timedelta(minutes=1))

    assert not list(queries.folder().glob(f"{export.key}*"))


def test_a_table_without_names_stays_and_the_erased_persons_own_goes(volunteers):
    gone = factories.user()
    others, own = make(ask("no names")), ask("no names")
    Export.objects.filter(pk=own.pk).update(asked_by=gone)
    make(own)

    erase(gone)

    others.refresh_from_db()
    assert (others.state, queries.file_of(others).exists()) == ("ready", True)
    assert not Export.objects.filter(pk=own.pk).exists()
    assert not queries.file_of(own).exists()
