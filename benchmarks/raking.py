"""`python -m benchmarks.raking`: raking of five margins beside leafblower, one JSON line.

A rival runs where RIVALS names a Python that has leafblower and pandas; it and ours
alternate, each in a process of its own, on the same rows, and the CPU medians are compared.
Ours reads the labels anew in every run. Leafblower is given categories as words, the form
it asks for, made before its clock starts.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys

COMMON = """
import json, resource, sys, time
import numpy as np
rows, times = int(sys.argv[1]), int(sys.argv[2])
draw = np.random.default_rng(20240601)
sizes = dict(sex=2, age=5, edu=5, urban=2, district=40)
labels = {name: draw.integers(0, size, rows) for name, size in sizes.items()}
weight, targets = draw.lognormal(5, .5, rows), {}
for name, size in sizes.items():
    people = np.bincount(labels[name], weight, size) * draw.uniform(.85, 1.15, size)
    targets[name] = people / people.sum() * weight.sum()
def told(rake):
    rake()
    took = []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        found = rake()
        took.append((time.perf_counter() - wall, time.process_time() - cpu))
    found = np.asarray(found) * (weight.sum() / np.sum(found))
    reached = {name: np.bincount(labels[name], found) for name in sizes}
    error = max(np.abs(reached[name] / targets[name] - 1).max() for name in sizes)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(dict(took=took, peak=peak, error=float(error))))
"""

PROGRAMS = {
    "kepu": """
from kepu_engines.survey.weighting.calibration import rake
from kepu_engines.survey.weighting.margins import Margin
known = [Margin(name, labels[name], dict(enumerate(targets[name].tolist()))) for name in sizes]
told(lambda: rake(weight, known).weight)
""",
    "leafblower": """
import leafblower, pandas
frame = pandas.DataFrame({name: column.astype(str) for name, column in labels.items()})
shares = {n: {str(k): x / t.sum() for k, x in enumerate(t)} for n, t in targets.items()}
start = weight / weight.mean()
told(lambda: leafblower.harvest(frame, shares, max_weight=1e9, method="raking",
    start_weights=start, design_weights=start, attach_weights=False, max_iterations=1000,
    convergence={"absolute": 1e-9})["weights"])
""",
}


def once(name: str, python: str, rows: int) -> dict[str, object] | None:
    """One process of one program; nothing if it cannot."""
    words = [python, "-c", COMMON + PROGRAMS[name], str(rows), "3"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        print(f"{name}: {done.stderr.strip()[-200:]}", file=sys.stderr)
        return None
    return json.loads(done.stdout.splitlines()[-1])


def told(runs: list[dict[str, object]]) -> dict[str, object]:
    """Medians over the runs of one program."""
    took = [pair for run in runs for pair in run["took"]]
    return {
        "wall": round(statistics.median(wall for wall, _ in took), 4),
        "cpu": round(statistics.median(cpu for _, cpu in took), 4),
        "peak_mib": round(max(run["peak"] for run in runs)),
        "margin_error": max(run["error"] for run in runs),
    }


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.raking", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3, help="how often they alternate")
    options = parser.parse_args(words)
    pythons = {"kepu": sys.executable}
    if rival := os.environ.get("RIVALS"):
        pythons["leafblower"] = rival
    runs: dict[str, list[dict[str, object]]] = {name: [] for name in pythons}
    for _ in range(options.times):
        for name, python in pythons.items():
            if found := once(name, python, options.rows):
                runs[name].append(found)
    figures = {name: told(each) for name, each in runs.items() if each}
    line = {"case": "raking", "rows": options.rows, "load": os.getloadavg()[0], **figures}
    if len(figures) == 2:
        line["times_faster_cpu"] = round(figures["leafblower"]["cpu"] / figures["kepu"]["cpu"], 1)
    print(json.dumps(line))
    return 0 if "kepu" in figures else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
