"""Processes that `kepu run` keeps: whatever one of them began ends with it."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from kepu.web.children import Children

MASTER = """
import os, pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
time.sleep(60)
"""


def alive(pid: int) -> bool:
    """Whether the process runs; one that ended and was not yet collected does not."""
    try:
        return "zombie" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def until(happened) -> bool:
    ends = time.monotonic() + 20
    while not (came := happened()) and time.monotonic() < ends:
        time.sleep(0.05)
    return came


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_a_killed_server_began_does_not_serve_on(tmp_path):
    kept = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    note = tmp_path / "pid"
    try:
        with Children() as children:
            children.keep("server", [sys.executable, "-c", MASTER, str(note)])
            assert until(lambda: note.exists() and note.read_text())
            first = int(note.read_text())
            assert alive(first)

            os.kill(children.children[0].process.pid, signal.SIGKILL)
            children.wait_until(lambda: children.children[0].rests_until > 0)
            assert until(lambda: not alive(first))
    finally:
        for name, handler in kept.items():
            signal.signal(name, handler)
