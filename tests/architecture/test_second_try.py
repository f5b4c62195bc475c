"""What `make test` runs: only a browser gets a second try, and what needs no database is run once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tools import testing

ROOT = Path(__file__).resolve().parents[2]

BROWSER = "tests/journeys/test_offline.py::test_one"
OURS = "tests/kepu/orders/test_states.py::test_one"


@pytest.mark.parametrize(
    ("failed", "second", "code"),
    [
        ([BROWSER], 0, 0),
        ([BROWSER], 1, 1),
        ([OURS], 0, 1),
        ([BROWSER, OURS], 0, 1),
        ([f"{BROWSER}[{n}]" for n in range(4)], 0, 1),
        ([], 0, 1),
    ],
)
def test_what_failed_is_tried_again_only_where_a_browser_is_driven(
    monkeypatch, failed, second, code
):
    answers = iter([1, second])
    monkeypatch.setattr(testing, "run", lambda _words: next(answers))
    monkeypatch.setattr(testing, "failed", lambda: failed)

    assert testing.main([]) == code


def test_a_run_that_was_broken_off_is_not_tried_again(monkeypatch):
    answers = iter([2])
    monkeypatch.setattr(testing, "run", lambda _words: next(answers))
    monkeypatch.setattr(testing, "failed", lambda: [BROWSER])

    assert testing.main([]) == 2


@pytest.mark.parametrize(
    ("url", "words", "some"),
    [
        ("", [], False),
        ("postgresql://kepu@localhost/kepu", [], True),
        ("postgresql://kepu@localhost/kepu", ["-x"], True),
        ("postgresql://kepu@localhost/kepu", ["tests/kepu_engines"], False),
    ],
)
def test_on_postgresql_what_needs_no_database_is_left_out_unless_it_is_named(
    monkeypatch, url, words, some
):
    monkeypatch.setenv("DATABASE_URL", url)

    assert bool(testing.left_out(words)) == some


def test_nothing_that_is_left_out_there_asks_for_the_database_of_the_test():
    asks = re.compile(r"\b(django_db|transactional_db|live_server)\b|\(.*\bdb\b.*\):")
    files = [
        file for path in testing.WITHOUT_DATABASE for file in [ROOT / path, *(ROOT / path).rglob("*.py")]
    ]  # fmt: skip

    assert all((ROOT / path).exists() for path in testing.WITHOUT_DATABASE)
    assert [str(f) for f in files if f.is_file() and asks.search(f.read_text())] == []


def test_pages_that_are_looked_at_once_are_all_answered_there_too(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://kepu@127.0.0.1/kepu")
    again = "tests/journeys/test_every_page_in_english.py"

    assert set(testing.LOOKS) <= set(testing.left_out([]))
    assert again not in testing.left_out([])
    for file in (*testing.LOOKS, again):
        assert "town.SIGHTS" in (ROOT / file).read_text()
