"""Links by which the years of a series came to its scale, one through another.

A year whose items come from a linked year stands on the series' scale by that year's link too. What is
wrong with that link moves both years nearly alike: in their difference it cancels, against the base it
counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from kepu_engines.core.checks import require
from kepu_engines.survey.command.tables import Table, read
from kepu_engines.survey.design import Reals

HEADER = ("year", "through", "slope", "shift", "var_slope", "covariance", "var_shift")
Moves = Mapping[int, Reals]  # of a share, with slope and shift of each year's own link, (2,)


@dataclass(frozen=True)
class Step:
    """How a year came to the series' scale.

    Attributes
    ----------
    year : int
    slope, shift : float
        From the year's scale to the series', all links together.
    through : int, or None
        The linked year whose items it came by; None where they are the base's own.
    covariance : (2, 2) float64
        Of slope and shift, as far as its own link makes them uncertain.
    """

    year: int
    slope: float
    shift: float
    through: int | None
    covariance: Reals


@dataclass(frozen=True)
class Chain:
    """The steps of a series' linked years, by year."""

    steps: Mapping[int, Step] = field(default_factory=dict)

    def before(self, step: Step) -> Iterator[Step]:
        """Those that a step rests on, the nearest first."""
        while step.through is not None and step.through in self.steps:
            step = self.steps[step.through]
            yield step

    def moves(self, step: Step, own: Reals) -> Moves:
        """How a share moves with each link that it came by, where `own` is how with its year's whole link.

        Links one after another: the whole slope is the earlier one times a factor, the whole shift is the
        earlier slope times a constant, and the earlier shift.
        """
        found = {step.year: own}
        for one in self.before(step):
            factor, constant = step.slope / one.slope, (step.shift - one.shift) / one.slope
            found[one.year] = np.array([factor * own[0] + constant * own[1], own[1]])
        return found

    def covariance(self, one: Moves, other: Moves, now: Step | None = None) -> float:
        """That links give two shares: of the links that both came by, `now` among them."""
        known = self.steps if now is None else {**self.steps, now.year: now}
        both = one.keys() & other.keys()
        return float(sum(one[year] @ known[year].covariance @ other[year] for year in both))


def chain(file: Path) -> Chain:
    """Read `year, through, slope, shift, var_slope, covariance, var_shift`, a row for each linked year.

    Raises
    ------
    EngineError
        If a year comes twice, goes through one that is not there or not before it, or a number is none.
    """
    table = read(file, list(HEADER))
    table.each_once("year")
    columns = {name: table.full(name) for name in HEADER if name != "through"}
    through, found = table.numbers("through"), {}
    for row in np.argsort(columns["year"]):
        year, slope, shift, *spread = (float(column[row]) for column in columns.values())
        place = table.where(int(row), "through")
        known = np.isnan(through[row]) or through[row] in found
        require(bool(known), f"{place}: {through[row]:.0f} is no linked year before {year:.0f}")
        _check(table, int(row), slope, *spread)
        at = None if np.isnan(through[row]) else int(through[row])
        matrix = np.array([spread[:2], spread[1:]])
        found[int(year)] = Step(int(year), slope, shift, at, matrix)
    return Chain(found)


def _check(
    table: Table, row: int, slope: float, var_slope: float, both: float, var_shift: float
) -> None:
    require(slope > 0, f"{table.where(row, 'slope')}: the slope of a link must be above 0")
    possible = min(var_slope, var_shift) >= 0 and both**2 <= var_slope * var_shift * (1 + 1e-6)
    sentence = "no link has these variances and this covariance"
    require(possible, f"{table.where(row, 'covariance')}: {sentence}")
