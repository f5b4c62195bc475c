"""The command `kepu survey draw FRAME.csv --unit township --take 4 --unit household --take 10`."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.command.answers import Answer, Columns, about, checked_out, run
from kepu_engines.survey.command.tables import Table, read
from kepu_engines.survey.sampling.coordination import moved_on
from kepu_engines.survey.sampling.panels import dealt, rotation
from kepu_engines.survey.sampling.stages import Drawn, Listed, Method, Stage, draw

Make = Callable[..., argparse.ArgumentParser]
NONE = "-"  # stands for a stage without strata, or with units of one size


def parser(make: Make = argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Words of the command."""
    found = make(
        prog="kepu survey draw",
        description="Draw a sample in stages from a frame; prints the rows drawn as CSV.",
    )
    found.add_argument(
        "frame", type=Path, help="CSV or Parquet: a row for each unit of the last stage"
    )
    found.add_argument("--id", help="column that names the unit of the last stage, each once")
    found.add_argument("--unit", action="append", required=True, metavar="U", help=UNIT)
    found.add_argument("--take", action="append", required=True, metavar="N", help=TAKE)
    found.add_argument(
        "--strata", action="append", help="column of strata, or -, once for each stage"
    )
    found.add_argument("--size", action="append", help=SIZE)
    found.add_argument(
        "--method", action="append", choices=list(Method), help="how to draw, once for each stage"
    )
    found.add_argument("--seed", type=int, required=True, help="the same seed draws the same")
    begins = found.add_mutually_exclusive_group()
    begins.add_argument("--start", type=float, default=0.0, metavar="S", help=START)
    begins.add_argument("--after", type=float, metavar="S", help=AFTER)
    found.add_argument("--parts", type=int, metavar="N", help=PARTS)
    found.add_argument("--waves", type=int, metavar="N", help=WAVES)
    found.add_argument("--stay", type=int, metavar="N", help=STAY)
    found.add_argument("--pairs", type=Path, metavar="FILE", help=PAIRS)
    found.add_argument("--out", type=Path, metavar="FILE", help="CSV or Parquet to write to")
    return found


UNIT = "column of units, once for each stage"
TAKE = "units to draw in each stratum: a number, a column, or FILE:COLUMN; once for each stage"
SIZE = "column of sizes that chances follow, or -, once for each stage"
START = "of permanent numbers: where on the circle this wave begins, in [0, 1)"
AFTER = "of permanent numbers: begin where the wave that began at S is avoided"
WAVES = "rotate: columns wave_1, wave_2 ... say which of so many waves ask each part, 1 or 0"
STAY = "of --waves: in how many waves running a part is asked"
PAIRS = "CSV or Parquet for the chance of each two units of a list to be drawn together"
PARTS = "deal the first stage's units into so many parts, as replicates or releases"


def main(
    arguments: Sequence[str] | None = None,
    progress: Progress = silent,
    make: Make = argparse.ArgumentParser,
) -> int:
    """Read a frame, draw, print. 2 means the input was refused."""
    asked = parser(make).parse_args(arguments)
    return run("draw", lambda: sampled(asked))


def sampled(asked: argparse.Namespace) -> Answer:
    """The rows drawn, with the chance of each stage, the weight, and the part where asked for.

    Raises
    ------
    EngineError
        If the frame cannot be understood or a stratum has too few units.
    """
    out = checked_out(asked.out)
    checked_out(asked.pairs)
    both = (asked.waves is None) == (asked.stay is None)
    require(both, "--waves and --stay are given together")
    alone = asked.waves is None or asked.parts is None
    require(alone, "--parts is told by --waves and --stay: leave it out")
    strata = _each(asked.strata, NONE, asked.unit, "--strata")
    sizes = _each(asked.size, NONE, asked.unit, "--size")
    takes = _each(asked.take, "", asked.unit, "--take")
    methods = _each(asked.method, Method.SYSTEMATIC, asked.unit, "--method")
    own = [asked.id] if asked.id else []
    columns = dict.fromkeys([*own, *asked.unit, *(one for one in (*strata, *sizes) if one != NONE)])
    table = read(asked.frame, list(columns), others=True)
    if asked.id:
        table.each_once(asked.id)
    with about(table.file):
        stages = [
            Stage(
                table.labels(unit),
                _take(table, take, stratum),
                None if stratum == NONE else table.labels(stratum),
                None if size == NONE else table.above(size),
                Method(method),
            )
            for unit, take, stratum, size, method in zip(
                asked.unit, takes, strata, sizes, methods, strict=True
            )
        ]
        start = asked.start if asked.after is None else _after(asked.after)
        found = draw(stages, asked.seed, start)
        beside = ((asked.pairs, _pairs(stages, found)),) if asked.pairs else ()
        columns = _columns(table, stages, found, asked)
        began = () if asked.after is None else (f"this wave begins at {start!r}",)
        return Answer(columns, notes=(*_notes(found), *began), out=out, beside=beside)


def _after(start: float) -> float:
    require(0 <= start < 1, f"--after must lie in [0, 1), not {start:g}")
    return moved_on(start)


def _each(given: list[str] | None, otherwise: str, units: list[str], word: str) -> list[str]:
    """One for each stage."""
    found = given or [otherwise] * len(units)
    sentence = (
        f"{word} must be given once for each of the {len(units)} stages, not {len(found)} times"
    )
    require(len(found) == len(units), sentence)
    return found


def _take(table: Table, words: str, stratum: str) -> int | dict[Any, int]:
    """How many to take: one number, or one for each stratum from a column here or in another file."""
    if words.isascii() and words.isdigit():
        return int(words)
    require(stratum != NONE, f"--take {words} needs a column of strata in its stage")
    file, _, column = words.rpartition(":")
    plan = read(Path(file), [stratum, column]) if file else table
    require(column in plan.cells, f"{plan.file} has no column {column}")
    numbers = plan.filled(column)
    found: dict[Any, int] = {}
    known = set(table.labels(stratum).tolist())
    for row, label in enumerate(_labels_like(table, stratum, plan)):
        place = plan.where(row, column)
        whole = numbers[row] >= 1 and numbers[row] == int(numbers[row])
        require(label not in known or whole, f"{place}: {numbers[row]:g} is no number of units")
        first = found.setdefault(label, int(numbers[row]))
        require(
            first == numbers[row],
            f"{place}: {numbers[row]:g} differs from another row of its stratum",
        )
    return found


def _labels_like(table: Table, column: str, plan: Table) -> list[Any]:
    """The plan's labels in the kind of the frame's: a plan may have rows for sums as well."""
    whole = table.labels(column).dtype.kind in "iu"
    words = plan.cells[column]
    return [int(word) if whole and word.isascii() and word.isdigit() else word for word in words]


def _columns(
    table: Table, stages: list[Stage], found: Drawn, asked: argparse.Namespace
) -> dict[str, Any]:
    columns: dict[str, Any] = {**table.kept(found.rows)}
    added: dict[str, Any] = {
        f"chance_{stage}": chance for stage, chance in enumerate(found.chance.T, start=1)
    }
    added["weight"] = found.weight
    added |= _parts(stages[0], found.rows, asked)
    taken = next((name for name in added if name in columns), None)
    require(taken is None, f"{table.file} has a column {taken} already: rename it")
    return columns | added


def _parts(first: Stage, rows: NDArray[np.int64], asked: argparse.Namespace) -> dict[str, Any]:
    """The part of each row, and the waves that ask it, where they were asked for."""
    turns = None if asked.waves is None else rotation(asked.waves, asked.stay)
    many = asked.parts if turns is None else turns.shape[1]
    if many is None:
        return {}
    whole = first.stratum is None
    stratum = np.zeros(rows.size, int) if whole else np.asarray(first.stratum)[rows]
    part = dealt(np.asarray(first.unit)[rows], stratum, many, asked.seed)
    waves: Any = [] if turns is None else turns.astype(np.int64)
    return {"part": part + 1} | {f"wave_{n}": turn[part] for n, turn in enumerate(waves, start=1)}


def _pairs(stages: list[Stage], found: Drawn) -> Columns:
    """A row for each two units drawn from one list, with the chance of both.

    Units of different lists of a stage are drawn independently: their chances multiply.
    """
    rows = [
        (one.stage, *_where(stages, one), *(one.names[one.drawn[at]] for at in pair), both)
        for one in found.lists
        for pair, both in _each_two(one)
    ]
    heads = ("stage", "within", "stratum", "unit", "other", "chance")
    return {head: [row[at] for row in rows] for at, head in enumerate(heads)}


def _each_two(one: Listed) -> Iterator[tuple[tuple[int, int], float]]:
    chance = one.together() if one.drawn.size > 1 else np.ones((1, 1))
    for pair in combinations(range(one.drawn.size), 2):
        yield pair, float(chance[pair])


def _where(stages: list[Stage], one: Listed) -> tuple[Any, Any]:
    """The unit of the stage before that a list lies in, and its stratum; nothing where there is none."""
    stratum = stages[one.stage - 1].stratum
    within = stages[one.stage - 2].unit if one.stage > 1 else None
    return _label(within, one.row), _label(stratum, one.row)


def _label(labels: Any, row: int) -> Any:
    return "" if labels is None else np.asarray(labels)[row]


def _notes(found: Drawn) -> tuple[str, ...]:
    people = float(found.weight.sum())
    return (f"{found.rows.size} rows drawn, standing for {people:.6g}",)
