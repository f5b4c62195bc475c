"""Writers queue before SQLite's write lock: in order, with an end, and through a kill."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import pytest
from django.db import OperationalError, connections, transaction

from kepu.config.sqlite3.base import DatabaseWrapper
from kepu.config.sqlite3.queue import Door, Line, TooLong

SOON = 5.0


def wrapper(path, patience: float = SOON) -> DatabaseWrapper:
    settings = connections.configure_settings(
        {
            "default": {
                "ENGINE": "kepu.config.sqlite3",
                "NAME": str(path),
                "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": patience},
            }
        }
    )
    return DatabaseWrapper(settings["default"], "queued")


@pytest.fixture
def open_city(tmp_path, monkeypatch, django_db_blocker):
    """Connections to one file, each as a thread has it; `atomic` finds them by an alias."""
    path = tmp_path / "city.sqlite3"
    with sqlite3.connect(path) as plain:
        plain.execute("PRAGMA journal_mode=WAL")
        plain.execute("CREATE TABLE deed (who TEXT)")

    def connect(patience: float = SOON) -> DatabaseWrapper:
        found = wrapper(path, patience)
        connections["queued"] = found
        return found

    monkeypatch.setitem(connections.settings, "queued", connections.settings["default"])
    with django_db_blocker.unblock():
        yield path, connect
        if hasattr(connections._connections, "queued"):
            connections["queued"].close()
            del connections["queued"]


def deeds(path) -> list[str]:
    with sqlite3.connect(path) as plain:
        return [who for (who,) in plain.execute("SELECT who FROM deed ORDER BY rowid")]


def test_threads_are_served_in_the_order_they_came():
    line, order = Line(), []

    def work(name: int) -> None:
        with line.turn(time.monotonic() + SOON):
            order.append(name)

    with line.turn(time.monotonic() + SOON):
        threads = []
        for name in range(5):
            threads.append(threading.Thread(target=work, args=[name]))
            threads[-1].start()
            while len(line._waiting) <= name:
                time.sleep(0.001)
    for thread in threads:
        thread.join(SOON)

    assert order == [0, 1, 2, 3, 4]


def test_who_waited_too_long_leaves_the_line_and_the_next_is_served():
    line = Line()

    with line.turn(time.monotonic() + SOON):
        with pytest.raises(TooLong), line.turn(time.monotonic() + 0.01):
            pass
        assert not line._waiting

    with line.turn(time.monotonic() + 0.01):
        pass


class Alarm(BaseException):
    """What a signal's handler raises, wherever the thread is."""


@pytest.fixture
def alarm():
    def ring(*_signal) -> None:
        raise Alarm

    before = signal.signal(signal.SIGALRM, ring)
    yield lambda: signal.setitimer(signal.ITIMER_REAL, 0.05)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_who_is_torn_out_of_the_line_leaves_no_gap_in_it(tmp_path, alarm):
    door, held, go = Door(str(tmp_path / "city")), threading.Event(), threading.Event()

    def hold() -> None:
        with door.turn(time.monotonic() + SOON):
            held.set()
            go.wait(SOON)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(SOON)

    alarm()
    with pytest.raises(Alarm), door.turn(time.monotonic() + SOON):
        pass
    go.set()
    holder.join(SOON)

    with door.turn(time.monotonic() + 0.5):
        pass


def test_who_is_torn_away_from_the_door_leaves_the_line_open(tmp_path, alarm):
    path = str(tmp_path / "city")
    stranger, door = Door(path), Door(path)  # two files: as of two processes

    with stranger.turn(time.monotonic() + SOON):
        alarm()
        with pytest.raises(Alarm), door.turn(time.monotonic() + SOON):
            pass

    with door.turn(time.monotonic() + 0.5):
        pass


def test_who_is_torn_away_in_the_moment_of_being_called_passes_the_turn_on():
    class Torn(Line):
        def _enter(self, place, deadline):
            super()._enter(place, deadline)
            raise Alarm

    line = Torn()
    with pytest.raises(Alarm), line.turn(time.monotonic() + SOON):
        pass

    assert line._served is None


def test_a_failure_at_the_door_leaves_it_open(tmp_path):
    door = Door(str(tmp_path / "city"))

    with pytest.raises(ZeroDivisionError), door.turn(time.monotonic() + SOON):
        raise ZeroDivisionError

    with door.turn(time.monotonic() + 0.01):
        pass


HOLDER = """
import sys, time
from kepu.config.sqlite3.queue import Door
with Door(sys.argv[1]).turn(time.monotonic() + 5):
    print("inside", flush=True)
    time.sleep(60)
"""


@pytest.mark.slow
def test_a_killed_process_frees_the_door(tmp_path):
    path = str(tmp_path / "city")
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, path], stdout=subprocess.PIPE)
    assert holder.stdout
    assert holder.stdout.readline() == b"inside\n"
    door = Door(path)
    with pytest.raises(TooLong), door.turn(time.monotonic() + 0.05):
        pass

    os.kill(holder.pid, signal.SIGKILL)
    holder.communicate()

    with door.turn(time.monotonic() + SOON):
        pass


@pytest.mark.slow
def test_threads_write_one_after_the_other_and_nothing_is_lost(open_city):
    path, connect = open_city
    failed = []

    def work(name: str) -> None:
        city = connect()
        try:
            for _turn in range(10):
                with transaction.atomic(using="queued"), city.cursor() as cursor:
                    (before,) = cursor.execute("SELECT count(*) FROM deed").fetchone()
                    with transaction.atomic(using="queued"):  # nested: a savepoint, no second turn
                        cursor.execute("INSERT INTO deed VALUES (%s)", [f"{name} {before}"])
        except Exception as error:
            failed.append(error)
        finally:
            city.close()

    threads = [threading.Thread(target=work, args=[str(n)]) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert failed == []
    assert [int(who.split()[1]) for who in deeds(path)] == list(range(60))


def test_a_writer_that_does_not_queue_is_waited_for(open_city):
    path, connect = open_city
    city = connect()
    stranger = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    stranger.execute("BEGIN IMMEDIATE")
    threading.Timer(0.05, stranger.execute, ["COMMIT"]).start()

    with transaction.atomic(using="queued"), city.cursor() as cursor:
        cursor.execute("INSERT INTO deed VALUES ('me')")

    assert deeds(path) == ["me"]
    stranger.close()


@pytest.mark.slow
def test_a_single_statement_is_served_beside_writers_that_queue_without_a_pause(open_city):
    _path, connect = open_city
    over = threading.Event()

    def go_on() -> None:
        city = connect()
        while not over.is_set():
            with transaction.atomic(using="queued"), city.cursor() as cursor:
                cursor.execute("INSERT INTO deed VALUES ('again')")
                time.sleep(0.002)
        city.close()

    busy = [threading.Thread(target=go_on) for _ in range(4)]
    for thread in busy:
        thread.start()
    city, took = connect(), []
    for _turn in range(5):
        began = time.monotonic()
        with city.cursor() as cursor:
            cursor.execute("UPDATE deed SET who = 'me' WHERE rowid = 1")
        took.append(time.monotonic() - began)
    over.set()
    for thread in busy:
        thread.join(SOON)

    assert max(took) < SOON / 2


@pytest.mark.slow
def test_who_waits_leaves_its_forgotten_cursors_to_be_closed_by_the_writer_it_waits_for(open_city):
    """Python's collector closes them in whichever thread it runs."""
    path, connect = open_city
    forgotten, waits, done = [], threading.Event(), threading.Event()

    def wait() -> None:
        city = connect()
        city.ensure_connection()
        forgotten.append(city.connection.execute("SELECT who FROM deed UNION SELECT 'not read'"))
        waits.set()
        with city.cursor() as cursor:
            cursor.execute("UPDATE deed SET who = 'the next' WHERE rowid = 1")
        done.set()
        city.close()

    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    waiter = threading.Thread(target=wait)
    waiter.start()
    waits.wait(SOON)
    time.sleep(0.2)  # by now SQLite itself would be asleep for long
    forgotten.clear()
    writer.execute("COMMIT")
    writer.close()

    assert done.wait(SOON / 2)
    waiter.join(SOON)


def test_after_the_limit_the_error_says_what_is_the_matter(open_city):
    path, connect = open_city
    connect(patience=0.03)
    stranger = sqlite3.connect(path, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")

    with (
        pytest.raises(OperationalError, match=r"0\.03 seconds: another program holds it"),
        transaction.atomic(using="queued"),
    ):
        pass

    stranger.execute("COMMIT")
    stranger.close()
    with transaction.atomic(using="queued"):  # whoever was turned away comes again
        pass


def test_reading_waits_for_nobody(open_city):
    path, connect = open_city
    city = connect(patience=0.03)
    stranger = sqlite3.connect(path, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    stranger.execute("INSERT INTO deed VALUES ('not yet')")

    with city.cursor() as cursor:
        (seen,) = cursor.execute("SELECT count(*) FROM deed").fetchone()

    assert seen == 0
    stranger.execute("ROLLBACK")
    stranger.close()


def test_what_fails_inside_frees_the_lock_for_the_next(open_city):
    path, connect = open_city
    city = connect()

    def fail() -> None:
        with transaction.atomic(using="queued"):
            city.cursor().execute("INSERT INTO deed VALUES ('undone')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    with sqlite3.connect(path, timeout=0) as stranger:
        stranger.execute("INSERT INTO deed VALUES ('next')")
    assert deeds(path) == ["next"]
