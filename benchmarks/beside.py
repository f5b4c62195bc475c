"""Programs of others beside ours: each in a process of its own, in turn, on the same rows.

RIVALS names a Python that has them (docs/benchmarks.md tells how to make one). A program prints one
JSON object as its last line; `version` in it says which release it was.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from statistics import median
from typing import Any

from benchmarks import line

Run = dict[str, Any]
ABSENT = (
    "not measured: RIVALS names no Python that has it; docs/benchmarks.md tells how to make one"
)


def rivals() -> str | None:
    """The Python that has other programs, where one is named."""
    return os.environ.get("RIVALS") or None


def in_turn(programs: Mapping[str, str], words: list[str], times: int) -> dict[str, list[Run]]:
    """Runs of each program: ours first, then the others where there is a Python for them."""
    found: dict[str, list[Run]] = {name: [] for name in programs}
    for _ in range(times):
        for name, program in programs.items():
            python = sys.executable if name == "kepu" else rivals()
            run = python and once(name, [python, "-c", program, *words])
            found[name] += [run] if run else []
    return found


def once(name: str, command: list[str]) -> Run | None:
    """One process; nothing if it cannot, and why on standard error."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=3600, check=False)
    if done.returncode:
        print(f"{name}: {done.stderr.strip()[-300:]}", file=sys.stderr)
        return None
    return dict(json.loads(done.stdout.splitlines()[-1]))


def releases(runs: Mapping[str, list[Run]]) -> dict[str, str]:
    """The release of each program that ran, or a sentence for one that did not."""
    return {name: each[0]["version"] if each else ABSENT for name, each in runs.items()}


def middle(runs: list[Run], name: str) -> float:
    """Median of a figure that each run has once or several times."""
    return median(one for run in runs for one in _each(run[name]))


def most(runs: list[Run], name: str) -> float:
    """The largest of a figure over the runs."""
    return max(one for run in runs for one in _each(run[name]))


def tell_growth(case: str, fewer: list[Run], runs: list[Run], rows: int) -> None:
    """The line for what ten times the rows cost, by the medians of processor time."""
    grown = {"growth": middle(runs, "cpu") / middle(fewer, "cpu") if fewer and runs else None}
    why = "" if fewer and runs else "growth was not measured: a run of ours failed"
    line.tell(case, grown, {"growth": ("<=", 11)}, why, rows=[rows // 10, rows])


def _each(figure: Any) -> list[float]:
    return figure if isinstance(figure, list) else [figure]
