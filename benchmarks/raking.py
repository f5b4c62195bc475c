"""`python -m benchmarks.raking`: raking of five margins beside leafblower, a JSON line, and one for growth.

A rival runs where RIVALS names a Python that has leafblower and pandas; it and ours
alternate, each in a process of its own, on the same rows, and the CPU medians are compared.
Ours reads the labels anew in every run. Leafblower is given categories as words, the form
it asks for, made before its clock starts.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks import beside, line

COMMON = """
import importlib.metadata, json, resource, sys, time
import numpy as np
rows, times = int(sys.argv[1]), int(sys.argv[2])
draw = np.random.default_rng(20240601)
sizes = dict(sex=2, age=5, edu=5, urban=2, district=40)
labels = {name: draw.integers(0, size, rows) for name, size in sizes.items()}
weight, targets = draw.lognormal(5, .5, rows), {}
for name, size in sizes.items():
    people = np.bincount(labels[name], weight, size) * draw.uniform(.85, 1.15, size)
    targets[name] = people / people.sum() * weight.sum()
def told(rake, version):
    rake()
    walls, cpus = [], []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        found = rake()
        walls.append(time.perf_counter() - wall); cpus.append(time.process_time() - cpu)
    found = np.asarray(found) * (weight.sum() / np.sum(found))
    reached = {name: np.bincount(labels[name], found) for name in sizes}
    error = max(np.abs(reached[name] / targets[name] - 1).max() for name in sizes)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(dict(wall=walls, cpu=cpus, peak=peak, error=float(error), version=version)))
"""

PROGRAMS = {
    "kepu": """
from kepu_engines.survey.weighting.calibration import rake
from kepu_engines.survey.weighting.margins import Margin
known = [Margin(name, labels[name], dict(enumerate(targets[name].tolist()))) for name in sizes]
told(lambda: rake(weight, known).weight, f"numpy {np.__version__}")
""",
    "leafblower": """
import leafblower, pandas
frame = pandas.DataFrame({name: column.astype(str) for name, column in labels.items()})
shares = {n: {str(k): x / t.sum() for k, x in enumerate(t)} for n, t in targets.items()}
start = weight / weight.mean()
told(lambda: leafblower.harvest(frame, shares, max_weight=1e9, method="raking",
    start_weights=start, design_weights=start, attach_weights=False, max_iterations=1000,
    convergence={"absolute": 1e-9})["weights"], importlib.metadata.version("leafblower"))
""",
}


# Against leafblower, at a million rows; growth is for ten times the rows.
BARS: line.Bars = {"margin_error": ("<=", 1e-12)}
FASTER = 10


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.raking", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3, help="how often they alternate")
    options = parser.parse_args(words)
    programs = {name: COMMON + program for name, program in PROGRAMS.items()}
    runs = beside.in_turn(programs, [str(options.rows), "3"], options.times)
    if not runs["kepu"]:
        return 1
    figures = _told(runs["kepu"], "") | {"margin_error": beside.most(runs["kepu"], "error")}
    bars = dict(BARS)
    if theirs := runs["leafblower"]:
        figures |= _told(theirs, "leafblower_")
        figures["leafblower_margin_error"] = beside.most(theirs, "error")
        figures["times"] = beside.middle(theirs, "cpu") / beside.middle(runs["kepu"], "cpu")
        bars["times"] = (">=", FASTER)
    about = {"rows": options.rows, "runs": options.times}
    line.tell("raking", figures, bars, **about, programs=beside.releases(runs))
    ours = {"kepu": programs["kepu"]}
    fewer = beside.in_turn(ours, [str(options.rows // 10), "3"], options.times)
    beside.tell_growth("raking", fewer["kepu"], runs["kepu"], options.rows)
    return 0


def _told(runs: list[beside.Run], prefix: str) -> dict[str, object]:
    """Medians over the runs of one program, and its highest peak."""
    return {
        f"{prefix}cpu_s": round(beside.middle(runs, "cpu"), 4),
        f"{prefix}wall_s": round(beside.middle(runs, "wall"), 4),
        f"{prefix}peak_mib": round(beside.most(runs, "peak")),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
