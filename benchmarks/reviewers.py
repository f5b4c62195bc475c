"""Reviewers against OR-tools' SimpleMinCostFlow: one call, alternating in one run.

    PYTHONPATH=src python -m benchmarks.reviewers

2,000 applications, 500 experts, three reviews each, at most 15 for one expert, institutions in
conflict: affinities by topics, drawn from one seed. One JSON line with its bar: CPU seconds (medians),
memory a solver adds, total and worst affinity, and what protecting the worst-served costs. Each
solver runs in a process of its own from the table of affinities to the panels.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from importlib.metadata import version
from statistics import median
from time import process_time
from typing import Any

import numpy as np

from benchmarks import line
from benchmarks.dispatch import forget_peak, memory_mib

APPLICATIONS, EXPERTS, REVIEWS, TOPICS, INSTITUTIONS = 2_000, 500, 3, 25, 60
LOAD = int(np.ceil(1.25 * APPLICATIONS * REVIEWS / EXPERTS))


def main() -> None:
    """Print the line."""
    parser = argparse.ArgumentParser(description="Reviewers against OR-tools.")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--solve", choices=sorted(SOLVERS), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.solve:
        print(json.dumps(SOLVERS[asked.solve]()))
        return
    run("kepu")  # kernels are compiled before, and kept on the disk
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in SOLVERS}
    for _ in range(asked.runs):
        for name, lines in found.items():
            lines.append(run(name))
    cpu = {name: median(told["cpu"] for told in lines) for name, lines in found.items()}
    ours, fair, theirs = (found[name][0] for name in ("kepu", "protect", "ortools"))
    figures = {
        "cpu": cpu["kepu"], "rival_cpu": cpu["ortools"], "ratio": cpu["kepu"] / cpu["ortools"],
        "memory_mib": ours["memory_mib"], "rival_memory_mib": theirs["memory_mib"],
        "value": ours["value"], "rival_value": theirs["value"], "bound": ours["bound"],
        "value_short": theirs["value"] - ours["value"],
        "worst": ours["worst"], "protected_cpu": cpu["protect"],
        "protected_worst": fair["worst"], "worst_bound": fair["worst_bound"],
        "protected_loss": 1 - fair["value"] / ours["value"],
    }  # fmt: skip
    programs = {name: version(name) for name in ("numpy", "numba", "ortools")}
    size = {"applications": APPLICATIONS, "experts": EXPERTS, "runs": asked.runs}
    line.tell("reviewers", figures, BARS, **size, aim={"ratio": "<= 0.5"}, programs=programs)


# As good as the rival, and no slower; the aim is half its time.
BARS: line.Bars = {"ratio": ("<=", 1), "value_short": ("<=", 0)}


def run(solver: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.reviewers", "--solve", solver]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def instance(seed: int = 55) -> np.ndarray:
    """Affinities in [0, 1000], -1 in conflict: the table that the figures of other solvers are of."""
    draw = np.random.default_rng(seed)
    asked = draw.dirichlet(np.full(TOPICS, 0.15), APPLICATIONS)
    known = draw.dirichlet(np.full(TOPICS, 0.2), EXPERTS)
    sizes = np.linalg.norm(asked, axis=1)[:, None] * np.linalg.norm(known, axis=1)[None]
    table = np.rint(1000 * (asked @ known.T) / sizes).astype(np.int64)
    homes, posts = (draw.integers(0, INSTITUTIONS, n) for n in (APPLICATIONS, EXPERTS))
    table[(homes[:, None] == posts) | (draw.random(table.shape) <= 0.01)] = -1
    return table


def kepu(way: str = "assign") -> dict[str, Any]:
    """Our own: the optimum, or the panels that protect the worst-served."""
    from kepu_engines.matching import reviewers

    solve = getattr(reviewers, way)
    solve(instance(8)[:50, :40], reviews=REVIEWS, load=LOAD)  # loads the kernels
    table = instance()
    before, began = forget_peak(), process_time()
    found = solve(table, reviews=REVIEWS, load=LOAD)
    cpu = process_time() - began
    return {
        "cpu": cpu, "memory_mib": round(memory_mib("VmHWM") - before, 1), "value": found.value,
        "bound": found.bound, "worst": found.worst, "worst_bound": found.worst_bound,
    }  # fmt: skip


def ortools() -> dict[str, Any]:
    """The rival, its arcs built from the same table."""
    from ortools.graph.python import min_cost_flow

    table = instance()
    before, began = forget_peak(), process_time()
    rows, columns = np.nonzero(table >= 0)
    worth = table[rows, columns]
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        rows, APPLICATIONS + columns, np.ones(len(rows), dtype=np.int64), -worth
    )
    sink = APPLICATIONS + EXPERTS
    flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(APPLICATIONS, sink), np.full(EXPERTS, sink), np.full(EXPERTS, LOAD),
        np.zeros(EXPERTS, dtype=np.int64),
    )  # fmt: skip
    supply = np.zeros(sink + 1, dtype=np.int64)
    supply[:APPLICATIONS], supply[sink] = REVIEWS, -REVIEWS * APPLICATIONS
    flow.set_nodes_supplies(np.arange(sink + 1), supply)
    flow.solve()
    chosen = np.flatnonzero(flow.flows(arcs))
    cpu = process_time() - began
    return {
        "cpu": cpu, "memory_mib": round(memory_mib("VmHWM") - before, 1),
        "value": int(worth[chosen].sum()),
        "worst": int(np.bincount(rows[chosen], worth[chosen], APPLICATIONS).min()),
    }  # fmt: skip


SOLVERS = {"kepu": kepu, "protect": lambda: kepu("protect"), "ortools": ortools}

if __name__ == "__main__":
    main()
