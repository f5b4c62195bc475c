"""The command `kepu survey effect DATA.csv --group G --wave W --score Y --person P`."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.command.answers import Answer, Columns, about, checked_out, run
from kepu_engines.survey.command.tables import MEND, Table, read
from kepu_engines.survey.effects import Cost, Effect, Measures, cost, effect
from kepu_engines.survey.robust import Contrast

Make = Callable[..., argparse.ArgumentParser]
HEADER = ("figure", "group", "n", "clusters", "estimate", "se", "df", "low", "high", "p")
Line = tuple[str, str, int | None, int | None, Contrast]


def parser(make: Make = argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Words of the command."""
    found = make(
        prog="kepu survey effect",
        description="Tell what an activity changed, before and after; prints CSV.",
    )
    found.add_argument("data", type=Path, help="CSV or Parquet: a row for each measurement")
    found.add_argument("--group", required=True, help="column of groups: attending, comparison")
    found.add_argument("--attending", default="attending", metavar="WORD", help=ATTENDING)
    found.add_argument("--wave", required=True, help="column of waves: before, after")
    found.add_argument("--after", default="after", metavar="WORD", help="word of the second wave")
    found.add_argument("--score", required=True, metavar="Y", help="column of scores")
    found.add_argument("--person", metavar="P", help=PERSON)
    found.add_argument("--cluster", metavar="C", help="column of schools, communities or sessions")
    found.add_argument("--weight", help="column of weights")
    found.add_argument("--level", type=float, default=0.95, help="level of the intervals")
    found.add_argument("--cost", type=float, metavar="YUAN", help="what the activity cost")
    found.add_argument("--reached", type=int, metavar="N", help="how many attended")
    found.add_argument("--out", type=Path, metavar="FILE", help="CSV or Parquet to write to")
    return found


ATTENDING = "word of the group that attended"
PERSON = "column of keys, the same before and after; without it other people were asked"


def main(
    arguments: Sequence[str] | None = None,
    progress: Progress = silent,
    make: Make = argparse.ArgumentParser,
) -> int:
    """Read measurements, tell the effect, print. 2 means the input was refused."""
    asked = parser(make).parse_args(arguments)
    return run("effect", lambda: told(asked))


def told(asked: argparse.Namespace) -> Answer:
    """Means, changes, the effect in points and in standard deviations, and what it cost.

    Raises
    ------
    EngineError
        If the file cannot be understood, or the measures tell no change.
    """
    out = checked_out(asked.out)
    both = (asked.cost is None) == (asked.reached is None)
    require(both, "--cost and --reached go together")
    named = (asked.group, asked.wave, asked.score, asked.person, asked.cluster, asked.weight)
    table = read(asked.data, list(dict.fromkeys(name for name in named if name)))
    with about(table.file):
        found = effect(_measures(asked, table), asked.level)
        price = None if asked.cost is None else cost(asked.cost, asked.reached, found.effect)
    return Answer(_columns(found), notes=tuple(_notes(found, price)), out=out)


def _measures(asked: argparse.Namespace, table: Table) -> Measures:
    return Measures.of(
        table.filled(asked.score),
        _is(table, asked.group, asked.attending),
        _is(table, asked.wave, asked.after),
        table.words(asked.person) if asked.person else None,
        table.words(asked.cluster) if asked.cluster else None,
        table.above(asked.weight) if asked.weight else None,
    )


def _is(table: Table, column: str, word: str) -> NDArray[np.bool_]:
    """Which rows hold a word; the others all hold the same other one."""
    words = table.words(column)
    others = sorted(set(words.tolist()) - {word})
    if len(others) > 1:
        row = int((words == others[1]).argmax())
        sentence = f"{others[1]} is a third word beside {word} and {others[0]}: {MEND}"
        require(False, f"{table.where(row, column)}: {sentence}")
    return words == word


def _columns(found: Effect) -> Columns:
    rows: list[Line] = [
        (f"mean {one.wave}", one.group, one.n, one.clusters, one.mean) for one in found.cells
    ]
    rows += [("change", group, None, None, one) for group, one in found.changes.items()]
    if found.baseline:
        rows.append(("difference before", "", None, None, found.baseline))
    name = "effect" if found.compared else "change alone"
    rows.append((name, "", None, None, found.effect))
    rows.append((f"{name}, standardised", "", None, None, found.standardised))
    lines = [(*about, one.value, one.se, one.df, one.low, one.high, one.p) for *about, one in rows]
    return dict(zip(HEADER, map(list, zip(*lines, strict=True)), strict=True))


def _notes(found: Effect, price: Cost | None) -> Sequence[str]:
    notes = []
    if not found.compared:
        notes.append(
            "no comparison group: a change cannot be laid at the activity's door, for it may have "
            "come anyway"
        )
    if np.isnan(found.effect.se):
        notes.append("a group has one cluster: no error can be told")
    for one in found.lost:
        away = "" if one.away is None else f", {one.away:+.3g} points from those who stayed"
        notes.append(
            f"{one.group}: {one.before - one.both} of {one.before} were not measured again "
            f"({one.share:.1%}){away}"
        )
    if found.imbalance is not None:
        notes.append(f"before, groups were {found.imbalance:+.2f} standard deviations apart")
    if price:
        notes.append(_price(price))
    return notes


def _price(price: Cost) -> str:
    said = f"cost: {price.per_person:.2f} for each person reached"
    if price.per_point is None:
        return f"{said}; no gain, so none for a point"
    most = "no upper bound" if price.high is None else f"{price.high:.2f}"
    least = "0" if price.low is None else f"{price.low:.2f}"
    return f"{said}, {price.per_point:.2f} for each point gained (Fieller: {least} to {most})"
