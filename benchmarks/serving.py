"""The real server on a port of its own, and what it costs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.places import ROOT, free_port
from kepu.web.commands.run import answers
from kepu.web.serving import command

PATIENCE = 60.0


@contextmanager
def granian(environment: dict[str, str]) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Serve as `kepu run` does; yields the port and the process, whose children are the workers."""
    port = free_port()
    process = subprocess.Popen(
        command("127.0.0.1", port), env=environment, cwd=ROOT, start_new_session=True
    )
    try:
        wait_for(port)
        yield port, process
    finally:
        stop(process)


@contextmanager
def worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The worker as `kepu run` keeps it beside the server."""
    process = subprocess.Popen(
        [sys.executable, "-m", "kepu.web.shell", "worker"],
        env=environment, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        stop(process)


def wait_for(port: int) -> None:
    """Until the server answers."""
    deadline = time.monotonic() + PATIENCE
    while not answers("127.0.0.1", port):
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing answers on port {port}")
        time.sleep(0.05)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the server and its workers; the group is ours alone."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    """Processor time that the process and its children have used."""
    return sum(_ticks(pid) for pid in family(process.pid)) / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and everything below it."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [pid, *(below for child in text.split() for below in family(int(child)))]


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a command to stop, as Ctrl-C does; it ends its own children."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
