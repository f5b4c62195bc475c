"""Sums of a sample by unit and domain, and the variance of what is linear in them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from kepu_engines.survey.design import CENSUS, Codes, Design, Lonely, Reals, Stage, coded

# A full table of units by domains is kept up to this many cells, or twice the rows.
FULL_TABLE = 2**21

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """Where a stage's units meet the domains; no row is in a cell that is not here.

    `of_row` is the cell of each row, -1 outside every domain; `unit` and `domain` are a
    cell's own.
    """

    of_row: NDArray[np.integer[Any]]
    unit: Codes
    domain: Codes
    domains: int

    @classmethod
    def of(cls, stage: Stage, domain: Codes, domains: int) -> "Cells":
        """Cells of one stage: a full table if it is small, else only those that have rows.

        Parameters
        ----------
        stage : Stage
        domain : (n,) int32
            Domain of a row, -1 outside all.
        domains : int
        """
        units = stage.stratum.size
        kind = np.int32 if units * domains < 2**31 else np.int64
        of_row = _keys(stage.unit, domain, domains, np.empty(domain.size, kind))
        keys = np.arange(units * domains) if _small(units * domains, domain.size) else None
        if keys is None:
            inside = of_row >= 0
            of_row[inside], keys = coded(of_row[inside], "cells", int(inside.sum()))
        unit, of_cell = np.divmod(keys, domains)
        return cls(of_row, unit.astype(np.int32), of_cell.astype(np.int32), domains)


@dataclass(frozen=True)
class Scored:
    """The cells that have rows, how many, and the score of each: what it moves the estimate by.

    Rows are not kept, so that an estimate is small however large its sample was.
    """

    unit: Codes
    domain: Codes
    domains: int
    rows: Ints
    score: Reals

    @classmethod
    def of(cls, cells: Cells, rows: Ints, score: Reals) -> "Scored":
        """Leave the empty cells of a full table.

        Parameters
        ----------
        rows : (cells,) int64
            Rows of each cell.
        score : (cells,) float64
            In units of the estimate.
        """
        held = rows > 0
        kept = cells.unit[held], cells.domain[held], cells.domains
        return cls(*kept, rows[held], score[held])


@dataclass(frozen=True)
class Sums:
    """Weighted sums of y and x, and the number of rows, of every cell."""

    y: Reals
    x: Reals
    rows: Ints


def summed(cells: Cells, weight: Reals, y: NDArray[Any], x: Reals) -> Sums:
    """Add the rows up by cell. An `x` of one number stands for every row.

    Parameters
    ----------
    weight : (n,) float
    y : (n,) float or bool
    x : (n,) float, or (1,)
    """
    return Sums(*_sums(cells.of_row, cells.unit.size, weight, y, x))


def variance(stage: Stage, scored: Scored, lonely: Lonely) -> Reals:
    """What one stage adds to the variance of each domain's sum of the cells' scores.

    Units outside a domain count as drawn, with a score of zero.

    Source
    ------
    Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, 4.3 and 5.5;
    Lumley (2010), Complex Surveys, chapter 2, for strata with one cluster.
    """
    strata = stage.drawn.size
    drawn = stage.drawn[:, None]
    table = (stage.stratum[scored.unit], scored.domain)
    shape, score = (strata, scored.domains), scored.score
    place = np.ravel_multi_index(table, shape)
    full = strata * scored.domains
    mean = np.bincount(place, score, full).reshape(shape) / drawn
    if lonely is Lonely.ADJUST:
        mean[stage.drawn == 1] = 0
    met = np.bincount(place, minlength=full).reshape(shape)
    around = np.bincount(place, (score - mean[table]) ** 2, full).reshape(shape)
    squares = around + (drawn - met) * mean**2
    rest = np.where(stage.rest < CENSUS, 0, stage.rest)
    scale = stage.carried * rest * stage.drawn / np.maximum(stage.drawn - 1, 1)
    added: Reals = scale @ squares
    if lonely is Lonely.AVERAGE:
        added *= _strata_per_telling(stage, met > 0)
    return added


def covariance(
    design: Design, scores: list[NDArray[np.float64]], used: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Covariance of totals of k scores, summed by unit of each stage; (k, k), all stages added.

    `used` says which rows have a score; units without any count as drawn.

    Parameters
    ----------
    design : Design
    scores : (units, k) float, one a stage
    used : (n,) bool

    Source
    ------
    Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, 5.5.
    """
    stages = zip(design.stages, scores, strict=True)
    parts = [_stage_covariance(stage, score, used, design.lonely) for stage, score in stages]
    found: NDArray[np.float64] = np.sum(parts, axis=0)
    return found


def _stage_covariance(
    stage: Stage, score: NDArray[np.float64], used: NDArray[np.bool_], lonely: Lonely
) -> NDArray[np.float64]:
    strata = stage.drawn.size
    sums = np.array([np.bincount(stage.stratum, column, strata) for column in score.T])
    mean = sums.T / stage.drawn[:, None]
    if lonely is Lonely.ADJUST:
        mean[stage.drawn == 1] = 0
    rest = np.where(stage.rest < CENSUS, 0, stage.rest)
    scale = stage.carried * rest * stage.drawn / np.maximum(stage.drawn - 1, 1)
    around = score - mean[stage.stratum]
    found: NDArray[np.float64] = (around * scale[stage.stratum, None]).T @ around
    if lonely is Lonely.AVERAGE:
        met = np.zeros((strata, 1), bool)
        met[stage.stratum[stage.unit[used]]] = True
        found *= _strata_per_telling(stage, met)[0]
    return found


def _strata_per_telling(stage: Stage, met: NDArray[np.bool_]) -> Reals:
    """Strata of each domain for each that tells a variance, so that all of them count."""
    telling = (stage.drawn > 1) | (stage.rest < CENSUS)
    with np.errstate(invalid="ignore", divide="ignore"):
        per: Reals = met.sum(axis=0) / met[telling].sum(axis=0)
    return per


def freedom(stage: Stage, scored: Scored) -> Ints:
    """Degrees of freedom of each domain, (domains,) int64: its first-stage clusters less its strata.

    Clusters and strata are counted where the domain has rows, as R's `degf` of a subset does.

    Parameters
    ----------
    stage : Stage
        The first.
    scored : Scored
        Its cells.
    """
    clusters = np.bincount(scored.domain, minlength=scored.domains)
    met = np.zeros((stage.drawn.size, scored.domains), bool)
    met[stage.stratum[scored.unit], scored.domain] = True
    found: Ints = clusters - met.sum(axis=0)
    return found


def _small(cells: int, rows: int) -> bool:
    return cells <= max(FULL_TABLE, 2 * rows)


@njit(cache=True)
def _keys(unit: Any, domain: Any, domains: int, keys: Any) -> Any:
    """Number of the cell of each row in a full table."""
    for row in range(unit.size):
        keys[row] = np.int64(unit[row]) * domains + domain[row] if domain[row] >= 0 else -1
    return keys


@njit(cache=True)
def _sums(of_row: Any, cells: int, weight: Any, y: Any, x: Any) -> Any:
    """One pass over the rows."""
    table = np.zeros((cells, 2))
    rows = np.zeros(cells, np.int64)
    step = 0 if x.size == 1 else 1
    for row in range(of_row.size):
        cell = of_row[row]
        if cell >= 0:
            table[cell, 0] += weight[row] * y[row]
            table[cell, 1] += weight[row] * x[row * step]
            rows[cell] += 1
    return table[:, 0].copy(), table[:, 1].copy(), rows
