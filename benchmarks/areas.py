"""Small areas beside samplics and lme4, and what is gained by them, in one run.

    PYTHONPATH=src RIVALS=python-that-has-samplics python -m benchmarks.areas

One JSON object a line. `fay-herriot`: REML and mean squared errors of 1,000 areas with five columns;
`unit-level`: 100,000 people in 1,000 areas with four; CPU seconds (medians), each program in a process
of its own and in turn, on the same file. `gain`: how much less the figures of 38 districts asked
500 people each err, squared, than what was counted, at half, once and twice the spread between
districts. Where a rival is absent the line says so.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks import line
from kepu_engines.core.seeds import generator
from kepu_engines.survey.areas.share_level import share_areas

RUNS = 3
# Between districts, in shares: derived in docs/engines/areas.md.
SPREAD, CITY, PEOPLE, DEFF, DISTRICTS, SURVEYS = 0.026, 0.102, 500, 1.7, 38, 400

OURS = """
import json, sys, time
import numpy as np
rows = np.load(sys.argv[1])
def told(fit, read, times):
    fit()
    cpu = []
    for _ in range(times):
        start = time.process_time(); found = fit(); cpu.append(time.process_time() - start)
    print(json.dumps(dict(cpu=cpu, answer=read(found))))
"""
AREAS = {
    "kepu": OURS
    + """
from kepu_engines.survey.areas.area_level import fay_herriot
told(lambda: fay_herriot(rows["y"], rows["se"], rows["x"], "reml"),
     lambda found: [found.variance, *found.value, *found.mse], 20)
""",
    "samplics": OURS
    + """
import warnings; warnings.filterwarnings("ignore")
from samplics.sae import EblupAreaModel
from samplics.utils.types import FitMethod
area = np.arange(len(rows["y"]))
def fit():
    model = EblupAreaModel(method=FitMethod.reml)
    model.fit(yhat=rows["y"], X=rows["x"][:, 1:], area=area, error_std=rows["se"], intercept=True,
              tol=1e-8, maxiter=200)
    model.predict(X=rows["x"][:, 1:], area=area, intercept=True)
    return model
told(fit, lambda m: [float(m.re_std) ** 2, *(float(m.area_est[k]) for k in area),
                     *(float(m.area_mse[k]) for k in area)], 1)
""",
}
PEOPLES = {
    "kepu": OURS
    + """
from kepu_engines.survey.areas.unit_level import battese_harter_fuller
told(lambda: battese_harter_fuller(rows["y"], rows["area"], rows["x"], 1000),
     lambda found: [found.between, found.within, *found.beta], 20)
""",
    "lme4": """
suppressMessages(library(lme4))
rows <- read.csv(paste0(commandArgs(TRUE)[1], ".csv"))
start <- proc.time()
fit <- lmer(y ~ x1 + x2 + x3 + (1 | area), rows, REML = TRUE)
cpu <- sum((proc.time() - start)[1:2])
numbers <- function(x) paste(sprintf("%.17g", x), collapse = ",")
cat(sprintf('{"cpu":[%f],"answer":[%s]}', cpu,
            numbers(c(as.data.frame(VarCorr(fit))$vcov, fixef(fit)))))
""",
}


def main() -> int:
    """Print the lines."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        beside(
            "fay-herriot",
            AREAS,
            "samplics",
            areas(path),
            {"times": (">=", 1000), "apart": ("<=", 1e-9)},
        )
        beside(
            "unit-level",
            PEOPLES,
            "lme4",
            people(path),
            {"times": (">=", 50), "apart": ("<=", 1e-6)},
        )
    for times in (0.5, 1.0, 2.0):
        bars: line.Bars = {"gain": (">=", 0.3)} if times == 1 else {}
        line.tell("areas gain", {"gain": round(gain(times * SPREAD), 3)}, bars, spread=times)
    return 0


def areas(folder: Path, m: int = 1000) -> str:
    """Direct estimates of areas."""
    draw = generator(5)
    x = np.column_stack([np.ones(m), draw.normal(size=(m, 4))])
    se = np.sqrt(draw.uniform(4, 36, m))
    y = x @ [50, 3, -2, 1, 0.5] + draw.normal(0, 3, m) + draw.normal(0, se)
    np.savez(folder / "areas.npz", y=y, se=se, x=x)
    return str(folder / "areas.npz")


def people(folder: Path, n: int = 100_000, m: int = 1000) -> str:
    """Scores of people in areas, for R as a table too."""
    draw = generator(8)
    area = np.concatenate([np.arange(m), draw.integers(0, m, n - m)])
    x = np.column_stack([np.ones(n), draw.normal(size=(n, 3))])
    y = x @ [50, 2, -1, 0.5] + draw.normal(0, 3, m)[area] + draw.normal(0, 12, n)
    np.savez(folder / "people.npz", y=y, area=area, x=x)
    table = np.column_stack([area, y, x[:, 1:]])
    head = "area,y,x1,x2,x3"
    np.savetxt(folder / "people.npz.csv", table, "%.17g", ",", header=head, comments="")
    return str(folder / "people.npz")


def beside(case: str, programs: dict[str, str], rival: str, file: str, bars: line.Bars) -> None:
    """Ours and the rival in turn."""
    runs: dict[str, list[dict]] = {name: [] for name in programs}
    for _ in range(RUNS):
        for name, program in programs.items():
            if found := once(name, program, file):
                runs[name].append(found)
    ours = median(cpu for run in runs["kepu"] for cpu in run["cpu"])
    figures: dict[str, object] = {"cpu_ms": round(ours * 1000, 3)}
    if not runs[rival]:
        line.tell(f"areas {case}", {**figures, rival: "not measured: it is not here"})
        return
    theirs = median(cpu for run in runs[rival] for cpu in run["cpu"])
    answers = (np.array(runs[name][0]["answer"]) for name in programs)
    apart = float(np.max(np.abs(next(answers) / next(answers) - 1)))
    figures |= {f"{rival}_cpu_ms": round(theirs * 1000, 1), "times": round(theirs / ours)}
    line.tell(f"areas {case}", {**figures, "apart": apart}, bars)


def once(name: str, program: str, file: str) -> dict | None:
    """One program in a process of its own; nothing where it is absent."""
    python = {"kepu": sys.executable, "samplics": os.environ.get("RIVALS", "")}
    command = [python[name], "-c"] if name in python else [shutil.which("Rscript") or "", "-e"]
    if not command[0]:
        return None
    done = subprocess.run(
        [*command, program, file], check=False, capture_output=True, text=True, timeout=600
    )
    if done.returncode:
        print(f"{name}: {done.stderr.strip()[-300:]}", file=sys.stderr)
        return None
    return json.loads(done.stdout.splitlines()[-1])


def gain(spread: float, known: float = 0.5) -> float:
    """The share of the squared error that the model takes away; half of the spread is foretold."""
    draw = generator(20)
    size = np.full(DISTRICTS, PEOPLE / DEFF)
    before = after = 0.0
    for _ in range(SURVEYS):
        x = np.column_stack([np.ones(DISTRICTS), draw.normal(size=DISTRICTS)])
        left = draw.normal(0, np.sqrt(1 - known), DISTRICTS)
        truth = np.clip(CITY + spread * (np.sqrt(known) * x[:, 1] + left), 0.01, 0.99)
        counted = draw.binomial(np.round(size).astype(int), truth) / np.round(size)
        figure = share_areas(counted, size, x).value
        before += float(((counted - truth) ** 2).sum())
        after += float(((figure - truth) ** 2).sum())
    return 1 - after / before


if __name__ == "__main__":
    sys.exit(main())
