"""A world that the tests of a file share: it is made once, and what a test does to it is undone.

For files that try many doors of the same world, where making it takes longer than trying a door. The
world stands in a transaction that is never committed, and each test in a savepoint of it; so a file
with tests that commit (`transaction=True`) cannot have one.

    @pytest.fixture(scope="module")
    def made(django_db_setup, django_db_blocker):
        with standing(django_db_blocker, build) as world:
            yield world

    @pytest.fixture
    def world(made, db):
        return deepcopy(made)  # what a test changes in it stays with that test
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime
from typing import Any, TypeVar

import pytest
import time_machine
from django.db import transaction

from kepu.kernel.rulebooks import queries as rulebooks
from tests import factories
from tests.factories import NOW, Loop

World = TypeVar("World")


@contextmanager
def standing(blocker: Any, build: Callable[[], World], now: datetime = NOW) -> Iterator[World]:
    """What `build` makes at a moment, the one that the factories call now; undone at the end."""
    around = transaction.atomic()
    around._from_testcase = True  # as Django's tests say it: what must be outermost may be in here
    rulebooks.forget()
    with blocker.unblock():
        around.__enter__()
    try:
        with blocker.unblock(), time_machine.travel(now, tick=False):
            made = build()
        yield made
    finally:
        with blocker.unblock():
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture(scope="module")
def standing_loop(django_db_setup: None, django_db_blocker: Any) -> Iterator[Loop]:
    with standing(django_db_blocker, factories.loop) as made:
        yield made


@pytest.fixture
def loop(standing_loop: Loop, db: None) -> Loop:
    """Everybody an order meets. A file with tests that commit makes a loop of its own."""
    return deepcopy(standing_loop)
