"""The simulated week of `kepu bench city`: short by default, whole with --full."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from benchmarks import line
from benchmarks.places import ROOT


def run(database: str, options: Any) -> None:
    """Run the command as a person would, on this place, and hold its figures against the bar."""
    scale, after = (
        (1.0, 200_000) if options.full else (options.scale, int(10 * 20_000 * options.scale))
    )
    words = ["bench", "city", "--quiet", "--scale", str(scale), "--after", str(after)]
    done = subprocess.run(
        [sys.executable, "-m", "kepu.web.shell", *words, "--data", os.environ["DATA"]],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    figures = json.loads(done.stdout.splitlines()[-1])
    for name in ("case", "bar", "reached", "database"):
        figures.pop(name, None)
    bars: line.Bars = {"cost_ratio": ("<=", 1.3)}
    line.tell("city", figures, bars, database=database, scale=scale)
