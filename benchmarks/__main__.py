"""`make bench`, or `python -m benchmarks [names] [--full] [--on sqlite]`: one JSON line for each case.

Each case runs on each database in a process and a place of its own.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from importlib import import_module

from benchmarks import line
from benchmarks.places import ROOT, Place, copy, every_database

CASES = (
    "claims", "durable", "boards", "appraisal", "city", "start", "export", "dispatch", "reviewers",
    "judging", "survey", "raking", "areas", "irt", "chunks", "coverage",
)  # fmt: skip
ALONE = (
    "dispatch",
    "reviewers",
    "judging",
    "survey",
    "raking",
    "areas",
    "irt",
    "chunks",
    "coverage",
)  # engines: no database


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    found.add_argument(
        "names", nargs="*", help=f"cases: {', '.join(CASES)}; all when none is named"
    )
    found.add_argument("--full", action="store_true", help="everything, also what takes long")
    found.add_argument("--on", action="append", choices=["sqlite", "postgresql"], help="databases")
    found.add_argument("--claims", type=int, default=3000, help="how many claims are timed")
    found.add_argument("--orders", type=int, default=100_000, help="how many orders boards show")
    found.add_argument("--applications", type=int, help="how many are in the call")
    found.add_argument("--megabytes", type=int, help="size of the file handed in")
    found.add_argument("--scale", type=float, default=0.02, help="size of the simulated city")
    found.add_argument("--rows", type=int, default=100_000, help="rows of the export")
    found.add_argument("--here", help=argparse.SUPPRESS)  # run one case in this process
    return found


def main(words: list[str]) -> int:
    options = parser().parse_args(words)
    wrong = set(options.names) - {*CASES, "ground"}
    if wrong:
        print(f"no benchmark is called {', '.join(sorted(wrong))}", file=sys.stderr)
        return 2
    if options.here:
        import_module(f"benchmarks.{options.names[0]}").run(options.here, options)
        return 0
    # Told to stop from outside, the servers and folders made for this are cleared away as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if options.names and set(options.names) <= set(ALONE):
        return max(measure(name, [], words, options) for name in options.names)
    with every_database(options.on or ["sqlite", "postgresql"]) as grounds:
        for ground in grounds:
            line.note(f"{ground.database}: tables and divisions")
            in_process("ground", ground, words, options)
        return max([measure(name, grounds, words, options) for name in options.names or CASES])


def measure(name: str, grounds: list[Place], words: list[str], options: argparse.Namespace) -> int:
    """One case on every database, each on a fresh copy of the ground."""
    if name in ALONE:
        more = ["--full"] if options.full and name == "coverage" else []
        return subprocess.call([sys.executable, "-m", f"benchmarks.{name}", *more], cwd=ROOT)
    failed = 0
    for ground in grounds:
        line.note(f"{name} on {ground.database}")
        with copy(ground) as place:
            failed |= in_process(name, place, words, options)
    return failed


def in_process(name: str, place: Place, words: list[str], options: argparse.Namespace) -> int:
    """One case in a process of its own: settings are read once in the life of one."""
    rest = [word for word in words if word not in options.names]
    command = [sys.executable, "-m", "benchmarks", name, *rest, "--here", place.database]
    return subprocess.call(command, cwd=ROOT, env=place.environment)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
