"""A city goes from SQLite to PostgreSQL, all of it or nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from tests.kepu.web.conftest import TABLES, Kepu

pytestmark = [pytest.mark.slow]
on_postgresql = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs a PostgreSQL server"),
]

CITY = """
from datetime import datetime
from kepu.kernel import clock
from kepu.kernel.accounts import actions
from kepu.kernel.accounts.models import Personal
from kepu.kernel.divisions.models import Division
from kepu.kernel.search import actions as search
from kepu.people.models import Skill
home = Division.objects.create(path='50.', level=1, name='示例市')
person = actions.register(Personal('张示例', '13800000001'), home=None, by=None, now=clock.now())
search.index('orders.order', 7, path='50.', title='心肺复苏体验', text='')
Skill.objects.filter(pk=Skill.objects.order_by('pk').first().pk).update(title_zh='本市自定')
"""

LOOK = """
from kepu.kernel.accounts import actions, queries
from kepu.kernel.accounts.models import Personal, User
from kepu.kernel import clock
from kepu.kernel.search import index
from kepu.kernel.search.models import Document
from kepu.people.models import Skill
own = Skill.objects.filter(title_zh='本市自定').count()
print(queries.by_phone('13800000001').name, User.objects.count(), own)
print([d.title for d in index.holding(Document.objects.all(), ['心肺复苏'])])
new = actions.register(Personal('李示例', '13800000002'), home=None, by=None, now=clock.now())
print(new.pk > queries.by_phone('13800000001').pk)
"""


class There(Kepu):
    """The same folder, on the target."""

    url = ""

    def surroundings(self) -> dict[str, str]:
        return {**super().surroundings(), "DATABASE_URL": self.url}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The city before it moves, made once: tables and a process take seconds."""
    city = Kepu(tmp_path_factory.mktemp("built") / "data")
    assert city.python(TABLES).wait() == 0
    assert city.python(CITY).wait() == 0
    return city.data


@pytest.fixture
def here(built, tmp_path):
    return Kepu(Path(shutil.copytree(built, tmp_path / "here")))


@pytest.fixture
def target(here, transactional_db):
    """An empty database, dropped at the end."""
    found = connection.settings_dict
    name = f"{found['NAME']}_moved"
    who = quote(found["USER"]) + (f":{quote(found['PASSWORD'])}" if found["PASSWORD"] else "")
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
        there = There(here.data)
        there.url = f"postgresql://{who}@{found['HOST']}:{found['PORT'] or 5432}/{name}"
        yield there
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def tables(there: There) -> str:
    look = "from django.db import connection\nprint(len(connection.introspection.table_names()))"
    return there.python(look).communicate()[0].strip()


class TestOnPostgresql:
    pytestmark = on_postgresql

    def test_every_row_the_search_and_the_audits_head_come_along_and_new_rows_follow(
        self, here, target
    ):
        head = here("audit", "seal").stdout.splitlines()[-1]

        moved = here("move", "--to", target.url)

        assert moved.returncode == 0, moved.stderr
        assert head in moved.stdout
        assert target("audit", "verify").stdout.splitlines()[-1] == head
        said = target.python(LOOK).communicate()[0].splitlines()
        assert said == ["张示例 1 1", "['心肺复苏体验']", "True"]

    def test_a_kill_in_the_middle_leaves_the_target_empty_and_the_move_is_done_anew(
        self, here, target
    ):
        program = (
            "from kepu.web.commands import move\n"
            "before = move.reset_sequences\n"
            "def wait(kinds):\n"
            "    before(kinds); print('copied', flush=True)\n"
            "    import time; time.sleep(60)\n"
            "move.reset_sequences = wait\n"
            "import argparse\n"
            f"move.run(argparse.Namespace(to={target.url!r}))"
        )
        half = subprocess.Popen(
            [sys.executable, "-c", program],
            env=here.surroundings(),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert half.stdout is not None
        while half.stdout.readline() not in ("copied\n", ""):
            pass
        half.kill()
        half.communicate()

        assert tables(target) == "0"
        moved = here("move", "--to", "-", told=target.url + "\n")
        assert moved.returncode == 0, moved.stderr
        assert target.python(LOOK).communicate()[0].startswith("张示例 1 1")

    def test_the_old_city_is_not_gone_on_with_and_a_second_move_is_refused(self, here, target):
        here("move", "--to", target.url)

        old = here("audit", "head")
        (here.data / "moved-to-postgresql").unlink()
        again = here("move", "--to", target.url)

        assert (old.returncode, "set DATABASE_URL" in old.stderr) == (2, True)
        assert (again.returncode, "not empty" in again.stderr) == (2, True)

    def test_what_does_not_come_out_equal_leaves_the_target_empty(self, here, target):
        touch = (
            "from kepu.kernel.audit.models import Entry\n"
            "from django.db import connection\n"
            "Entry.objects.filter(seq=1).update(verb='person.invented')"
        )
        here("audit", "seal")
        assert here.python(touch).wait() == 0

        moved = here("move", "--to", target.url)

        assert moved.returncode == 2
        assert "not sound" in moved.stderr
        assert tables(target) == "0"
        assert here("audit", "head").returncode == 0


@pytest.mark.parametrize(
    ("url", "words"),
    [("mysql://x", "postgresql://"), ("postgresql://nobody@127.0.0.1:9/x", "cannot be reached")],
)
def test_a_target_that_cannot_be_is_one_sentence(here, url, words):
    moved = here("move", "--to", url)

    assert (moved.returncode, words in moved.stderr) == (2, True)
    assert moved.stderr.count("\n") == 1


def test_the_target_is_told_without_showing_its_password_in_the_list_of_processes(
    here, monkeypatch
):
    url = "postgresql://nobody:secret@127.0.0.1:9/x"
    read = here("move", "--to", "-", told=f"{url}\n")
    nowhere = here("move")
    monkeypatch.setenv("KEPU_MOVE_TO", url)
    named = here("move")

    for done in (read, named):
        assert (done.returncode, "cannot be reached" in done.stderr) == (2, True)
        assert "secret" not in done.stderr
    assert (nowhere.returncode, "KEPU_MOVE_TO" in nowhere.stderr) == (2, True)


def test_a_city_that_is_worked_in_is_not_moved_away_from_under_it(here):
    at_work = here.python(
        "from kepu.web import starting\n"
        "starting.start_city(); print('in', flush=True)\n"
        "import time; time.sleep(60)"
    )
    try:
        assert at_work.stdout.readline() == "in\n"
        moved = here("move", "--to", "postgresql://x@127.0.0.1:1/x")
        beside = here("audit", "seal")
    finally:
        at_work.kill()
        at_work.communicate()
    alone = here("move", "--to", "postgresql://x@127.0.0.1:1/x")

    assert (moved.returncode, "stop it first" in moved.stderr) == (2, True), moved.stderr
    assert beside.returncode == 0, beside.stderr
    assert "cannot be reached" in alone.stderr, "a killed worker holds nothing"


def test_a_city_that_is_not_there_is_not_moved(tmp_path):
    moved = Kepu(tmp_path / "none")("move", "--to", "postgresql://x@127.0.0.1/x")

    assert (moved.returncode, "no city on SQLite" in moved.stderr) == (2, True)


def test_the_demo_is_not_taken_out_and_the_sentence_says_what_to_do(tmp_path):
    done = Kepu(tmp_path / "none")("demo", "--remove")

    assert done.returncode == 2
    assert "empty DATA" in done.stderr
