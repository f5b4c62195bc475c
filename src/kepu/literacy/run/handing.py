"""Hand-over to R: the answers with design and replicate weights, and a script that finds the same.

Two files of persons. The restricted one holds the design; the public one holds no cluster, stratum or
name, and no district or weight by which a person would stand out in it.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kepu.literacy.run import labelled
from kepu.literacy.run.disclosing import Public, public
from kepu.literacy.run.estimating import AREA, CITY, Figure, Found
from kepu.literacy.run.reading import Read
from kepu.literacy.run.weighing import Weighed
from kepu_engines.core.cells import disarmed
from kepu_engines.core.errors import EngineError
from kepu_engines.core.progress import Progress, silent

DIGITS = 15  # of a weight: R finds the published figures to 1e-9 with fewer
NEAREST = 1e-9
PATIENCE = 1800  # seconds
SCRIPT = """\
# Finds the published design-based figures again with R's survey package, from restricted.csv alone.
# Rscript reproduce.R   (in this folder; needs the package survey)
suppressPackageStartupMessages(library(survey))
people <- read.csv("restricted.csv", colClasses = c({classes}), encoding = "UTF-8")
published <- read.csv("published.csv", colClasses = "character", encoding = "UTF-8")
for (name in c("estimate", "se")) published[[name]] <- as.numeric(published[[name]])
replicates <- grep("^r[0-9]+$", names(people))
sample <- svrepdesign(
  data = people[, -replicates], weights = people$weight, repweights = people[, replicates],
  type = "other", combined.weights = TRUE, scale = 1 / (length(replicates) - 1),
  rscales = rep(1, length(replicates)), mse = FALSE)
found <- data.frame()
for (row in seq_len(nrow(published))) {{
  one <- published[row, ]
  of <- paste0("by_", one$table)
  here <- if (one$table == "{city}") sample else
    if (of %in% names(people)) sample[people[[of]] == one$cell, ] else
    sample[people[[paste("in", one$table, one$cell, sep = "_")]] == "yes", ]
  figure <- svymean(as.formula(paste0("~", one$variable)), here)
  found <- rbind(found, data.frame(
    table = one$table, cell = one$cell, measure = one$measure,
    estimate = one$estimate, r_estimate = as.numeric(coef(figure)),
    se = one$se, r_se = as.numeric(SE(figure))))
}}
apart <- function(a, b) max(abs(a - b) / pmax(abs(b), 1e-12))
write.csv(found, "agreement.csv", row.names = FALSE)
cat(sprintf("%d %.3g %.3g\\n", nrow(found),
  apart(found$estimate, found$r_estimate), apart(found$se, found$r_se)))
"""

# Of one copy of the answers; and of several, by Rubin's rules.
ONE = """\
  figure <- svymean(as.formula(paste0("~", one$variable)), here)
  found <- rbind(found, data.frame(
    table = one$table, cell = one$cell, measure = one$measure,
    estimate = one$estimate, r_estimate = as.numeric(coef(figure)),
    se = one$se, r_se = as.numeric(SE(figure))))
"""
COPIES = """\
  copies <- lapply(seq_len({many}), function(copy)
    svymean(as.formula(paste0("~", one$variable, ".", copy)), here))
  value <- sapply(copies, function(figure) as.numeric(coef(figure)))
  error <- sapply(copies, function(figure) as.numeric(SE(figure)))
  found <- rbind(found, data.frame(
    table = one$table, cell = one$cell, measure = one$measure,
    estimate = one$estimate, r_estimate = mean(value),
    se = one$se, r_se = sqrt(mean(error^2) + (1 + 1 / {many}) * var(value))))
"""


@dataclass(frozen=True)
class Agreement:
    """How far R is from the published figures: the worst relative distances."""

    figures: int
    estimate: float
    se: float

    @property
    def near(self) -> bool:
        """Whether R found the same."""
        return max(self.estimate, self.se) <= NEAREST


def write(
    folder: Path, read: Read, weighed: Weighed, found: Found, progress: Progress = silent
) -> Public | None:
    """Write the files of persons, the published figures, and the script; tells what stands open.

    That is None, and there is no public file, where one would tell too much of too few districts.
    """
    variables = _variables(read, found)
    groups = _groups(read)
    weights = np.column_stack([weighed.weight, *weighed.replicates.every(progress)])[read.said]
    header = [*groups, *variables, "weight"]
    replicates = [f"r{number}" for number in range(1, weights.shape[1])]
    design = ["stratum", "psu"]
    labels = [
        read.labels(getattr(read.plan.answers, name))[read.said] for name in ("strata", "psu")
    ]
    columns = [*groups.values(), *variables.values()]
    _rows(folder / "restricted.csv", [*design, *header, *replicates], [*labels, *columns], weights)
    labelled.write(folder / "restricted.sav", read, groups, variables, weights)
    _parquet(folder / "restricted.parquet", [*design, *header, *replicates],
             [*labels, *columns], weights)  # fmt: skip
    open_to_all = public(read, found, groups, variables, weights[:, 0])
    if open_to_all:
        _public(folder, header, open_to_all, variables)
    _published(folder / "published.csv", found)
    words = dict.fromkeys([*design, *groups], '"character"')
    classes = ", ".join(f"{name} = {kind}" for name, kind in words.items())
    script = SCRIPT.format(classes=classes, city=CITY)
    if len(found.points) > 1:
        script = script.replace(ONE, COPIES.format(many=len(found.points)))
    (folder / "reproduce.R").write_text(script, "utf-8")
    return open_to_all


def _public(
    folder: Path, header: Sequence[str], open_to_all: Public, variables: Mapping[str, Any]
) -> None:
    """Persons without replicate weights, which are 0 for whole clusters at once and so tell who shares
    one.
    """
    columns = [*open_to_all.groups.values(), *variables.values()]
    straight = [np.asarray(column)[open_to_all.order] for column in columns]
    weight = open_to_all.weight[open_to_all.order, None]
    _rows(folder / "public.csv", header, straight, weight)
    _parquet(folder / "public.parquet", header, straight, weight)


def missing() -> str | None:
    """What is not here of that which `reproduce` needs: `R`, or its package `survey`."""
    program = shutil.which("Rscript")
    if program is None:
        return "R"
    asked = [program, "--vanilla", "-e", "library(survey)"]
    try:
        done = subprocess.run(asked, capture_output=True, timeout=60, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return "R"
    return "survey" if done.returncode else None


def reproduce(folder: Path) -> Agreement:
    """Run the script with R.

    Raises
    ------
    EngineError
        If R or its package is not there, or the script fails; in R's own words.
    """
    program = shutil.which("Rscript")
    if program is None:
        raise EngineError("R is not installed here: run reproduce.R where it is")
    try:
        done = subprocess.run(  # noqa: S603 (our own script, in the run's own folder)
            [program, "--vanilla", "reproduce.R"],
            cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise EngineError(
            f"R did not finish reproduce.R within {PATIENCE // 60} minutes"
        ) from error
    if done.returncode:
        raise EngineError(f"R could not run reproduce.R: {done.stderr.strip()[-400:]}")
    figures, estimate, se = done.stdout.split()[-3:]
    return Agreement(int(figures), float(estimate), float(se))


def _variables(read: Read, found: Found) -> dict[str, Any]:
    """What figures are means of, by the name it has in R; numbered where there are copies."""
    many = len(found.points) > 1
    made: dict[str, Any] = {}
    for copy, (points, right) in enumerate(zip(found.points, found.right, strict=True), start=1):
        named = _of_copy(read, points[read.said], right[read.said])
        made |= {f"{name}.{copy}" if many else name: column for name, column in named.items()}
    return made


def _of_copy(read: Read, points: Any, right: Any) -> dict[str, Any]:
    """The variables of one copy of the answers."""
    made: dict[str, Any] = {}
    above = np.zeros(len(points), np.bool_)
    for level, cut in read.plan.rule.cuts.items():
        here = points >= cut
        made[f"{level}_or_above"], made[f"{level}_alone"] = (
            here.astype(int),
            (here & ~above).astype(int),
        )
        above = here
    made["below_all"], made["points"] = (~above).astype(int), points
    for dimension, most in read.plan.rule.points.items():
        held = [p for p, item in enumerate(read.items) if item.dimension == dimension]
        made[f"points_of_{dimension}"] = right[:, held].mean(axis=1) * most
    return made


def _groups(read: Read) -> dict[str, Any]:
    found = {f"by_{name}": read.labels(name)[read.said] for name in read.plan.groups}
    for name, members in read.plan.sets.items():
        for member, rule in members.items():
            inside = read.belongs(rule)[read.said]
            found[f"in_{name}_{member}"] = np.where(inside, "yes", "no")
    if read.plan.areas:
        found[f"by_{AREA}"] = read.labels(read.plan.areas.column)[read.said]
    return found


def _published(file: Path, found: Found) -> None:
    """Figures that were not withheld, each with its variable in the file of persons."""
    shown = [one for one in found.figures if not one.withheld]
    with file.open("w", encoding="utf-8", newline="") as stream:
        written = csv.writer(stream, lineterminator="\n")
        written.writerow(("table", "cell", "measure", "variable", "estimate", "se"))
        written.writerows(_line(one) for one in shown)


def _line(one: Figure) -> Sequence[Any]:
    numbers = (repr(one.estimate), repr(one.se))
    cell = disarmed(one.cell)  # as in the file of persons, where R looks for it
    return (one.table, cell, one.measure, one.measure.replace(" ", "_"), *numbers)


def _rows(file: Path, header: Sequence[str], columns: Sequence[Any], weights: Any) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        written = csv.writer(stream, lineterminator="\n")
        written.writerow(header)
        written.writerows(_persons(columns, weights))


def _parquet(file: Path, header: Sequence[str], columns: Sequence[Any], weights: Any) -> None:
    """The same persons as `_rows` writes, typed: words, whole numbers, and weights to the last bit."""
    import polars  # asked late: only the hand-over needs it

    every = [*columns, *np.asarray(weights, float).T]
    table = {
        name: values.tolist() if values.dtype.kind in "OUS" else values
        for name, values in zip(header, map(np.asarray, every), strict=True)
    }
    polars.DataFrame(table).write_parquet(file)


def _persons(columns: Sequence[Any], weights: Any) -> Iterator[Sequence[Any]]:
    plain = [[_cell(value) for value in column] for column in columns]
    for row, held in enumerate(weights):
        yield [*(column[row] for column in plain), *(f"{one:.{DIGITS}g}" for one in held)]


def _cell(value: Any) -> Any:
    """A number to its last digit; a word that a spreadsheet would run with an apostrophe before it."""
    return repr(float(value)) if isinstance(value, np.floating) else str(disarmed(value))
