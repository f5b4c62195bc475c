"""What `kepu survey estimate --replicates PREFIX` reads: columns of replicate weights, and their scales."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kepu_engines.core.checks import require
from kepu_engines.survey.command.tables import Table, is_number, read
from kepu_engines.survey.design import Reals
from kepu_engines.survey.replicates import Replicates, given

NAMELESS = "--scales needs a number or a CSV file with the columns replicate and scale"


def add(found: argparse.ArgumentParser) -> None:
    """Words for a sample that comes with replicate weights."""
    found.add_argument("--replicates", metavar="PREFIX", help=PREFIX)
    found.add_argument("--scales", metavar="FILE", help=SCALES)
    found.add_argument("--df", type=int, metavar="N", help=FREEDOM)
    found.add_argument("--around-sample", action="store_true", help=AROUND)


MOST = (
    5_000  # replicates: ten times what surveys publish; each is a column and a pass over the rows
)
PREFIX = "errors from replicate weights: the columns of this name and a number, as replicate_"
SCALES = "CSV of each replicate's factor in the variance, as kepu survey weight writes; or a number"
FREEDOM = "degrees of freedom, where the replicates' own number of them is not wanted"
AROUND = "measure replicates from the sample's figure, not from their mean"


def refuse_mixture(asked: argparse.Namespace) -> None:
    """Refuse words that speak of replicates where there are none, or of a design beside them.

    Raises
    ------
    EngineError
        With the words that do not go together.
    """
    if asked.replicates is None:
        alone = bool(asked.scales or asked.df is not None or asked.around_sample)
        require(not alone, "--scales, --df and --around-sample need --replicates")
        return
    design = bool(asked.strata or asked.psu or asked.fpc)
    require(not design, "replicate weights hold the design: leave --strata, --psu and --fpc out")
    require(asked.chunk is None, "--replicates reads the file whole: leave --chunk out")
    require(asked.scales is not None, "--replicates needs --scales: what each counts")


def columns(asked: argparse.Namespace, header: Sequence[str]) -> list[str]:
    """The columns of replicate weights, by their numbers.

    Raises
    ------
    EngineError
        If there are fewer than two or more than `MOST`, or a number comes twice.
    """
    if asked.replicates is None:
        return []
    prefix = asked.replicates
    numbered = {
        name: int(name.removeprefix(prefix))
        for name in header
        if name.startswith(prefix) and _whole(name.removeprefix(prefix))
    }
    sentence = f"{asked.data.name} has no two columns {prefix}1, {prefix}2 and so on"
    require(len(numbered) > 1, sentence)
    most = (
        f"{asked.data.name} has {len(numbered):,} columns {prefix} and a number, more than {MOST:,}"
    )
    require(len(numbered) <= MOST, f"{most}: give no more replicates than that")
    twice = len(set(numbered.values())) < len(numbered)
    require(not twice, f"{asked.data.name}: two columns {prefix} have the same number")
    return sorted(numbered, key=lambda name: numbered[name])


def replicates(asked: argparse.Namespace, table: Table, weight: Reals) -> Replicates:
    """The sample with its replicates.

    Raises
    ------
    EngineError
        If a weight is missing or negative, or a replicate has no scale.
    """
    names = columns(asked, list(table.cells))
    weights = np.column_stack([_weights(table, name) for name in names])
    return given(weight, weights, _scales(asked.scales, names), asked.around_sample)


def _weights(table: Table, name: str) -> Reals:
    found = table.filled(name)
    row = int(found.argmin())
    require(found[row] >= 0, f"{table.where(row, name)}: {found[row]:g} is not a weight from 0")
    return found


def _scales(words: str, names: Sequence[str]) -> Reals:
    """A number for all, or one for each replicate from a file that names them."""
    if is_number(words):
        require(float(words) > 0, f"--scales {words}: a scale must be above 0")
        return np.full(len(names), float(words))
    require(Path(words).suffix.lower() in (".csv", ".parquet"), NAMELESS)
    table = read(Path(words), ["replicate", "scale"])
    table.each_once("replicate")
    scale = dict(zip(table.cells["replicate"], table.filled("scale").tolist(), strict=True))
    row = int(table.numbers("scale").argmin())
    place = table.where(row, "scale")
    require(min(scale.values()) >= 0, f"{place}: a scale must not be below 0")
    lost = next((name for name in names if name not in scale), None)
    require(lost is None, f"{table.file} has no scale of {lost}")
    more = next((name for name in scale if name not in names), None)
    require(more is None, f"{table.file}: there are no weights of {more}")
    return np.array([scale[name] for name in names])


def _whole(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 19
