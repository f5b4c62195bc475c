"""Fixtures for everybody."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.contrib.contenttypes.management import create_contenttypes
from django.core.servers.basehttp import WSGIRequestHandler
from django.db.models.signals import post_migrate
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test.testcases import _StaticFilesHandler
from django.utils import translation

from kepu.kernel.clock import BEIJING
from kepu.kernel.migrating import only_what_is_new
from tests.emptying import emptying

# What takes longest, by file or folder. It begins first: begun last, it would keep one process busy
# while the others have nothing left to do.
LONG = (
    "tests/journeys/test_every_page.py",
    "tests/journeys/test_every_page_in_english.py",
    "tests/architecture/test_endpoints.py",
    "tests/architecture/test_hostile_browser.py",
    "tests/architecture/test_tokens.py",
    "tests/journeys/",
    "tests/strain/",
    "tests/kepu/web/test_demo_city.py",
    "tests/kepu/web/test_api_fuzz.py",
    "tests/kepu/web/test_backup.py",
    "tests/kepu/web/test_move.py",
    "tests/kepu/web/test_shell.py",
    "tests/kepu/ui/test_in_a_browser.py",
    "tests/kepu/orders/test_plans_by_the_worker.py",
    "tests/kepu/literacy/run/",
    "tests/kepu_engines/",
)

NOW = datetime(2026, 3, 5, 10, 0, tzinfo=BEIJING)  # a Thursday, a working day


def pytest_configure() -> None:
    """Nothing that is loaded before the first test goes away: the collector need not look for it."""
    gc.disable()


def pytest_collection_finish() -> None:
    """It begins with the tests, and never looks again at what they find loaded."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long first; the rest keeps the order it was shuffled into."""

    def place(item: pytest.Item) -> int:
        found = (at for at, name in enumerate(LONG) if item.nodeid.startswith(name))
        return next(found, len(LONG))

    items.sort(key=place)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Every test begins in English: a page asked for by another test may have left its own language."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """Tables are made quickly; what is made is the same, see tests/kepu/kernel/test_migrating.py."""
    with only_what_is_new():
        yield


@pytest.fixture(scope="session", autouse=True)
def _only_what_is_filled_is_emptied() -> Iterator[None]:
    """Neither are rights and types of content, which nothing of ours asks for, written after each test."""
    patch = pytest.MonkeyPatch()
    emptying(patch)
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def _a_server_that_answers_at_once() -> Iterator[None]:
    """Django's live server sends the head of an answer apart, and its body waits 40 ms to be asked for.

    What is static it has no browser keep: every page would ask for all of it again.
    """
    patch = pytest.MonkeyPatch()
    patch.setattr(WSGIRequestHandler, "disable_nagle_algorithm", True)
    serve = _StaticFilesHandler.serve

    def kept(self: _StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
        answer = serve(self, request)
        answer.setdefault("Cache-Control", "max-age=3600")
        return answer

    patch.setattr(_StaticFilesHandler, "serve", kept)
    yield
    patch.undo()


LEDGERS = ("people_entry", "venues_contribution", "venues_subsidy")


@pytest.fixture(autouse=True)
def emptied_ledger(request: pytest.FixtureRequest) -> Iterator[None]:
    """Lift the guards of ledgers while a test without a transaction is cleaned up.

    SQLite empties tables by DELETE, which the guards refuse; PostgreSQL truncates, past its guards.
    """
    marker = request.node.get_closest_marker("django_db")
    alone = marker is not None and marker.kwargs.get("transaction")
    if not alone and "transactional_db" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM people_certificate")
            for table in LEDGERS:
                guard = f"SELECT sql FROM sqlite_master WHERE name = '{table}_no_delete'"
                (again,) = cursor.execute(guard).fetchone()
                cursor.execute(f"DROP TRIGGER {table}_no_delete")
                cursor.execute(f"DELETE FROM {table} WHERE corrects_id IS NOT NULL")
                cursor.execute(f"DELETE FROM {table}")
                cursor.execute(again)


@pytest.fixture(autouse=True)
def _no_rulebooks_of_another_test() -> None:
    """What is in force on a day is kept by the process, but each test has a history of its own."""
    from kepu.kernel.rulebooks import queries as rulebooks

    rulebooks.forget()


@pytest.fixture(autouse=True)
def _nothing_spent_by_another_test() -> None:
    """What a caller has used of a minute is kept by the process, and every test has the same minute."""
    from kepu.kernel.api import limits

    limits._purses.clear()
