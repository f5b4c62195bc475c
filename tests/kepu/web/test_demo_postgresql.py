"""`kepu demo` on PostgreSQL: Kepu's own tables go, other programs' stay, and nobody who came in is lost."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest
from django.db import connection

from kepu.web.demo import PEOPLE
from tests.kepu.web.conftest import TABLES
from tests.kepu.web.test_backup_postgresql import OnPostgresql
from tests.kepu.web.test_demo_again import EMPTY, EVERYBODY
from tests.kepu.web.test_unfinished import AGAIN, HALF

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs a PostgreSQL server"),
]

ASK = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute({statement!r})
    print(cursor.fetchall() if cursor.description else "done")
"""


def ask(city: OnPostgresql, statement: str) -> str:
    return city.python(ASK.format(statement=statement)).communicate()[0].strip()


def people(city: OnPostgresql) -> str:
    return ask(city, "SELECT count(*) FROM accounts_user")


@pytest.fixture
def city(tmp_path):
    """A database of its own that counts as a whole demo city, dropped at the end."""
    here = OnPostgresql(tmp_path / "demo")
    name = f"{connection.settings_dict['NAME']}_demo"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
        assert here.python(TABLES).wait() == 0
        assert here.python(EVERYBODY).wait() == 0
        yield here
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_tables_of_other_programs_stay_and_the_city_is_made_anew_beside_them(city):
    assert ask(city, "CREATE TABLE elsewhere AS SELECT 7 AS told") == "done"

    left = city.python(EMPTY).communicate()[0]

    assert left == "['elsewhere']\n"
    assert city.python(TABLES).wait() == 0
    assert ask(city, "SELECT told FROM elsewhere") == "[(7,)]"
    assert people(city) == "[(0,)]"


def test_what_leans_on_a_table_of_kepu_stops_it_and_the_city_is_served_on(city):
    assert ask(city, "CREATE VIEW names AS SELECT login FROM accounts_user") == "done"

    refused = city("demo", "--yes")

    assert (refused.returncode, "view names depends on" in refused.stderr) == (2, True)
    assert people(city) == f"[({len(PEOPLE)},)]"
    assert not (city.data / "being-set-up.json").exists()


def test_who_registers_while_a_person_thinks_about_it_is_not_lost(city):
    ours, theirs = pty.openpty()
    asked = subprocess.Popen(
        [sys.executable, "-m", "kepu.web.shell", "demo"],
        env=city.surroundings(), stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.close(theirs)  # so that reading ends when the process does
    heard = b""
    while b"will be gone" not in heard:
        heard += os.read(ours, 1024)
    assert city("user", "add", "zhang", "--name", "张示例").returncode == 0
    os.write(ours, b"y\n")
    said = asked.communicate(timeout=120)[1]
    os.close(ours)

    assert (asked.returncode, "1 registered here since" in said) == (2, True), said
    assert people(city) == f"[({len(PEOPLE) + 1},)]"
    assert not (city.data / "being-set-up.json").exists()


def test_half_a_demo_city_is_emptied_and_begun_anew(city):
    assert city.python(EMPTY).communicate()[0] == "[]\n"
    assert city.python(TABLES).wait() == 0
    loading = city.python(HALF)
    assert loading.stdout.readline() == "half\n"
    assert people(city) == "[(1,)]", "others read what is done"
    loading.kill()
    loading.communicate()

    said = city.python(AGAIN).communicate()[0]

    assert "it is begun anew" in said
    assert people(city) == f"[({len(PEOPLE)},)]"
    assert not (city.data / "demo-not-finished").exists()
