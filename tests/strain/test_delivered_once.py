"""A listener's effect and the mark that it was done stand or fall together."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Count

from kepu.kernel import clock
from kepu.kernel.audit.models import Entry
from kepu.kernel.facts.catalogue import OrderMoved, to_data
from kepu.kernel.facts.models import Delivery, Happening
from tests.strain.conftest import City

pytestmark = pytest.mark.slow

LISTENER = "__main__.leave_a_mark"


def _facts(count: int) -> None:
    fact = OrderMoved(at=clock.now(), order_id=0, verb="place", state="placed")
    happenings = Happening.objects.bulk_create(
        Happening(name="OrderMoved", at=fact.at, data=to_data(fact)) for _ in range(count)
    )
    Delivery.objects.bulk_create(
        Delivery(fact=happening, listener=LISTENER, due_at=fact.at) for happening in happenings
    )


def _worker(city: City, ready: Path, pause: float = 0, limit: int = 1) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "tests.strain.listening", str(pause), str(ready), str(limit)]
    return city.start(words)


def _wait_for(*files: Path) -> None:
    deadline = time.monotonic() + 60
    while not all(file.exists() for file in files):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _marks() -> dict[str, int]:
    rows = Entry.objects.filter(verb="strain.mark").values_list("object_id")
    return dict(rows.annotate(n=Count("pk")).order_by())


def test_a_worker_killed_between_effect_and_mark_leaves_no_double_effect(city, tmp_path):
    _facts(1)
    ready = tmp_path / "ready"
    slow = _worker(city, ready, pause=60)
    _wait_for(ready)

    city.kill(slow)
    before = _marks()
    Delivery.objects.update(due_at=clock.now())  # the pause after a try is over
    _worker(city, tmp_path / "again").wait(60)

    assert before == {}, "what was not finished left nothing behind"
    assert list(_marks().values()) == [1]
    assert Delivery.objects.get().state == "done"


def test_two_workers_never_deliver_one_delivery_twice(city, tmp_path):
    _facts(120)

    names = ["one", "two"]
    workers = [_worker(city, tmp_path / name, pause=0.005, limit=1000) for name in names]
    _wait_for(*(tmp_path / f"{name}.begun" for name in names))
    (tmp_path / "go").touch()
    for worker in workers:
        worker.wait(120)

    marks = _marks()
    shares = [int((tmp_path / f"{name}.done").read_text()) for name in names]
    assert sum(shares) == len(marks) == 120
    assert connection.vendor == "sqlite" or all(shares), "on PostgreSQL both find work"
    assert set(marks.values()) == {1}
    assert not Delivery.objects.exclude(state="done").exists()
