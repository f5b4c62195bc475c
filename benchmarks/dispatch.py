"""Dispatch against OR-tools' SimpleMinCostFlow, on one file of arcs, alternating in one run.

    PYTHONPATH=src python -m benchmarks.dispatch [--quick]

One JSON line each, with its bar: CPU seconds (median), memory the solve adds, objective, and
whether the prices prove it. Each solver runs in a process of its own and loads the same
file; what it then does to answer, building its own structures included, is timed. The
kernels are compiled once before (cached on disk), which is not timed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import numpy as np

from benchmarks import line
from kepu_engines.core.seeds import generator

TEAMS, SKILLS, HALF_DAYS, SIDE_KM, NEAREST = 2_000, 12, 14, 300, 160


def main() -> None:
    """Print the lines."""
    parser = argparse.ArgumentParser(description="Dispatch against OR-tools.")
    parser.add_argument("--quick", action="store_true", help="10,000 orders only")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--solve", nargs=2, metavar=("SOLVER", "FILE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.solve:
        print(json.dumps(SOLVERS[asked.solve[0]](asked.solve[1])))
        return
    with tempfile.TemporaryDirectory() as folder:
        for orders in (10_000,) if asked.quick else (10_000, 100_000):
            file = str(Path(folder) / f"{orders}.npz")
            np.savez(file, **instance(orders))
            told(orders, compare(file, asked.runs), OPTIMUM)
            told(orders, run("change", file), CHANGED)
            told(orders, run("fair", file), None)


# No slower than the rival, and as good; a re-plan for a twentieth of a fresh one: both proved.
OPTIMUM: line.Bars = {"ratio": ("<=", 1), "objective_short": ("<=", 0), "certified": (">=", 1)}
CHANGED: line.Bars = {"ratio": ("<=", 0.05), "certified": (">=", 1)}


def told(orders: int, figures: dict[str, Any], bars: line.Bars | None) -> None:
    """The line of one case; only CPU time and proofs are held to a bar, what fairness costs to none."""
    case = f"dispatch {figures.pop('case')}"
    programs = {name: version(name) for name in ("numpy", "numba", "ortools")}
    line.tell(case, figures, bars, orders=orders, programs=programs)


def instance(orders: int, seed: int = 3) -> dict[str, np.ndarray]:
    """Orders and teams spread over a square; each order asks one skill at one half-day."""
    from scipy.spatial import cKDTree

    draw = generator(seed)
    home, base = draw.random((orders, 2)) * SIDE_KM, draw.random((TEAMS, 2)) * SIDE_KM
    can = draw.random((TEAMS, SKILLS)) < 0.4
    need = draw.integers(0, SKILLS, orders)
    free = draw.random((TEAMS, HALF_DAYS)) < 0.4
    when = draw.integers(0, HALF_DAYS, orders)
    capacity = draw.integers(1, int(1.8 * orders / TEAMS) + 1, TEAMS)
    order = np.repeat(np.arange(orders), NEAREST)
    team = cKDTree(base).query(home, k=NEAREST)[1].ravel()
    keep = can[team, need[order]] & free[team, when[order]]
    order, team = order[keep], team[keep]
    urgency = 200 * draw.integers(1, 4, orders)
    km = np.hypot(*(home[order] - base[team]).T)
    utility = np.maximum(1, 400 + urgency[order] - np.rint(4 * km))
    arcs = {"order": order, "team": team, "utility": utility, "capacity": capacity}
    return {name: array.astype(np.int32) for name, array in arcs.items()}


def compare(file: str, runs: int) -> dict[str, Any]:
    """Our solver and the rival in turn."""
    run("kepu", file)
    ours, theirs = [], []
    for _ in range(runs):
        ours.append(run("kepu", file))
        theirs.append(run("ortools", file))
    cpu, rival = median(r["cpu"] for r in ours), median(r["cpu"] for r in theirs)
    return {
        "case": "optimum",
        "cpu": cpu,
        "rival_cpu": rival,
        "ratio": cpu / rival,
        "memory_mib": median(r["memory_mib"] for r in ours),
        "rival_memory_mib": median(r["memory_mib"] for r in theirs),
        "objective": ours[0]["objective"],
        "rival_objective": theirs[0]["objective"],
        "objective_short": theirs[0]["objective"] - ours[0]["objective"],
        "certified": all(r["gap"] == 0 for r in ours),
        "build_cpu": median(r["build_cpu"] for r in ours),
        "certify_cpu": median(r["certify_cpu"] for r in ours),
        "runs": runs,
    }


def run(solver: str, file: str) -> dict[str, Any]:
    """One solver in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.dispatch", "--solve", solver, file]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def load(file: str) -> tuple[np.ndarray, ...]:
    """Arcs as the file holds them: order, team, utility, and the capacity of each team."""
    with np.load(file) as arrays:
        return tuple(arrays[name] for name in ("order", "team", "utility", "capacity"))


def memory_mib(what: str) -> float:
    """Resident memory of this process (Linux): VmRSS now, VmHWM at its highest."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


def forget_peak() -> float:
    """Let the highest memory count from now on, and return the memory held now."""
    Path("/proc/self/clear_refs").write_text("5")
    return memory_mib("VmRSS")


def build(arcs: tuple[np.ndarray, ...]):
    """The problem of these arcs, which are sorted by order."""
    from kepu_engines.matching.problem import Problem

    order, team, utility, capacity = arcs
    start = np.searchsorted(order, np.arange(order[-1] + 2)).astype(np.int32)
    return Problem.of(start, team, utility, capacity)


def warm_up() -> None:
    """Load the compiled kernels."""
    from kepu_engines.warm import compile_kernels

    compile_kernels()


def kepu(file: str) -> dict[str, float]:
    """Time and memory of our own solver, from the arcs to the plan."""
    from kepu_engines.matching.flow import certify, solve

    warm_up()
    arcs = load(file)
    before, began = forget_peak(), process_time()
    problem = build(arcs)
    built = process_time()
    plan = solve(problem)
    done, after = process_time(), memory_mib("VmHWM")
    proof = certify(problem, plan)
    return {
        "cpu": done - began,
        "build_cpu": built - began,
        "certify_cpu": process_time() - done,
        "memory_mib": round(after - before, 1),
        "objective": proof.value,
        "gap": proof.gap,
    }


def ortools(file: str) -> dict[str, float]:
    """Time and memory of the rival, from the arcs to its optimum."""
    from ortools.graph.python import min_cost_flow

    order, team, utility, capacity = load(file)
    before, began = forget_peak(), process_time()
    flow = min_cost_flow.SimpleMinCostFlow()
    add = flow.add_arcs_with_capacity_and_unit_cost
    orders, teams = int(order[-1]) + 1, len(capacity)
    source, sink = orders + teams, orders + teams + 1
    every_order, every_team = np.arange(orders), orders + np.arange(teams)
    add(np.full(orders, source), every_order, np.ones(orders, int), np.zeros(orders, int))
    taken = add(order, orders + team, np.ones(len(order), int), -utility.astype(int))
    add(every_team, np.full(teams, sink), capacity, np.zeros(teams, int))
    flow.add_arc_with_capacity_and_unit_cost(source, sink, orders, 0)
    flow.set_node_supply(source, orders)
    flow.set_node_supply(sink, -orders)
    if flow.solve() != flow.OPTIMAL:
        raise SystemExit("the rival found no optimum")
    flow.flows(taken)
    done, after = process_time(), memory_mib("VmHWM")
    return {
        "cpu": done - began,
        "memory_mib": round(after - before, 1),
        "objective": -flow.optimal_cost(),
    }


def change(file: str, runs: int = 9) -> dict[str, object]:
    """One order in a hundred replaced by another one, again and again: plan on, or afresh."""
    from kepu_engines.matching.flow import certify, solve
    from kepu_engines.matching.live import LivePlan

    warm_up()
    live = LivePlan(build(load(file)))
    seconds, proofs = [], []
    for seed in range(runs):
        asked = changed(live.problem, seed)
        began = process_time()
        live.change(*asked)
        done = process_time()
        quick = live.certify()
        quickly = process_time()
        proof = certify(live.problem, live.assignment)
        proved = process_time()
        afresh = solve(live.problem)
        ended = process_time()
        seconds.append((done - began, quickly - done, proved - quickly, ended - proved))
        proofs.append(quick == proof and proof.gap == 0 and proof.value == afresh.value)
    cpu, quick_cpu, full_cpu, fresh = np.median(seconds, axis=0)
    return {
        "case": "1 % of orders changed",
        "cpu": float(cpu),
        "near_proof_cpu": float(quick_cpu),
        "full_proof_cpu": float(full_cpu),
        "fresh_cpu": float(fresh),
        "ratio": float(cpu / fresh),
        "ratio_with_near_proof": float((cpu + quick_cpu) / fresh),
        "worst_cpu": max(row[0] for row in seconds),
        "certified": all(proofs),
        "runs": runs,
    }


def changed(problem, seed: int) -> tuple[np.ndarray, ...]:
    """New options for one order in a hundred, which wants what another order near it does not.

    A changed order keeps its half-day and teams; its worth moves by up to 200 points
    and each of its options by up to 100 more.
    """
    draw = generator(seed)
    options = problem.options
    who = draw.choice(problem.orders, problem.orders // 100, replace=False)
    rows = [np.arange(options.start[order], options.stop[order]) for order in who]
    moves = [draw.integers(-200, 201) + draw.integers(-100, 101, len(row)) for row in rows]
    row, start = np.concatenate(rows), np.cumsum([0, *map(len, rows)])
    return (
        who,
        start,
        options.slot[row],
        np.maximum(1, options.utility[row] + np.concatenate(moves)),
    )


def fair(file: str) -> dict[str, object]:
    """What an even load costs when there are half as many orders as the teams could serve."""
    from kepu_engines.matching.fairness import price_of_fairness, spread_of, utilisation
    from kepu_engines.matching.flow import solve
    from kepu_engines.matching.problem import Problem

    every = build(load(file))
    half = every.orders // 2
    last = every.options.stop[half - 1]
    start = np.append(every.options.start[:half], last)
    options = every.options.slot[:last], every.options.utility[:last]
    problem = Problem.of(start, *options, every.forest.capacity[:-1])
    began = process_time()
    plans = price_of_fairness(problem)
    return {
        "case": "price of fairness",
        "cpu": round(process_time() - began, 3),
        "spread_without": round(spread_of(utilisation(problem, solve(problem).slot_of)), 3),
        "plans": [
            {
                "asked": plan.asked,
                "spread": round(plan.spread, 3),
                "price": round(plan.price, 5),
                "ceiling": plan.ceiling,
            }
            for plan in plans
        ],
    }


SOLVERS = {"kepu": kepu, "ortools": ortools, "change": change, "fair": fair}

if __name__ == "__main__":
    main()
