"""`python -m benchmarks.irt`: item response models beside mirt and theta-irt, one JSON line for each model.

Rivals run where RIVALS names a Python that has them, each in a process of its own and in turn with
ours. Answers are made up: 50 items, lognormal slopes, seed 11; graded ones have four categories.
Log-likelihoods are taken on one grid for all programs. Theta-irt has no graded model; what a program
cannot fit is not compared.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks import beside, line

MODELS = ("2pl", "3pl", "grm")
ITEMS = 50

COMMON = f"""
import importlib.metadata, json, resource, sys, time
import numpy as np
n, model, times = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
r = np.random.default_rng(11)
a, b, t = r.lognormal(0, .3, {ITEMS}), r.normal(0, 1, {ITEMS}), r.normal(0, 1, n)
x, u = np.zeros((n, {ITEMS}), np.int8), r.random((n, {ITEMS}))
for step in (-.8, 0., .8) if model == "grm" else (0.,):
    for j in range({ITEMS}):
        p = 1 / (1 + np.exp(-a[j] * (t - b[j] - step)))
        x[:, j] += u[:, j] < (.2 + .8 * p if model == "3pl" else p)
del u
def loglik(a, b, c):
    a, b, c = np.ravel(a), np.reshape(b, (len(np.ravel(a)), -1)), np.broadcast_to(c, np.size(a))
    g = np.linspace(-6, 6, 61); w = -g * g / 2; w -= np.log(np.exp(w).sum()); total = 0.
    c, z = c[:, None, None], -a[:, None, None] * (g - b[:, :, None])
    above = c + (1 - c) / (1 + np.exp(z))
    edge = np.ones_like(above[:, :1])
    above = np.concatenate([edge, above, 0 * edge], axis=1)
    logs = np.log(above[:, :-1] - above[:, 1:])
    for i in range(0, n, 20000):
        part = x[i:i + 20000]
        l = w + sum((part == k).astype(float) @ logs[:, k] for k in range(logs.shape[1]))
        m = l.max(1, keepdims=True); total += (m[:, 0] + np.log(np.exp(l - m).sum(1))).sum()
    return float(total)
def told(fit, read, warm, version):
    if warm: fit()
    walls, cpus = [], []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        found = fit()
        walls.append(time.perf_counter() - wall); cpus.append(time.process_time() - cpu)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(dict(wall=walls, cpu=cpus, peak=peak, loglik=loglik(*read(found)), version=version)))
"""

FITS = {
    "kepu": """
import numba
from kepu_engines.survey.irt.fit import Method, fit
from kepu_engines.survey.irt.responses import responses
m = Method(nodes=41, reach=5, tolerance=1e-4)
def read(f):
    c = 1 / (1 + np.exp(-f.params[:, 2])) if model == "3pl" else 0.
    return f.slope, np.stack([f.difficulty(i) for i in range(len(f.names))]), c
told(lambda: fit(responses(x), model, m), read, True, f"numba {numba.__version__}, numpy {np.__version__}")
""",
    "mirt": """
import mirt
d = x.astype(np.int64)
def read(f):
    p = f.model.parameters
    return p["discrimination"], p["thresholds" if model == "grm" else "difficulty"], p.get("guessing", 0.)
told(lambda: mirt.fit_mirt(d, model.upper(), n_quadpts=41, max_iter=500, tol=1e-4,
                           compute_standard_errors=False), read, False, importlib.metadata.version("mirt"))
""",
    "theta-irt": """
import theta
told(lambda: theta.fit(x, model.upper(), n_points=41), lambda f: (f.a, f.b, f.c if model == "3pl" else 0.),
     True, importlib.metadata.version("theta-irt"))
""",
}
CANNOT = {("theta-irt", "grm")}


def measure(model: str, persons: int, times: int) -> None:
    """The programs in turn, a line for them, and one for what ten times the persons cost."""
    programs = {name: COMMON + fit for name, fit in FITS.items() if (name, model) not in CANNOT}
    runs = beside.in_turn(programs, [str(persons), model, "1"], times)
    if not runs["kepu"]:
        raise SystemExit(f"irt {model}: our own fit failed")
    figures, bars = compared(runs)
    about = {"persons": persons, "items": ITEMS, "runs": times}
    line.tell(f"irt {model}", figures, bars, **about, programs=beside.releases(runs))
    fewer = beside.in_turn({"kepu": programs["kepu"]}, [str(persons // 10), model, "1"], times)
    beside.tell_growth(f"irt {model}", fewer["kepu"], runs["kepu"], persons)


def compared(runs: dict[str, list[beside.Run]]) -> tuple[dict[str, object], line.Bars]:
    """Figures of every program, ours against each, and the bars that what ran allows."""
    figures: dict[str, object] = {}
    for name, each in runs.items():
        for figure in ("cpu", "wall") if each else ():
            figures[f"{name}_{figure}_s"] = round(beside.middle(each, figure), 3)
        if each:
            figures[f"{name}_peak_mib"] = round(beside.most(each, "peak"))
            figures[f"{name}_loglik"] = round(each[0]["loglik"], 4)
    bars: line.Bars = {}
    ours = runs["kepu"]
    if mirt := runs["mirt"]:
        figures["times_mirt_cpu"] = beside.middle(mirt, "cpu") / beside.middle(ours, "cpu")
        bars["times_mirt_cpu"] = (">=", 10)
    if theta := runs.get("theta-irt"):
        figures["times_theta_wall"] = beside.middle(theta, "wall") / beside.middle(ours, "wall")
        figures["peak_share_of_theta"] = beside.most(ours, "peak") / beside.most(theta, "peak")
        bars |= {"times_theta_wall": (">=", 2), "peak_share_of_theta": ("<=", 1 / 3)}
    if len([each for each in runs.values() if each]) > 1:
        best = max(each[0]["loglik"] for each in runs.values() if each)
        figures["below_best_loglik"] = best - ours[0]["loglik"]
        bars["below_best_loglik"] = ("<=", 0.05)
    return figures, bars


def main(words: list[str]) -> int:
    asked = argparse.ArgumentParser(prog="python -m benchmarks.irt", description=__doc__)
    asked.add_argument("--persons", type=int, default=200_000)
    asked.add_argument("--times", type=int, default=3, help="how often they alternate")
    asked.add_argument("--models", nargs="+", default=MODELS, choices=MODELS)
    options = asked.parse_args(words)
    for model in options.models:
        measure(model, options.persons, options.times)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
