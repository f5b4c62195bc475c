"""Homes and volunteers online as one: each figure alone, without the mode's effect, and combined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, stdtrit

from kepu.literacy.run.drawing_answers import Copies, Right
from kepu.literacy.run.estimating import AREA, CITY, Found, points_of
from kepu.literacy.run.plan import Modes
from kepu.literacy.run.pooling import ELSEWHERE, pooled
from kepu.literacy.run.reading import Online, Read, Sheets
from kepu.literacy.run.weighing import Weighed
from kepu_engines.core.checks import present
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.design import Reals
from kepu_engines.survey.imputation import PooledTogether, pooled_together
from kepu_engines.survey.modes.combining import (
    Combined,
    combine,
    covariance,
    effective,
    moved,
    spread_at,
    volunteers,
)
from kepu_engines.survey.modes.effect import Overlap, shift, without
from kepu_engines.survey.modes.estimators import ESTIMATORS, Meeting, Told
from kepu_engines.survey.modes.kinds import Kinds, kinds
from kepu_engines.survey.replicates import Replicates

HOME, EFFECT, COMBINED = "home", "mode effect", "combined"
MASS = "mass-imputation"  # the one that gives volunteers no weights
FREE = "as at home"  # the volunteers' figure without the effect of the way of asking
HOMES, ONLINE = 0, 1  # the samples, in the order in which kinds are counted
FAR = 100_003  # between the seeds of samples that are drawn again independently


@dataclass(frozen=True)
class Mixed:
    """One line: a figure by one way of asking, or by both.

    `share` is the volunteers' part in the combined figure, `bias` by how much they lie off the homes
    beyond chance, `added` what taking the mode's effect off added to the error; `method` names who
    speaks. An effect is on the log odds of a share, or in points.
    """

    table: str
    cell: str
    measure: str
    method: str
    estimate: float | None
    se: float | None
    low: float | None
    high: float | None
    n: int
    share: float | None
    bias: float | None
    added: float | None
    withheld: str = ""


@dataclass(frozen=True)
class _Asked:
    """A variable over the cells of a table: of homes, of volunteers, and of the overlap.

    `domain` is the cell of each kind of people, `both` that of each kind of the overlap.
    """

    table: str
    cells: tuple[str, ...]
    measure: str
    home: Reals
    online: Reals
    overlap: Reals | None
    domain: NDArray[np.int64]
    both: NDArray[np.int64] | None

    @property
    def is_share(self) -> bool:
        return not self.measure.startswith("points")


@dataclass(frozen=True)
class _Samples:
    """Three samples drawn independently, by kinds of people.

    `pair` are the kinds of homes and volunteers, `both` those of homes and the overlap.
    """

    drawn: tuple[Replicates, ...]
    pair: Kinds
    both: Kinds | None
    way: NDArray[np.bool_] | None
    method: str


def mixed(
    read: Read, weighed: Weighed, found: Found, copies: Copies, progress: Progress = silent
) -> tuple[Mixed, ...]:
    """All figures of the plan's modes: the city's levels and points, and its groups where known.

    Where answers were drawn as plausible, all of it is done with each copy, and joined by Rubin's rules.

    Raises
    ------
    EngineError
        If volunteers and homes share too little for the method; in words.
    """
    modes = present(read.plan.modes, "the plan has no modes")
    online = present(read.online, "nobody was asked online")
    samples = _samples(read, weighed, modes, online)
    by_copy = [
        list(_asked(read, modes, samples, rights))
        for rights in zip(*_answers(online, copies), strict=True)
    ]
    told = _spread(samples, by_copy, progress)
    df = weighed.replicates.df
    lines: list[Mixed] = []
    for one, (values, covariances) in zip(by_copy[0], told, strict=True):
        lines += _lines(read, found, samples, one, pooled_together(values, covariances, df))
    return tuple(lines)


def _answers(online: Online, copies: Copies) -> list[Sequence[Right]]:
    """Copies of each sample, in the order in which samples are drawn."""
    held: list[Sequence[Right]] = [copies.homes, copies.volunteers]
    return [*held, copies.overlap] if online.overlap else held


def _samples(read: Read, weighed: Weighed, modes: Modes, online: Online) -> _Samples:
    plan = read.plan
    count, seed = plan.replicates.count, plan.seed
    sheets = online.volunteers
    everybody = np.ones(len(sheets.table), np.bool_)
    homes = {name: read.labels(name) for name in modes.covariates}
    joined = pooled(read, homes, {name: sheets.labels(name) for name in modes.covariates})
    pair = kinds(*joined, said=(read.said, everybody))
    cluster = sheets.labels(modes.cluster) if modes.cluster else None
    people = volunteers(count, seed + FAR, cluster, everybody.size)
    drawn: tuple[Replicates, ...] = (weighed.replicates, people)
    both = None
    if modes.overlap and online.overlap:
        both = _kinds_of_both(read, online.overlap, modes.overlap.covariates)
        persons = online.overlap.labels(modes.overlap.person)
        drawn = (*drawn, volunteers(count, seed + 2 * FAR, persons))
    return _Samples(drawn, pair, both, online.way, modes.method)


def _kinds_of_both(read: Read, overlap: Sheets, columns: Sequence[str]) -> Kinds:
    """Kinds of homes and overlap; all of one kind where nothing else is asked."""
    rows = len(overlap.table)
    said = (read.said, np.ones(rows, np.bool_))
    if not columns:
        return kinds({"": np.zeros(read.said.size, "U1")}, {"": np.zeros(rows, "U1")}, said=said)
    homes = {name: read.labels(name) for name in columns}
    return kinds(homes, {name: overlap.labels(name) for name in columns}, said=said)


def _asked(
    read: Read, modes: Modes, samples: _Samples, rights: Sequence[Right]
) -> Iterator[_Asked]:
    """The city's levels and points, then the plan's level by what both samples know: groups, districts."""
    points = [points_of(read, right)[0] for right in rights]
    whole = np.zeros(len(samples.pair.x), np.int64)
    both = None if samples.both is None else np.zeros(len(samples.both.x), np.int64)
    literate = f"{read.plan.level} or above"
    for level, cut in read.plan.rule.cuts.items():
        told = _values([(p >= cut).astype(float) for p in points])
        yield _Asked(CITY, (CITY,), f"{level} or above", *told, whole, both)
    yield _Asked(CITY, (CITY,), "points", *_values(points), whole, both)
    told = _values([(p >= read.plan.rule.cuts[read.plan.level]).astype(float) for p in points])
    known = modes.overlap.covariates if modes.overlap else []
    for group in read.plan.groups:
        if group in modes.covariates:
            cells, domain = samples.pair.domain(group)
            own = samples.both.domain(group)[1] if samples.both and group in known else both
            yield _Asked(group, cells, literate, *told, domain, own)
    if read.plan.areas and read.plan.areas.column in samples.pair.labels:
        cells, domain = samples.pair.domain(read.plan.areas.column)
        yield _Asked(AREA, cells, literate, *told, domain, both)


def _values(columns: Sequence[Reals]) -> tuple[Reals, Reals, Reals | None]:
    """Of homes, of volunteers, and of the overlap where there is one."""
    return columns[0], columns[1], columns[2] if len(columns) > 2 else None


def _spread(
    samples: _Samples, by_copy: Sequence[Sequence[_Asked]], progress: Progress
) -> Iterator[tuple[Reals, Reals]]:
    """Figures of each variable in each copy, (m, 5, cells), and how they move together, (m, 5, 5, cells).

    In this order: homes, volunteers, the mode's effect, volunteers without it, and the same with the
    effect taken as known. All from one pass over the replicates: their weights are made once.
    """
    full = [one.weight for one in samples.drawn]
    still = [[_shift(samples, one, full) for one in asked] for asked in by_copy]

    def figure(weights: Sequence[Reals]) -> Reals:
        met = _meeting(samples, weights)
        parts = [
            _of_copy(samples, asked, weights, met, known)
            for asked, known in zip(by_copy, still, strict=True)
        ]
        return np.concatenate(parts)

    value, table = moved(samples.drawn, figure, progress)
    copies = len(by_copy)
    value, table = value.reshape(copies, -1), table.reshape(len(table), copies, -1)
    begin = 0
    for one in by_copy[0]:
        many = len(one.cells)
        place = begin + np.arange(5 * many).reshape(5, many)
        begin += 5 * many
        yield (
            value[:, place],
            np.array([_together(table[:, copy, place]) for copy in range(copies)]),
        )


def _of_copy(
    samples: _Samples,
    asked: Sequence[_Asked],
    weights: Sequence[Reals],
    met: Meeting,
    still: Sequence[Reals],
) -> Reals:
    """Every figure of one copy, one variable after the other."""
    told: dict[str, Told] = {}  # groups are cells of a variable of the city
    for one in asked:
        if one.measure not in told:
            told[one.measure] = _volunteered(samples, one, weights, met)
    rows = [
        _figures(samples, one, weights, told[one.measure], known)
        for one, known in zip(asked, still, strict=True)
    ]
    return np.concatenate([row.ravel() for row in rows])


def _together(table: Reals) -> Reals:
    """Covariance of the five figures of each cell, (5, 5, cells), from replicates (R, 5, cells)."""
    return np.stack([covariance(table[:, :, cell]) for cell in range(table.shape[2])], axis=2)


def _meeting(samples: _Samples, weights: Sequence[Reals]) -> Meeting:
    pair = samples.pair
    return Meeting(pair.x, pair.sums(HOMES, weights[HOMES]), pair.sums(ONLINE, weights[ONLINE]))


def _volunteered(samples: _Samples, one: _Asked, weights: Sequence[Reals], met: Meeting) -> Told:
    sums = samples.pair.sums(ONLINE, weights[ONLINE] * one.online)
    return Told(met, sums, one.is_share)


def _figures(
    samples: _Samples, one: _Asked, weights: Sequence[Reals], told: Told, still: Reals
) -> Reals:
    """(5, cells): see `_spread`."""
    many = len(one.cells)
    sums = samples.pair.sums(HOMES, weights[HOMES] * one.home)
    people = np.bincount(one.domain, told.of.people, many)
    home = np.bincount(one.domain, sums, many) / people
    online = ESTIMATORS[samples.method](told, one.domain, many)
    added = _shift(samples, one, weights)
    free = [without(online, by, one.is_share) for by in (added, still)]
    return np.array([home, online, added, *free])


def _shift(samples: _Samples, one: _Asked, weights: Sequence[Reals]) -> Reals:
    """What asking online adds in each cell; nothing where there is no overlap to tell it."""
    both, way, values = samples.both, samples.way, one.overlap
    if both is None or way is None or values is None or one.both is None:
        return np.zeros(len(one.cells))
    ways = (~way, way)
    asked = np.array([both.sums(1, weights[2] * mode) for mode in ways])
    sums = np.array([both.sums(1, weights[2] * mode * values) for mode in ways])
    people = both.sums(HOMES, weights[HOMES])
    many = int(one.both.max()) + 1
    added = shift(Overlap(both.x, asked, sums, one.is_share), people, one.both, many)
    return np.broadcast_to(added, len(one.cells)) if many == 1 else added


def _lines(
    read: Read, found: Found, samples: _Samples, one: _Asked, told: PooledTogether
) -> Iterator[Mixed]:
    """Homes, volunteers and both together, cell by cell; a cell of too few is withheld whole."""
    whole, least = _combined(read, samples, one, told)
    people = np.bincount(one.domain, samples.pair.sums(ONLINE, samples.drawn[ONLINE].weight))
    errors = np.sqrt(np.diagonal(told.covariance, axis1=0, axis2=1).T)
    free = [np.floor(told.freedom(of)) for of in _weights(whole.share)]  # whole, as in `figures`
    for place, cell in enumerate(one.cells):
        if cell == ELSEWHERE:
            continue
        direct, here = found.one(one.table, cell, one.measure), int(people[place])
        reason = direct.withheld or ("rows" if here < read.plan.publish.rows else "")
        for number, method in _speakers(samples):
            n = here if number else direct.n
            value, se = told.value[number, place], errors[number, place]
            line = _line(one, cell, method, n, (value, se))
            share = one.is_share and method != EFFECT
            yield _shown(line, read.plan.publish.level, free[number][place], share, reason)
        numbers = whole.value[place], whole.error[place]
        line = replace(
            _line(one, cell, COMBINED, direct.n + here, numbers),
            share=float(whole.share[place]),
            bias=float(whole.bias[place]),
            added=max(0.0, float(whole.error[place] - least[place])),
        )
        yield _shown(line, read.plan.publish.level, free[-1][place], one.is_share, reason)


def _weights(share: Reals) -> Iterator[Reals]:
    """What each figure of `_spread` counts, (5, cells): in itself, and at last in both together."""
    alone = np.eye(5)[:, :, None] * np.ones(share.size)
    yield from alone
    yield alone[0] * (1 - share) + alone[3] * share


def _speakers(samples: _Samples) -> list[tuple[int, str]]:
    """Who speaks beside both together, by place in `_spread`."""
    alone = [(0, HOME), (1, samples.method)]
    return alone if samples.both is None else [*alone, (2, EFFECT), (3, f"{samples.method} {FREE}")]


def _combined(
    read: Read, samples: _Samples, one: _Asked, told: PooledTogether
) -> tuple[Combined, Reals]:
    """Both together, and what the error were if the mode's effect was known."""
    rule = present(read.plan.modes, "the plan has no modes").weight
    pairs = [told.covariance[np.ix_(at, at)].transpose(2, 0, 1) for at in ((0, 3), (0, 4))]
    whole = combine(told.value[0], told.value[3], pairs[0], rule, _sizes(samples, one))
    return whole, np.hypot(spread_at(whole.share, pairs[1]), whole.share * whole.bias)


def _sizes(samples: _Samples, one: _Asked) -> tuple[Reals, Reals]:
    """Effective respondents of each cell, at home and online."""
    met = _meeting(samples, [sample.weight for sample in samples.drawn])
    squares = samples.pair.sums(HOMES, samples.drawn[HOMES].weight ** 2)
    chance = np.ones(len(squares)) if samples.method == MASS else met.chance
    both = ((met.people, squares), (met.asked / chance, met.asked / chance**2))
    many = len(one.cells)
    home, online = (
        effective(
            np.bincount(one.domain, weight, many).astype(float),
            np.bincount(one.domain, square, many).astype(float),
        )
        for weight, square in both
    )
    return home, online


def _line(one: _Asked, cell: str, method: str, n: int, numbers: tuple[float, float]) -> Mixed:
    value, se = map(float, numbers)
    return Mixed(one.table, cell, one.measure, method, value, se, None, None, n, None, None, None)


def _shown(line: Mixed, level: float, df: float, share: bool, reason: str) -> Mixed:
    """The line with its interval, of shares by their log odds; or nothing but the reason."""
    if reason:
        return replace(
            line, estimate=None, se=None, share=None, bias=None, added=None, withheld=reason
        )
    value, se = line.estimate or 0.0, line.se or 0.0
    half = float(stdtrit(df, (1 + level) / 2)) * se
    if not share:
        return replace(line, low=value - half, high=value + half)
    if not 0 < value < 1:
        return line
    odds, half = logit(value), half / (value * (1 - value))
    return replace(line, low=float(expit(odds - half)), high=float(expit(odds + half)))
