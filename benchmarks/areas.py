"""Small areas beside samplics and lme4, and what is gained by them, in one run.

    PYTHONPATH=src RIVALS=python-that-has-samplics python -m benchmarks.areas

One JSON object a line. `fay-herriot`: REML and mean squared errors of 1,000 areas with five columns;
`unit-level`: 100,000 people in 1,000 areas with four; CPU seconds (medians), each program in a process
of its own and in turn, on the same file. `gain`: how much less the figures of 38 districts asked
500 people each err, squared, than what was counted, at half, once and twice the spread between
districts. Where a rival is absent the line says so.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks import beside, line
from kepu_engines.core.seeds import generator
from kepu_engines.survey.areas.share_level import share_areas

# Between districts, in shares: derived in docs/engines/areas.md.
SPREAD, CITY, PEOPLE, DEFF, DISTRICTS, SURVEYS = 0.026, 0.102, 500, 1.7, 38, 400

OURS = """
import importlib.metadata, json, sys, time
import numpy as np
rows = np.load(sys.argv[1])
def told(fit, read, times, version=f"numpy {np.__version__}"):
    fit()
    cpu = []
    for _ in range(times):
        start = time.process_time(); found = fit(); cpu.append(time.process_time() - start)
    print(json.dumps(dict(cpu=cpu, answer=read(found), version=version)))
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
                     *(float(m.area_mse[k]) for k in area)], 1, importlib.metadata.version("samplics"))
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
cat(sprintf('{"cpu":[%f],"answer":[%s],"version":"%s"}', cpu,
            numbers(c(as.data.frame(VarCorr(fit))$vcov, fixef(fit))), packageVersion("lme4")))
""",
}


HERE = {
    "samplics": beside.ABSENT,
    "lme4": "not measured: needs R with its package lme4 (r-base-core, r-cran-lme4)",
}


def main(words: list[str]) -> int:
    """Print the lines."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.areas", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="processes of each program")
    runs = parser.parse_args(words).runs
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        sets = [(areas(path, m), m) for m in (1_000, 10_000)]
        bars: line.Bars = {"times": (">=", 1000), "apart": ("<=", 1e-9)}
        compare("fay-herriot", AREAS, "samplics", sets, bars, runs)
        sets = [(people(path, n), n) for n in (10_000, 100_000)]
        bars = {"times": (">=", 50), "apart": ("<=", 1e-6)}
        compare("unit-level", PEOPLES, "lme4", sets[::-1], bars, runs)
    for times in (0.5, 1.0, 2.0):
        least: line.Bars = {"gain": (">=", 0.3)} if times == 1 else {}
        line.tell("areas gain", {"gain": gain(times * SPREAD)}, least, spread=times)
    return 0


def areas(folder: Path, m: int = 1000) -> str:
    """Direct estimates of areas."""
    draw = generator(5)
    x = np.column_stack([np.ones(m), draw.normal(size=(m, 4))])
    se = np.sqrt(draw.uniform(4, 36, m))
    y = x @ [50, 3, -2, 1, 0.5] + draw.normal(0, 3, m) + draw.normal(0, se)
    np.savez(folder / f"areas_{m}.npz", y=y, se=se, x=x)
    return str(folder / f"areas_{m}.npz")


def people(folder: Path, n: int = 100_000, m: int = 1000) -> str:
    """Scores of people in areas, for R as a table too."""
    draw = generator(8)
    area = np.concatenate([np.arange(m), draw.integers(0, m, n - m)])
    x = np.column_stack([np.ones(n), draw.normal(size=(n, 3))])
    y = x @ [50, 2, -1, 0.5] + draw.normal(0, 3, m)[area] + draw.normal(0, 12, n)
    file = folder / f"people_{n}.npz"
    np.savez(file, y=y, area=area, x=x)
    table = np.column_stack([area, y, x[:, 1:]])
    head = "area,y,x1,x2,x3"
    np.savetxt(f"{file}.csv", table, "%.17g", ",", header=head, comments="")
    return str(file)


def compare(
    case: str,
    programs: dict[str, str],
    rival: str,
    sets: list[tuple[str, int]],
    bars: line.Bars,
    runs: int,
) -> None:
    """Ours and the rival in turn on the first set; then what ten times the rows cost."""
    (file, rows), (other, others) = sets
    found: dict[str, list[beside.Run]] = {name: [] for name in programs}
    for _ in range(runs):
        for name, program in programs.items():
            run = once(name, program, file)
            found[name] += [run] if run else []
    ours, theirs = found["kepu"], found[rival]
    if not ours:
        raise SystemExit(f"areas {case}: our own fit failed")
    cpu = beside.middle(ours, "cpu")
    figures: dict[str, object] = {"cpu_ms": round(cpu * 1000, 3)}
    if theirs:
        slower = beside.middle(theirs, "cpu")
        answers = (np.array(each[0]["answer"]) for each in (ours, theirs))
        figures |= {f"{rival}_cpu_ms": round(slower * 1000, 1), "times": slower / cpu}
        figures["apart"] = float(np.max(np.abs(next(answers) / next(answers) - 1)))
    versions = beside.releases(found) | ({} if theirs else {rival: HERE[rival]})
    about = {"rows": rows, "runs": runs, "programs": versions}
    line.tell(f"areas {case}", figures, bars if theirs else None, **about)
    again = [run for _ in range(runs) if (run := once("kepu", programs["kepu"], other))]
    few, many = (again, ours) if others < rows else (ours, again)
    beside.tell_growth(f"areas {case}", few, many, max(rows, others))


def once(name: str, program: str, file: str) -> beside.Run | None:
    """One program in a process of its own; nothing where it is absent."""
    python = {"kepu": sys.executable, "samplics": beside.rivals()}
    command = [python[name], "-c"] if name in python else [shutil.which("Rscript"), "-e"]
    if command[0] is None:
        return None
    return beside.once(name, [str(word) for word in (*command, program, file)])


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
    sys.exit(main(sys.argv[1:]))
