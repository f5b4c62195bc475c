"""`kepu demo` where a demo city stands: it is built anew, and nothing else is ever emptied."""

from __future__ import annotations

import sqlite3

import pytest

from kepu.web.demo import PEOPLE

pytestmark = pytest.mark.slow

EVERYBODY = """
from kepu.kernel import clock
from kepu.web import actions, demo
for login, name, *_rest in demo.PEOPLE:
    actions.add_account(login, name=name, password="示例-of-a-demo-1", by=None, now=clock.now())
"""
EMPTY = """
from kepu.web import emptying, starting
starting.stay()
emptying.need_nobody_working()
emptying.need_only_demo()
emptying.empty()
from django.db import connection
print(connection.introspection.table_names())
"""


@pytest.fixture
def city(kepu):
    """An installation that counts as a whole demo city, with a file that somebody sent in."""
    assert kepu.python(EVERYBODY).wait() == 0
    (kepu.data / "files").mkdir(exist_ok=True)
    (kepu.data / "files" / "picture").write_text("示例")
    return kepu


def people(city) -> int:
    with sqlite3.connect(city.data / "kepu.sqlite3") as database:
        return database.execute("SELECT count(*) FROM accounts_user").fetchone()[0]


def test_a_demo_city_is_emptied_of_rows_and_files_and_keeps_its_keys(city):
    key = (city.data / "keys" / "master").read_bytes()

    done = city.python(EMPTY)

    assert done.communicate()[0] == "[]\n"
    assert not (city.data / "files").exists()
    assert (city.data / "keys" / "master").read_bytes() == key


def test_it_is_asked_first_and_on_a_pipe_nothing_is_done_without_yes(city):
    refused = city("demo")

    assert refused.returncode == 2
    assert "all that was done in it will be gone" in refused.stdout
    assert "--yes" in refused.stderr
    assert people(city) == len(PEOPLE)
    assert not (city.data / "being-set-up.json").exists()


def test_where_somebody_else_has_registered_nothing_is_emptied(city):
    city("user", "add", "zhang", "--name", "张示例")

    refused = city("demo", "--yes")

    assert (refused.returncode, "1 registered here since" in refused.stderr) == (2, True)
    assert people(city) == len(PEOPLE) + 1
    assert (city.data / "files" / "picture").exists()


@pytest.mark.parametrize("login", ["zhang", PEOPLE[-1][0]], ids=["another", "one of the demo"])
def test_a_city_that_is_no_demo_is_not_touched_and_goes_on_being_served(kepu, login):
    kepu("user", "add", login, "--name", "张示例")

    refused = kepu("demo", "--yes")

    assert refused.returncode == 2
    assert "people are registered here already" in refused.stderr
    assert people(kepu) == 1
    assert not (kepu.data / "being-set-up.json").exists()


def test_a_city_older_than_this_kepu_is_neither_migrated_nor_taken_from_its_visitors(kepu):
    kepu("user", "add", "zhang", "--name", "张示例")
    newest = "DELETE FROM django_migrations WHERE app = 'search' AND name = '0003_places'"
    count = "SELECT count(*) FROM django_migrations"
    with sqlite3.connect(kepu.data / "kepu.sqlite3") as database:
        database.execute(newest)
        [(before,)] = database.execute(count).fetchall()

    refused = kepu("demo", "--yes")

    assert (refused.returncode, "start `kepu run` once" in refused.stderr) == (2, True)
    assert not (kepu.data / "being-set-up.json").exists()
    with sqlite3.connect(kepu.data / "kepu.sqlite3") as database:
        assert database.execute(count).fetchall() == [(before,)]


def test_while_kepu_runs_there_nothing_is_emptied(city):
    at_work = city.python(
        "from kepu.web import starting\n"
        "starting.start_city(); print('in', flush=True)\n"
        "import time; time.sleep(60)"
    )
    try:
        assert at_work.stdout.readline() == "in\n"
        refused = city("demo", "--yes")
    finally:
        at_work.kill()
        at_work.communicate()

    assert (refused.returncode, "stop it first" in refused.stderr) == (2, True), refused.stderr
    assert people(city) == len(PEOPLE)
