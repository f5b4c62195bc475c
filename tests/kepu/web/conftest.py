"""The command `kepu` as a city's administrator runs it: another process, a data folder of its own."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import time_machine

from tests import factories
from tests.worlds import loop, standing_loop

__all__ = ["loop", "standing_loop"]  # fixtures

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Kepu:
    """An installation in `data`, on SQLite."""

    data: Path

    def surroundings(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return {
            **kept,
            "DATA": str(self.data),
            "PYTHONPATH": str(ROOT / "src"),
            "DJANGO_SETTINGS_MODULE": "kepu.config.settings",
        }

    def __call__(self, *words: object, told: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "kepu.web.shell", *map(str, words)],
            env=self.surroundings(),
            input=told,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def python(self, text: str) -> subprocess.Popen[str]:
        """Start a program of ours against this installation."""
        program = f"import django\ndjango.setup()\n{text}"
        return subprocess.Popen(
            [sys.executable, "-c", program],
            env=self.surroundings(),
            stdout=subprocess.PIPE,
            text=True,
        )


TABLES = """
from kepu.web import starting
from kepu.web.progress import Progress
starting.migrate(Progress())
"""


@pytest.fixture(scope="session")
def tables(tmp_path_factory, worker_id) -> Path:
    """A migrated, empty database that tests copy, since migrating takes seconds.

    It is made once for all processes of a run: who comes second waits for the first.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    kepu = Kepu(shared / "tables" / "data")
    with (shared / "tables.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kepu.data.exists():
            assert kepu.python(TABLES).wait() == 0
    return kepu.data


@pytest.fixture
def kepu(tables, tmp_path) -> Kepu:
    """An installation without people, and with its own keys."""
    data = tmp_path / "city"
    data.mkdir()
    (data / "kepu.sqlite3").write_bytes((tables / "kepu.sqlite3").read_bytes())
    return Kepu(data)


@pytest.fixture
def empty(tmp_path) -> Kepu:
    """A place where nothing stands."""
    return Kepu(tmp_path / "elsewhere")


@pytest.fixture
def at_noon():
    """The clock stands still at the moment the factories call now."""
    with time_machine.travel(factories.NOW, tick=False) as traveller:
        yield traveller
