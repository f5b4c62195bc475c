"""The command `kepu survey weight SAMPLE.csv --chance C --answered A --margins MARGINS.csv`."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.command.answers import Answer, about, checked_out, run
from kepu_engines.survey.command.margins import Targets
from kepu_engines.survey.command.persons import ID, NOBODY, Persons
from kepu_engines.survey.command.tables import Table, read
from kepu_engines.survey.design import Design, Lonely, Reals
from kepu_engines.survey.replicates import Correct, Replicates, balanced, bootstrap, jackknife
from kepu_engines.survey.weighting.base import base_weights
from kepu_engines.survey.weighting.calibration import Calibrated
from kepu_engines.survey.weighting.distances import Distance, linear, logit, raking
from kepu_engines.survey.weighting.response import Classes, propensity
from kepu_engines.survey.weighting.trimming import kish_effect, trim, upper_limit

Make = Callable[..., argparse.ArgumentParser]


def parser(make: Make = argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Words of the command."""
    found = make(
        prog="kepu survey weight",
        description="Weight a sample, from chances to replicate weights; prints the rows as CSV.",
    )
    found.add_argument("sample", type=Path, help="CSV or Parquet: a row for each person drawn")
    found.add_argument("--id", help=ID)
    one = found.add_mutually_exclusive_group(required=True)
    one.add_argument("--chance", action="append", help="column of chances, once for each stage")
    one.add_argument("--weight", help="column of base weights")
    _add_response(found)
    _add_calibration(found)
    _add_trimming(found)
    _add_replicates(found)
    found.add_argument("--out", type=Path, metavar="FILE", help="CSV or Parquet to write to")
    return found


def _add_response(found: argparse.ArgumentParser) -> None:
    found.add_argument(
        "--answered", metavar="A", help="column of 1 for who answered, 0 for who did not"
    )
    one = found.add_mutually_exclusive_group()
    one.add_argument(
        "--classes", metavar="K", help="column of classes within which answers stand in"
    )
    one.add_argument("--propensity", action="append", metavar="X", help=PROPENSITY)
    found.add_argument("--groups", type=int, default=5, help="classes made from the propensity")


def _add_calibration(found: argparse.ArgumentParser) -> None:
    found.add_argument("--margins", type=Path, metavar="FILE", help=MARGINS)
    found.add_argument("--each", metavar="D", help="column of districts with targets of their own")
    found.add_argument(
        "--distance",
        default="raking",
        choices=["raking", "linear", "logit"],
        help="how weights give way",
    )
    found.add_argument("--low", type=float, help="lower bound of the factor on a weight")
    found.add_argument("--high", type=float, help="upper bound of the factor on a weight")


def _add_trimming(found: argparse.ArgumentParser) -> None:
    found.add_argument("--trim-low", type=float, default=0.0, metavar="W", help="least weight")
    found.add_argument("--trim-high", type=float, metavar="W", help="greatest weight")
    found.add_argument("--trim-spreads", type=float, metavar="K", help=SPREADS)
    found.add_argument("--trim-by", metavar="D", help="column of groups that keep their people")


def _add_replicates(found: argparse.ArgumentParser) -> None:
    found.add_argument(
        "--replicates", choices=["jackknife", "balanced", "fay", "bootstrap"], help=REPLICATES
    )
    found.add_argument("--strata", help="column of first-stage strata, for replicates")
    found.add_argument("--psu", help="column of first-stage clusters, for replicates")
    found.add_argument("--fpc", help="column of first-stage fractions or sizes, for replicates")
    found.add_argument("--lonely", default="fail", choices=["fail", "certainty"], help=LONELY)
    found.add_argument("--fay", type=float, default=0.5, help="share that Fay's half-samples keep")
    found.add_argument("--count", type=int, default=200, help="bootstrap: how many replicates")
    found.add_argument(
        "--seed", type=int, default=1, help="bootstrap: the same seed draws the same"
    )
    found.add_argument("--scales", type=Path, metavar="FILE", help=SCALES)


PROPENSITY = "column that tells who answers, once for each: numbers, or words as categories"
MARGINS = "CSV of targets: variable, category (empty for the total of a number), people"
SPREADS = "greatest weight: the median and so many interquartile ranges"
REPLICATES = "replicate weights, each corrected as the sample is"
LONELY = "what a stratum with one cluster adds; it is refused unless this is named"
SCALES = "CSV to write each replicate's factor in the variance to"


@dataclass(frozen=True)
class Course:
    """Weights under way: of all rows drawn, as they were after each step, and how they came to be."""

    weight: Reals
    said: NDArray[np.bool_]
    steps: dict[str, Reals] = field(default_factory=dict)
    corrections: tuple[Correct, ...] = ()
    notes: tuple[str, ...] = ()

    def then(self, name: str, correct: Correct, note: str = "") -> "Course":
        """One step further."""
        weight = correct(self.weight)
        notes = (*self.notes, note) if note else self.notes
        steps = self.steps | {name: weight}
        return Course(weight, self.said, steps, (*self.corrections, correct), notes)

    @property
    def rows(self) -> NDArray[np.int64]:
        """Rows of those who answered."""
        return np.flatnonzero(self.said)


def main(
    arguments: Sequence[str] | None = None,
    progress: Progress = silent,
    make: Make = argparse.ArgumentParser,
) -> int:
    """Read a sample, weight it, print. 2 means the input was refused."""
    asked = parser(make).parse_args(arguments)
    return run("weight", lambda: weighted(asked, progress))


def weighted(asked: argparse.Namespace, progress: Progress = silent) -> Answer:
    """The rows of those who answered, with their weight after each step and their replicates.

    Raises
    ------
    EngineError
        If a file cannot be understood, or a step cannot be taken.
    """
    out, scales = checked_out(asked.out), checked_out(asked.scales)
    targets = Targets.of(asked.margins, asked.each) if asked.margins else None
    require(asked.each is None or targets is not None, "--each needs --margins")
    table = read(asked.sample, list(dict.fromkeys(_named(asked, targets))), others=True)
    require(scales is None or bool(asked.replicates), "--scales needs --replicates")
    persons = Persons.of(asked.id, list(table.cells), _named(asked, targets))
    persons.refuse_doubles(lambda: [table])
    with about(table.file):
        course = _trimmed(asked, table, _calibrated(asked, table, targets, _based(asked, table)))
        columns, notes = _columns(course), (*persons.notes, *_notes(course))
        beside: tuple[tuple[Path, Any], ...] = ()
        if asked.replicates:
            made = _replicates(asked, table, course)
            columns |= _replicated(made, course.rows, progress)
            notes += (_of_scales(made),)
            beside = () if scales is None else ((scales, _scales(made)),)
    taken = next((name for name in columns if name in table.cells), None)
    require(taken is None, f"{table.file} has a column {taken} already: rename it")
    return Answer({**table.kept(course.rows), **columns}, None, notes, out, beside)


def _named(asked: argparse.Namespace, targets: Targets | None) -> list[str]:
    """Columns that the words name."""
    named = None if asked.id == NOBODY else asked.id
    names = [named, asked.weight, asked.answered, asked.classes, asked.each, asked.trim_by]
    names += [asked.strata, asked.psu, asked.fpc, *(asked.chance or []), *(asked.propensity or [])]
    return [name for name in names if name is not None] + (targets.variables if targets else [])


def _based(asked: argparse.Namespace, table: Table) -> Course:
    """Base weights, and what those who did not answer leave to the others."""
    if asked.weight:
        base = table.above(asked.weight)
    else:
        base = base_weights(*(table.above(name, 0, 1) for name in asked.chance))
    said = table.ones(asked.answered) if asked.answered else np.ones(len(table), bool)
    course = Course(base, said, {"base_weight": base})
    if not asked.answered:
        require(
            not (asked.classes or asked.propensity), "--classes and --propensity need --answered"
        )
        return course
    classes: Any = np.zeros(len(table), np.int32)
    if asked.classes:
        classes = table.labels(asked.classes)
    if asked.propensity:
        known = np.column_stack([_indicators(table, name) for name in asked.propensity])
        classes = propensity(base, said, known).classes(base, asked.groups)
    share = float(base @ said / base.sum())
    note = f"{said.sum()} of {said.size} answered, {share:.1%} by weight"
    return course.then("response_weight", Classes.of(said, classes, len(table)), note)


def _indicators(table: Table, column: str) -> NDArray[np.float64]:
    """A column of numbers as it is; one of words as 0 and 1 for each category but the first."""
    words = table.labels(column)
    if words.dtype.kind in "iu":
        return words.astype(np.float64)[:, None]
    try:
        return words.astype(np.float64)[:, None]
    except ValueError:
        names = np.unique(words)
        require(names.size > 1, f"{column} is the same in every row: leave it out")
        return np.equal(words[:, None], names[1:]).astype(np.float64)


def _calibrated(
    asked: argparse.Namespace, table: Table, targets: Targets | None, course: Course
) -> Course:
    """To what is known of the population."""
    if targets is None:
        return course
    rows = course.rows
    with about(targets.file, table.file):
        calibration = targets.calibration(table, rows, asked.each, _distance(asked))
        done: Calibrated = calibration.run(course.weight[rows])
    note = f"factors {done.g.min():.4g} to {done.g.max():.4g}; worst margin off by {done.error:.1e}"

    def correct(weight: Reals) -> Reals:
        found = np.zeros(weight.size)
        found[rows] = calibration(weight[rows])
        return found

    return course.then("calibrated_weight", correct, note)


def _distance(asked: argparse.Namespace) -> Distance:
    low, high = asked.low, asked.high
    if asked.distance == "logit":
        require(low is not None and high is not None, "--distance logit needs --low and --high")
        return logit(low, high)
    upper = np.inf if high is None else high
    if asked.distance == "linear":
        return linear(-np.inf if low is None else low, upper)
    return raking(low or 0, upper)


def _trimmed(asked: argparse.Namespace, table: Table, course: Course) -> Course:
    """Between the limits; replicates take the cut over as each row's factor."""
    if asked.trim_high is None and asked.trim_spreads is None and asked.trim_low == 0:
        return course
    both = asked.trim_high is not None and asked.trim_spreads is not None
    require(not both, "give one of --trim-high and --trim-spreads")
    rows, before = course.rows, course.weight[course.rows]
    high = np.inf if asked.trim_high is None else asked.trim_high
    if asked.trim_spreads is not None:
        high = float(upper_limit(before, asked.trim_spreads)[0])
    group = table.labels(asked.trim_by)[rows] if asked.trim_by else None
    done = trim(before, asked.trim_low, high, group)
    factor = np.zeros(course.weight.size)
    factor[rows] = done.weight / before
    note = f"{done.cut.sum()} weights cut to between {asked.trim_low:g} and {high:.6g}"
    if asked.margins and done.cut.any():
        note += "; the margins are met no more"
    return course.then("trimmed_weight", lambda weight: weight * factor, note)


def _replicates(asked: argparse.Namespace, table: Table, course: Course) -> Replicates:
    """The sample drawn again in part, and every part corrected alike."""
    count = len(table)
    cluster = table.labels(asked.psu) if asked.psu else np.arange(count)
    strata = table.labels(asked.strata) if asked.strata else np.zeros(count, int)
    fpc = table.full(asked.fpc) if asked.fpc else None
    base = course.steps["base_weight"]
    design = Design.of(strata, cluster, base, fpc, Lonely(asked.lonely))
    if asked.replicates == "jackknife":
        made = jackknife(design)
    elif asked.replicates == "bootstrap":
        made = bootstrap(design, asked.count, asked.seed)
    else:
        made = balanced(design, asked.fay if asked.replicates == "fay" else 0)
    for correct in course.corrections:
        made = made.corrected(correct)
    return made


def _columns(course: Course) -> dict[str, Any]:
    rows = course.rows
    found: dict[str, Any] = {name: weight[rows] for name, weight in course.steps.items()}
    return found | {"final_weight": course.weight[rows]}


def _replicated(made: Replicates, rows: NDArray[np.int64], progress: Progress) -> dict[str, Reals]:
    """A column of weights for each replicate."""
    every = enumerate(made.every(progress), start=1)
    return {f"replicate_{number}": weight[rows] for number, weight in every}


def _notes(course: Course) -> tuple[str, ...]:
    final = course.weight[course.rows]
    people = f"{final.size} rows stand for {final.sum():.10g}"
    return (*course.notes, f"{people}; unequal weights cost a factor {kish_effect(final):.3g}")


def _of_scales(made: Replicates) -> str:
    low, high = float(made.scale.min()), float(made.scale.max())
    scale = f"{low:.10g}" if low == high else f"{low:.6g} to {high:.6g}, see --scales"
    return f"{len(made)} replicates; each counts {scale} in the variance"


def _scales(made: Replicates) -> dict[str, Any]:
    names = [f"replicate_{number}" for number in range(1, len(made) + 1)]
    return {"replicate": names, "scale": made.scale}
