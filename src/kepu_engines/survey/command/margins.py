"""A file of what is known of the population: `variable,category,people`, a row for each target."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require
from kepu_engines.survey.command.tables import MISSING, Table, read
from kepu_engines.survey.weighting.calibration import Calibration, GroupCalibration
from kepu_engines.survey.weighting.distances import Distance
from kepu_engines.survey.weighting.margins import Control, Known, Margin

VARIABLE, CATEGORY, PEOPLE = "variable", "category", "people"
MEND = "correct the code, or add its target"
Target = Mapping[str, float] | float


@dataclass(frozen=True)
class Targets:
    """The targets of each variable, in the file's order, for each group; without groups it is "".

    A variable with categories has a target for each; one with an empty category is a number whose
    total is known.
    """

    file: str
    by_group: Mapping[str, Mapping[str, Target]]

    @property
    def variables(self) -> list[str]:
        """All variables."""
        return list(dict.fromkeys(name for known in self.by_group.values() for name in known))

    @classmethod
    def of(cls, file: Path, group: str | None) -> "Targets":
        """Read the file.

        Raises
        ------
        EngineError
            If a target is missing or comes twice, or a variable has categories and a total.
        """
        table = read(file, [VARIABLE, CATEGORY, PEOPLE, *([group] if group else [])])
        people = table.filled(PEOPLE)
        found: dict[str, dict[str, dict[str, float]]] = {}
        for row, (name, label) in enumerate(
            zip(table.cells[VARIABLE], table.cells[CATEGORY], strict=True)
        ):
            require(name not in MISSING, f"{table.where(row, VARIABLE)}: the name is missing")
            home = table.cells[group][row] if group else ""
            known = found.setdefault(home, {}).setdefault(name, {})
            twice = f"{table.where(row, CATEGORY)}: {name} {label} has a target already"
            require(label not in known, twice)
            both = f"{table.where(row, CATEGORY)}: {name} has both categories and a total"
            require(not known or ("" in known) == (label == ""), both)
            known[label] = float(people[row])
        return cls(table.file, {home: _plain(known) for home, known in found.items()})

    def calibration(
        self, table: Table, rows: NDArray[np.int64], group: str | None, distance: Distance
    ) -> Calibration | GroupCalibration:
        """What is known of some rows of a sample, ready to correct their weights.

        Raises
        ------
        EngineError
            If a row has no category with a target, or a group not all variables.
        """
        homes = np.array(table.cells[group], dtype=str)[rows] if group else None
        known = [self._known(table, rows, homes, name) for name in self.variables]
        if homes is None:
            return Calibration.of(known, rows.size, distance)
        targets: dict[Any, list[Target]] = {}
        for home, its in self.by_group.items():
            missing = next((name for name in self.variables if name not in its), None)
            require(missing is None, f"{self.file}: {group} {home} has no target of {missing}")
            targets[home] = [its[name] for name in self.variables]
        return GroupCalibration.of(homes, known, targets, rows.size, distance)

    def _known(
        self, table: Table, rows: NDArray[np.int64], homes: NDArray[np.str_] | None, name: str
    ) -> Known:
        """The labels or numbers of one variable."""
        first = next(known[name] for known in self.by_group.values() if name in known)
        if not isinstance(first, Mapping):
            return Control(name, table.filled(name, rows), first)
        words = table.cells[name]
        for place, row in enumerate(rows.tolist()):
            target = self._of(homes, place).get(name, {})
            stands = isinstance(target, Mapping) and words[row] in target
            where = f"{table.where(row, name)}: {words[row]!r}"
            require(stands, f"{where} has no target in {self.file}: {MEND}")
        return Margin(name, np.array([words[row] for row in rows.tolist()], dtype=str), first)

    def _of(self, homes: NDArray[np.str_] | None, place: int) -> Mapping[str, Target]:
        """The targets that hold for a row."""
        return self.by_group.get("" if homes is None else str(homes[place]), {})


def _plain(known: Mapping[str, Mapping[str, float]]) -> dict[str, Target]:
    return {name: its.get("", its) for name, its in known.items()}
