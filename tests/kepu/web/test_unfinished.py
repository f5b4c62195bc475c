"""The demo city is loaded in parts: others read meanwhile, and what a kill leaves is begun anew."""

from __future__ import annotations

import sqlite3

import pytest
from benchmarks.places import free_port

from kepu.kernel.errors import BadInput
from kepu.web import starting, unfinished
from kepu.web.demo import PEOPLE

pytestmark = pytest.mark.slow

# A demo of two parts; the second one never ends.
HALF = """
import time
from kepu.kernel import clock
from kepu.web import actions, demo, starting
from kepu.web.progress import Progress

def first():
    login, name = demo.PEOPLE[0][:2]
    actions.add_account(login, name=name, password="示例-of-a-demo-1", by=None, now=clock.now())

def second():
    print("half", flush=True)
    time.sleep(120)

demo._steps = lambda city, bar: ((1, first), (1, second))
starting.stay()
starting.put_up_notice()
demo.build(Progress())
"""
# `kepu demo` where the divisions need not be loaded, and everybody comes in one part.
AGAIN = """
import argparse
from kepu.kernel import clock
from kepu.web import actions, demo, frame
from kepu.web.commands import demo as command

def everybody():
    for login, name, *_rest in demo.PEOPLE:
        actions.add_account(login, name=name, password="示例-of-a-demo-1", by=None, now=clock.now())

frame.complete = lambda: True
demo._steps = lambda city, bar: ((1, everybody),)
command.run(argparse.Namespace(remove=False, yes=False))
"""


def people(city) -> int:
    with sqlite3.connect(city.data / "kepu.sqlite3") as database:
        return database.execute("SELECT count(*) FROM accounts_user").fetchone()[0]


@pytest.fixture
def loading(kepu):
    """A city in which a demo is being loaded, and the process that does it."""
    process = kepu.python(HALF)
    assert process.stdout.readline() == "half\n"
    yield kepu, process
    end(process)


def end(process) -> None:
    """Without a word, as a power cut would; and once."""
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.fixture
def half(loading):
    """A city in which a demo was being loaded when the process was killed."""
    city, process = loading
    end(process)
    return city


def test_while_it_is_loaded_another_process_reads_what_is_done(loading):
    city, _process = loading

    looked = city("check")

    assert people(city) == 1
    assert "a demo city was begun and not finished" in looked.stdout


def test_a_second_loading_beside_the_first_is_refused_and_takes_nothing(loading):
    city, process = loading

    refused = city("demo", "--yes")

    assert (refused.returncode, "Kepu is running here" in refused.stderr) == (2, True)
    assert (people(city), process.poll()) == (1, None)


def test_half_a_city_is_not_served(half):
    refused = half("run", "--port", free_port())

    assert refused.returncode == 2
    assert "half a city is not served" in refused.stderr
    assert people(half) == 1


@pytest.mark.parametrize(
    "words",
    [("user", "add", "zhang", "--name", "张示例"), ("worker", "--once"), ("backup", "copy.tar.gz")],
    ids=lambda words: words[0],
)
def test_nobody_writes_into_half_a_city_nor_keeps_a_copy_of_it(half, tmp_path, words):
    refused = half(*(tmp_path / word if word.endswith(".gz") else word for word in words))

    assert (refused.returncode, "not finished" in refused.stderr) == (2, True), refused.stderr
    assert people(half) == 1
    assert not (tmp_path / "copy.tar.gz").exists()


def test_half_a_city_is_emptied_and_begun_anew_which_is_said(half):
    key = (half.data / "keys" / "master").read_bytes()

    said = half.python(AGAIN).communicate()[0]

    assert "what there is of it is emptied, and it is begun anew" in said
    assert people(half) == len(PEOPLE)
    assert (half.data / "keys" / "master").read_bytes() == key
    left = {file.name for file in half.data.iterdir()}
    assert left.isdisjoint({"demo-not-finished", "being-set-up.json"})


def test_what_was_left_in_another_database_empties_nothing_here(half):
    (half.data / "demo-not-finished").write_text("postgresql elsewhere 5432 kepu")

    refused = half("demo", "--yes")

    assert (refused.returncode, "stands in another database" in refused.stderr) == (2, True)
    assert people(half) == 1


def test_a_mark_is_put_down_once(tmp_path, monkeypatch):
    monkeypatch.setattr(starting, "data", lambda: tmp_path)
    unfinished.begin()

    with pytest.raises(BadInput, match="another process loads the demo city"):
        unfinished.begin()

    unfinished.end()
    assert not unfinished.stands()
