"""The command `kepu survey index DISTRICTS.csv --district D --indicator X --indicator Y`."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.capacity import (
    Sensitivity,
    aggregate,
    ahp,
    critic,
    entropy,
    gini,
    normalise,
    principal,
    sensitivity,
    theil,
)
from kepu_engines.survey.command.answers import Answer, about, checked_out, run
from kepu_engines.survey.command.tables import Table, read
from kepu_engines.survey.design import Reals

Make = Callable[..., argparse.ArgumentParser]
NORMALISE = ("min-max", "z", "base")
FIGURES = ("consistency_ratio", "gini", "theil", "theil_between", "theil_within")
BY_DATA = {"entropy": entropy, "critic": critic, "pca": principal}
CONTRADICTION = 0.1  # Saaty's limit on the consistency ratio


@dataclass(frozen=True)
class Weights:
    """A weight for each indicator, and of judgements how far they contradict one another."""

    of: Reals
    ratio: float | None = None


def parser(make: Make = argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Words of the command."""
    found = make(
        prog="kepu survey index",
        description="Make an index of districts from indicators; prints CSV.",
    )
    found.add_argument("districts", type=Path, help="CSV or Parquet: a row for each district")
    found.add_argument(
        "--district", required=True, help="column that names the district, each once"
    )
    found.add_argument(
        "--indicator",
        action="append",
        required=True,
        metavar="X",
        help="column, once for each indicator",
    )
    found.add_argument(
        "--falling", action="append", metavar="X", help="indicator of which less is better"
    )
    found.add_argument("--normalise", default="min-max", choices=NORMALISE, help=COMPARED)
    found.add_argument("--base", type=Path, metavar="FILE", help=BASE)
    found.add_argument("--weights", default="equal", metavar="HOW", help=WEIGHTS)
    found.add_argument(
        "--aggregate",
        default="linear",
        choices=["linear", "geometric"],
        help="how indicators are joined",
    )
    found.add_argument(
        "--seed", type=int, default=1, help="of the weights drawn for the sensitivity"
    )
    found.add_argument("--firmness", type=float, default=50.0, help="how near drawn weights stay")
    found.add_argument("--people", metavar="N", help="column of inhabitants, for Gini and Theil")
    found.add_argument("--group", metavar="G", help="column of zones, for Theil")
    found.add_argument("--json", action="store_true", help="print one JSON object instead")
    found.add_argument("--out", type=Path, metavar="FILE", help="CSV or Parquet to write to")
    return found


COMPARED = "how indicators are compared"
BASE = "CSV of one row: the city's indicators of the base year, for --normalise base"
WEIGHTS = "equal, entropy, critic, pca, ahp:FILE (CSV of judgements), or numbers as 0.5,0.3,0.2"


def main(
    arguments: Sequence[str] | None = None,
    progress: Progress = silent,
    make: Make = argparse.ArgumentParser,
) -> int:
    """Read indicators, make the index, print. 2 means the input was refused."""
    asked = parser(make).parse_args(arguments)
    return run("index", lambda: indexed(asked))


def indexed(asked: argparse.Namespace) -> Answer:
    """Index, rank and the ranks that other weights would give; weights and inequality beside it.

    Raises
    ------
    EngineError
        If the file cannot be understood, or a step cannot be taken.
    """
    out = checked_out(asked.out)
    more = [name for name in (asked.people, asked.group) if name is not None]
    require(asked.group is None or asked.people is not None, "--group needs --people")
    table = read(asked.districts, list(dict.fromkeys([asked.district, *asked.indicator, *more])))
    table.each_once(asked.district)
    with about(table.file):
        known = _normalised(asked, table)
        weights = _weights(asked, known)
        index = aggregate(known, weights.of, asked.aggregate)
        moved = sensitivity(
            known, weights.of, seed=asked.seed, how=asked.aggregate, firmness=asked.firmness
        )
        facts = _facts(asked, table, weights, index) | _without(asked, moved)
    columns = {
        asked.district: table.cells[asked.district],
        "index": index.tolist(),
        "rank": moved.rank.tolist(),
        "rank_low": moved.low.tolist(),
        "rank_high": moved.high.tolist(),
    }
    if asked.json:
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        return Answer(plain=facts | {"districts": rows})
    return Answer(columns, notes=_notes(facts), out=out, words=(asked.district,))


def _normalised(asked: argparse.Namespace, table: Table) -> NDArray[np.float64]:
    """Comparable indicators, more is better."""
    columns = asked.indicator
    for name in asked.falling or []:
        require(name in columns, f"--falling {name}: this is no indicator")
    values = np.column_stack([table.filled(name) for name in columns])
    falling = [columns.index(name) for name in asked.falling or []]
    base: list[float] = []
    if asked.normalise == "base":
        require(asked.base is not None, "--normalise base needs --base")
        year = read(asked.base, columns)
        require(len(year) == 1, f"{year.file} must have one row, not {len(year)}")
        base = [float(year.above(name)[0]) for name in columns]
    for at, name in enumerate(columns):
        same = asked.normalise != "base" and np.ptp(values[:, at]) == 0
        require(not same, f"indicator {name} is the same in every district: leave it out")
    return normalise(values, asked.normalise, falling=np.array(falling, int), base=base)


def _weights(asked: argparse.Namespace, known: NDArray[np.float64]) -> Weights:
    words, count = asked.weights, known.shape[1]
    if words == "equal":
        return Weights(np.full(count, 1 / count))
    if words in BY_DATA:
        return Weights(BY_DATA[words](known))
    if words.startswith("ahp:"):
        return _judged(Path(words[4:]), asked.indicator)
    try:
        given = np.array([float(word) for word in words.split(",")])
    except ValueError:
        require(False, f"--weights must be {WEIGHTS}, not {words!r}")
    require(given.size == count, f"--weights needs {count} numbers, not {given.size}")
    require(
        bool((given > 0).all()) and bool(np.isfinite(given).all()), "every weight must be above 0"
    )
    return Weights(given / given.sum())


def _judged(file: Path, columns: Sequence[str]) -> Weights:
    """Weights from a table of judgements: a row for each indicator, in the order of the columns."""
    table = read(file, columns)
    require(
        len(table) == len(columns), f"{table.file} must have {len(columns)} rows, not {len(table)}"
    )
    with about(table.file):
        found = ahp(np.column_stack([table.above(name) for name in columns]))
    contradicts = (
        f"the judgements contradict one another: ratio {found.ratio:.3f}, over {CONTRADICTION}"
    )
    require(found.ratio <= CONTRADICTION, f"{table.file}: {contradicts}; judge again")
    return Weights(found.weights, found.ratio)


def _facts(
    asked: argparse.Namespace, table: Table, weights: Weights, index: Reals
) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "normalise": asked.normalise,
        "aggregate": asked.aggregate,
        "weights": dict(zip(asked.indicator, weights.of.tolist(), strict=True)),
    }
    if weights.ratio is not None:
        facts["consistency_ratio"] = weights.ratio
    if asked.people:
        people = table.above(asked.people)
        require(bool((index >= 0).all()), "Gini and Theil need an index >= 0: use min-max or base")
        facts["gini"] = gini(index, people)
        groups = table.labels(asked.group) if asked.group else np.zeros(index.size, int)
        parts = theil(index, people, groups)
        facts["theil"] = parts.total
        if asked.group:
            facts |= {"theil_between": parts.between, "theil_within": parts.within}
    return facts


def _without(asked: argparse.Namespace, moved: Sensitivity) -> dict[str, Any]:
    """Ranks of the districts without each indicator, in the order of the file."""
    names = zip(asked.indicator, moved.without.tolist(), strict=False)
    return {"ranks_without": dict(names)}


def _notes(facts: dict[str, Any]) -> tuple[str, ...]:
    weights = ", ".join(f"{name} {weight:.4g}" for name, weight in facts["weights"].items())
    plain = [name for name in FIGURES if name in facts]
    return (f"weights: {weights}", *(f"{name}: {facts[name]:.6g}" for name in plain))
