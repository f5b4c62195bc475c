"""How long `kepu run` takes until the city answers: the second start, and with --full the first."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
import urllib.request
from typing import Any

from benchmarks import ground, line, serving
from benchmarks.places import ROOT, environment, free_port, temporary

TIMES = 3


def run(database: str, options: Any) -> None:
    """Starts as `make run` does; the folder is warm, as on the second day."""
    ground.start()
    spent = [_start(dict(os.environ)) for _time in range(TIMES)]
    line.tell("start", {"seconds": statistics.median(spent), "of": [round(s, 2) for s in spent]},
              {"seconds": ("<=", 5)}, database=database)  # fmt: skip
    if options.full and database == "SQLite":
        with temporary() as folder:
            cold = _start(environment(folder), "--demo")
        line.tell("start-cold", {"seconds": cold}, {"seconds": ("<=", 120)}, database=database)


def _start(surroundings: dict[str, str], *words: str) -> float:
    """Seconds from the command to the first page that is not "being set up"."""
    port = free_port()
    command = [sys.executable, "-m", "kepu.web.shell", "run", "--port", str(port), *words]
    began = time.perf_counter()
    process = subprocess.Popen(
        command, env=surroundings, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not _up(port):
            if process.poll() is not None:
                raise RuntimeError("kepu run ended before it answered")
            time.sleep(0.02)
        return time.perf_counter() - began
    finally:
        serving.end(process)


def _up(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
