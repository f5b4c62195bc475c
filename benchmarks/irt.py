"""`python -m benchmarks.irt`: fits of item response models beside mirt and theta-irt, one JSON line each.

Rivals run where RIVALS names a Python that has them; they and ours alternate, each in a
process of its own, and the CPU medians are compared. Answers are simulated: 50 items,
lognormal slopes, seed 11.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys

MODELS = ("2pl", "3pl", "grm")
ITEMS, NODES = 50, 41

COMMON = f"""
import json, resource, sys, time
import numpy as np
n, model, times = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
r = np.random.default_rng(11)
a, b, t = r.lognormal(0, .3, {ITEMS}), r.normal(0, 1, {ITEMS}), r.normal(0, 1, n)
x = np.zeros((n, {ITEMS}), np.int8)
for step in ((-.8, 0., .8) if model == "grm" else (0.,)):
    if step == -.8 or model != "grm":
        u = r.random((n, {ITEMS}))
    for j in range({ITEMS}):
        p = 1 / (1 + np.exp(-a[j] * (t - b[j] - step)))
        x[:, j] += u[:, j] < (.2 + .8 * p if model == "3pl" else p)
def loglik(a, b):
    g = np.linspace(-6, 6, 61); w = -g * g / 2; w -= np.log(np.exp(w).sum())
    z = a[:, None] * (g - b[:, None]); p, q = -np.logaddexp(0, -z), -np.logaddexp(0, z); total = 0.
    for i in range(0, n, 20000):
        l = x[i:i + 20000].astype(float) @ (p - q) + q.sum(0) + w
        m = l.max(1, keepdims=True); total += (m[:, 0] + np.log(np.exp(l - m).sum(1))).sum()
    return total
def told(fit, read, warm):
    if warm: fit()
    out = []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        found = fit()
        out.append((time.perf_counter() - wall, time.process_time() - cpu))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    level = loglik(*read(found)) if model == "2pl" else None
    print(json.dumps(dict(times=out, peak=peak, loglik=level)))
"""

FITS = {
    "kepu": """
from kepu_engines.survey.irt.fit import Method, fit
from kepu_engines.survey.irt.responses import responses
m = Method(nodes=41, reach=5, tolerance=1e-4, guess_prior=(-1.4, .5) if model == "3pl" else None)
told(lambda: fit(responses(x), model, m), lambda f: (f.slope, -f.params[:, 1] / f.slope), True)
""",
    "mirt": """
import mirt
d = x.astype(np.int64)
def read(f):
    p = f.model.parameters
    return np.ravel(p["discrimination"]), np.ravel(p["difficulty"])
told(lambda: mirt.fit_mirt(d, model.upper(), n_quadpts=41, max_iter=500, tol=1e-4,
                           compute_standard_errors=False), read, False)
""",
    "theta-irt": """
import theta
told(lambda: theta.fit(x, model.upper(), n_points=41), lambda f: (np.ravel(f.a), np.ravel(f.b)), True)
""",
}


def once(name: str, python: str, persons: int, model: str) -> dict[str, object] | None:
    """One process of one program; nothing if it cannot fit the model."""
    words = [python, "-c", COMMON + FITS[name], str(persons), model, "1"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=1800, check=False)
    if done.returncode:
        print(f"{name} {model}: {done.stderr.strip()[-200:]}", file=sys.stderr)
        return None
    return json.loads(done.stdout.splitlines()[-1])


def measure(model: str, persons: int, times: int) -> None:
    """Alternate the programs, and print a line for each that finished."""
    rivals = os.environ.get("RIVALS")
    who = {"kepu": sys.executable} | ({"mirt": rivals, "theta-irt": rivals} if rivals else {})
    seen: dict[str, list[dict]] = {name: [] for name in who}
    for _ in range(times):
        for name, python in who.items():
            found = once(name, python, persons, model)
            seen[name] += [found] if found else []
    ours = _median(seen["kepu"], 1)
    for name, runs in seen.items():
        if runs:
            print(
                json.dumps(
                    {
                        "case": f"irt {model} {persons} x {ITEMS}",
                        "program": name,
                        "wall_s": round(_median(runs, 0), 3),
                        "cpu_s": round(_median(runs, 1), 3),
                        "times_ours_cpu": round(_median(runs, 1) / ours, 1),
                        "times_ours_wall": round(_median(runs, 0) / _median(seen["kepu"], 0), 1),
                        "peak_mib": round(max(run["peak"] for run in runs)),
                        "loglik": runs[-1]["loglik"],
                    }
                ),
                flush=True,
            )


def _median(runs: list[dict], column: int) -> float:
    return statistics.median(pair[column] for run in runs for pair in run["times"])


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m benchmarks.irt", description=__doc__)
    asked.add_argument("--persons", type=int, default=200_000)
    asked.add_argument("--times", type=int, default=3)
    asked.add_argument("--models", nargs="+", default=MODELS, choices=MODELS)
    options = asked.parse_args()
    for model in options.models:
        measure(model, options.persons, options.times)


if __name__ == "__main__":
    main()
