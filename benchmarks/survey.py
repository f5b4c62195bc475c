"""Survey estimates by domain against svy and R, on one file of rows in random order, in one run.

    PYTHONPATH=src RIVALS=python-that-has-svy python -m benchmarks.survey [--quick]

One JSON object a line: CPU seconds (median), peak memory of the process, how far the answers are
apart, and what ten times the rows cost. Each program runs in a process of its own, loads the same
file, makes its design, which is timed apart, and estimates three times. Without RIVALS the lines
say that svy was not measured. The last line holds estimates and standard errors of the largest file,
quantiles too, to R's package survey, which reads the same numbers to the last bit.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks import beside, line
from kepu_engines.core.seeds import generator

STRATA, CLUSTERS, DOMAINS = 1_000, 5_000, 40
CASES = ("mean", "ratio", "quantiles")
# Against svy, at a million rows; growth is for ten times the rows.
BARS: dict[str, line.Bars] = {
    case: {"times": (">=", least), "peak_share": ("<=", 0.5)}
    for case, least in (("mean", 40), ("ratio", 40), ("quantiles", 15))
}
COMMON = """
import json, resource, sys, time
import numpy as np
file, case = sys.argv[1:]
shares = [.1, .25, .5, .75, .9]
def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
def load():
    global before
    before = memory()
    rows = np.load(file)
    return {name: rows[name] for name in rows.files}
def told(made, figure, read, version):
    start = time.process_time(); design = made(); spent = time.process_time() - start
    cpu = []
    for _ in range(3):
        start = time.process_time(); found = figure(design); cpu.append(time.process_time() - start)
    print(json.dumps(dict(cpu=cpu, design=spent, peak=memory(), before=before, answer=read(found),
                          version=version)))
"""
PROGRAMS = {
    "kepu": """
import numba
from kepu_engines.survey.design import Design
from kepu_engines.survey.estimates import mean, ratio
from kepu_engines.survey.quantiles import quantiles
few = np.arange(40, dtype=np.int32)  # the compiled kernels are in memory before the rows are
quantiles(Design.of(few // 4, few, np.ones(40)), np.ones(40) * few, [.5], few % 2)
rows = load()
figure = {
    "mean": lambda d: [mean(d, rows["score"], rows["district"])],
    "ratio": lambda d: [ratio(d, rows["score"], rows["hours"], rows["district"])],
    "quantiles": lambda d: quantiles(d, rows["score"], shares, rows["district"]),
}[case]
told(lambda: Design.of(rows["stratum"], rows["psu"], rows["w"]), figure,
     lambda found: [[*map(float, one.value), *map(float, one.se)] for one in found],
     f"numba {numba.__version__}, numpy {np.__version__}")
""",
    "svy": """
import importlib.metadata, polars, svy
rows = load()
table = polars.DataFrame(rows); del rows
figure = {
    "mean": lambda s: s.estimation.mean("score", by="district"),
    "ratio": lambda s: s.estimation.ratio("score", "hours", by="district"),
    "quantiles": lambda s: s.estimation.quantile("score", p=shares, by="district"),
}[case]
def read(found):
    if case == "quantiles":
        return None
    one = sorted(found.estimates, key=lambda e: int(np.ravel(e.by_level)[0]))
    return [[*(e.est for e in one), *(e.se for e in one)]]
told(lambda: svy.Sample(table, svy.Design(stratum="stratum", psu="psu", wgt="w")), figure, read,
     importlib.metadata.version("svy"))
""",
}
# R's conventions for quantiles are its own defaults: qrule "math", interval.type "mean".
R = """
suppressMessages(library(survey))
folder <- commandArgs(TRUE)[1]; n <- as.integer(commandArgs(TRUE)[2])
int <- function(name) readBin(file.path(folder, name), "integer", n, 4)
num <- function(name) readBin(file.path(folder, name), "double", n, 8)
rows <- data.frame(stratum=int("stratum"), psu=int("psu"), district=int("district"),
                   score=num("score"), hours=num("hours"), w=num("w"))
d <- svydesign(id=~psu, strata=~stratum, weights=~w, data=rows)
numbers <- function(x) paste0("[", paste(sprintf("%.17g", unlist(x)), collapse=","), "]")
timed <- function(name, work) {
  start <- proc.time(); found <- work(); cpu <- sum((proc.time() - start)[1:2])
  sprintf('"%s":{"cpu":%f,"answer":[%s]}', name, cpu, paste(found, collapse=","))
}
of <- function(m) numbers(c(coef(m), SE(m)))
quantiles <- function() {
  by <- lapply(sort(unique(rows$district)), function(k)
    svyquantile(~score, subset(d, district == k), c(.1, .25, .5, .75, .9))$score)
  sapply(1:5, function(p) numbers(c(sapply(by, function(q) q[p, 1]), sapply(by, function(q) q[p, 4]))))
}
told <- c(
  timed("mean", function() of(svyby(~score, ~district, d, svymean))),
  timed("ratio", function() of(svyby(~score, ~district, d, svyratio, denominator=~hours))),
  timed("quantiles", quantiles))
cat(sprintf('{"version":"%s",%s}', packageVersion("survey"), paste(told, collapse=",")))
"""
NO_R = "not measured: needs R with its package survey (r-base-core, r-cran-survey)"


def main() -> None:
    """Print the lines."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.survey", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10,000 and 100,000 rows only")
    parser.add_argument("--runs", type=int, default=3, help="processes of each program")
    asked = parser.parse_args()
    sizes = (10_000, 100_000) if asked.quick else (100_000, 1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        files = {rows: str(Path(folder) / f"{rows}.npz") for rows in sizes}
        for rows, file in files.items():
            np.savez(file, **sample(rows))
        for case in CASES:
            lines = [compare(case, rows, files[rows], asked.runs) for rows in sizes]
            growth = lines[1]["cpu"] / lines[0]["cpu"]
            bar: line.Bars = {"growth": ("<=", 11)}
            versions = {"kepu": lines[1]["kepu"]}
            line.tell(
                f"survey {case}", {"growth": growth}, bar, rows=list(sizes), programs=versions
            )
        hold_to_r(sizes[1], files[sizes[1]], Path(folder))


def sample(rows: int, seed: int = 20240601) -> dict[str, np.ndarray]:
    """A made-up literacy survey; districts are unions of strata."""
    draw = generator(seed)
    psu = np.concatenate([np.arange(CLUSTERS), draw.integers(0, CLUSTERS, rows - CLUSTERS)])
    draw.shuffle(psu)
    stratum = psu // (CLUSTERS // STRATA)
    district = stratum % DOMAINS
    effect = draw.normal(0, 4, CLUSTERS)[psu] + draw.normal(0, 5, DOMAINS)[district]
    score = (45 + effect + draw.normal(0, 13, rows)).round(3)
    hours = np.maximum(draw.gamma(2, 2, rows) + 0.02 * score, 0.1).round(4)
    labels = {"stratum": stratum, "psu": psu, "district": district}
    return {name: label.astype(np.int32) for name, label in labels.items()} | {
        "score": score,
        "hours": hours,
        "w": draw.lognormal(5, 0.5, rows).round(4),
    }


def compare(case: str, rows: int, file: str, runs: int) -> dict[str, object]:
    """Our program and the rival in turn; prints a line and returns it."""
    rival = beside.rivals()
    once("kepu", sys.executable, file, case)  # compiled kernels are kept on disk
    ours, theirs = [], []
    for _ in range(runs):
        ours.append(once("kepu", sys.executable, file, case))
        theirs += [once("svy", rival, file, case)] if rival else []
    found = {"kepu": ours[0]["version"]}
    found |= _told(ours, "") | (_told(theirs, "svy_") if theirs else {"svy": beside.ABSENT})
    if theirs:
        found["svy"] = theirs[0]["version"]
        found["times"] = found["svy_cpu"] / found["cpu"]
        found["peak_share"] = found["peak_mib"] / found["svy_peak_mib"]
        found["apart"] = _apart(ours[0]["answer"], theirs[0]["answer"])
    bars = BARS[case] if theirs and rows >= 1_000_000 else None
    line.tell(f"survey {case}", found, bars, rows=rows, runs=runs)
    return found


def hold_to_r(rows: int, file: str, folder: Path) -> None:
    """The line that holds every estimate and standard error to R's."""
    program = shutil.which("Rscript")
    with np.load(file) as held:
        for name in held.files:
            held[name].tofile(folder / name)
    command = [str(program), "-e", R, str(folder), str(rows)]
    theirs = beside.once("R", command) if program else None
    if theirs is None:
        line.tell("survey beside R", {}, None, rows=rows, programs={"survey": NO_R})
        return
    figures: dict[str, object] = {}
    for case in CASES:
        ours = once("kepu", sys.executable, file, case)
        figures[f"{case}_apart"] = _apart(ours["answer"], theirs[case]["answer"])
        figures[f"{case}_r_cpu"] = theirs[case]["cpu"]
    bars: line.Bars = {f"{case}_apart": ("<=", 1e-12) for case in CASES}
    line.tell("survey beside R", figures, bars, rows=rows, programs={"survey": theirs["version"]})


def once(program: str, python: str, file: str, case: str) -> dict[str, object]:
    """One program in a process of its own."""
    command = [python, "-c", COMMON + PROGRAMS[program], file, case]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise SystemExit(f"{program} {case}: {done.stderr.strip()[-400:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _told(runs: list[dict], prefix: str) -> dict[str, object]:
    return {
        f"{prefix}cpu": median(cpu for run in runs for cpu in run["cpu"]),
        f"{prefix}design_cpu": median(run["design"] for run in runs),
        f"{prefix}peak_mib": max(run["peak"] for run in runs),
        f"{prefix}before_rows_mib": max(run["before"] for run in runs),
    }


def _apart(ours: list, theirs: list | None) -> float | None:
    """The largest relative difference of estimates and errors; quantiles follow other conventions."""
    return theirs and float(np.max(np.abs(np.array(ours) / np.array(theirs) - 1)))


if __name__ == "__main__":
    main()
