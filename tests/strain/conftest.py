"""A real server and a real worker on the test's own database, which may be killed at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from benchmarks.places import free_port
from django.conf import settings
from django.db import connection

from kepu.web.commands.run import answers
from kepu.web.serving import command

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class City:
    """Processes of one city: the web server, workers, and whatever a test adds."""

    port: int = field(default_factory=free_port)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def surroundings(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.strain.settings",
            "KEPU_TEST_DATA": str(settings.DATA),
            "STRAIN_DATABASE": str(connection.settings_dict["NAME"]),
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        }

    def start(self, command: list[str], **more: str) -> subprocess.Popen[bytes]:
        """A process in a group of its own, so that it is killed with its children and nobody else."""
        process = subprocess.Popen(
            command,
            env={**self.surroundings(), **more},
            cwd=ROOT,
            start_new_session=True,
            stderr=subprocess.DEVNULL,
        )
        self.processes.append(process)
        return process

    def serve(self) -> subprocess.Popen[bytes]:
        """The server as `kepu run` starts it; answers when this returns."""
        process = self.start(command("127.0.0.1", self.port))
        deadline = time.monotonic() + 120
        while not answers("127.0.0.1", self.port):
            assert time.monotonic() < deadline, "the server does not answer"
            assert process.poll() is None, "the server ended"
            time.sleep(0.05)
        return process

    def work(self) -> subprocess.Popen[bytes]:
        return self.start([sys.executable, "-m", "kepu.web.shell", "worker"])

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """No time to say anything: SIGKILL to the process and its children."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.processes.remove(process)

    def end(self) -> None:
        for process in list(self.processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def city(transactional_db: None) -> Iterator[City]:
    found = City()
    yield found
    found.end()
