"""The persons of a run as a file for SPSS (.sav): labels in Chinese, levels of measurement, no date."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from kepu.literacy.run.estimating import AREA
from kepu.literacy.run.reading import Read
from kepu.literacy.run.vocabulary import CATEGORIES, DIMENSIONS, GROUPS, LEVELS, ORDERED
from kepu_engines.survey.design import Reals

# Where a file's header says when it was made, and what stands there instead: the same run, the same bytes.
STAMP, NEVER = 92, b"01 Jan 0000:00:00"  # year 00, midnight
KINDS = {"or_above": "{}及以上", "alone": "{}（仅此档）"}
REACHED: dict[int | float, str] = {0: "否", 1: "是"}


@dataclass
class Labelled:
    """Columns that are gathered, with what SPSS is told of each."""

    columns: dict[str, Any] = field(default_factory=dict)
    labels: dict[str, str | None] = field(default_factory=dict)
    values: dict[str, dict[int | float, str]] = field(default_factory=dict)
    measures: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, column: Any, label: str, measure: str) -> str:
        """Put a column in, by a name that SPSS takes; the name."""
        plain = re.sub(r"[^\w.]", "_", name)
        self.columns[plain], self.labels[plain], self.measures[plain] = column, label, measure
        return plain

    def add_codes(self, name: str, words: Any, label: str, meaning: Mapping[str, str]) -> None:
        """Put words in as numbers from 1, each with its label; as in `meaning`, or in order."""
        known = [w for w in meaning if w in set(words)] or sorted(set(words))
        known += sorted(set(words) - set(known))
        place = {word: number for number, word in enumerate(known, start=1)}
        measure = "ordinal" if name.removeprefix("by_") in ORDERED else "nominal"
        codes = np.array([place[word] for word in words], float)
        plain = self.add(name, codes, label, measure)
        self.values[plain] = {place[word]: str(meaning.get(word, word)) for word in known}


def write(
    file: Path,
    read: Read,
    groups: Mapping[str, Any],
    variables: Mapping[str, Any],
    weights: Reals,
) -> None:
    """Write those who answered: design, groups, variables, the weight, and replicate weights.

    Parameters
    ----------
    groups : dict of (n,) str
        `by_` and the column's name.
    variables : dict of (n,) numbers
        What figures are means of.
    weights : (n, 1 + replicates) float
    """
    import polars
    import pyreadstat  # asked late: only the hand-over needs it

    made = Labelled()
    for name, label in (("strata", "层"), ("psu", "初级抽样单元")):
        words = read.labels(getattr(read.plan.answers, name))[read.said]
        made.add({"strata": "stratum"}.get(name, name), words, label, "nominal")
    for name, words in groups.items():
        plain = name.removeprefix("by_")
        label = "区县" if plain == AREA else GROUPS.get(plain, plain)
        made.add_codes(name, words, label, _meaning(read, plain))
    for name, column in variables.items():
        _add_variable(made, name, column)
    made.add("weight", weights[:, 0], "权重", "scale")
    for number, column in enumerate(weights[:, 1:].T, start=1):
        made.add(f"r{number}", column, f"重抽权重 {number}", "scale")
    pyreadstat.write_sav(
        polars.DataFrame(made.columns), str(file), file_label=_short(read.plan.title),
        column_labels=made.labels, variable_value_labels=made.values,
        variable_measure=made.measures,
    )  # fmt: skip
    with file.open("r+b") as stream:
        stream.seek(STAMP)
        stream.write(NEVER)


def _meaning(read: Read, group: str) -> dict[str, str]:
    """Labels of a group's categories, in the order in which they are listed."""
    if group == AREA:
        return {area.code: f"{area.code} {area.name}" for area in read.areas}
    listed = next((list(one.target) for one in read.margins if one.name == group), [])
    return {word: CATEGORIES.get(word, word) for word in map(str, listed)}


def _add_variable(made: Labelled, name: str, column: Any) -> None:
    """A level as yes or no, points as they are; copies are numbered behind a point."""
    plain, _point, copy = name.partition(".")
    behind = f"（第 {copy} 次抽取）" if copy else ""
    if plain.startswith("points"):
        dimension = plain.removeprefix("points_of_")
        word = "总分" if plain == "points" else f"{DIMENSIONS.get(dimension, dimension)}得分"
        made.add(name, np.asarray(column, float), word + behind, "scale")
        return
    kept = made.add(name, np.asarray(column, float), _level(plain) + behind, "nominal")
    made.values[kept] = dict(REACHED)


def _level(name: str) -> str:
    for kind, word in KINDS.items():
        if name.endswith(f"_{kind}"):
            level = name.removesuffix(f"_{kind}")
            return word.format(LEVELS.get(level, level))
    return "基本具备以下"


def _short(title: str) -> str:
    """As much of a title as the header holds: 64 bytes, whole characters."""
    return title.encode()[:64].decode(errors="ignore")
