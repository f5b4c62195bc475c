"""Figures of a run: levels, groups, dimensions and districts, each with error, interval and reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kepu.literacy.run.reading import Read
from kepu.literacy.run.vocabulary import in_order
from kepu.literacy.run.weighing import Weighed
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.design import Reals
from kepu_engines.survey.disclosure import CellRule
from kepu_engines.survey.estimates import Estimates, mean
from kepu_engines.survey.imputation import pooled
from kepu_engines.survey.literacy import reached, score
from kepu_engines.survey.replicates import Figure as OfWeights
from kepu_engines.survey.shares import share_interval

CITY, AREA = "city", "area"


@dataclass(frozen=True)
class Figure:
    """One line of a table.

    `table` and `cell` say of whom, `measure` of what; a figure that is withheld has only a reason.
    `estimate` is a share, or points where `measure` begins with "points".
    """

    table: str
    cell: str
    measure: str
    estimate: float | None
    se: float | None
    low: float | None
    high: float | None
    deff: float | None
    n: int
    withheld: str = ""


@dataclass(frozen=True)
class Found:
    """What the sample says by itself.

    Attributes
    ----------
    points : tuple of (n,) float64
        Score of each row in each copy of the answers; of who did not answer it means nothing.
    right : tuple of (n, items) bool
        The copies: one, unless answers were drawn as plausible.
    figures : tuple of Figure
    areas : Estimates, or None
        Of all areas with respondents, withheld or not, in the order of `cells`: for the model.
    cells : tuple of str
    """

    points: tuple[Reals, ...]
    right: tuple[NDArray[np.bool_], ...]
    figures: tuple[Figure, ...]
    areas: Estimates | None = None
    cells: tuple[str, ...] = ()

    def one(self, table: str, cell: str, measure: str) -> Figure:
        """The figure at a place."""
        named = (table, cell, measure)
        return next(f for f in self.figures if (f.table, f.cell, f.measure) == named)


@dataclass(frozen=True)
class _Asked:
    """What is estimated at once: a variable over the cells of a table."""

    table: str
    cells: tuple[str, ...]
    domain: NDArray[np.int64]
    measure: str
    y: Reals

    @property
    def share(self) -> bool:
        return not self.measure.startswith("points")


def estimate(
    read: Read,
    weighed: Weighed,
    copies: Sequence[NDArray[np.bool_]] = (),
    progress: Progress = silent,
) -> Found:
    """All figures of the plan; each replicate's weights are made once for all of them.

    `copies` are the answers as they count: one, or several where some were drawn as plausible.
    """
    scored = [points_of(read, right) for right in copies or (read.right,)]
    by_copy = [
        list(_asked(read, points, parts, reached(read.plan.rule, points)))
        for points, parts in scored
    ]
    every = [one for asked in by_copy for one in asked]
    told = [
        _told(read, weighed, one, se)
        for one, se in zip(every, _spread(read, weighed, every, progress), strict=True)
    ]
    many = len(by_copy[0])
    figures: list[Figure] = []
    areas: Estimates | None = None
    cells: tuple[str, ...] = ()
    for place, one in enumerate(by_copy[0]):
        found = _over_copies(told[place::many])
        figures += _figures(read, one, found, told[place].df)
        if one.table == AREA:
            areas, cells = found, one.cells
    points = tuple(points for points, _parts in scored)
    return Found(points, tuple(copies or (read.right,)), tuple(figures), areas, cells)


def _over_copies(told: Sequence[Estimates]) -> Estimates:
    """Figures of several copies as one, by Rubin's rules; of one copy its own."""
    first = told[0]
    if len(told) == 1:
        return first
    values, errors = (np.array([getattr(one, name) for one in told]) for name in ("value", "se"))
    found = pooled(values, errors, first.df)
    deff = np.mean([one.deff for one in told], axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        deff = deff * np.where(errors.any(axis=0), found.se**2 / (errors**2).mean(axis=0), 1)
    df = np.floor(np.nan_to_num(found.df)).astype(np.int64)
    return replace(first, value=found.value, se=found.se, deff=deff, df=df)


def points_of(read: Read, right: NDArray[np.bool_]) -> tuple[Reals, dict[str, Reals]]:
    """Points of each row of `right` by the plan's rule, all together and in each dimension."""
    rule = read.plan.rule
    parts = {}
    for dimension in rule.points:
        held = [place for place, item in enumerate(read.items) if item.dimension == dimension]
        parts[dimension] = right[:, held].mean(axis=1)
    return score(rule, dict(parts)), {d: parts[d] * p for d, p in rule.points.items()}


def _asked(
    read: Read, points: Reals, parts: dict[str, Reals], levels: dict[str, NDArray[np.bool_]]
) -> Iterator[_Asked]:
    everybody = np.where(read.said, 0, -1)
    city = (CITY, (CITY,), everybody)
    for name, column in levels.items():
        yield _Asked(*city, f"{name} or above", column.astype(float))
    above = np.zeros(len(points), np.bool_)
    for name, column in levels.items():
        yield _Asked(*city, f"{name} alone", (column & ~above).astype(float))
        above = column
    yield _Asked(*city, "below all", (~above).astype(float))
    yield _Asked(*city, "points", points)
    for dimension, share in parts.items():
        yield _Asked(*city, f"points of {dimension}", share)
    literate = levels[read.plan.level].astype(float)
    measure = f"{read.plan.level} or above"
    for group in read.plan.groups:
        yield _Asked(group, *_cells(read, group), measure, literate)
    for name, members in read.plan.sets.items():
        for member, rule in members.items():
            here = np.where(read.belongs(rule), 0, -1)
            yield _Asked(name, (member,), here, measure, literate)
    if read.plan.areas:
        yield _Asked(AREA, *_cells(read, read.plan.areas.column), measure, literate)


def _cells(read: Read, column: str) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Categories of a column among those who answered, and the place of each row's.

    They stand in the order of the margins where the column is one, else in that of the vocabulary.
    """
    labels = read.labels(column)
    listed = next((list(one.target) for one in read.margins if one.name == column), [])
    order = {label: place for place, label in enumerate(listed)}
    met = in_order(set(map(str, labels[read.said])))
    known = sorted(met, key=lambda label: order.get(label, len(order)))
    place = {label: number for number, label in enumerate(known)}
    codes = [place.get(label, -1) for label in labels]
    return tuple(known), np.where(read.said, codes, -1)


def _spread(
    read: Read, weighed: Weighed, asked: Sequence[_Asked], progress: Progress
) -> Iterator[Reals]:
    """Standard errors of each of `asked`, from one pass over the replicates."""
    means = [_means(one) for one in asked]
    found = weighed.replicates.spread(
        lambda weight: np.concatenate([figure(weight) for figure in means]), progress
    )
    ends = np.cumsum([len(one.cells) for one in asked])
    yield from np.split(found.se, ends[:-1])


def _means(one: _Asked) -> OfWeights:
    """Means of the cells; not a number where a replicate leaves a cell without people, as it may
    where these came from one or two clusters: then the cell's error is not known.
    """
    inside = one.domain >= 0
    domain, y, many = one.domain[inside], one.y[inside], len(one.cells)

    def figure(weight: Reals) -> Reals:
        held = weight[inside]
        people = np.bincount(domain, held, many)
        total = np.bincount(domain, held * y, many)
        return np.divide(total, people, out=np.full(many, np.nan), where=people > 0)

    return figure


def _told(read: Read, weighed: Weighed, one: _Asked, se: Reals) -> Estimates:
    """Means of the cells, with errors from the replicates: they know of every correction."""
    said = read.said
    found = mean(weighed.design, one.y[said], one.domain[said].astype(np.int32))
    with np.errstate(invalid="ignore", divide="ignore"):
        deff = np.where(found.se > 0, found.deff * (se / found.se) ** 2, found.deff)
    return replace(found, se=se, deff=deff)


def _figures(
    read: Read, one: _Asked, told: Estimates, freedom: NDArray[np.int64]
) -> Iterator[Figure]:
    """A line for each cell. Whether it is shown is asked of the sample's own degrees of freedom."""
    rule = read.plan.publish
    low, high = limits(told, rule.level) if one.share else told.interval(rule.level)
    cells = CellRule("plan", rule.rows, rule.freedom, complement=len(one.cells) > 1)
    withheld = cells.withheld(replace(told, df=freedom))
    for place, (cell, reason) in enumerate(zip(one.cells, withheld, strict=True)):
        columns = (told.value, told.se, low, high, told.deff)
        shown = (None if reason else _number(column[place]) for column in columns)
        estimate, se, least, most, deff = shown
        yield Figure(
            one.table, cell, one.measure, estimate, se, least, most, deff, int(told.n[place]),
            str(reason or ""),
        )  # fmt: skip


def limits(told: Estimates, level: float) -> tuple[Reals, Reals]:
    """Limits of shares by their log odds, so that none is below 0; of 0 or 1, of which the odds know
    nothing, the exact ones of as many people as answered: nobody among them is not nobody at all.
    """
    by_odds, exact = share_interval(told, level), share_interval(told, level, "beta")
    bare = (told.value == 0) | (told.value == 1)
    return np.where(bare, exact[0], by_odds[0]), np.where(bare, exact[1], by_odds[1])


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
